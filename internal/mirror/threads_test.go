package mirror_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// TestReplyRace: X does not see a post yet that it has just taken. Five seconds cure it; where they
// don't, single posts go on, and the thread is finished later.
func TestReplyRace(t *testing.T) {
	for _, race := range []time.Duration{3 * time.Second, 25 * time.Minute} {
		bubble(t, race.String(), func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.w.X().Change(func(x *sim.XRules) { x.ReplyRace = race })
			c.publish(carousel("thread", seven...), photo("single"), carousel("another", seven...))
			c.tick()
			want := []onX{
				{"thread", 4, false}, {"", 3, true}, {"single", 1, false}, {"another", 4, false},
				{"", 3, true},
			}
			if race > time.Minute {
				want = []onX{{"thread", 4, false}, {"single", 1, false}}
				if diff := cmp.Diff(want, c.timeline()); diff != "" {
					t.Errorf("on X (-want +got):\n%s", diff)
				}
				c.ticks(3 * time.Hour)
				c.settled("race")
				if n := len(c.timeline()); n != 5 {
					t.Errorf("%d posts: %v", n, c.timeline())
				}
				return
			}
			c.holds("race", want)
		})
	}
}

// TestParentDeleted: a person deletes the post that the rest of a thread answers. The thread is
// given up, and nothing else waits for it.
func TestParentDeleted(t *testing.T) {
	for _, later := range []time.Duration{10 * time.Minute, 2 * time.Hour} {
		bubble(t, later.String(), func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.publish(carousel("thread", seven...))
			c.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/tweets", Skip: 1, Status: 503, Reset: "before",
			})
			c.start(c.w.Transport())
			c.w.Advance(later)
			c.w.X().DeletePost(c.w.X().Tweets()[0].ID)
			c.publish(photo("single"), photo("another"))
			c.ticks(6 * time.Hour)
			if diff := cmp.Diff([]string{"single", "another"}, c.texts()); diff != "" {
				t.Errorf("on X (-want +got):\n%s", diff)
			}
			if rec := recordOf(c, "thread"); rec.Status != state.GivenUp {
				t.Errorf("%+v", rec)
			}
		})
	}
}

// TestNoReplies: X does not let this app reply. No thread is begun, but for the oldest one at the
// breaker's times; single posts go on; after seven days the begun one is given up.
func TestNoReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil), every: 65 * time.Minute}
		f := sim.Refuse("reply-not-summoned")
		f.Times = -1
		c.w.Fail(f)
		c.publish(carousel("thread", seven...), carousel("another", seven...), photo("single"))
		c.tick()
		if diff := cmp.Diff([]string{"thread", "single"}, c.texts()); diff != "" {
			t.Fatalf("on X (-want +got):\n%s", diff)
		}
		c.ticks(48 * time.Hour)
		if diff := cmp.Diff([]string{"thread", "single"}, c.texts()); diff != "" {
			t.Fatalf("on X after two days (-want +got):\n%s", diff)
		}
		c.w.ClearFaults()
		c.ticks(24 * time.Hour)
		c.holds("well again",
			[]onX{
				{"thread", 4, false}, {"single", 1, false}, {"", 3, false}, {"another", 4, false},
				{"", 3, true},
			})
	})
}

// TestEditedHalfPosted: a caption that is edited while its thread is half posted.
func TestEditedHalfPosted(t *testing.T) {
	for caption, want := range map[string][]onX{
		"first":           {{"first", 4, false}, {"", 3, true}},
		"other #igonly":   {{"first", 4, false}, {"", 3, true}},
		"something other": {{"first", 4, false}, {"", 3, true}},
	} {
		bubble(t, caption, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.publish(carousel("first", seven...))
			c.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/tweets", Skip: 1, Status: 400,
				Body: `{"detail":"no"}`,
			})
			c.tick()
			c.w.Instagram().Edit(c.published[0].ID, func(m *sim.Media) { m.Caption = caption })
			c.ticks(3 * time.Hour)
			c.holds(caption, want)
		})
	}
}
