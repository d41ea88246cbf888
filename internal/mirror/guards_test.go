package mirror_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
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

// TestFirstCauseOfFiles: a file of a carousel meets what would stop every other one. The error is
// that, and not that the others were stopped because of it.
func TestFirstCauseOfFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(carousel("two", "photo", "photo"))
		first := c.w.Instagram().Files(c.published[0].ID)[0]
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + first, Delay: 20 * time.Second})
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/media/upload/initialize", Status: 402,
			Body: `{"title":"CreditsDepleted","detail":"no credits","status":402}`, Times: -1})
		p := c.start(c.w.Transport())
		if httpx.ClassOf(p.err) != httpx.OutOfCredit {
			t.Errorf("error %v, want the 402 of the second file", p.err)
		}
	})
}

// TestFileCame: what was held against a media for its missing file is taken back when the file
// comes, whatever becomes of it then.
func TestFileCame(t *testing.T) {
	for name, arm := range map[string]func(*schedule){
		"X refuses it": func(c *schedule) {
			c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400,
				Times: -1, Body: `{"detail":"new words"}`})
		},
		"X processes it": func(c *schedule) { c.w.X().RejectVideos("never") },
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
			c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/*", Status: 404, Times: -1})
			c.publish(clip("clip", 7))
			c.tick()
			if rec := recordOf(c, "clip"); rec.Hold() != state.HeldMissing {
				t.Fatalf("%+v", rec)
			}
			c.w.ClearFaults()
			arm(c)
			c.tick()
			rec := recordOf(c, "clip")
			if rec.Hold() == state.HeldMissing ||
				rec.Evidence != nil && rec.Evidence.Missing != nil {
				t.Errorf("its file came, and is held as missing: %+v", rec.Evidence)
			}
		})
	}
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

// TestStalePages: the run ends between two media. The page for people shows the first one all the
// same.
func TestStalePages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.pages = func(d *state.Document) map[string][]byte {
			posted := 0
			for _, rec := range d.Ledger {
				if rec.Status == state.Posted {
					posted++
				}
			}
			return map[string][]byte{"README.md": fmt.Append(nil, posted)}
		}
		c.publish(photo("one"), photo("two"))
		c.w.Fail(sim.Fault{
			Service: "x", Call: "POST /2/media/upload/initialize", Skip: 1, Times: -1,
			Status: 402, Body: `{"title":"CreditsDepleted","detail":"no credits","status":402}`,
		})
		if p := c.start(c.w.Transport()); p.err == nil || len(p.out.Posted) != 1 {
			t.Fatalf("%+v, error %v", p.out, p.err)
		}
		if page, _ := c.w.GitHub().File(branch, "README.md"); page != "1" {
			t.Errorf("the page shows %q posted media, want 1", page)
		}
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

// TestUploadsOfOtherFiles: the owner edits an album that waits for its video. What was uploaded of
// it is not used for other files, though the album has as many posts as before.
func TestUploadsOfOtherFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func([]sim.Item) []sim.Item
		want [][]int // widths, by post; 0 is the video
	}{
		"as it was": {func(i []sim.Item) []sim.Item { return i }, [][]int{{65, 66}, {0}}},
		"another order": {func(i []sim.Item) []sim.Item { return []sim.Item{i[1], i[0], i[2]} },
			[][]int{{66, 65}, {0}}},
		"one removed": {func(i []sim.Item) []sim.Item { return []sim.Item{i[1], i[2]} },
			[][]int{{66}, {0}}},
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.w.X().RejectVideos("never")
			m := sized("album", 65)
			m.Items = append(m.Items, sized("", 66).Items[0], clip("", 7).Items[0])
			c.publish(m)
			c.tick()
			if rec := recordOf(c, "album"); len(rec.Uploads) != 2 ||
				rec.Hold() != state.HeldProcessing {
				t.Fatalf("it does not wait with its uploads: %+v", rec)
			}
			c.w.Instagram().Edit(c.published[0].ID,
				func(m *sim.Media) { m.Items = tt.edit(m.Items) })
			c.w.X().RejectVideos("")
			c.w.ResetLog()
			c.tick()
			c.tick()
			var got [][]int
			for _, tw := range c.w.X().Tweets() {
				var widths []int
				for _, f := range tw.Media {
					widths = append(widths, f.Width)
				}
				got = append(got, widths)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("on X (-want +got):\n%s", diff)
			}
			again := slices.ContainsFunc(c.w.Log(), func(call sim.Call) bool {
				return strings.HasSuffix(call.Path, "/initialize")
			})
			if again == (name == "as it was") {
				t.Errorf("uploaded again: %v", again)
			}
		})
	}
}

// TestUndecodablePhoto: a photo comes complete, and no decoder can read it. It goes to X as it is,
// however large it is, and whose fault it is shows by what X takes: it ends alone, and holds
// nothing.
func TestUndecodablePhoto(t *testing.T) {
	whole := sim.PhotoBytes(640, 480, 3)
	broken := whole[:600]
	ended := map[string]int{"cut": 1, "too large": 1} // played to their end
	for name, bytes := range map[string][]byte{
		"cut":            broken,
		"too large":      append(slices.Clone(broken), make([]byte, 6<<20)...),
		"much too large": append(slices.Clone(broken), make([]byte, 65<<20)...),
	} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
			bad := photo("bad")
			bad.Items[0].Bytes, bad.Items[0].AltText = bytes, ""
			named := bad
			named.Caption = "" // its width is no other photo's, and does not name it
			c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), named))
			c.publish(bad, sized("good", 65))
			c.tick()
			if got := c.texts(); !slices.Equal(got, []string{"good"}) {
				t.Errorf("the first run: on X %q", got)
			}
			if rec := recordOf(c, "bad"); rec.Hold() != state.HeldFile {
				t.Errorf("it is not held by itself: %+v", rec)
			}
			for day := range 8 * ended[name] {
				c.publish(sized("next", 70+day))
				c.w.Advance(23 * time.Hour)
				c.tick()
			}
			if rec := recordOf(c, "bad"); ended[name] > 0 && rec.Status != state.GivenUp {
				t.Errorf("%+v", rec)
			}
			if len(c.incidents)+c.faults > 0 {
				t.Errorf("incidents %v, %d faults", c.incidents, c.faults)
			}
		})
	}
}

// TestLoneGIF: X refuses a GIF for good with words about the file, and the account has no other
// one. Two tries end it, as they do a video.
func TestLoneGIF(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(sim.Fault{
			Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400, Times: -1,
			Body: `{"errors":[{"message":"media type unrecognized"}]}`,
		})
		m := photo("gif")
		m.Items[0].Bytes, m.Items[0].AltText = sim.PictureBytes("gif", 80, 60, 1), ""
		c.publish(m)
		c.ticks(6 * time.Hour)
		if rec := recordOf(c, "gif"); rec.Status != state.GivenUp {
			t.Errorf("%+v %+v", rec, rec.Evidence)
		}
		if len(c.incidents) > 0 {
			t.Errorf("incidents %v", c.incidents)
		}
	})
}

// TestSeveralVideosWhateverWords: X refuses two videos, one with words that no table knows. It may
// be X, so that the listed words count only when a day has passed.
func TestSeveralVideosWhateverWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		listed, other := clip("listed", 7), clip("other", 8)
		c.w.Fail(hits(sim.Refuse("finalize-unrecognized"), listed))
		c.w.Fail(hits(sim.Fault{Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400,
			Body: `{"detail":"new words"}`}, other))
		c.publish(listed, other)
		for i := range 10 {
			c.publish(sized("next", 70+i))
			c.tick()
		}
		if rec := recordOf(c, "listed"); rec.Status != state.Posting || rec.Fallback != "" {
			t.Errorf("ended within half a day: %+v", rec)
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

// TestPending: the count of what waits agrees with what is not ended, in each kind of run.
func TestPending(t *testing.T) {
	refused := sim.Fault{
		Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 400, Times: -1,
		Body: `{"errors":[{"message":"media type unrecognized"}]}`,
		When: func(s sim.Subject) bool {
			return slices.ContainsFunc(s.Files, func(f sim.Upload) bool { return f.Width == 96 })
		},
	}
	bubble(t, "the run that ends one", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(refused)
		c.publish(sized("older", 65), sized("96", 96), sized("good", 66))
		c.tick()
		c.w.Instagram().Archive(c.published[1].ID)
		for range 30 {
			c.w.Advance(65 * time.Minute)
			out := c.run()
			want := 1
			if recordOf(c, "96").Status == state.Withdrawn {
				want = 0
			}
			if out.Pending != want {
				t.Fatalf("pending %d, want %d: %+v", out.Pending, want, out)
			}
			if want == 0 {
				return
			}
		}
		t.Error("it was not withdrawn")
	})
	bubble(t, "a list that can't be read", func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		c.w.Fail(refused)
		c.publish(sized("96", 96))
		c.tick()
		c.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 500, Times: -1})
		if p := c.start(c.w.Transport()); p.err == nil || p.out.Pending != 1 {
			t.Errorf("pending %d, want 1; error %v", p.out.Pending, p.err)
		}
	})
}

// TestNextTryOfMissing: a file of the media host is asked for in every run, and no held line names
// a later time.
func TestNextTryOfMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("lost"), photo("good"))
		name := c.w.Instagram().Files(c.published[0].ID)[0]
		c.w.Fail(sim.Fault{Service: "media", Call: "GET /file/" + name, Status: 404, Times: -1})
		for range 8 {
			c.w.Advance(65 * time.Minute)
			for _, e := range c.run().Held {
				if !e.Next.IsZero() {
					t.Fatalf("the next try is said to be at %v, and is in the next run: %s", e.Next,
						e.Why)
				}
			}
		}
	})
}
