package token_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

// signals cancels a process as GitHub Actions does: SIGINT, SIGTERM 7.5 s later (which the program
// does not hear any more), and SIGKILL 2.5 s after that. The test kills at the SIGTERM already.
type signals struct {
	ctx    context.Context
	cancel context.CancelFunc
	way    *sim.Transport
	at     time.Time // of SIGINT; zero before it
}

func interrupt(way *sim.Transport) *signals {
	s := &signals{way: way}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func (s *signals) send() {
	s.at = time.Now()
	s.cancel()
	time.AfterFunc(7500*time.Millisecond, func() { s.way.KillAt(s.way.Calls(), false) })
}

// flow is what needs the chain, and of which generation.
type flow struct {
	name       string
	generation int
	run        func(ctx context.Context, p *process) error
}

func rotate(ctx context.Context, p *process) error {
	_, err := p.RotateIfDue(ctx, true)
	return err
}

var flows = []flow{
	{"rotate", 0, rotate},
	{"rotate", 3, rotate},
	{"mirror", 2, func(ctx context.Context, p *process) error {
		_, err := p.AccessToken(ctx)
		return err
	}},
	{"mirror after a 401", 2, func(ctx context.Context, p *process) error {
		_, err := p.ForceRotate(ctx, errors.New("401"))
		return err
	}},
}

// TestCancelledAnywhere cancels a rotation before, during and after every call. The run ends in
// time, the chain survives, and before the call that spends the token nothing is left behind.
func TestCancelledAnywhere(t *testing.T) {
	for _, st := range everyStore {
		for _, f := range flows {
			name := fmt.Sprintf("%v, %s, generation %d", st, f.name, f.generation)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := cancellation{flow: f, stores: st}
				synctest.Test(t, c.undisturbed)
				if c.spends == 0 || c.calls <= c.spends {
					t.Fatalf("call %d of %d spends the token", c.spends, c.calls)
				}
				for n := range c.calls {
					for _, when := range []string{sim.Before, sim.Middle, sim.After} {
						synctest.Test(t, func(t *testing.T) { c.at(t, n, when) })
					}
				}
			})
		}
	}
}

type cancellation struct {
	flow
	stores stores
	calls  int // of a run that is not cancelled
	spends int // which of them spends the token
}

func (c *cancellation) undisturbed(t *testing.T) {
	w := aged(t, c.stores, c.generation)
	way := w.w.Transport()
	p := w.process(way)
	way.OnMatch(tokenCall, sim.Before, func() { c.spends = way.Calls() - 1 })
	if err := c.run(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	c.calls = way.Calls()
}

func (c *cancellation) at(t *testing.T, n int, when string) {
	what := fmt.Sprintf("cancelled at call %d of %d (%d spends), %s", n, c.calls, c.spends, when)
	w := aged(t, c.stores, c.generation)
	way := w.w.Transport()
	sig := interrupt(way)
	p := w.process(way)
	if n < way.Calls() {
		return // the state is read before the run begins
	}
	before, asked, spent := w.doc(), w.asked(), w.w.X().Refreshes()
	way.OnCall(n, when, sig.send)
	err := c.run(sig.ctx, p)
	if took := time.Since(sig.at); sig.at.IsZero() || took > 7*time.Second || way.Killed() {
		t.Errorf("%s: the run went on for %v", what, took)
	}
	synctest.Wait()
	now := w.doc()
	spent = w.w.X().Refreshes() - spent
	if n < c.spends {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", what, err)
		}
		if w.asked() != asked || now.Intent != nil || now.Forced != before.Forced {
			t.Errorf("%s: X was asked %d times, and the state holds %+v",
				what, w.asked()-asked, now)
		}
	} else if spent != 1 || now.Generation != c.generation+1 || !now.Sound() {
		t.Errorf("%s: %d spent, %v, and the state holds %+v", what, spent, err, now)
	}
	w.w.Advance(10 * time.Minute)
	for range 3 {
		if _, err := w.keep(false); err != nil {
			t.Errorf("%s: the next run: %v", what, err)
		}
		if err := w.live(); err != nil {
			t.Errorf("%s: the next mirror run: %v", what, err)
		}
		w.w.Advance(25 * time.Hour)
	}
}

// TestCancelledSlowly: services that take their time. The answer of X that comes within 4.5 s of
// the signal is stored; the call is given up after that, and the next run finds the token unspent.
func TestCancelledSlowly(t *testing.T) {
	for _, st := range everyStore {
		for _, tt := range []struct {
			name    string
			x, hub  time.Duration // until they answer
			rotated bool
		}{
			{"at once", 0, 0, true},
			{"X after 4 s", 4 * time.Second, 0, true},
			{"X after 4 s, GitHub slow", 4 * time.Second, 500 * time.Millisecond, true},
			{"X after 5 s", 5 * time.Second, 0, false},
			{"X after 30 s", 30 * time.Second, 0, false},
		} {
			bubble(t, st.String()+", "+tt.name, func(t *testing.T) {
				c := newChain(t, st)
				c.w.Fail(sim.Fault{Service: "x", Call: tokenCall, Delay: tt.x})
				way := c.w.Transport()
				sig, p := interrupt(way), c.process(way)
				way.OnMatch(tokenCall, sim.Before, func() {
					c.w.Fail(sim.Fault{Service: "github", Call: "* /**", Times: -1, Delay: tt.hub})
					sig.send()
				})
				_, err := p.RotateIfDue(sig.ctx, true)
				if took := time.Since(sig.at); took > 7*time.Second || way.Killed() {
					t.Errorf("the run went on for %v", took)
				}
				c.w.ClearFaults()
				d := c.doc()
				if (err == nil) != tt.rotated || (d.Generation == 1) != tt.rotated {
					t.Errorf("got %v, and the state holds %+v", err, d)
				}
				if !tt.rotated && (d.Intent == nil || !d.Intent.Unanswered) {
					t.Errorf("it is not written down that the call was given up: %+v", d.Intent)
				}
				if _, err := c.keep(false); err != nil {
					t.Errorf("the next run: %v", err)
				}
				if err := c.live(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestCancelledVaultHangs: in a cancelled run, a vault that hangs leaves the secrets time for a
// call.
func TestCancelledVaultHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.edit(func(d *state.Document) { d.Cursor.ID = "1" }) // so that the branch is there
		way := c.w.Transport()
		sig, p := interrupt(way), c.process(way)
		way.OnMatch(tokenCall, sim.Before, func() {
			c.w.Fail(sim.Fault{Service: "github", Call: putState, Times: -1, Delay: time.Minute})
			sig.send()
		})
		err := rotate(sig.ctx, p)
		if took := time.Since(sig.at); err != nil || took > 7*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
		c.w.ClearFaults()
		if err := c.live(); err != nil {
			t.Error(err)
		}
	})
}

// TestCancelledRefusal: a refusal that comes after the signal is written down all the same.
func TestCancelledRefusal(t *testing.T) {
	for _, when := range []string{sim.Before, sim.Middle, sim.After} {
		bubble(t, when, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			c.refuse(400, invalidGrant, 1)
			way := c.w.Transport()
			sig, p := interrupt(way), c.process(way)
			way.OnMatch(tokenCall, when, sig.send)
			if _, err := p.RotateIfDue(sig.ctx, true); !is[*token.RefusedError](err) {
				t.Errorf("got %v", err)
			}
			if d := c.doc(); d.Dead.Count != 1 || d.Intent != nil {
				t.Errorf("the state holds %+v", d)
			}
		})
	}
}

// TestCancelledWaits: every wait ends when the run is cancelled.
func TestCancelledWaits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		begin func(c *chain)
		after time.Duration // of the beginning, the signal comes
		goes  time.Duration // how long the run may go on
	}{
		{"for another run", func(c *chain) {
			c.edit(func(d *state.Document) {
				d.Tokens.X.Intent = &state.TokenIntent{
					At: c.w.Now().UTC(), Nonce: "other", Refresh: "0badcafe",
				}
			})
		}, 5 * time.Second, 0},
		{"between two tries of the trial write", func(c *chain) {
			c.w.Fail(sim.Fault{Service: "github", Call: putSecret, Times: -1, Status: 503})
		}, 100 * time.Millisecond, 0},
		{"for the answer to the intent", func(c *chain) {
			const hangs = 15 * time.Second
			c.w.Fail(sim.Fault{Service: "github", Call: putState, Times: -1, Delay: hangs})
		}, 5 * time.Second, 0},
		{"for stores that take nothing", func(c *chain) {
			for _, call := range []string{putState, putSecret} {
				c.w.Fail(sim.Fault{Service: "github", Call: call, Skip: 1, Times: -1, Status: 503})
			}
		}, 30 * time.Second, 2500 * time.Millisecond},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			c.edit(func(d *state.Document) { d.Cursor.ID = "1" }) // so that the branch is there
			tt.begin(c)
			way := c.w.Transport()
			sig, p := interrupt(way), c.process(way)
			time.AfterFunc(tt.after, sig.send)
			_, err := p.RotateIfDue(sig.ctx, true)
			if err == nil || sig.at.IsZero() {
				t.Fatalf("it did not wait: %v", err)
			}
			if took := time.Since(sig.at); took > tt.goes {
				t.Errorf("it went on for %v, may for %v: %v", took, tt.goes, err)
			}
		})
	}
}

// TestCancelledBeforehand: a run that was cancelled before its rotation sends nothing.
func TestCancelledBeforehand(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			way := c.w.Transport()
			p := c.process(way)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			calls := len(c.w.Log())
			if _, err := p.RotateIfDue(ctx, true); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if n := len(c.w.Log()); n != calls {
				t.Errorf("%d calls arrived", n-calls)
			}
		})
	}
}
