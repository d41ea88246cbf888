package mirror_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestNeverProcessed: X looks at a video for ever. After six hours that is a refusal, and two of
// them end it; nothing else waits for it.
func TestNeverProcessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.X().RejectVideos("never")
		c.publish(clip("slow", 7), photo("quick"))
		c.tick()
		if diff := cmp.Diff([]string{"quick"}, c.texts()); diff != "" {
			t.Fatalf("on X (-want +got):\n%s", diff)
		}
		c.ticks(30 * time.Hour)
		if rec := recordOf(c, "slow"); rec.Status != state.Posted || rec.Fallback != "thumbnail" {
			t.Errorf("%+v", rec)
		}
		if len(c.incidents) > 0 {
			t.Errorf("incidents %v", c.incidents)
		}
	})
}

// TestNoFile: Instagram gives no file for a reel. Two lists an hour apart prove it.
func TestNoFile(t *testing.T) {
	for name, tt := range map[string]struct {
		item sim.Item
		link string
		want []onX
	}{
		"with a cover": {
			sim.Item{Kind: "video", NoURL: true}, "if-cut",
			[]onX{{"reel\n\nhttps://www.instagram.com/reel/R/", 1, false}, {"after", 1, false}},
		},
		"without": {
			sim.Item{Kind: "video", NoURL: true, NoThumbnail: true}, "if-cut",
			[]onX{{"reel\n\nhttps://www.instagram.com/reel/R/", 0, false}, {"after", 1, false}},
		},
		"link never": {
			sim.Item{Kind: "video", NoURL: true}, "never",
			[]onX{{"reel", 1, false}, {"after", 1, false}},
		},
		"never, and no cover": {
			sim.Item{Kind: "video", NoURL: true, NoThumbnail: true}, "never",
			[]onX{{"reel", 0, false}, {"after", 1, false}},
		},
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, func(r *config.Route) { r.Text.Link = tt.link })}
			m := sim.Media{
				Caption: "reel", ProductType: "REELS", Items: []sim.Item{tt.item},
				Permalink: "https://www.instagram.com/reel/R/",
			}
			c.publish(m)
			c.publish(photo("after"))
			c.tick()
			if n := len(c.timeline()); n != 0 {
				t.Fatalf("overtaken in its first run: %v", c.timeline())
			}
			c.tick()
			if diff := cmp.Diff([]string{"after"}, c.texts()); diff != "" {
				t.Fatalf("the second run (-want +got):\n%s", diff)
			}
			c.ticks(2 * time.Hour)
			slices.Reverse(tt.want)
			c.holds(name, tt.want)
		})
	}
}

// TestOtherBytes: a file is treated as what its bytes are, in the plan's groups too.
func TestOtherBytes(t *testing.T) {
	for name, tt := range map[string]struct {
		bytes []byte
		want  []onX
		kind  string
	}{
		"gif": {
			sim.PictureBytes("gif", 80, 60, 1),
			[]onX{{"mixed", 1, false}, {"", 1, true}, {"", 1, true}}, "tweet_gif",
		},
		"png": {sim.PictureBytes("png", 80, 60, 1), []onX{{"mixed", 3, false}}, "tweet_image"},
		"mp4": {
			sim.VideoBytes(2, 9), []onX{{"mixed", 1, false}, {"", 1, true}, {"", 1, true}},
			"tweet_video",
		},
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			m := carousel("mixed", "photo", "photo", "photo")
			m.Items[1].Bytes = tt.bytes
			c.publish(m)
			c.tick()
			if tw := c.w.X().Tweets(); len(tw) > 1 && tw[1].Media[0].Category != tt.kind {
				t.Errorf("posted as %s", tw[1].Media[0].Category)
			}
			c.holds(name, tt.want)
		})
	}
	bubble(t, "a photo under the name VIDEO", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		m := clip("still", 3)
		m.Items[0].Bytes = files["photo"]
		c.publish(m)
		c.tick()
		c.holds("still", []onX{{"still", 1, false}})
	})
	bubble(t, "heic", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		m := photo("heic")
		m.Items[0].Bytes, m.Items[0].AltText = sim.PictureBytes("heic", 80, 60, 1), ""
		c.publish(m, photo("good"))
		c.tick()
		if diff := cmp.Diff([]string{"good"}, c.texts()); diff != "" {
			t.Errorf("on X (-want +got):\n%s, incidents %v", diff, c.incidents)
		}
		if rec := recordOf(c, "heic"); rec.Status != state.Posting || rec.Hold() == "" {
			t.Errorf("%+v", rec)
		}
	})
}

// TestAltTextRefused: a post without its alt text is better than none.
func TestAltTextRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.w.Fail(sim.Fault{
			Service: "x", Call: "POST /2/media/metadata", Status: 400, Times: -1,
			Body: `{"detail":"no"}`,
		})
		c.publish(photo("one"))
		if out := c.run(); len(out.Posted) != 1 || len(out.Warnings) != 1 {
			t.Errorf("%+v", out)
		}
		c.holds("no alt text", []onX{{"one", 1, false}})
	})
}

// TestHostForOne: the host lacks one file for good. The others come in the second run, and after a
// day in which other files came the media is given up.
func TestHostForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("lost"), photo("good"))
		name := c.w.Instagram().Files(c.published[0].ID)[0]
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + name, Status: 404, Times: -1})
		c.tick()
		if n := len(c.timeline()); n != 0 {
			t.Errorf("overtaken in its first run: %v", c.timeline())
		}
		c.tick()
		if diff := cmp.Diff([]string{"good"}, c.texts()); diff != "" {
			t.Errorf("on X (-want +got):\n%s", diff)
		}
		c.ticks(23 * time.Hour)
		if rec := recordOf(c, "lost"); rec.Hold() != state.HeldMissing {
			t.Errorf("before a day: %+v", rec)
		}
		c.ticks(2 * time.Hour)
		if rec := recordOf(c, "lost"); rec.Status != state.GivenUp {
			t.Errorf("after a day: %+v", rec)
		}
	})
}

// TestDrippingHost: the media host sends one file at a few bytes a second. Each run leaves it after
// two minutes, the other media pass it in the second run, and it arrives when the host is well
// again.
func TestDrippingHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		slow := sized("slow", 65)
		slow.Items[0].Bytes = append(slow.Items[0].Bytes, make([]byte, 1<<20)...)
		c.publish(slow, photo("quick"))
		file := c.w.Instagram().Files(c.published[0].ID)[0]
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + file, Times: -1, Rate: 1000})
		begun := c.w.Now()
		c.tick()
		if took := c.w.Now().Sub(begun); took > 15*time.Minute {
			t.Errorf("the run took %v", took)
		}
		if rec := recordOf(c, "slow"); rec.Hold() != state.HeldMissing {
			t.Errorf("%+v", rec)
		}
		c.tick()
		if got := c.texts(); !slices.Equal(got, []string{"quick"}) {
			t.Errorf("on X %q", got)
		}
		c.w.ClearFaults()
		c.tick()
		c.holds("the host is well again", []onX{{"quick", 1, false}, {"slow", 1, false}})
	})
}
