package github

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

func TestAddress(t *testing.T) {
	tests := []struct{ url, want string }{
		{"", "https://api.github.com/repos/o/r"},
		{"https://api.github.com", "https://api.github.com/repos/o/r"},
		{"https://api.github.com/", "https://api.github.com/repos/o/r"},
		{"https://ghe.example/api/v3", "https://ghe.example/api/v3/repos/o/r"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080/repos/o/r"},
		{"http://ghe.example/api/v3", ""}, // plain http would show the token
		{"not a url", ""},
		{"https://user:password@ghe.example", ""},
		{"%zz", ""},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			got := ""
			rt := tripper(func(req *http.Request) (*http.Response, error) {
				got = req.URL.String()
				return says(200, "{}")(req)
			})
			_, err := New(
				Options{APIURL: tt.url, Owner: "o", Repo: "r", HTTP: &http.Client{Transport: rt}},
			).About(t.Context())
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.want == "" && httpx.ClassOf(err) != httpx.Invalid {
				t.Errorf("got error %v, want an Invalid one", err)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	var got http.Header
	rt := tripper(func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return says(200, "{}")(req)
	})
	if _, err := New(Options{
		Token: "t-0-k-e-n", HTTP: &http.Client{Transport: rt},
	}).About(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer t-0-k-e-n", "X-Github-Api-Version": "2022-11-28",
		"User-Agent": "postferry",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
		}
	}
}

// A 200 that says that no calls are left is an answer all the same, and the next call is GitHub's
// to refuse. go-github by itself would answer it with a 403 of its own making.
func TestNoMadeUpRefusal(t *testing.T) {
	reset := time.Now().Add(time.Hour)
	calls := 0
	rt := tripper(func(req *http.Request) (*http.Response, error) {
		calls++
		return says(
			200,
			"{}",
			"X-RateLimit-Remaining",
			"0",
			"X-RateLimit-Reset",
			unix(reset),
			"X-RateLimit-Limit",
			"5000",
		)(req)
	})
	c := New(Options{HTTP: &http.Client{Transport: rt}})
	for range 2 {
		if _, err := c.About(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if calls != 2 {
		t.Errorf("got %d calls on the wire, want 2", calls)
	}
}

// One token, two hosts: the API and whoever it redirects to.
func TestRedirects(t *testing.T) {
	var strange []string
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		strange = append(strange, r.Method+" "+r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "{}")
	}))
	defer stranger.Close()
	var got []string
	to := ""
	status := 0
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got,
			r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body))
		if strings.HasPrefix(r.URL.Path, "/repos/old/") {
			http.Redirect(w, r, to+"/repositories/1", status)
			return
		}
		_, _ = io.WriteString(w, `{"default_branch":"main"}`)
	}))
	defer home.Close()
	c := New(Options{APIURL: home.URL, Token: "secret", Owner: "old", Repo: "name"})
	read := func() error { _, err := c.About(t.Context()); return err }
	write := func() error {
		_, err := (&Issues{c}).Edit(t.Context(), 1, Edit{State: "closed"})
		return err
	}
	tests := []struct {
		name   string
		do     func() error
		to     string
		status int
		last   string // call at home that has the effect; "" for a refusal
	}{
		{"renamed", read, home.URL, 301, "GET /repositories/1 Bearer secret "},
		{"renamed, 307", read, home.URL, 307, "GET /repositories/1 Bearer secret "},
		{
			"renamed, written to",
			write,
			home.URL,
			307,
			`PATCH /repositories/1 Bearer secret {"state":"closed"}` + "\n",
		},
		{"a write that would become a GET", write, home.URL, 301, ""},
		{"another host", read, stranger.URL, 301, ""},
		{"another host, written to", write, stranger.URL, 307, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, strange, to, status = nil, nil, tt.to, tt.status
			err := tt.do()
			if len(strange) > 0 {
				t.Fatalf("another host got %q", strange)
			}
			if tt.last == "" {
				if e := httpx.As(err); e == nil || e.Class != httpx.Unknown ||
					e.Status != tt.status ||
					len(got) != 1 {
					t.Errorf("got %v after %q, want a refusal", err, got)
				}
				return
			}
			if err != nil || got[len(got)-1] != tt.last {
				t.Errorf("got %q and error %v, want %q", got, err, tt.last)
			}
		})
	}
}

// What may be repeated is, up to three times; what may not is sent once.
func TestRepeats(t *testing.T) {
	comment := func(ctx context.Context, c *Client) error {
		return (&Issues{c}).Comment(ctx, 1,
			"hello")
	}
	about := func(ctx context.Context, c *Client) error { _, err := c.About(ctx); return err }
	secret := func(ctx context.Context, c *Client) error {
		return (&Secrets{Client: c}).Delete(ctx,
			"X")
	}
	tests := []struct {
		name   string
		do     func(context.Context, *Client) error
		answer func(*http.Request) (*http.Response, error)
		calls  int
		class  httpx.Class
	}{
		{"GET, 502", about, says(502, "<html>"), 3, httpx.Transient},
		{"GET, reset", about, reset, 3, httpx.Transient},
		{"GET, html with 200", about, says(200, "<html>"), 3, httpx.Transient},
		{
			"GET, 429 with a short wait", about, says(429, "{}", "Retry-After", "2"), 3,
			httpx.RateLimited,
		},
		{
			"GET, 429 with a long wait", about, says(429, "{}", "Retry-After", "60"), 1,
			httpx.RateLimited,
		},
		{"GET, 401", about, says(401, `{"message":"Bad credentials"}`), 1, httpx.Unauthorized},
		{"DELETE of a secret, 500", secret, says(500, ""), 3, httpx.Transient},
		{"comment, 502", comment, says(502, ""), 1, httpx.Ambiguous},
		{"comment, html with 201", comment, says(201, "<html>"), 1, httpx.Ambiguous},
		{"comment, another shape", comment, says(201, "[]"), 1, httpx.Ambiguous},
		{"comment, 422", comment, says(422, `{"message":"Validation Failed"}`), 1, httpx.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub()
				h.on(act{times: 9, answer: tt.answer})
				err := tt.do(t.Context(), h.client())
				if got := len(h.calls()); got != tt.calls || httpx.ClassOf(err) != tt.class {
					t.Errorf(
						"got %d calls and %v (%s), want %d and %s",
						got,
						err,
						httpx.ClassOf(err),
						tt.calls,
						tt.class,
					)
				}
			})
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	huge := func(req *http.Request) (*http.Response, error) {
		return says(200, `"`+strings.Repeat("x", 30<<20)+`"`)(req)
	}
	synctest.Test(t, func(t *testing.T) {
		if e := get(t, tripper(huge)); e == nil || !strings.Contains(e.Message, "larger than") {
			t.Errorf("got %v, want a refusal for its size", e)
		}
	})
}

// Without a time-out of its own a dead connection would hold the run until the job's end.
func TestTimeout(t *testing.T) {
	silent := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if e := get(t, tripper(silent)); e == nil || e.Class != httpx.Transient {
			t.Errorf("got %v, want a Transient refusal", e)
		}
		if waited := time.Since(start); waited > 2*time.Minute {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := newHub()
	h.on(
		act{
			times: 9,
			answer: func(req *http.Request) (*http.Response, error) {
				return nil, req.Context().Err()
			},
		},
	)
	_, _, err := h.branch().Read(ctx, main)
	if httpx.As(err) == nil || context.Cause(ctx) == nil ||
		!strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v, want an *httpx.Error that shows the cancellation", err)
	}
	_, err = h.branch().Write(ctx, state.Change{Path: main, Body: []byte("x"), Message: "m"})
	if err == nil || len(h.writes()) > 1 {
		t.Errorf("got error %v after %q, want one try", err, h.writes())
	}
}

func TestTokenExpires(t *testing.T) {
	tests := []struct {
		header string
		want   time.Time
	}{
		{"2026-12-24 08:30:00 UTC", time.Date(2026, 12, 24, 8, 30, 0, 0, time.UTC)},
		{
			"2026-12-24 08:30:00 +0900",
			time.Date(2026, 12, 23, 23, 30, 0, 0, time.UTC),
		}, // https://github.com/google/go-github/issues/2649
		{"", time.Time{}},
		{"soon", time.Time{}},
	}
	for _, tt := range tests {
		c := New(
			Options{
				HTTP: &http.Client{
					Transport: tripper(says(200, "{}", "GitHub-Authentication-Token-Expiration",
						tt.header)),
				},
			},
		)
		if got := c.TokenExpires(); !got.IsZero() {
			t.Errorf("got %v before any call", got)
		}
		if _, err := c.About(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.TokenExpires(); !got.Equal(tt.want) {
			t.Errorf("%q: got %v, want %v", tt.header, got, tt.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	h := newHub()
	h.commit(main, strings.Repeat("ledger: something\n", 500))
	branch := h.branch()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := branch.Read(b.Context(), main); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(Options{APIURL: "https://api.github.com", Owner: "o", Repo: "r"})
	}
}
