package mirror_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// lags are how far X's timeline is behind, and gaps how far apart two runs begin.
var (
	lags = []time.Duration{0, 20 * time.Second, 5 * time.Minute, 15 * time.Minute}
	gaps = []time.Duration{20 * time.Second, 10 * time.Minute, time.Hour}
)

// lagging is a scene with a carousel of five photos that waits, with a caption or without, and what
// it and the photo that is published later are on X.
func lagging(t *testing.T, lag time.Duration, text string) (*schedule, []onX) {
	c := &schedule{scene: begun(t, nil)}
	c.w.X().SetTimelineLag(lag)
	c.publish(carousel(text, seven[:5]...))
	return c, []onX{{text, 4, false}, {"", 1, true}, {text + "B", 1, false}}
}

// goOn publishes a second media, and runs in the rhythm of a gap until everything must be over.
func (c *schedule) goOn(gap time.Duration, text string) {
	c.t.Helper()
	c.publish(photo(text + "B"))
	for range 6 {
		c.every = gap
		c.tick()
	}
	c.every = 25 * time.Minute
	c.ticks(2 * time.Hour)
}

// TestLostAnswersLagging loses each answer of a post in each way while X's timeline lags.
func TestLostAnswersLagging(t *testing.T) {
	for _, lag := range lags {
		for _, gap := range gaps {
			for _, text := range []string{"caption", ""} {
				bubbles(t, fmt.Sprintf("lag %v, gap %v, caption %q", lag, gap, text),
					func(run func(func(*testing.T))) {
						for _, how := range []string{sim.Before, sim.After, sim.Middle} {
							for skip := range 2 {
								run(func(t *testing.T) {
									c, want := lagging(t, lag, text)
									c.w.Fail(sim.Fault{
										Service: "x", Call: "POST /2/tweets", Skip: skip,
										Reset: how,
									})
									c.tick()
									c.goOn(gap, text)
									c.holds(fmt.Sprintf("%s, post %d", how, skip+1), want)
								})
							}
						}
					})
			}
		}
	}
}

var everyKill = flag.Bool("mirror.kills", false,
	"kill a run at every call in each combination of lag and gap, and not in a quarter of them")

// TestKilledLagging kills a run before and after its calls, with each lag of X's timeline and each
// gap between two runs. Without -mirror.kills each combination has every fourth kill, another one
// than its neighbours.
func TestKilledLagging(t *testing.T) {
	var kills, of atomic.Int64
	t.Run("all", func(t *testing.T) {
		for i, lag := range lags {
			for j, gap := range gaps {
				name := fmt.Sprintf("lag %v, gap %v", lag, gap)
				bubbles(t, name, func(run func(func(*testing.T))) {
					for n, lived := 0, false; !lived; n++ {
						of.Add(1)
						// The calls of the run that is never killed show where the kills end.
						if !*everyKill && (n+i+j)%4 != 0 && n < fewestKills {
							continue
						}
						kills.Add(1)
						run(func(t *testing.T) { lived = killedLagging(t, n, lag, gap) })
					}
				})
			}
		}
	})
	t.Logf("%d kills of %d", kills.Load(), of.Load())
}

// fewestKills is how many kills a run of this scene has at least.
const fewestKills = 50

// killedLagging kills a run for the n-th time: before its first call, after it, before the second,
// … It reports whether the run has fewer calls and lived.
func killedLagging(t *testing.T, n int, lag, gap time.Duration) (lived bool) {
	s, want := lagging(t, lag, "")
	way := s.w.Transport()
	way.KillAt(n/2, n%2 == 1)
	s.w.Advance(10 * time.Minute)
	s.start(way)
	lived = !way.Killed()
	s.goOn(gap, "")
	s.holds(fmt.Sprintf("kill %d", n), want)
	return lived
}

// bubbles is a subtest of many bubbles.
func bubbles(t *testing.T, name string, all func(run func(test func(*testing.T)))) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		all(func(test func(*testing.T)) { synctest.Test(t, test) })
	})
}

// TestPersonPosts: a person posts on the same account while an answer is lost: the same words, a
// bare link, thirty of them.
func TestPersonPosts(t *testing.T) {
	for _, made := range []bool{true, false} {
		for _, hidden := range []bool{false, true} {
			for _, text := range []string{"good morning", ""} {
				bubble(t, fmt.Sprintf("made %v, hidden %v, %q", made, hidden, text),
					func(t *testing.T) {
						c := &schedule{scene: begun(t, nil)}
						if hidden {
							c.w.X().HideAttachments()
						}
						m := photo(text)
						m.Items[0].AltText = ""
						c.publish(m)
						how := sim.Before
						if made {
							how = sim.After
						}
						c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: how})
						c.tick()
						for i := range 30 {
							c.w.X().PersonPosts(fmt.Sprint("by hand ", i))
						}
						c.w.X().PersonPosts("good morning")
						c.w.X().PersonPosts("https://example.com/")
						c.ticks(3 * time.Hour)
						ours := 0
						for _, tw := range c.w.X().Tweets() {
							if len(tw.MediaIDs) == 1 {
								ours++
							}
						}
						// An empty text on a timeline that names no files can't be told from
						// nothing.
						if ours != 1 && !(hidden && text == "") {
							t.Errorf("%d photos on X, want 1", ours)
						}
						if ours > 1 {
							t.Errorf("%d photos on X", ours)
						}
						if ours == 1 && !(hidden && text == "") {
							c.settled("person")
						}
					})
			}
		}
	}
}

// TestUndecided: a timeline that can't be read to its end proves nothing. After three looks a
// person is asked, and nothing is posted meanwhile.
func TestUndecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &schedule{scene: begun(t, nil)}
		c.publish(photo("one"))
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.Before})
		c.tick()
		for range 3100 {
			c.w.X().PersonPosts("by hand")
		}
		c.publish(photo("two"))
		faults := 0
		for range 6 {
			c.w.Advance(25 * time.Minute)
			p := c.start(c.w.Transport())
			if p.err != nil {
				t.Fatal(p.err)
			}
			for _, f := range p.out.Faults {
				if f.Component == "undecided" {
					faults++
				}
			}
			if len(p.out.Posted) != 0 {
				t.Fatalf("posted while undecided: %+v", p.out.Posted)
			}
			if p.out.Pending != 2 {
				t.Errorf("pending %d, want 2", p.out.Pending)
			}
		}
		if faults != 4 {
			t.Errorf("told %d times, want from the third look on", faults)
		}
	})
}

// TestIntentAhead: an intent in the future counts from the first look that is written down.
func TestIntentAhead(t *testing.T) {
	for _, how := range []string{sim.Before, sim.After} {
		bubble(t, how, func(t *testing.T) {
			c := &schedule{scene: begun(t, nil)}
			c.publish(photo("one"))
			c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: how})
			c.tick()
			body, _ := c.w.GitHub().File(branch, "state/main.yaml")
			now := c.doc().Ledger[0].Intent.At
			c.w.GitHub().SetFile(branch, "state/main.yaml", strings.ReplaceAll(body,
				"at: "+now.Format(time.RFC3339),
				"at: "+now.Add(400*24*time.Hour).Format(time.RFC3339)))
			if c.doc().Ledger[0].Intent.At.Equal(now) {
				t.Fatal("the intent was not moved")
			}
			c.ticks(2 * time.Hour)
			c.holds(how, []onX{{"one", 1, false}})
		})
	}
}

// TestIntentOfVersion1: an intent that version 1 left open is settled by the same rules.
func TestIntentOfVersion1(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		for _, how := range []string{sim.Before, sim.After} {
			for _, text := range []string{"see https://example.com/a", ""} {
				bubble(t, fmt.Sprintf("%s, hidden %v, %q", how, hidden, text), func(t *testing.T) {
					c := &schedule{scene: begun(t, nil)}
					c.route.Text.URLs = "keep"
					if hidden {
						c.w.X().HideAttachments()
					}
					c.publish(photo(text))
					c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: how})
					c.tick()
					c.asVersion1()
					c.every = 25 * time.Minute
					c.ticks(3 * time.Hour)
					if n := len(c.timeline()); n > 1 || n == 0 && !(hidden && text == "") {
						t.Errorf("%d posts: %v", n, c.timeline())
					}
				})
			}
		}
	}
}

// asVersion1 writes the document as version 1 did.
func (c *schedule) asVersion1() {
	body, _ := c.w.GitHub().File(branch, "state/main.yaml")
	var out []string
	for line := range strings.Lines(body) {
		key, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line),
			"-")), ":")
		if slices.Contains([]string{"link", "files", "looked", "intents", "planned"}, key) {
			continue
		}
		line = strings.Replace(line, "version: 2", "version: 1", 1)
		if key == "text" && strings.HasSuffix(strings.TrimSpace(line), `""`) {
			line = strings.Replace(line, `""`, "e3b0c44298fc1c14", 1)
		}
		out = append(out, line)
	}
	c.w.GitHub().SetFile(branch, "state/main.yaml", strings.Join(out, ""))
	if c.doc().Ledger[0].Intent.Link != state.AnyLink {
		c.t.Fatalf("not as version 1 did it:\n%s", strings.Join(out, ""))
	}
}
