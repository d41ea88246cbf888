package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/sim"
)

// sigkill is when Actions kills a run, from the SIGINT on that cancels it.
const sigkill = 10 * time.Second

// cancelled runs a process that is cancelled by do's trigger. From ten seconds after that on it is
// dead.
func (c *schedule) cancelled(
	arm func(way *sim.Transport, cancel func()),
) (out mirror.Outcome, err error, live bool) {
	way := c.w.Transport()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signalled := make(chan time.Time, 1)
	arm(way, func() {
		cancel()
		select {
		case signalled <- time.Now():
			time.AfterFunc(sigkill, func() { way.KillAt(way.Calls(), false) })
		default:
		}
	})
	c.runs++
	out, err = c.mirrorIn(ctx, way, fmt.Sprint("cancelled", c.runs))
	select {
	case at := <-signalled:
		if took := time.Since(at); took > sigkill {
			c.t.Errorf("the run took %v from the signal on: it was killed", took)
		}
		return out, err, false
	default:
		return out, err, true
	}
}

// waiting is a scene with a carousel in two posts and a photo, and what they are on X.
func (c *schedule) waiting() []onX {
	c.publish(carousel("two", seven[:5]...), photo("one"))
	return []onX{{"two", 4, false}, {"", 1, true}, {"one", 1, false}}
}

// TestCancelledAnywhere cancels a run at each of its calls, before and while and after it. Nothing
// is lost, nothing is there twice, and what is known is written down.
func TestCancelledAnywhere(t *testing.T) {
	for _, when := range []string{sim.Before, sim.Middle, sim.After} {
		for _, slow := range []time.Duration{0, 3 * time.Second} {
			bubbles(t, fmt.Sprintf("%s, slow %v", when, slow), func(run func(func(*testing.T))) {
				for n := 0; ; n++ {
					lived := false
					run(func(t *testing.T) {
						c := &schedule{scene: begun(t, nil)}
						want := c.waiting()
						if slow > 0 {
							c.w.Fail(sim.Fault{
								Service: "x", Call: "POST /2/tweets", Times: -1, Delay: slow,
							})
						}
						var out mirror.Outcome
						out, _, lived = c.cancelled(func(way *sim.Transport, cancel func()) {
							way.OnCall(n, when, cancel)
						})
						what := fmt.Sprintf("cancelled at call %d, %s", n, when)
						c.blamesNobody(what, out, lived)
						c.w.ClearFaults()
						if !lived {
							c.intentsAreAnswered(what)
						}
						c.ticks(2 * time.Hour)
						c.holds(what, want)
					})
					if lived {
						return
					}
				}
			})
		}
	}
}

// blamesNobody checks that a cancelled run has counted nothing and opens nothing.
func (c *schedule) blamesNobody(what string, out mirror.Outcome, lived bool) {
	c.t.Helper()
	if lived {
		return
	}
	if len(out.Faults) > 0 || len(out.GivenUp) > 0 {
		c.t.Errorf("%s: %+v", what, out)
	}
	for _, rec := range c.doc().Ledger {
		if rec.Evidence != nil && (rec.Evidence.Refusal != nil || rec.Evidence.Missing != nil) {
			c.t.Errorf("%s: a try was counted: %+v", what, rec.Evidence)
		}
	}
}

// intentsAreAnswered checks that no intent is open but that of a post whose answer nobody heard:
// each post on X is in the ledger, or its intent says that it went unanswered.
func (c *schedule) intentsAreAnswered(what string) {
	c.t.Helper()
	known, open := map[string]bool{}, 0
	for _, rec := range c.doc().Ledger {
		for _, id := range rec.Posts {
			known[id] = true
		}
		if rec.Intent != nil {
			open++
		}
	}
	unknown := 0
	for _, tw := range c.w.X().Tweets() {
		if !known[tw.ID] {
			unknown++
		}
	}
	if unknown > 0 {
		c.t.Errorf("%s: %d posts are on X and not in the ledger", what, unknown)
	}
	if open > 0 {
		c.t.Errorf("%s: %d intents are open", what, open)
	}
}

// TestCancelledWaits cancels a run in each of its waits: it ends at once.
func TestCancelledWaits(t *testing.T) {
	for name, arm := range map[string]func(c *schedule){
		"processing": func(c *schedule) {
			c.w.X().RejectVideos("never")
			c.publish(clip("slow", 7))
		},
		"a 5xx of an upload": func(c *schedule) {
			c.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/media/upload/*/finalize", Status: 503, Times: -1,
			})
			c.publish(photo("one"))
		},
		"a reply that races": func(c *schedule) {
			c.w.X().Change(func(x *sim.XRules) { x.ReplyRace = time.Minute })
			c.publish(carousel("two", seven...))
		},
		"the gap": func(c *schedule) {
			c.gap = 20 * time.Second
			c.publish(photo("one"), photo("two"))
		},
		"a file that hangs": func(c *schedule) {
			c.w.Fail(sim.Fault{
				Service: "media", Call: "GET /file/*", Delay: time.Minute, Times: -1,
			})
			c.publish(photo("one"))
		},
	} {
		for _, after := range []time.Duration{
			500 * time.Millisecond, 2 * time.Second, 4 * time.Second,
		} {
			bubble(t, fmt.Sprint(name, ", ", after), func(t *testing.T) {
				c := &schedule{scene: begun(t, nil)}
				arm(c)
				began := time.Now()
				out, err, lived := c.cancelled(func(_ *sim.Transport, cancel func()) {
					time.AfterFunc(after, cancel)
				})
				if lived {
					t.Skip("the run was over")
				}
				if took := time.Since(began) - after; took > 100*time.Millisecond || err == nil {
					t.Errorf("it took %v to end, with %v", took, err)
				}
				c.blamesNobody(name, out, false)
			})
		}
	}
}

// TestCancelledWhilePosting: the call goes on for 4.5 s, and what is written after it for 2.5 s.
func TestCancelledWhilePosting(t *testing.T) {
	for _, tt := range []struct {
		name     string
		delay    time.Duration
		status   int
		posted   int
		answered bool
	}{
		{"answered in time", 4 * time.Second, 0, 1, true},
		{"refused in time", 4 * time.Second, 400, 0, true},
		{"never answered", time.Minute, 0, 0, false},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.publish(photo("one"), photo("two"))
			f := sim.Fault{
				Service: "x", Call: "POST /2/tweets", Delay: tt.delay, Status: tt.status,
				Body: `{"detail":"no"}`,
			}
			c.w.Fail(f)
			// Each commit takes a second: what is written needs its grace too.
			c.w.Fail(sim.Fault{
				Service: "github", Call: "PUT /repos/*/*/contents/**", Delay: time.Second,
				Times: -1,
			})
			out, err, _ := c.cancelled(func(way *sim.Transport, cancel func()) {
				way.OnMatch("POST /2/tweets", sim.Before,
					func() { time.AfterFunc(100*time.Millisecond, cancel) })
			})
			if err == nil || len(out.Held) > 0 && tt.answered {
				t.Errorf("%+v, error %v", out, err)
			}
			if n := len(c.timeline()); n != tt.posted {
				t.Errorf("%d posts, want %d", n, tt.posted)
			}
			rec := c.doc().Ledger[0]
			switch {
			case len(rec.Posts) != tt.posted:
				t.Errorf("the answer is not written down: %+v", rec)
			case tt.answered && rec.Intent != nil:
				t.Errorf("the intent is open: %+v", rec.Intent)
			case !tt.answered && (rec.Intent == nil || !rec.Intent.Unanswered):
				t.Errorf("the intent should be open and unanswered: %+v", rec.Intent)
			case rec.Evidence != nil:
				t.Errorf("a try was counted: %+v", rec.Evidence)
			}
			c.w.ClearFaults()
			c.ticks(2 * time.Hour)
			c.holds(tt.name, []onX{{"one", 1, false}, {"two", 1, false}})
		})
	}
}

// TestCancelledBeforePosting: between the intent's commit and the call nothing is sent, and the
// intent is taken back.
func TestCancelledBeforePosting(t *testing.T) {
	for _, when := range []string{sim.Before, sim.Middle, sim.After} {
		for part := range 2 {
			bubble(t, fmt.Sprint(when, ", part ", part+1), func(t *testing.T) {
				c := &schedule{scene: begun(t, nil)}
				c.publish(carousel("two", seven...))
				out, err, _ := c.cancelled(func(way *sim.Transport, cancel func()) {
					if part == 0 {
						way.OnMatch("PUT /repos/*/*/contents/**", when, cancel)
						return
					}
					way.OnMatch("POST /2/tweets", sim.Before,
						func() { way.OnMatch("PUT /repos/*/*/contents/**", when, cancel) })
				})
				if !errors.Is(err, context.Canceled) &&
					(err == nil || !strings.Contains(err.Error(), "cancel")) {
					t.Errorf("%+v, error %v", out, err)
				}
				if n := len(c.timeline()); n != part {
					t.Errorf("%d posts, want %d", n, part)
				}
				c.intentsAreAnswered(when)
				c.ticks(2 * time.Hour)
				c.holds(when, []onX{{"two", 4, false}, {"", 3, true}})
			})
		}
	}
}

// TestGap: a run waits between two media, and not between the posts of one.
func TestGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, func(r *config.Route) { r.Limits.PerRun = 50 })}
		c.gap = 20 * time.Second
		c.publish(carousel("two", seven...), photo("one"), photo("three"))
		began := time.Now()
		c.run()
		if took := time.Since(began).Round(time.Second); took != 40*time.Second {
			t.Errorf("it took %v, want two gaps of 20 s", took)
		}
		for range 40 {
			c.publish(photo(fmt.Sprint("more ", len(c.published))))
		}
		began = time.Now()
		out := c.run()
		if took := time.Since(began); took > 11*time.Minute || out.Pending == 0 {
			t.Errorf("it took %v, and %d are pending: no media is begun after ten minutes", took,
				out.Pending)
		}
	})
}

// TestCancelledAfterTheCommit: the run is cancelled when the intent's commit is answered, and
// before the call. Nothing is sent.
func TestCancelledAfterTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("one"))
		armed := false
		_, err, _ := c.cancelled(func(way *sim.Transport, cancel func()) {
			way.OnMatch("PUT /repos/*/*/contents/**", sim.After, func() { armed = true })
			c.now = func() time.Time {
				if armed {
					armed = false
					cancel()
				}
				return c.w.Now()
			}
		})
		c.now = nil
		if err == nil || len(c.timeline()) != 0 {
			t.Errorf("%d posts, error %v", len(c.timeline()), err)
		}
		c.intentsAreAnswered("after the commit")
		c.ticks(time.Hour)
		c.holds("after the commit", []onX{{"one", 1, false}})
	})
}

// TestAnswerIsKept: the intent of the second part can't be committed. The answer to the first one
// is written down all the same.
func TestAnswerIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(carousel("two", seven...))
		c.w.Fail(sim.Fault{
			Service: "github", Call: "PUT /repos/*/*/contents/**", Skip: 1, Status: 403,
			Body: `{"message":"Resource not accessible by integration","status":"403"}`,
		})
		p := c.start(c.w.Transport())
		if rec := c.doc().Ledger[0]; p.err == nil || len(rec.Posts) != 1 || rec.Intent != nil {
			t.Errorf("error %v, %+v", p.err, rec)
		}
		c.ticks(time.Hour)
		c.holds("kept", []onX{{"two", 4, false}, {"", 3, true}})
	})
}
