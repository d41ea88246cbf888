package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestPostBody: what a post may consist of.
func TestPostBody(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"text", `{"text":"hello"}`, 201, `"text":"hello"`},
		{"the odd history", `{"text":"hello"}`, 201, `"edit_history_tweet_ids":[""]`},
		{"280 of weight", `{"text":"` + strings.Repeat("あ", 140) + `"}`, 201, ""},
		{"281 of weight", `{"text":"` + strings.Repeat("あ", 140) + `a"}`, 403,
			"You are not permitted to perform this action."},
		{"a mark that no text may have", `{"text":"a\ufeffb"}`, 403, "You are not permitted"},
		{"one cashtag", `{"text":"$MUG is up"}`, 201, ""},
		{"two cashtags", `{"text":"$MUG and $CUP"}`, 403, "maximum of one cashtag"},
		{"two prices", `{"text":"$20 and $30"}`, 201, ""},
		{"nothing", `{}`, 400, "Invalid Request"},
		{"no media", `{"text":"a","media":{"media_ids":[]}}`, 400, "Invalid Request"},
		{"media without ids", `{"text":"a","media":{}}`, 400, "Invalid Request"},
		{"unknown media", `{"text":"a","media":{"media_ids":["1"]}}`, 400,
			`"parameters":{"media.media_ids":["1"]}`},
		{"reply to nobody", `{"text":"a","reply":{}}`, 400, "Invalid Request"},
		{"reply to an unknown post", `{"text":"a","reply":{"in_reply_to_tweet_id":"1"}}`, 403,
			"deleted or not visible to you"},
		{"unknown field", `{"text":"a","status":"a"}`, 400, "status"},
		{"unknown field further in", `{"text":"a","media":{"media_ids":["1"],"alt":"x"}}`, 400, "alt"},
		{"another case", `{"Text":"a"}`, 400, "Text"},
		{"a list", `[{"text":"a"}]`, 400, "Request body must be a JSON object."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.x("POST", "/2/tweets", tt.body).expect(t, tt.status, tt.want)
			if got, want := len(c.w.X().Tweets()) == 1, tt.status == 201; got != want {
				t.Errorf("posted = %v, want %v", got, want)
			}
		})
	}
}

// TestPostMedia: up to four photos, or one of anything else.
func TestPostMedia(t *testing.T) {
	types := map[string][2]string{"photo": {"tweet_image", "image/jpeg"},
		"video": {"tweet_video", "video/mp4"}, "gif": {"tweet_gif", "image/gif"}}
	for _, tt := range []struct {
		media  string
		status int
	}{
		{"photo", 201},
		{"photo photo photo photo", 201},
		{"photo photo photo photo photo", 400},
		{"video", 201},
		{"gif", 201},
		{"photo video", 400},
		{"video photo", 400},
		{"video video", 400},
		{"gif photo", 400},
	} {
		t.Run(tt.media, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			var ids []string
			for _, kind := range strings.Fields(tt.media) {
				ids = append(ids, c.uploaded(types[kind][0], types[kind][1]))
			}
			c.w.Advance(time.Minute)
			c.post("a post", ids...).expect(t, tt.status)
			if tt.status == 201 && !slices.Equal(c.w.X().Tweets()[0].MediaIDs, ids) {
				t.Errorf("media = %v, want %v", c.w.X().Tweets()[0].MediaIDs, ids)
			}
		})
	}
}

// TestUnfinishedUpload: a file that was not finalized can't be posted.
func TestUnfinishedUpload(t *testing.T) {
	c := newCaller(t, sim.Options{})
	id := c.start("tweet_image", "image/jpeg", 4)
	c.segment(id, "0", []byte("file"))
	c.post("too soon", id).expect(t, 400, "Your media IDs are invalid.")
}

// TestDuplicates: the same text within a day is refused, also a person's own; no text is no
// duplicate.
func TestDuplicates(t *testing.T) {
	const refused = "You are not allowed to create a Tweet with duplicate content."
	c := newCaller(t, sim.Options{})
	c.w.X().PersonPosts("by hand")
	c.post("by hand").expect(t, 403, refused, `"type":"about:blank"`)
	c.post("by hand!").expect(t, 201)
	c.post("by hand!", c.uploaded("tweet_image", "image/jpeg")).expect(t, 403, refused)
	for range 2 {
		c.post("", c.uploaded("tweet_image", "image/jpeg")).expect(t, 201)
	}
	c.w.Advance(24 * time.Hour)
	_, c.env["X_ACCESS_TOKEN"] = c.w.X().Login()
	c.post("by hand").expect(t, 201)
}

// TestThread: a reply hangs on the post before it.
func TestThread(t *testing.T) {
	c := newCaller(t, sim.Options{})
	first := c.post("one").at("data.id")
	c.x("POST", "/2/tweets", fmt.Sprintf(`{"text":"two","reply":{"in_reply_to_tweet_id":%q}}`,
		first)).expect(t, 201)
	if got := c.w.X().Tweets()[1].InReplyTo; got != first {
		t.Errorf("reply to %q, want %q", got, first)
	}
}

// TestCredit: an empty balance refuses what is billed, and a refusal costs nothing.
func TestCredit(t *testing.T) {
	const empty = `"detail":"credits depleted"`
	c := newCaller(t, sim.Options{})
	c.w.X().SetCredit(0.025)
	c.post("one").expect(t, 201)
	photo := c.uploaded("tweet_image", "image/jpeg")
	c.post("two").expect(t, 201)
	for _, r := range []reply{
		c.post("three"), c.x("GET", "/2/users/me", ""), c.x("GET", "/2/users/1500000000000000001/tweets",
			""),
		c.x("POST", "/2/media/metadata", `{"id":"`+photo+`","metadata":{"alt_text":{"text":"a"}}}`),
	} {
		r.expect(t, 402, empty, "https://api.x.com/2/problems/credits-depleted")
	}
	if got, want := c.w.X().Spent(), 0.03; got != want {
		t.Errorf("spent = %v, want %v", got, want)
	}
	c.w.X().SetCredit(1)
	c.post("three").expect(t, 201)
}

// TestPrices: an address in a post costs thirteen times as much; reads are billed once a day.
func TestPrices(t *testing.T) {
	const timeline = "/2/users/1500000000000000001/tweets"
	for _, tt := range []struct {
		name string
		does func(c *caller)
		want float64
	}{
		{"post", func(c *caller) { c.post("hello") }, 0.015},
		{"post with an address", func(c *caller) { c.post("see https://www.instagram.com/p/C1/") }, 0.2},
		{"post with a bare address", func(c *caller) { c.post("see mugs.example.com") }, 0.2},
		{"refused post", func(c *caller) { c.post("") }, 0},
		{"me, twice", func(c *caller) { c.x("GET", "/2/users/me", ""); c.x("GET", "/2/users/me", "") },
			0.01},
		{"timeline of two, twice", func(c *caller) {
			c.w.X().PersonPosts("a")
			c.w.X().PersonPosts("b")
			c.x("GET", timeline, "")
			c.x("GET", timeline, "")
		}, 0.002},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			tt.does(c)
			if got := c.w.X().Spent(); got != tt.want {
				t.Errorf("spent = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestShownText: X gives a text back escaped, with its own links.
func TestShownText(t *testing.T) {
	c := newCaller(t, sim.Options{})
	r := c.post(`it's <b> & see https://example.com/a`, c.uploaded("tweet_image", "image/jpeg"))
	got := r.at("data.text")
	if want := "it's &lt;b&gt; &amp; see https://t.co/sim2dce0a4 https://t.co/m"; !strings.HasPrefix(got, want) {
		t.Errorf("text = %q, want %q…", got, want)
	}
	if got, want := c.w.X().Tweets()[0].Text, "it's <b> & see https://example.com/a"; got != want {
		t.Errorf("kept text = %q, want %q", got, want)
	}
}

// TestWeight: twitter-text's own examples, config v3.
func TestWeight(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"hello", 5},
		{"Hello, world! 👋", 16},
		{"日本語", 6},
		{"e\u0301", 1}, // composed by NFC first
		{"👨‍👩‍👧‍👦", 2},
		{"🇯🇵", 2},
		{"1️⃣", 2},
		{"❤️", 2},
		{"https://example.com/a/very/long/path/that/does/not/count/at/all", 23},
		{"a example.com b", 27},
		{"“quoted”", 8},
		{"…", 2},
	} {
		if got := sim.Weight(tt.text); got != tt.want {
			t.Errorf("Weight(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
}

// TestXRoutes: what is not there, and what every answer carries.
func TestXRoutes(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for _, call := range []string{"GET /2/tweets", "POST /2/media/upload",
		"GET /2/users/by/username/a",
		"POST /1.1/statuses/update.json", "GET /"} {
		method, path, _ := strings.Cut(call, " ")
		c.x(method, path, "{}").expect(t, 404, "https://api.x.com/2/problems/resource-not-found")
	}
	got := map[string]string{}
	h := c.x("GET", "/2/users/me", "").header
	for _, name := range []string{"x-transaction-id", "x-rate-limit-limit", "x-rate-limit-remaining",
		"x-rate-limit-reset"} {
		got[name] = h.Get(name)
	}
	want := map[string]string{"x-transaction-id": "xsimtransaction0001", "x-rate-limit-limit": "100",
		"x-rate-limit-remaining": "99", "x-rate-limit-reset": "1795425300"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("headers (-got +want):\n%s", diff)
	}
}

// TestPostMore: what a later check of X refuses or takes.
func TestPostMore(t *testing.T) {
	c := newCaller(t, sim.Options{})
	media := c.uploaded("tweet_image", "image/jpeg")
	c.post("twice the same", media, media).expect(t, 400, "Your media IDs are invalid.")
	c.post("   ").expect(t, 400, "text or media is required")
	c.post("", media).expect(t, 201)
	c.x("POST", "/2/tweets", `{"text":"a","made_with_ai":true,"paid_partnership":true}`).expect(t, 201)
	if got := c.w.X().Tweets()[1]; !got.MadeWithAI || !got.PaidPartnership {
		t.Errorf("post = %+v, want both marks", got)
	}
	if got := c.w.X().Tweets()[0].Media[0]; got.Width != 8 || got.Height != 8 {
		t.Errorf("picture = %d×%d", got.Width, got.Height)
	}
	c.x("POST", "/2/tweets", `{"text":"a","made_with_ai":"yes"}`).expect(t, 400)
}
