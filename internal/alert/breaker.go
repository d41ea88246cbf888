package alert

import (
	"time"

	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// dispatchGap is how long after a run that a person started the next one must wait for the breaker.
const dispatchGap = time.Hour

// trip opens a circuit breaker, or counts one more failed try of an open one.
func trip(b state.Breaker, digest string, now time.Time) state.Breaker {
	now = now.UTC().Truncate(time.Second)
	if b.Opened.IsZero() {
		b.Opened = now
	}
	b.NextTry = now.Add(verdict.ProbeWait(b.Tries + 1))
	b.Tries++
	b.Digest = digest
	return b
}

// letsThrough reports whether a call may be made: the breaker is closed, its pause is over, or the
// credentials are not the ones with which it opened. A next try that is further away than the
// longest pause was written under a wrong clock.
func letsThrough(b state.Breaker, digest string, now time.Time) bool {
	return b.NextTry.IsZero() || !now.Before(b.NextTry) || b.Digest != digest ||
		!verdict.Believable(b.NextTry, now, verdict.LongestBreaker)
}

// lastTry is when the breaker was last tripped.
func lastTry(b state.Breaker) time.Time { return b.NextTry.Add(-verdict.ProbeWait(b.Tries)) }

// dispatchable reports whether a run that a person started is let through at once.
func dispatchable(b state.Breaker, now time.Time) bool {
	since := now.Sub(b.Dispatched)
	return since >= dispatchGap || since < 0
}
