package mirror_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

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

// TestPhotoAboveTheLimit: no decoder can read a photo of 6 MB, so that it can't be shrunk. X names
// the limit that it exceeds, which ends it at once, though nothing else waits.
func TestPhotoAboveTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		m := photo("large")
		m.Items[0].Bytes = append(sim.PhotoBytes(640, 480, 3)[:600], make([]byte, 6<<20)...)
		m.Items[0].AltText = ""
		c.publish(m)
		if out := c.run(); len(out.GivenUp) != 1 || len(out.Held) != 0 {
			t.Errorf("given up %v, held %v", out.GivenUp, out.Held)
		}
	})
}

// TestUndecodableIsSentAgain: X does not know the upload of a photo that no decoder can read. It is
// uploaded anew as it is, because it can't be written anew.
func TestUndecodableIsSentAgain(t *testing.T) {
	for name, padding := range map[string]int{"small": 0, "too large": 6 << 20} {
		bubble(t, name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			m := photo("cut")
			m.Items[0].Bytes = append(sim.PhotoBytes(640, 480, 3)[:600], make([]byte, padding)...)
			m.Items[0].AltText = ""
			c.publish(m)
			f := sim.Refuse("post-media-ids")
			f.Times = 1
			c.w.Fail(f)
			out := c.start(c.w.Transport()).out
			if !out.Works.File {
				t.Error("the file came, and the host counts as one that gave none")
			}
			if padding == 0 && len(out.Posted) != 1 {
				t.Errorf("%+v", out)
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
