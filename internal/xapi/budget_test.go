package xapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// Many at once never hold more than the budget, and never the same bytes.
func TestBudgetIsKept(t *testing.T) {
	for _, shared := range []bool{true, false} {
		t.Run(fmt.Sprintf("own memory %v", shared), func(t *testing.T) {
			b := NewBudget(7 * unit)
			if shared {
				b.memory = make([]byte, 7*unit)
			}
			var held, peak atomic.Int64
			var wg sync.WaitGroup
			for g := range 12 {
				wg.Go(func() {
					for i := range 40 {
						n := int64((g*7+i*5)%4+1)*unit - int64(i%2)
						buf, err := b.take(t.Context(), n)
						if err != nil || int64(len(buf.b)) != n || int64(cap(buf.b)) != n {
							t.Errorf("took %d of %d bytes, %v", len(buf.b), n, err)
							return
						}
						units := (n + unit - 1) / unit
						peak.Store(max(peak.Load(), held.Add(units)))
						mine := byte(g + 1)
						buf.b[0], buf.b[n-1] = mine, mine
						if now := held.Load(); now > 7 {
							t.Errorf("%d MiB are held, of 7", now)
						}
						if buf.b[0] != mine || buf.b[n-1] != mine {
							t.Error("somebody else has written here")
						}
						held.Add(-units)
						b.give(buf)
					}
				})
			}
			wg.Wait()
			if slices.Contains(b.used, true) || peak.Load() < 2 {
				t.Errorf("left %v, at most %d at once", b.used, peak.Load())
			}
		})
	}
}

// A small budget is one that holds the largest segment: less would never end.
func TestNewBudget(t *testing.T) {
	for n, want := range map[int64]int{-1: 4, 0: 4, 4 * unit: 4, 5*unit + 1: 5, bufferBudget: 16} {
		if got := len(NewBudget(n).used); got != want {
			t.Errorf("%d: %d units, want %d", n, got, want)
		}
	}
}

// Clients without a budget of their own share one.
func TestSharedBudget(t *testing.T) {
	if a, b := new(Client).budget(), new(Client).budget(); a != b || len(a.memory) != bufferBudget {
		t.Errorf("two budgets, or one of %d bytes", len(a.memory))
	}
	own := NewBudget(0)
	if got := (&Client{Budget: own}).budget(); got != own {
		t.Error("a client's own budget is not used")
	}
}

// What waits goes on when there is room for it, and not before.
func TestTakeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(4 * unit)
		var held []buffer
		for range 4 {
			buf, err := b.take(t.Context(), unit)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, buf)
		}
		got := make(chan buffer)
		go func() {
			buf, _ := b.take(t.Context(), 2*unit) // the test ends with it
			got <- buf
		}()
		for _, i := range []int{1, 3} { // two units, but not side by side
			b.give(held[i])
			synctest.Wait()
			select {
			case buf := <-got:
				t.Fatalf("took %d at %d", buf.units, buf.at)
			default:
			}
		}
		b.give(held[2])
		if buf := <-got; buf.at != 1 || buf.units != 2 {
			t.Errorf("took %d at %d, want 2 at 1", buf.units, buf.at)
		}
	})
}

func TestTakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(0)
		if _, err := b.take(t.Context(), maxSegment); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.take(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// gauge counts the appends that are under way at once.
type gauge struct {
	to        http.RoundTripper
	now, most atomic.Int64
}

func (g *gauge) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/append") {
		n := g.now.Add(1)
		defer g.now.Add(-1)
		for m := g.most.Load(); n > m && !g.most.CompareAndSwap(m, n); m = g.most.Load() {
		}
	}
	return g.to.RoundTrip(r)
}

// Two uploads share a budget that holds two segments: both arrive whole, and no third is on its
// way.
func TestUploadsShareABudget(t *testing.T) {
	w := sim.New(sim.Options{NoHash: true})
	g := &gauge{to: w.Transport()}
	budget := NewBudget(2 * segment)
	var wg sync.WaitGroup
	for k := range 3 {
		wg.Go(func() {
			line := &tap{to: g}
			c := inWorld(w, line)
			c.Budget = budget
			b := content((3 + k) * segment)
			if _, err := c.Upload(t.Context(), video(b)); err != nil {
				t.Errorf("upload %d: %v", k, err)
				return
			}
			parts, _ := line.segments(t)
			expectFile(t, parts, b)
		})
	}
	wg.Wait()
	if n := g.most.Load(); n < 1 || n > 2 {
		t.Errorf("%d segments at once, want 2 at most", n)
	}
	if slices.Contains(budget.used, true) {
		t.Errorf("not everything was given back: %v", budget.used)
	}
}

// An upload that fails gives everything back, or the next one waits for ever.
func TestFailedUploadGivesBack(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"refused": {Service: "x", Call: "POST /2/media/upload/*/append", Times: -1, Status: 401},
		"short":   {},
	} {
		t.Run(name, func(t *testing.T) {
			w := sim.New(sim.Options{})
			w.Fail(fault)
			c := inWorld(w, w.Transport())
			c.Budget = NewBudget(0)
			f := File{
				Body:      bytes.NewReader(content(3 * segment)),
				Size:      4 * segment,
				MediaType: "video/mp4",
				Category:  "tweet_video",
			}
			if _, err := c.Upload(t.Context(), f); err == nil {
				t.Error("no error")
			}
			if slices.Contains(c.Budget.used, true) {
				t.Errorf("still held: %v", c.Budget.used)
			}
		})
	}
}

// No upload has more than eight segments on their way, however large the budget.
func TestInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := sim.New(sim.Options{NoHash: true, Latency: 40 * time.Millisecond})
		g := &gauge{to: w.Transport()}
		c := inWorld(w, g)
		c.Budget = NewBudget(64 << 20)
		f := File{
			Body: zeros{}, Size: 20 * segment, MediaType: "video/mp4", Category: "tweet_video",
		}
		if _, err := c.Upload(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if n := g.most.Load(); n != inFlight {
			t.Errorf("%d at once, want %d", n, inFlight)
		}
	})
}
