package xapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

const user = "1500000000000000001"

// How far a timeline is read: X bills every post of it.
func TestTimelineIsReadSoFar(t *testing.T) {
	for _, tt := range []struct {
		name               string
		made, since        int // posts in all; the number of the one to begin after, 0 for none
		first, last, calls int // numbers of the newest and the oldest that are read
	}{
		{"the newest twenty", 30, 0, 30, 11, 1},
		{"fewer than twenty", 3, 0, 3, 1, 1},
		{"after one", 30, 25, 30, 26, 1},
		{"after the newest", 30, 30, 0, 0, 1},
		{"a full page and no more", 101, 1, 101, 2, 1},
		{"three pages", 252, 1, 252, 2, 3},
		{"five pages at most", 702, 1, 702, 203, 5},
		{"none", 0, 0, 0, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sim.New(sim.Options{})
			made := []string{""}
			for n := range tt.made {
				made = append(made, w.X().PersonPosts(fmt.Sprint("post ", n+1)))
			}
			got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user, made[tt.since])
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for n := tt.first; n >= tt.last && n > 0; n-- {
				want = append(want, made[n])
			}
			if d := cmp.Diff(ids(got), want); d != "" {
				t.Errorf("posts (-got +want):\n%s", d)
			}
			if n := w.Calls("x"); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
		})
	}
}

func TestTimelineQuery(t *testing.T) {
	const page = `{"data":[{"id":"9","text":"a"}],"meta":{"result_count":1,"next_token":"7140next"}}`
	for _, tt := range []struct {
		name, since string
		want        []url.Values
	}{
		{"the newest", "", []url.Values{{
			"exclude": {"retweets"}, "expansions": {"attachments.media_keys"}, "max_results": {"20"},
			"post.fields": {"created_at,attachments"},
		}}},
		{"since", "5", []url.Values{{
			"exclude": {"retweets"}, "expansions": {"attachments.media_keys"}, "max_results": {"100"}, "since_id": {"5"},
			"post.fields": {"created_at,attachments"},
		}, {
			"exclude": {"retweets"}, "expansions": {"attachments.media_keys"}, "max_results": {"100"}, "since_id": {"5"},
			"post.fields": {"created_at,attachments"}, "pagination_token": {"7140next"},
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := script(page, `{"data":[{"id":"8"}]}`)
			if _, err := client(w).Timeline(t.Context(), user, tt.since); err != nil {
				t.Fatal(err)
			}
			var got []url.Values
			for _, s := range w.seen {
				q, err := url.ParseQuery(s.query)
				if err != nil || s.op != "GET /2/users/"+user+"/tweets" {
					t.Errorf("asked %s?%s, %v", s.op, s.query, err)
				}
				got = append(got, q)
			}
			if d := cmp.Diff(got, tt.want); d != "" {
				t.Errorf("queries (-got +want):\n%s", d)
			}
		})
	}
}

// X before August 2026 refuses the new field's name; it is asked with the older one, and stays so for further pages.
func TestTimelineInTheOlderVocabulary(t *testing.T) {
	var asked []string
	w := &wire{answer: func(s sent) *http.Response {
		q, _ := url.ParseQuery(s.query) // a broken one has no fields
		asked = append(asked, q.Get("post.fields")+"|"+q.Get("tweet.fields"))
		switch {
		case q.Has("post.fields"):
			return said(400, `{"errors":[{"message":"The query parameter [post.fields] is not one of [...]"}],"title":"Invalid Request"}`)
		case !q.Has("pagination_token"):
			return said(200, `{"data":[{"id":"9","text":"b"}],"meta":{"next_token":"n"}}`)
		}
		return said(200, `{"data":[{"id":"8","text":"a"}],"meta":{"result_count":1}}`)
	}}
	got, err := client(w).Timeline(t.Context(), user, "5")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, []Tweet{{ID: "9", Text: "b"}, {ID: "8", Text: "a"}}); d != "" {
		t.Errorf("posts (-got +want):\n%s", d)
	}
	older := "|created_at,attachments"
	if d := cmp.Diff(asked, []string{"created_at,attachments|", older, older}); d != "" {
		t.Errorf("fields (-got +want):\n%s", d)
	}
}

// What X refuses in both vocabularies is refused; what has nothing to do with them is asked once.
func TestTimelineThatIsRefused(t *testing.T) {
	for status, want := range map[int]struct {
		class httpx.Class
		calls int
	}{400: {httpx.Invalid, 2}, 401: {httpx.Unauthorized, 1}, 403: {httpx.Forbidden, 1}, 404: {httpx.NotFound, 1}, 402: {httpx.OutOfCredit, 1}, 429: {httpx.RateLimited, 1}} {
		w := sim.New(sim.Options{})
		w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/*/tweets", Times: -1, Status: status, Body: "{}"})
		got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user, "")
		if httpx.ClassOf(err) != want.class || w.Calls("x") != want.calls || got != nil {
			t.Errorf("%d: got %v after %d calls, want %s after %d", status, err, w.Calls("x"), want.class, want.calls)
		}
	}
}

// No timeline is not the same as an empty one: who takes it for one posts a second time.
func TestTimelineThatIsNone(t *testing.T) {
	for _, tt := range []struct {
		body string
		ok   bool
	}{
		{`{"meta":{"result_count":0}}`, true},
		{`{"data":[],"meta":{"result_count":0}}`, true},
		{`{"data":[]}`, true},
		{`{"data":null,"meta":{"result_count":0}}`, true},
		{`{"data":[{"id":"1"}],"errors":[{"title":"Not Found Error"}]}`, true},
		{`{}`, false},
		{`null`, false},
		{`[]`, false},
		{``, false},
		{`<html>`, false},
		{`{"meta":{"result_count":3}}`, false},
		{`{"meta":{"result_count":0},"errors":[{"title":"Not Found Error"}]}`, false},
		{`{"errors":[{"title":"Authorization Error"}]}`, false},
		{`{"data":[{"id":"1"},`, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := script(tt.body)
			_, err := client(w).Timeline(t.Context(), user, "")
			if want := map[bool]httpx.Class{true: "", false: httpx.Transient}[tt.ok]; httpx.ClassOf(err) != want {
				t.Errorf("%s: got %v, want class %q", tt.body, err, want)
			}
			if want := map[bool]int{true: 1, false: 3}[tt.ok]; len(w.seen) != want {
				t.Errorf("%s: asked %d times, want %d", tt.body, len(w.seen), want)
			}
		})
	}
}

// A page that fails fails the whole: half a timeline says of a post that it isn't there.
func TestTimelineWhoseSecondPageFails(t *testing.T) {
	w := sim.New(sim.Options{})
	for n := range 150 {
		w.X().PersonPosts(fmt.Sprint("post ", n))
	}
	w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/*/tweets", Skip: 1, Status: 401, Body: "{}"})
	if got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user, "1"); httpx.ClassOf(err) != httpx.Unauthorized || got != nil {
		t.Errorf("got %d posts, %v", len(got), err)
	}
}

// A post of ours comes back as it was made: its text, its media, what it answers, and when.
func TestTimelineRoundTrip(t *testing.T) {
	const text = `5 < 6 && "b" > 'c' &amp; &copy; 猫`
	w := sim.New(sim.Options{})
	c := inWorld(w, w.Transport())
	up, err := c.Upload(t.Context(), File{Body: strings.NewReader("BMP"), Size: 3, MediaType: "image/bmp", Category: "tweet_image"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Post(t.Context(), Post{Text: text, MediaIDs: []string{up.ID}})
	if err != nil {
		t.Fatal(err)
	}
	made := w.Now()
	w.Advance(time.Minute)
	second, err := c.Post(t.Context(), Post{Text: "2/2", ReplyTo: first})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Timeline(t.Context(), user, "")
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(got)
	var plain []string
	for i := range got {
		plain = append(plain, got[i].PlainText())
		got[i].Text = ""
	}
	want := []Tweet{{ID: first, CreatedAt: made, MediaKeys: []string{up.Key}}, {ID: second, CreatedAt: made.Add(time.Minute)}}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("posts (-got +want):\n%s", d)
	}
	if d := cmp.Diff(plain, []string{text, "2/2"}); d != "" {
		t.Errorf("texts (-got +want):\n%s", d)
	}
}

// An account whose attachments X does not show still has its posts.
func TestTimelineWithoutAttachments(t *testing.T) {
	got, err := client(script(`{"data":[{"id":"9","text":"a","edit_history_tweet_ids":[""],"created_at":"2026-11-23T09:00:00.000Z","referenced_posts":null}]}`)).
		Timeline(t.Context(), user, "")
	if d := cmp.Diff(got, []Tweet{{ID: "9", Text: "a", CreatedAt: now}}); err != nil || d != "" {
		t.Errorf("%v, posts (-got +want):\n%s", err, d)
	}
}

func TestPlainText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "hello", "hello"},
		{"entities", "a &lt;b&gt; &amp; c", "a <b> & c"},
		{"once, not twice", "&amp;lt;", "&lt;"},
		{"the link of what is attached", "hello https://t.co/abc123XYZ", "hello"},
		{"several", "hello\n\nhttps://t.co/abc https://t.co/def \n", "hello"},
		{"nothing but one", "https://t.co/abc", ""},
		{"in the middle it stays", "see https://t.co/abc there", "see https://t.co/abc there"},
		{"another host stays", "see https://example.com/t.co/abc", "see https://example.com/t.co/abc"},
	} {
		if got := (Tweet{Text: tt.in}).PlainText(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
