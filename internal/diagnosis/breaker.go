package diagnosis

import (
	"time"

	"github.com/postferry/postferry/internal/state"
)

// waits are the pauses after the first, second, third failed try; the last one repeats.
var waits = []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour}

// Trip opens a breaker, or counts one more failed try of an open one.
func Trip(b state.Breaker, digest string, now time.Time) state.Breaker {
	now = now.UTC().Truncate(time.Second)
	if b.Opened.IsZero() {
		b.Opened = now
	}
	b.NextTry = now.Add(waits[min(b.Tries, len(waits)-1)])
	b.Tries++
	b.Digest = digest
	return b
}

// Closed says whether a call may be made: it is time, or the token is another one than the breaker opened with.
func Closed(b state.Breaker, digest string, now time.Time) bool {
	return b.NextTry.IsZero() || !now.Before(b.NextTry) || b.Digest != digest
}
