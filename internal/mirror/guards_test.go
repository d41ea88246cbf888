package mirror_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestOvertakenFarApart: X refuses a photo, and takes one that is two days younger. A run that is
// killed anywhere in between has not lost the older one, though the cursor is far past it.
func TestOvertakenFarApart(t *testing.T) {
	for n := 0; ; n++ {
		lived := false
		synctest.Test(t, func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) { r.Start = "1999-01-01" })}
			c.w.Advance(72 * time.Hour)
			c.publishedAgo(72*time.Hour, sized("first", 64)) // for an access token that is alive
			c.run()
			c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), sized("96", 96)))
			c.publishedAgo(48*time.Hour, sized("96", 96))
			c.publish(sized("good", 65))
			way := c.w.Transport()
			way.KillAt(n, true)
			c.start(way)
			lived = !way.Killed()
			c.w.ClearFaults()
			c.ticks(3 * time.Hour)
			want := []string{"96", "first", "good"}
			if got := slices.Sorted(slices.Values(c.texts())); !slices.Equal(got, want) {
				t.Errorf("killed at call %d: on X %q, want %q", n, got, want)
			}
		})
		if lived {
			return
		}
	}
}

// publishedAgo puts a media on Instagram as if it had been there for a while.
func (s *scene) publishedAgo(d time.Duration, m sim.Media) {
	m.Timestamp = s.w.Now().Add(-d)
	s.publish(m)
}

// TestCancelledBlamesNoHost: no file comes, and the run is cancelled while it asks for the second
// one. That says nothing about the host.
func TestCancelledBlamesNoHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/*", Status: 404, Times: -1})
		c.publish(photo("one"), photo("two"))
		c.tick()
		file := c.w.Instagram().Files(c.published[1].ID)[0]
		before := c.doc().Find(c.published[0].ID).Evidence.Missing
		c.w.Advance(2 * time.Hour)
		out, err, lived := c.cancelled(func(way *sim.Transport, cancel func()) {
			// The first file is asked for, then one byte of the second, then the second file.
			way.OnMatch("GET /file/"+file, sim.After, func() {
				way.OnMatch("GET /file/"+file, sim.Before, cancel)
			})
		})
		if lived || err == nil {
			t.Fatalf("the run was over: %+v, error %v", out, err)
		}
		if len(out.Faults) > 0 {
			t.Errorf("a cancelled run blames the host: %+v", out.Faults)
		}
		if diff := cmp.Diff(before, c.doc().Find(c.published[0].ID).Evidence.Missing); diff != "" {
			t.Errorf("a try was counted (-before +after):\n%s", diff)
		}
	})
}

// TestUnknownAuthOnce: X says once that it does not know how a post was signed. One more try in the
// same run makes it.
func TestUnknownAuthOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.Fail(sim.Refuse("post-unknown-auth"))
		c.publish(photo("one"))
		if out := c.run(); len(out.Posted) != 1 {
			t.Errorf("%+v", out)
		}
		c.holds("once more", []onX{{"one", 1, false}})
	})
}

// TestLookIsBounded: a look for a lost answer reads the timeline from an hour before the try on,
// where no post of the route is known. X bills each post that is read.
func TestLookIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(11 * 365 * 24 * time.Hour) // X takes no bound before November 2010
		c := &schedule{scene: begun(t, nil)}
		for range 200 {
			c.w.X().PersonPosts("an older one")
		}
		c.w.Advance(2 * time.Hour)
		c.publish(photo("one"))
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
		c.start(c.w.Transport())
		before := c.w.X().Spent()
		if out := c.run(); out.Reconciled != 1 {
			t.Fatalf("%+v", out)
		}
		if usd := c.w.X().Spent() - before; usd > 0.05 {
			t.Errorf("the look cost %.3f USD", usd)
		}
	})
}

// TestStoredTimesAhead: since when a media is not listed, has no file or is processed was written
// under a clock that was a year ahead. It counts from now, and ends.
func TestStoredTimesAhead(t *testing.T) {
	const link = "https://www.instagram.com/reel/R/"
	for name, tt := range map[string]struct {
		key    string
		arm    func(*schedule)
		status state.Status
	}{
		"not listed": {"unlisted", func(c *schedule) {
			c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), sized("96", 96)))
			c.publish(sized("older", 65), sized("96", 96), sized("good", 66))
			c.tick()
			c.w.Instagram().Archive(c.published[1].ID)
			c.tick()
		}, state.Withdrawn},
		"no file": {"no_file", func(c *schedule) {
			c.publish(sim.Media{Caption: "96", ProductType: "REELS", Permalink: link,
				Items: []sim.Item{{Kind: "video", NoURL: true, NoThumbnail: true}}})
			c.tick()
		}, state.Posted},
		"processing": {"processing", func(c *schedule) {
			c.w.X().RejectVideos("never")
			c.publish(clip("96", 7))
			c.tick()
		}, state.Posted},
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
			tt.arm(c)
			body, _ := c.w.GitHub().File(branch, "state/main.yaml")
			var out []string
			moved := false
			for line := range strings.Lines(body) {
				if at, ok := strings.CutPrefix(strings.TrimSpace(line), tt.key+": "); ok {
					line, moved = strings.Replace(line, at[:4], "2099", 1), true
				}
				out = append(out, line)
			}
			if !moved {
				t.Fatalf("no %s in\n%s", tt.key, body)
			}
			c.w.GitHub().SetFile(branch, "state/main.yaml", strings.Join(out, ""))
			c.ticks(50 * time.Hour)
			if rec := recordOf(c, "96"); rec.Status != tt.status {
				t.Errorf("%+v %+v, want %s", rec, rec.Evidence, tt.status)
			}
		})
	}
}

// TestFeatureOfOneMedia: "not permitted to access this feature" stands in no list of words that are
// the account's. One media that meets them is held by itself, without an incident.
func TestFeatureOfOneMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, func(r *config.Route) { r.Text.MaxLength = 25000 })}
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 403, Times: -1,
			Body: aboutTheAccount, When: func(s sim.Subject) bool { return len(s.Text) > 280 }})
		c.publish(photo(strings.Repeat("long ", 100)))
		if out := c.run(); len(out.Posted) != 1 || !out.CutTo280 {
			t.Errorf("it is not cut: %+v", out)
		}
		c.w.ClearFaults()
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 403, Times: -1,
			Body: aboutTheAccount, When: func(s sim.Subject) bool { return s.Text == "bad" }})
		c.publish(photo("bad"), photo("good"))
		c.ticks(time.Hour)
		if len(c.incidents) > 0 || !slices.Contains(c.texts(), "good") {
			t.Errorf("incidents %v, on X %q", c.incidents, c.texts())
		}
	})
}

// TestRepliesProbe: X takes the replies of every thread but one. The half-open probe of the breaker
// asks that one, and a witness in the same run.
func TestRepliesProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(carousel("bad", seven...))
		bad := ""
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 400, Times: -1,
			Body: `{"detail":"new words"}`, When: func(s sim.Subject) bool {
				return s.InReplyTo != "" && (bad == "" || s.InReplyTo == bad)
			}})
		c.ticks(40 * time.Minute)
		if !slices.Equal(c.incidents, []string{"x-replies"}) {
			t.Fatalf("incidents %v", c.incidents)
		}
		bad = c.w.X().Tweets()[0].ID
		c.publish(carousel("good", seven...))
		c.w.Advance(2 * time.Hour)
		c.tick()
		if n := len(c.timeline()); n != 3 {
			t.Errorf("after the probe: %v", c.timeline())
		}
	})
}
