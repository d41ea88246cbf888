package httpx

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestPolicyPause(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    Policy
		want []time.Duration
	}{
		{"no pause", Policy{}, []time.Duration{0, 0}},
		{"fixed", Policy{First: time.Second}, []time.Duration{time.Second, time.Second}},
		{"growing", Policy{First: time.Second, Growth: 2, Max: 3 * time.Second},
			[]time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}},
	} {
		for i, want := range tt.want {
			if got := tt.p.Pause(i + 1); got != want {
				t.Errorf("%s: the pause after try %d is %v, want %v", tt.name, i+1, got, want)
			}
		}
	}
	if got := (Policy{First: time.Second, Growth: 2}).Pause(10_000); got <= 0 {
		t.Errorf("a pause overflows: %v", got)
	}
}

func TestPolicyJitter(t *testing.T) {
	p := Policy{First: time.Second, Jitter: 0.5}
	low, high := time.Hour, time.Duration(0)
	for range 1000 {
		d := p.Pause(1)
		low, high = min(low, d), max(high, d)
	}
	if low < 500*time.Millisecond || high > 1500*time.Millisecond ||
		high-low < 500*time.Millisecond {
		t.Errorf("pauses from %v to %v, want them spread over 0.5 to 1.5 s", low, high)
	}
}

func TestRetry(t *testing.T) {
	bad := errors.New("bad")
	p := Policy{Tries: 3, First: time.Second, Growth: 2}
	for _, tt := range []struct {
		name  string
		p     Policy
		try   func(n int) (Next, error)
		err   error
		tries int
		took  time.Duration
	}{
		{"well at once", p, func(int) (Next, error) { return Stop, nil }, nil, 1, 0},
		{"a no is final", p, func(int) (Next, error) { return Stop, bad }, bad, 1, 0},
		{
			"the tries are used up", p, func(int) (Next, error) { return Again, bad }, bad, 3,
			3 * time.Second,
		},
		{"well in the end", p, func(n int) (Next, error) {
			if n == 2 {
				return Stop, nil
			}
			return Again, bad
		}, nil, 2, time.Second},
		{
			"a pause that was named", p,
			func(int) (Next, error) { return Next(time.Minute), bad }, bad, 3, 2 * time.Minute,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun, tries := time.Now(), 0
			err := tt.p.Retry(t.Context(), func(n int) (Next, error) {
				if tries++; n != tries {
					t.Errorf("%s: try %d is numbered %d", tt.name, tries, n)
				}
				return tt.try(n)
			})
			if err != tt.err || tries != tt.tries || time.Since(begun) != tt.took {
				t.Errorf("%s: got %v after %d tries and %v, want %v, %d and %v",
					tt.name, err, tries, time.Since(begun), tt.err, tt.tries, tt.took)
			}
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	bad := errors.New("bad")
	for _, last := range []error{nil, bad} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begun := time.Now()
			err := Policy{First: time.Hour}.Retry(ctx,
				func(int) (Next, error) { return Again, last })
			if want := errors.Join(last, context.DeadlineExceeded); !errors.Is(want, err) ||
				time.Since(begun) != time.Minute {
				t.Errorf("got %v after %v", err, time.Since(begun))
			}
			if last != nil && err != last {
				t.Errorf("got %v, want the error of the last try", err)
			}
		})
	}
}

func TestSleepOfNothingSeesTheEndOfItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if Sleep(ctx, 0) == nil {
			t.Fatal("slept though the context had ended")
		}
	}
}
