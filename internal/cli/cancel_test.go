package cli_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// cancelling is a network on which somebody cancels the run at the n-th request.
type cancelling struct {
	next   http.RoundTripper
	left   atomic.Int64
	cancel context.CancelFunc
}

func (c *cancelling) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.left.Add(-1) == 0 {
		c.cancel()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return c.next.RoundTrip(r)
}

// TestCancelledAnywhere cancels a run at each of its requests, three times each: the run ends with
// 0, and nothing is counted, reported or red. The runs after it do all of the work.
func TestCancelledAnywhere(t *testing.T) {
	for _, command := range []string{"mirror", "rotate", "doctor"} {
		for n := 1; ; n++ {
			if cancelledAt(t, command, n) {
				if n < 4 {
					t.Errorf("%s made %d requests only", command, n-1)
				}
				break
			}
		}
	}
}

// cancelledAt reports whether the run ended before its n-th request.
func cancelledAt(t *testing.T, command string, n int) (complete bool) {
	bubble(t, command, func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		env := w.Env()
		var out bytes.Buffer
		run := func(ctx context.Context, network http.RoundTripper, command string) {
			t.Helper()
			p := process(w, asNow(w, env), &out, command)
			p.Transport = network
			if code := cli.Main(ctx, p); code != 0 {
				t.Errorf("%s, cancelled at request %d: status %d\n%s", command, n, code, &out)
			}
		}
		run(t.Context(), w.Transport(), "mirror")
		w.Advance(5 * time.Second)
		w.Instagram().Publish(sim.Media{
			Caption: "one", Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
		})
		w.Advance(25 * time.Hour) // the token is due
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			c := &cancelling{next: w.Transport(), cancel: cancel}
			c.left.Store(int64(n))
			run(ctx, c, command)
			complete = complete || c.left.Load() > 0
			cancel()
			time.Sleep(10 * time.Minute)
		}
		state, _ := w.GitHub().File("postferry-state", "state/main.yaml")
		if strings.Contains(state, "transient_runs") || strings.Contains(state, "incidents") {
			t.Errorf("%s, cancelled at request %d: the state holds it against somebody:\n%s",
				command, n, state)
		}
		time.Sleep(time.Hour)
		run(t.Context(), w.Transport(), "mirror")
		if issues := w.GitHub().Issues(); len(issues) != 0 {
			t.Errorf("%s, cancelled at request %d: issues %+v", command, n, issues)
		}
		if posts := w.X().Tweets(); len(posts) != 1 {
			t.Errorf("%s, cancelled at request %d: %d posts, want 1\n%s", command, n, len(posts),
				&out)
		}
	})
	return complete || t.Failed()
}

// TestCancelledWhileReporting cancels the run that meets a new incident at each of its requests: it
// ends with 0 too, and there is one issue in the end.
func TestCancelledWhileReporting(t *testing.T) {
	for n := 1; ; n++ {
		complete := false
		bubble(t, "cancelled", func(t *testing.T) {
			w := sim.New(sim.Options{Real: true, Now: time.Now()})
			env := w.Env()
			var out bytes.Buffer
			p := process(w, asNow(w, env), &out, "mirror")
			cli.Main(t.Context(), p)
			w.Instagram().BreakLikeSeptember2023()
			w.Advance(10 * time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := &cancelling{next: w.Transport(), cancel: cancel}
			c.left.Store(int64(n))
			p = process(w, asNow(w, env), &out, "mirror")
			p.Transport = c
			code := cli.Main(ctx, p)
			if complete = c.left.Load() > 0; !complete && code != 0 {
				t.Errorf("cancelled at request %d: status %d\n%s", n, code, &out)
			}
			w.Advance(40 * time.Minute)
			cli.Main(t.Context(), process(w, asNow(w, env), &out, "mirror"))
			if issues := w.GitHub().Issues(); len(issues) != 1 {
				t.Errorf("cancelled at request %d: issues %+v\n%s", n, issues, &out)
			}
		})
		if complete || t.Failed() {
			if n < 6 {
				t.Errorf("the run made %d requests only", n-1)
			}
			return
		}
	}
}
