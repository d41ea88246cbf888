package mirror_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/token"
)

// TestKilledAnywhere kills the run before and after every remote call, runs again, and wants
// every media on X exactly once, in order, with its whole thread.
func TestKilledAnywhere(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(s *scene) []onX
	}{
		{"later run", func(s *scene) []onX { s.run(); s.w.Advance(5e9); return s.threeKinds() }},
		{
			"first run, start: all",
			func(s *scene) []onX { s.route.Start = "all"; return s.threeKinds() },
		},
		{"with a rotation", func(s *scene) []onX {
			s.run()
			s.w.X().ExpireAccess()
			s.w.Advance(5e9)
			s.publish(photo("one"))
			return []onX{{"one", 1, false}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, nil)
				want := c.before(s)
				way := s.w.Transport()
				if p := s.start(way); p.err != nil {
					t.Fatal(p.err)
				}
				calls = way.Calls()
				s.holds("nobody killed it", want)
			})
			for n := range calls {
				for _, after := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) { killed(t, c.before, n, after) })
				}
			}
			t.Logf("%d kills", 2*calls)
		})
	}
}

func killed(t *testing.T, before func(*scene) []onX, n int, after bool) {
	what := fmt.Sprintf("killed at call %d, after its effect: %v", n, after)
	s := newScene(t, nil)
	want := before(s)
	way := s.w.Transport()
	way.KillAt(n, after)
	s.start(way)
	if !way.Killed() {
		t.Fatalf("%s: it lived", what)
	}
	s.again(what)
	s.holds(what, want)
}

// again runs until a run leaves nothing behind, as a schedule does. If an answer of the token
// endpoint was lost, and the login with it, a person logs in again.
func (s *scene) again(what string) {
	s.t.Helper()
	for range 4 {
		s.w.Advance(21 * time.Minute) // X's timeline proves nothing before
		p := s.start(s.w.Transport())
		var dead *token.DeadError
		if errors.As(p.err, &dead) {
			refresh, access := s.w.X().Login()
			s.w.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
			s.w.GitHub().SetSecret("X_ACCESS_TOKEN", access)
			continue
		}
		if p.err != nil {
			s.t.Fatalf("%s: the next run: %v", what, p.err)
		}
		if p.out.Pending == 0 && p.out.PutOff == "" && len(p.out.Held) == 0 {
			return
		}
		if p.out.PutOff != "" {
			// Until then the killed run is taken for one that is at work.
			s.w.Advance(20 * time.Minute)
		}
	}
	s.t.Fatalf("%s: four runs later something is still left", what)
}

// TestLostAnswers: the answer of a POST /2/tweets is lost. The post is on X and the run does not
// know.
func TestLostAnswers(t *testing.T) {
	for _, how := range []string{sim.Before, sim.After, sim.Middle} {
		for skip := range 4 {
			t.Run(fmt.Sprintf("%s, post %d", how, skip+1), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := begun(t, nil)
					want := s.threeKinds()
					s.w.Fail(sim.Fault{
						Service: "x", Call: "POST /2/tweets", Skip: skip, Reset: how,
					})
					if p := s.start(s.w.Transport()); p.err == nil {
						t.Fatal("the run did not notice")
					}
					s.again(t.Name())
					s.holds(t.Name(), want)
				})
			})
		}
	}
	t.Run("every answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := begun(t, nil)
			want := s.threeKinds()
			s.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Times: -1, Reset: sim.After})
			for range 8 {
				s.start(s.w.Transport())
			}
			s.w.ClearFaults()
			s.again("every answer lost")
			s.holds("every answer lost", want)
		})
	})
	t.Run("5xx with the effect", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := begun(t, nil)
			s.publish(photo("one"))
			s.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/tweets", Status: 503,
				Body: `{"title":"Service Unavailable","status":503}`,
			})
			s.start(s.w.Transport())
			s.again("503")
			s.holds("503", []onX{{"one", 1, false}})
		})
	})
}

// TestLostWithoutAttachments: if X does not say what is attached, the text decides, and a post
// that a person made by hand is not taken for ours.
func TestLostWithoutAttachments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begun(t, func(r *config.Route) { r.AltText = false })
		s.w.X().HideAttachments()
		s.w.X().PersonPosts("by hand")
		s.publish(photo("Tom & Jerry <3 https://example.com/x?a=1&b=2"))
		s.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
		s.start(s.w.Transport())
		if out := s.run(); out.Reconciled != 1 {
			t.Errorf("reconciled %d, want 1", out.Reconciled)
		}
		if n := len(s.w.X().Tweets()); n != 2 {
			t.Errorf("%d posts on X, want the one by hand and ours", n)
		}
	})
}

// TestTwoAtOnce starts two runs at the same moment, as a schedule and a person do.
func TestTwoAtOnce(t *testing.T) {
	for _, runs := range []int{2, 5} {
		t.Run(fmt.Sprint(runs), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := begun(t, nil)
				want := s.threeKinds()
				done := make(chan error)
				for i := range runs {
					go func() {
						_, err := s.mirror(s.w.Transport(), fmt.Sprintf("twin%d", i))
						done <- err
					}()
				}
				for range runs {
					if err := <-done; err != nil {
						t.Errorf("a run that loses the race ends well, this one: %v", err)
					}
				}
				s.again("two at once")
				s.holds("two at once", want)
			})
		})
	}
}

// TestTwoFirstRuns: both make the branch; one wins, and nothing is posted twice.
func TestTwoFirstRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, func(r *config.Route) { r.Start = "all" })
		want := s.threeKinds()
		done := make(chan error)
		for i := range 2 {
			go func() {
				_, err := s.mirror(s.w.Transport(), fmt.Sprintf("twin%d", i))
				done <- err
			}()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		s.again("two first runs")
		s.holds("two first runs", want)
	})
}
