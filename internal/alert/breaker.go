package alert

import (
	"time"

	"github.com/postferry/postferry/internal/state"
)

// pauses come after the first, second, third failed try; the last one repeats.
var pauses = []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour}

// trip opens a circuit breaker, or counts one more failed try of an open one.
func trip(b state.Breaker, digest string, now time.Time) state.Breaker {
	now = now.UTC().Truncate(time.Second)
	if b.Opened.IsZero() {
		b.Opened = now
	}
	b.NextTry = now.Add(pauses[min(b.Tries, len(pauses)-1)])
	b.Tries++
	b.Digest = digest
	return b
}

// letsThrough reports whether a call may be made: the breaker is closed, its pause is over, or the
// credentials are not the ones with which it opened.
func letsThrough(b state.Breaker, digest string, now time.Time) bool {
	return b.NextTry.IsZero() || !now.Before(b.NextTry) || b.Digest != digest
}
