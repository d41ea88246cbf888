package httpx

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// Policy is how often a loop tries, and how long it pauses in between. The zero value tries without
// end and without a pause.
type Policy struct {
	Tries  int           // the most tries; 0 leaves the end to the callback and the context
	First  time.Duration // the pause after the first try
	Growth float64       // each pause is the one before times Growth; 0 means 1
	Max    time.Duration // the longest pause; 0 means no limit
	// Jitter spreads writers that collided, which would otherwise collide again: a pause is drawn
	// from (1-Jitter) to (1+Jitter) times its length. 0 draws nothing.
	Jitter float64
}

// Next is what follows a try: Stop, Again, or, as a duration above zero, a pause of that length,
// which replaces the policy's own.
type Next time.Duration

// The answers of a callback that names no pause of its own.
const (
	Stop  Next = -1
	Again Next = 0
)

// Retry calls try with 1, 2, 3, … until it returns Stop, the policy's tries are used up, or ctx
// ends. It returns the error of the last try, or ctx's error if ctx ended and that try had none.
func (p Policy) Retry(ctx context.Context, try func(n int) (Next, error)) error {
	for n := 1; ; n++ {
		next, err := try(n)
		if next < 0 || n == p.Tries {
			return err
		}
		pause := time.Duration(next)
		if next == Again {
			pause = p.Pause(n)
		}
		if ended := Sleep(ctx, pause); ended != nil {
			if err == nil {
				err = ended
			}
			return err
		}
	}
}

// Pause returns the pause after try n, which counts from 1.
func (p Policy) Pause(n int) time.Duration {
	growth := p.Growth
	if growth == 0 {
		growth = 1
	}
	longest := float64(math.MaxInt64 / 2) // leaves room for the jitter
	if p.Max > 0 {
		longest = float64(p.Max)
	}
	d := min(float64(p.First)*math.Pow(growth, float64(n-1)), longest)
	return time.Duration(d * (1 + p.Jitter*(2*draw()-1)))
}

// draw returns a number from 0 to 1. The clock seeds it: the clocks of two machines that collide
// differ by more than a nanosecond, and a test under testing/synctest replays to the pause.
func draw() float64 {
	return rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)).Float64()
}

// Sleep waits for d, or returns ctx's error if ctx ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
