package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// Whatever happens a post is sent once, and it is Ambiguous only if it may be on X.
func TestPostIsSentOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault sim.Fault
		class httpx.Class
		made  int // posts on X afterwards
	}{
		{"well", sim.Fault{}, "", 1},
		{"the connection dies before", sim.Fault{Reset: sim.Before}, httpx.Ambiguous, 0},
		{"the connection dies after", sim.Fault{Reset: sim.After}, httpx.Ambiguous, 1},
		{"the answer breaks off", sim.Fault{Reset: sim.Middle}, httpx.Ambiguous, 1},
		{"no answer in time", sim.Fault{Delay: time.Minute}, httpx.Ambiguous, 0},
		{"a late answer", sim.Fault{Delay: 9 * time.Second}, "", 1},
		{"500", sim.Fault{Status: 500}, httpx.Ambiguous, 0},
		{
			"503 with a time to come back",
			sim.Fault{Status: 503, Header: map[string]string{"Retry-After": "1"}},
			httpx.Ambiguous, 0,
		},
		{"200 with HTML", sim.Fault{Status: 200, Body: "<html>"}, httpx.Ambiguous, 0},
		{
			"201 without an id", sim.Fault{Status: 201, Body: `{"data":{"id":""}}`},
			httpx.Ambiguous, 0,
		},
		{"201 with null", sim.Fault{Status: 201, Body: `null`}, httpx.Ambiguous, 0},
		{"204", sim.Fault{Status: 204}, httpx.Ambiguous, 0},
		{"400", sim.Fault{Status: 400, Body: `{}`}, httpx.Unknown, 0},
		{"401", sim.Fault{Status: 401, Body: `{}`}, httpx.Unauthorized, 0},
		{"402", sim.Fault{Status: 402, Body: `{}`}, httpx.OutOfCredit, 0},
		{"403", sim.Fault{Status: 403, Body: `{}`}, httpx.Unknown, 0},
		{"400 without a body", sim.Fault{Status: 400}, httpx.Ambiguous, 0},
		{"403 from an edge", sim.Fault{Status: 403, Body: "<html>"}, httpx.Ambiguous, 0},
		{
			"429 for a second",
			sim.Fault{Status: 429, Header: map[string]string{"Retry-After": "1"}},
			httpx.RateLimited, 0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{})
				if tt.name != "well" {
					tt.fault.Service, tt.fault.Call = "x", "POST /2/tweets"
					w.Fail(tt.fault)
				}
				id, err := inWorld(w, w.Transport()).Post(t.Context(), Post{Text: "hi"})
				if got := httpx.ClassOf(err); got != tt.class {
					t.Errorf("class %q, want %q (%v)", got, tt.class, err)
				}
				if (id != "") != (err == nil) {
					t.Errorf("id %q with %v", id, err)
				}
				synctest.Wait() // the simulator notes a call that nobody waits for any more
				if got := w.Calls("x"); got != 1 {
					t.Errorf("%d calls, want 1", got)
				}
				if got := len(w.X().Tweets()); got != tt.made {
					t.Errorf("%d posts, want %d", got, tt.made)
				}
			})
		})
	}
}

// Nothing was sent, so nothing is in doubt: there is no server, or the job had ended.
func TestPostThatNeverWentOut(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }),
	)
	defer srv.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name, url string
		ctx       context.Context
		cause     error
	}{
		{"no server", gone.URL, t.Context(), nil},
		{"the job has ended", srv.URL, ended, context.Canceled},
	} {
		_, err := (&Client{BaseURL: tt.url, AccessToken: accessToken}).Post(tt.ctx,
			Post{Text: "hi"})
		if got := httpx.ClassOf(err); got != httpx.Transient {
			t.Errorf("%s: class %q, want transient (%v)", tt.name, got, err)
		}
		if tt.cause != nil && !errors.Is(err, tt.cause) {
			t.Errorf("%s: got %v, want %v inside", tt.name, err, tt.cause)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}

// Over real connections: one that dies in the middle is not tried again, and a redirect is not
// followed.
func TestPostOverARealConnection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		class  httpx.Class
	}{
		{
			"the connection dies",
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			httpx.Ambiguous,
		},
		{"redirected", func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, httpx.Unknown},
		{
			"redirected to a GET",
			func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "/elsewhere",
					http.StatusFound)
			},
			httpx.Unknown,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if asked.Add(1); r.URL.Path == "/2/users/me" {
					_, _ = rw.Write([]byte(`{"data":{"id":"1"}}`))
					return
				}
				tt.answer(rw, r)
			}))
			defer srv.Close()
			c := &Client{BaseURL: srv.URL + "/", AccessToken: accessToken, HTTP: srv.Client()}
			if _, err := c.Me(t.Context()); err != nil { // so that the connection is not new
				t.Fatal(err)
			}
			_, err := c.Post(t.Context(), Post{Text: "hi"})
			if got := httpx.ClassOf(err); got != tt.class {
				t.Errorf("class %q, want %q (%v)", got, tt.class, err)
			}
			if n := asked.Load(); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
}

// X refuses a field that it does not have: nothing but what is needed is sent.
func TestPostBody(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   Post
		want string
	}{
		{"text", Post{Text: "hi & <b>"}, `{"text":"hi & <b>"}`},
		{"media alone", Post{MediaIDs: []string{"1", "2"}}, `{"media":{"media_ids":["1","2"]}}`},
		{
			"labels", Post{Text: "ad", MadeWithAI: true, PaidPartnership: true},
			`{"text":"ad","made_with_ai":true,"paid_partnership":true}`,
		},
		{
			"reply", Post{Text: "2/2", ReplyTo: "9"},
			`{"text":"2/2","reply":{"in_reply_to_tweet_id":"9"}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := script(`{"data":{"id":"2101712260468977783","text":"hi","edit_history_tweet_ids":[""]}}`)
			id, err := client(w).Post(t.Context(), tt.in)
			if err != nil || id != "2101712260468977783" {
				t.Fatalf("got %q, %v", id, err)
			}
			var got, want any
			err = errors.Join(json.Unmarshal(w.seen[0].body, &got),
				json.Unmarshal([]byte(tt.want), &want))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(got, want); d != "" {
				t.Errorf("body (-got +want):\n%s", d)
			}
			if got := w.seen[0].header.Get("Authorization"); got != "Bearer "+accessToken {
				t.Errorf("authorization %q, want the bearer's", got)
			}
			if got, want := w.seen[0].header.Get("Content-Type"), "application/json"; got != want {
				t.Errorf("content type %q, want %q", got, want)
			}
		})
	}
}

// A thread as X takes it: the second post answers the first, and the third is a duplicate.
func TestPostThread(t *testing.T) {
	w := sim.New(sim.Options{})
	c := inWorld(w, w.Transport())
	first, err := c.Post(t.Context(), Post{Text: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(t.Context(), Post{Text: "two", ReplyTo: first}); err != nil {
		t.Fatal(err)
	}
	if got := w.X().Tweets()[1].InReplyTo; got != first {
		t.Errorf("the second answers %q, want %q", got, first)
	}
	if _, err := c.Post(t.Context(), Post{Text: "two"}); httpx.ClassOf(err) != httpx.Duplicate {
		t.Errorf("got %v, want a duplicate", err)
	}
	long := Post{Text: strings.Repeat("長", 141)}
	if _, err := c.Post(t.Context(), long); httpx.ClassOf(err) != httpx.Forbidden {
		t.Errorf("got %v, want it to be forbidden", err)
	}
}
