package sim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// calls are one call for each endpoint that a refusal answers.
func calls(c *caller) map[string]func() reply {
	root := c.post("root").at("data.id")
	video := c.uploaded("tweet_video", "video/mp4")
	open := c.start("tweet_image", "image/jpeg", 9)
	c.published("a")
	file := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
	head := c.gh("GET", "/git/ref/heads/main", "").at("object.sha")
	return map[string]func() reply{
		"POST /2/media/upload/initialize": func() reply {
			return c.x("POST", "/2/media/upload/initialize",
				`{"media_category":"tweet_image","media_type":"image/jpeg","total_bytes":3}`)
		},
		"POST /2/media/upload/*/append":   func() reply { return c.segment(open, "0", []byte("BM")) },
		"POST /2/media/upload/*/finalize": func() reply { return c.finalize(open) },
		"GET /2/media/upload":             func() reply { return c.status(video) },
		"POST /2/tweets": func() reply {
			return c.x("POST", "/2/tweets",
				fmt.Sprintf(`{"text":"a","reply":{"in_reply_to_tweet_id":%q}}`, root))
		},
		"POST /2/oauth2/token": func() reply {
			return c.token(form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"]))
		},
		"GET /*/*/media": func() reply { return c.ig("/v25.0/me/media") },
		"GET /file/*":    func() reply { return c.send("GET", file, "") },
		"PATCH /repos/*/*/git/refs/**": func() reply {
			return c.gh("PATCH", "/git/refs/heads/main", `{"sha":"`+head+`"}`)
		},
		"* /repos/**": func() reply { return c.gh("GET", "/issues", "") },
	}
}

// TestRefusals: each one is met by its call, once, with its status and its words, and says what a
// client can read.
func TestRefusals(t *testing.T) {
	var names []string
	for _, r := range sim.Refusals {
		names = append(names, r.Name)
		t.Run(r.Name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			call := calls(c)[r.Call]
			if call == nil || r.Source == "" || r.Whose == "" {
				t.Fatalf("%+v has no call, source or owner", r)
			}
			c.w.Fail(sim.Refuse(r.Name))
			if r.Reset != "" {
				return // the call has no answer
			}
			got := call()
			want := strings.ReplaceAll(r.Body, "{id}", got.at("data.id"))
			if got.status != r.Status || got.body != want {
				t.Errorf("answer %d %s, want %d %s", got.status, got.body, r.Status, want)
			}
			kind := got.header.Get("Content-Type")
			if strings.HasPrefix(kind, "application/json") != json.Valid([]byte(got.body)) {
				t.Errorf("%s is said to be %s", got.body, kind)
			}
			if r.Status == 200 && r.Service == "x" && got.at("data.id") == "" {
				t.Error("STATUS names no upload")
			}
			if again := call(); again.body == got.body && r.Service != "instagram" {
				t.Errorf("met twice: %s", again.body)
			}
		})
	}
	slices.Sort(names)
	if n := len(names); n != len(slices.Compact(names)) {
		t.Error("two refusals have one name")
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown name is taken")
		}
	}()
	sim.Refuse("none of them")
}

// TestFaultWhen: a fault may meet only calls about one text, one answer or one file.
func TestFaultWhen(t *testing.T) {
	c := newCaller(t, sim.Options{})
	bad := sim.Refuse("post-not-permitted")
	bad.Times, bad.When = -1, func(s sim.Subject) bool { return strings.Contains(s.Text, "bad") }
	c.w.Fail(bad)
	c.post("a bad one").expect(t, 403, "You are not permitted")
	c.post("a good one").expect(t, 201)
	reply := sim.Refuse("reply-not-summoned")
	c.w.Fail(reply)
	root := c.post("root").at("data.id")
	c.x("POST", "/2/tweets", fmt.Sprintf(`{"text":"b","reply":{"in_reply_to_tweet_id":%q}}`,
		root)).expect(t,
		403, "summoned")

	wide := sim.Refuse("finalize-unrecognized")
	var seen []sim.Subject
	wide.Times, wide.When = -1, func(s sim.Subject) bool {
		seen = append(seen, s)
		return len(s.Files) == 1 && s.Files[0].Width == 40
	}
	c.w.Fail(wide)
	_, r := c.sent("tweet_image", "image/jpeg", sim.PhotoBytes(40, 30, 1))
	r.expect(t, 400, "media type unrecognized")
	_, r = c.sent("tweet_image", "image/jpeg", sim.PhotoBytes(44, 30, 1))
	r.expect(t, 200)
	if last := seen[len(seen)-1]; last.Files[0].SHA256 == "" || last.Files[0].Height != 30 ||
		last.Video() {
		t.Errorf("subject = %+v", last)
	}
	video := sim.Refuse("initialize-size")
	video.When = sim.Subject.Video
	c.w.Fail(video)
	c.start("tweet_image", "image/jpeg", 5)
	c.x("POST", "/2/media/upload/initialize",
		`{"media_category":"tweet_video","media_type":"video/mp4","total_bytes":5}`).expect(t, 400,
		"at most")
	// A body that a fault has looked at is still there for the call.
	if texts := []string{c.w.X().Tweets()[0].Text, c.w.X().Tweets()[1].Text}; !cmp.Equal(texts,
		[]string{"a good one", "root"}) {
		t.Errorf("posts = %v", c.w.X().Tweets())
	}
}

// TestDrip: a file that comes at a rate takes the world's time, and not the test's.
func TestDrip(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "video", Size: 100_000}}})
	address := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
	c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/*", Rate: 1000, Times: -1})
	start := c.w.Now()
	r, _ := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	resp, err := c.way.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, 30_000); err != nil {
		t.Fatal(err)
	}
	if passed := c.w.Now().Sub(start); passed < 28*time.Second || passed > 32*time.Second {
		t.Errorf("30,000 bytes took %v", passed)
	}
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n != 70_000 {
		t.Errorf("the rest is %d bytes, %v", n, err)
	}
}
