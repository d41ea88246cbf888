package cli_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// TestDiedWhileReporting kills the run that meets a new incident at each of its requests: there is one
// issue in the end, and it closes when Instagram is back.
func TestDiedWhileReporting(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 0; ; n++ {
			if !diedAt(t, n, after) {
				break
			}
		}
	}
}

// diedAt reports whether the run made an n-th request, at which it was killed.
func diedAt(t *testing.T, n int, after bool) (killed bool) {
	bubble(t, "killed", func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		var out bytes.Buffer
		run := func(network *sim.Transport) int {
			p := process(w, asNow(w, env), &out, "mirror")
			p.Transport = network
			return cli.Main(t.Context(), p)
		}
		run(w.Transport())
		w.Instagram().BreakLikeSeptember2023()
		w.Advance(10 * time.Minute)
		doomed := w.Transport()
		doomed.KillAt(n, after)
		run(doomed)
		killed = doomed.Killed()
		for range 3 {
			w.Advance(40 * time.Minute)
			run(w.Transport())
		}
		if issues := w.GitHub().Issues(); len(issues) != 1 || issues[0].State != "open" {
			t.Errorf("killed at %d, after its effect %v: issues %+v\n%s", n, after, issues, &out)
		}
		w.Instagram().Repair()
		w.Advance(7 * time.Hour)
		run(w.Transport())
		if issues := w.GitHub().Issues(); len(issues) != 1 || issues[0].State != "closed" {
			t.Errorf("killed at %d, after its effect %v: it did not close: %+v", n, after, issues)
		}
	})
	return killed && !t.Failed()
}
