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
		{"all that there is", 30, 0, 30, 1, 1},
		{"after one", 30, 25, 30, 26, 1},
		{"after the newest", 30, 30, 0, 0, 1},
		{"a full page and no more", 101, 1, 101, 2, 1},
		{"three pages", 252, 1, 252, 2, 3},
		{"thirty pages at most", 3102, 1, 3102, 103, 30},
		{"thirty pages, which prove no end", 3001, 1, 3001, 2, 30},
		{"none", 0, 0, 0, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := sim.New(sim.Options{})
			made := []string{""}
			for n := range tt.made {
				made = append(made, w.X().PersonPosts(fmt.Sprint("post ", n+1)))
			}
			got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user,
				Bound{SinceID: made[tt.since]})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for n := tt.first; n >= tt.last && n > 0; n-- {
				want = append(want, made[n])
			}
			if d := cmp.Diff(ids(got.Posts), want); d != "" {
				t.Errorf("posts (-got +want):\n%s", d)
			}
			if complete := tt.calls < 30; got.Complete != complete || got.Read != len(want) {
				t.Errorf("complete %v, %d read, want %v, %d", got.Complete, got.Read, complete,
					len(want))
			}
			if n := w.Calls("x"); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
		})
	}
}

func TestTimelineQuery(t *testing.T) {
	const page = `{"data":[{"id":"9","text":"a"}],"meta":{"result_count":1,"next_token":"7140next"}}`
	const fields = "created_at,attachments,conversation_id,entities,note_post"
	for _, tt := range []struct {
		name string
		from Bound
		want []url.Values
	}{
		{"everything", Bound{}, []url.Values{{}, {"pagination_token": {"7140next"}}}},
		{"from before X takes it", Bound{Since: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)},
			[]url.Values{{}, {"pagination_token": {"7140next"}}}},
		{"after a post", Bound{SinceID: "5", Since: now},
			[]url.Values{
				{"since_id": {"5"}}, {"since_id": {"5"}, "pagination_token": {"7140next"}},
			}},
		{"from a time on", Bound{Since: now.In(time.FixedZone("", 3600))}, []url.Values{
			{"start_time": {"2026-11-23T09:00:00Z"}},
			{"start_time": {"2026-11-23T09:00:00Z"}, "pagination_token": {"7140next"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := script(page, `{"data":[{"id":"8"}]}`)
			if _, err := client(w).Timeline(t.Context(), user, tt.from); err != nil {
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
			for _, q := range tt.want {
				q["exclude"], q["max_results"] = []string{"retweets"}, []string{"100"}
				q["post.fields"], q["expansions"] = []string{
					fields,
				}, []string{"attachments.media_keys"}
			}
			if d := cmp.Diff(got, tt.want); d != "" {
				t.Errorf("queries (-got +want):\n%s", d)
			}
		})
	}
}

// X before August 2026 refuses the new field's name; it is asked with the older one, and stays so
// for further pages.
func TestTimelineInTheOlderVocabulary(t *testing.T) {
	var asked []string
	w := &wire{answer: func(s sent) *http.Response {
		q, _ := url.ParseQuery(s.query) // a broken one has no fields
		asked = append(asked, q.Get("post.fields")+"|"+q.Get("tweet.fields"))
		switch {
		case q.Has("post.fields"):
			return said(
				400,
				`{"errors":[{"message":"The query parameter [post.fields] is not one of [...]"}],"title":"Invalid Request"}`,
			)
		case !q.Has("pagination_token"):
			return said(200, `{"data":[{"id":"9","text":"b"}],"meta":{"next_token":"n"}}`)
		}
		return said(200, `{"data":[{"id":"8","text":"a"}],"meta":{"result_count":1}}`)
	}}
	got, err := client(w).Timeline(t.Context(), user, Bound{SinceID: "5"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got.Posts, []Tweet{{ID: "9", Text: "b"}, {ID: "8", Text: "a"}}); d != "" {
		t.Errorf("posts (-got +want):\n%s", d)
	}
	older := "|" + asks[1].Get("tweet.fields")
	if d := cmp.Diff(asked, []string{asks[0].Get("post.fields") + "|", older, older}); d != "" {
		t.Errorf("fields (-got +want):\n%s", d)
	}
}

// What X refuses in both vocabularies is refused; what has nothing to do with them is asked once.
func TestTimelineThatIsRefused(t *testing.T) {
	for status, want := range map[int]struct {
		class httpx.Class
		calls int
	}{
		400: {httpx.Unknown, 4}, 401: {httpx.Unauthorized, 1}, 403: {httpx.Unknown, 1},
		404: {httpx.NotFound, 1}, 402: {httpx.OutOfCredit, 1}, 429: {httpx.RateLimited, 1},
	} {
		w := sim.New(sim.Options{})
		w.Fail(
			sim.Fault{
				Service: "x", Call: "GET /2/users/*/tweets", Times: -1, Status: status,
				Body: "{}",
			},
		)
		got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user, Bound{})
		if httpx.ClassOf(err) != want.class || w.Calls("x") != want.calls || got.Posts != nil {
			t.Errorf(
				"%d: got %v after %d calls, want %s after %d",
				status,
				err,
				w.Calls("x"),
				want.class,
				want.calls,
			)
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
			_, err := client(w).Timeline(t.Context(), user, Bound{})
			if want := map[bool]httpx.Class{
				true: "", false: httpx.Transient,
			}[tt.ok]; httpx.ClassOf(err) != want {
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
	if got, err := inWorld(w, w.Transport()).Timeline(t.Context(), user,
		Bound{SinceID: "1"}); httpx.ClassOf(err) != httpx.Unauthorized ||
		got.Posts != nil ||
		got.Read != 100 {
		t.Errorf("got %d posts, %d read, %v", len(got.Posts), got.Read, err)
	}
}

// A post of ours comes back as it was made: its text, its media, what it answers, and when.
func TestTimelineRoundTrip(t *testing.T) {
	const text = `5 < 6 && "b" > 'c' &amp; &copy; 猫`
	w := sim.New(sim.Options{})
	c := inWorld(w, w.Transport())
	up, err := c.Upload(
		t.Context(),
		File{
			Body: strings.NewReader("BMP"), Size: 3, MediaType: "image/bmp",
			Category: "tweet_image",
		},
	)
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
	line, err := c.Timeline(t.Context(), user, Bound{})
	if err != nil {
		t.Fatal(err)
	}
	got := line.Posts
	slices.Reverse(got)
	var plain []string
	for i := range got {
		plain = append(plain, got[i].PlainText())
		got[i].Text = ""
	}
	want := []Tweet{
		{
			ID: first, CreatedAt: made, MediaKeys: []string{up.Key}, HasFiles: true,
			Conversation: first,
		},
		{ID: second, CreatedAt: made.Add(time.Minute), Conversation: first},
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("posts (-got +want):\n%s", d)
	}
	if d := cmp.Diff(plain, []string{text, "2/2"}); d != "" {
		t.Errorf("texts (-got +want):\n%s", d)
	}
}

// An account whose attachments X does not show still has its posts.
func TestTimelineWithoutAttachments(t *testing.T) {
	got, err := client(
		script(
			`{"data":[{"id":"9","text":"a","edit_history_tweet_ids":[""],"created_at":"2026-11-23T09:00:00.000Z","referenced_posts":null}]}`,
		),
	).
		Timeline(
			t.Context(),
			user,
			Bound{},
		)
	if d := cmp.Diff(got.Posts, []Tweet{{ID: "9", Text: "a", CreatedAt: now}}); err != nil ||
		d != "" {
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
		{
			"another host stays", "see https://example.com/t.co/abc",
			"see https://example.com/t.co/abc",
		},
	} {
		if got := (Tweet{Text: tt.in}).PlainText(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What X tells of a post, in the spellings of before and after August 2026.
func TestTimelineFields(t *testing.T) {
	const permalink = "https://www.instagram.com/p/Cabc/"
	for _, tt := range []struct {
		name, body string
		want       Tweet
	}{
		{
			"links, and X's own for a photo",
			`{"id":"9","text":"a https://t.co/1 https://t.co/2","conversation_id":"7",
			"entities":{"urls":[{"expanded_url":"` + permalink + `"},
			{"expanded_url":"https://x.com/someone/status/9/photo/1"}]}}`,
			Tweet{
				ID: "9", Text: "a https://t.co/1 https://t.co/2", Conversation: "7",
				Links: []string{permalink}, HasFiles: true,
			},
		},
		{
			"X's own link for a video, by its key",
			`{"id":"9","entities":{"urls":[{"expanded_url":"?","media_key":"7_1"}]}}`,
			Tweet{ID: "9", HasFiles: true},
		},
		{
			"what it answers",
			`{"id":"9","referenced_posts":[{"type":"quoted","id":"5"},{"type":"replied_to","id":"8"}]}`,
			Tweet{ID: "9", ReplyTo: "8"},
		},
		{
			"what it answers, in the older spelling",
			`{"id":"9","referenced_tweets":[{"type":"replied_to","id":"8"}]}`,
			Tweet{ID: "9", ReplyTo: "8"},
		},
		{
			"a long text",
			`{"id":"9","text":"cut…","note_post":{"text":"complete","entities":{"urls":[{"expanded_url":"` + permalink + `"}]}}}`,
			Tweet{ID: "9", Text: "complete", Links: []string{permalink}},
		},
		{
			"a long text, in the older spelling",
			`{"id":"9","text":"cut…","note_tweet":{"text":"complete"}}`,
			Tweet{ID: "9", Text: "complete"},
		},
	} {
		got, err := client(script(`{"data":[`+tt.body+`]}`)).Timeline(t.Context(), user, Bound{})
		if d := cmp.Diff(got.Posts, []Tweet{tt.want}); err != nil || d != "" {
			t.Errorf("%s: %v, posts (-got +want):\n%s", tt.name, err, d)
		}
	}
}

// Pages without posts that always name a further one come to an end, and prove nothing.
func TestTimelineWithoutAnEnd(t *testing.T) {
	w := script(`{"data":[],"meta":{"result_count":0,"next_token":"n"}}`)
	got, err := client(w).Timeline(t.Context(), user, Bound{})
	if err != nil || got.Complete || len(w.seen) != maxPages {
		t.Errorf("got %+v, %v after %d calls", got, err, len(w.seen))
	}
}

func TestMadeAt(t *testing.T) {
	for id, want := range map[string]string{
		"1": "0001-01-01", "": "0001-01-01", "nine": "0001-01-01", "-1": "0001-01-01",
		"20":                  "0001-01-01",
		"1880028106020515840": "2025-01-16", "9223372036854775807": "2080-07-10",
	} {
		if got := MadeAt(id).Format(time.DateOnly); got != want {
			t.Errorf("%q: got %s, want %s", id, got, want)
		}
	}
}
