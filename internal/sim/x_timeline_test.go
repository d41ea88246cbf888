package sim_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

const timeline = "/2/users/1500000000000000001/tweets"

// texts are the posts of a page, in its order.
func (r reply) texts() []string {
	var out []string
	for i := 0; r.at(fmt.Sprintf("data.%d.id", i)) != ""; i++ {
		out = append(out, r.at(fmt.Sprintf("data.%d.text", i)))
	}
	return out
}

// history has posts a, b (a reply to a) and c, a minute apart; the ids are in order.
func history(t *testing.T) (c *caller, ids []string) {
	c = newCaller(t, sim.Options{})
	for _, text := range []string{"a", "b", "c"} {
		body := fmt.Sprintf(`{"text":%q}`, text)
		if text == "b" {
			body = fmt.Sprintf(`{"text":"b","reply":{"in_reply_to_tweet_id":%q}}`, ids[0])
		}
		ids = append(ids, c.x("POST", "/2/tweets", body).at("data.id"))
		c.w.Advance(time.Minute)
	}
	return c, ids
}

// TestTimelineQuery: which posts a query gives, and which query X refuses.
func TestTimelineQuery(t *testing.T) {
	for _, tt := range []struct {
		name, query string // %s are the ids of a, b and c
		status      int
		want        string
	}{
		{"everything", "", 200, "c b a"},
		{"since", "since_id=%[1]s", 200, "c b"},
		{"since the newest", "since_id=%[3]s", 200, ""},
		{"since a smaller number of fewer digits", "since_id=9", 200, "c b a"},
		{"until", "until_id=%[3]s", 200, "b a"},
		{"from a time", "start_time=2026-11-23T09:01:00Z", 200, "c b"},
		{"to a time", "end_time=2026-11-23T09:01:00Z", 200, "a"},
		{"no replies", "exclude=replies,retweets", 200, "c a"},
		{"no retweets", "exclude=retweets", 200, "c b a"},
		{"fewest", "max_results=5", 200, "c b a"},
		{"too few", "max_results=4", 400, ""},
		{"too many", "max_results=101", 400, ""},
		{"no number", "max_results=x", 400, ""},
		{"a date that is none", "start_time=yesterday", 400, ""},
		{"a date before the first", "start_time=2010-11-05T23:59:59Z", 400, ""},
		{"an end before the start", "start_time=2026-11-23T09:01:00Z&end_time=2026-11-23T09:01:00Z",
			400, ""},
		{"the same exclusion twice", "exclude=replies,replies", 400, ""},
		{"an id that is none", "since_id=abc", 400, ""},
		{"a token that is none", "pagination_token=abc", 400, ""},
		{"unknown parameter", "limit=5", 400, ""},
		{"unknown field", "post.fields=created", 400, ""},
		{"unknown expansion", "expansions=media", 400, ""},
		{"unknown exclusion", "exclude=quotes", 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, ids := history(t)
			query := tt.query
			if strings.Contains(query, "%") {
				query = fmt.Sprintf(query, ids[0], ids[1], ids[2])
			}
			r := c.x("GET", timeline+"?"+query, "")
			r.expect(t, tt.status)
			if got := strings.Join(r.texts(), " "); got != tt.want {
				t.Errorf("posts = %q, want %q", got, tt.want)
			}
			if tt.status == 200 {
				r.is(t, "meta.result_count", fmt.Sprint(len(strings.Fields(tt.want))))
			}
		})
	}
}

// TestEmptyTimeline: data is absent, not an empty list.
func TestEmptyTimeline(t *testing.T) {
	r := newCaller(t, sim.Options{}).x("GET", timeline, "")
	if diff := cmp.Diff(r.body, `{"meta":{"result_count":0}}`); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

// TestTimelinePages: the pages together are everything, once, newest first.
func TestTimelinePages(t *testing.T) {
	c := newCaller(t, sim.Options{})
	var want []string
	for i := range 12 {
		text := fmt.Sprintf("post %d", i)
		c.w.X().PersonPosts(text)
		want = append([]string{text}, want...)
	}
	var got, sizes []string
	for query := "?max_results=5"; query != ""; {
		r := c.x("GET", timeline+query, "")
		r.expect(t, 200)
		got, sizes = append(got, r.texts()...), append(sizes, r.at("meta.result_count"))
		query = ""
		if next := r.at("meta.next_token"); next != "" {
			query = "?max_results=5&pagination_token=" + next
		}
		r.is(t, "meta.newest_id", r.at("data.0.id"))
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("posts (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(sizes, []string{"5", "5", "2"}); diff != "" {
		t.Errorf("pages (-got +want):\n%s", diff)
	}
}

// TestVocabularies: a field comes only if it was asked for, by the one name of the parameter or the
// older one.
func TestVocabularies(t *testing.T) {
	for query, created := range map[string]string{
		"": "", "post.fields=created_at": "2026-11-23T09:01:00.000Z",
		"tweet.fields=created_at": "2026-11-23T09:01:00.000Z",
	} {
		t.Run(query, func(t *testing.T) {
			c, _ := history(t)
			c.x("GET", timeline+"?"+query, "").is(t, "data.1.created_at", created)
		})
	}
	c, _ := history(t)
	c.x("GET", timeline+"?post.fields=referenced_posts", "").expect(t, 400)
}

// TestTimelineMedia: the keys of a post's media, unless they are hidden.
func TestTimelineMedia(t *testing.T) {
	c := newCaller(t, sim.Options{})
	id := c.uploaded("tweet_image", "image/jpeg")
	c.post("a photo", id).expect(t, 201)
	r := c.x("GET", timeline+"?expansions=attachments.media_keys", "")
	r.is(t, "data.0.attachments.media_keys.0", "3_"+id)
	r.is(t, "includes.media.0.type", "photo")
	r = c.x("GET", timeline+"?post.fields=attachments", "")
	r.is(t, "data.0.attachments.media_keys.0", "3_"+id)
	r.is(t, "includes", "")
	c.x("GET", timeline, "").is(t, "data.0.attachments", "")
	c.w.X().HideAttachments()
	c.x("GET", timeline+"?expansions=attachments.media_keys", "").is(t, "data.0.attachments", "")
}

// TestTimelineLag: a post that was just made may be missing for a while.
func TestTimelineLag(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.X().SetTimelineLag(10 * time.Second)
	c.post("new").expect(t, 201)
	c.w.Advance(9 * time.Second)
	c.x("GET", timeline, "").is(t, "meta.result_count", "0")
	c.w.Advance(time.Second)
	c.x("GET", timeline, "").is(t, "meta.result_count", "1")
}

// TestTimelineReach: a timeline ends at 3,200 posts, at 800 without replies, whatever is asked for.
func TestTimelineReach(t *testing.T) {
	c := newCaller(t, sim.Options{})
	first := c.w.X().PersonPosts("the first")
	for i := range 3200 {
		if i%2 == 0 {
			c.w.X().PersonPosts(fmt.Sprint("post ", i))
		} else {
			c.w.X().PersonReplies(first, fmt.Sprint("reply ", i))
		}
	}
	for _, tt := range []struct {
		query string
		want  int
	}{{"", 3200}, {"&since_id=1", 3200}, {"&exclude=replies", 400},
		{"&start_time=2020-01-01T00:00:00Z", 3200}} {
		got, next := 0, ""
		for {
			r := c.x("GET", timeline+"?max_results=100"+tt.query+next, "")
			r.expect(t, 200)
			n, err := strconv.Atoi(r.at("meta.result_count"))
			if err != nil {
				t.Fatal(err)
			}
			got += n
			if r.at("meta.next_token") == "" {
				break
			}
			next = "&pagination_token=" + r.at("meta.next_token")
		}
		if got != tt.want {
			t.Errorf("%s: %d posts, want %d", tt.query, got, tt.want)
		}
	}
}

// TestShortPages: pages can be short, or empty, while more follow.
func TestShortPages(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.X().Change(func(r *sim.XRules) { r.ShortPages = true })
	root := c.w.X().PersonPosts("root")
	for range 12 {
		c.w.X().PersonReplies(root, "reply")
	}
	var sizes []string
	for next := "?"; next != ""; {
		r := c.x("GET", timeline+next+"&max_results=5&exclude=replies", "")
		sizes, next = append(sizes, r.at("meta.result_count")), ""
		if token := r.at("meta.next_token"); token != "" {
			next = "?pagination_token=" + token
		}
	}
	if diff := cmp.Diff(sizes, []string{"0", "0", "1"}); diff != "" {
		t.Errorf("pages (-got +want):\n%s", diff)
	}
}

// TestEntities: every address has its own t.co link, and the expanded one tells which it is; the
// media have one link together.
func TestEntities(t *testing.T) {
	c := newCaller(t, sim.Options{})
	a, b := c.uploaded("tweet_image", "image/jpeg"), c.uploaded("tweet_image", "image/jpeg")
	c.post("<猫> https://a.example/1 and example.com", a, b).expect(t, 201)
	r := c.x("GET", timeline+"?post.fields=entities", "")
	r.is(t, "data.0.entities.urls.0.expanded_url", "https://a.example/1")
	r.is(t, "data.0.entities.urls.1.expanded_url", "http://example.com")
	r.is(t, "data.0.entities.urls.2.expanded_url",
		"https://x.com/kamo_mugs/status/"+r.at("data.0.id")+"/photo/1")
	r.is(t, "data.0.entities.urls.3.url", "")
	text := []rune(r.at("data.0.text"))
	for i := range 3 {
		at := fmt.Sprintf("data.0.entities.urls.%d.", i)
		var start, end int
		_, _ = fmt.Sscan(r.at(at+"start")+" "+r.at(at+"end"), &start, &end)
		if got := string(text[start:end]); got != r.at(at+"url") {
			t.Errorf("link %d is %q, want %q", i, got, r.at(at+"url"))
		}
	}
	if r.at("data.0.entities.urls.0.url") == r.at("data.0.entities.urls.1.url") {
		t.Error("two addresses have one link")
	}
	c.x("GET", timeline, "").is(t, "data.0.entities", "")
}
