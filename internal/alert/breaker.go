package alert

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// Breakers say which calls of a route are held back in this run.
type Breakers struct{ *Route }

// Blocked says why nothing that needs the components can be tried now, "" if something can: a
// circuit breaker is open, or a reset time has not come.
func (b Breakers) Blocked(ctx context.Context, components ...diagnosis.Component) string {
	if b.Force {
		return ""
	}
	w := message.Words{} // who prints the sentence says it in the person's language
	d, now := b.Session.Doc(), b.Now()
	for _, c := range components {
		at := d.RetryAfter[string(c)]
		if now.Before(at) && verdict.Believable(at, now, verdict.LongestReset) {
			return w.Text("alert.stored.limit", "Component", c.Name(w), "Until", at)
		}
		if b.Tripped(ctx, c) {
			broken := d.Breakers[string(c)]
			return w.Text("alert.stored.failing", "Component", c.Name(w), "Since", broken.Opened,
				"Next", broken.NextTry)
		}
	}
	return ""
}

// Tripped reports whether the circuit breaker of a component stops its calls in this run. It lets
// them through when its pause is over, with another token, after a person has closed the issue, and
// in a run that a person started.
func (b Breakers) Tripped(ctx context.Context, c diagnosis.Component) bool {
	found, now := b.Session.Doc().Breakers[string(c)], b.Now()
	if b.Force || found.NextTry.IsZero() || letsThrough(found, b.Digest(c), now) {
		return false
	}
	if a, ok := b.Answer(ctx, c); ok && a.At.After(lastTry(found)) {
		return false
	}
	if !b.ByHand || !dispatchable(found, now) {
		return true
	}
	what := b.Result.Name + ": tried at once, because a person asked"
	err := b.Session.Update(ctx, what, func(d *state.Document) error {
		if noted, ok := d.Breakers[string(c)]; ok {
			noted.Dispatched = now.UTC().Truncate(time.Second)
			d.Breakers[string(c)] = noted
		}
		return nil
	})
	if err != nil {
		b.warn(err, "alert.warn.try-not-noted", "Route", b.Result.Name)
	}
	return false
}

// Probe is the number of the half-open probe that this run makes of a component, from 1. It is 0
// while the breaker is closed.
func (b Breakers) Probe(c diagnosis.Component) int {
	return b.Session.Doc().Breakers[string(c)].Tries
}

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

// tripIn trips a component's breaker in a document.
func tripIn(d *state.Document, c diagnosis.Component, digest string, now time.Time) {
	if d.Breakers == nil {
		d.Breakers = map[string]state.Breaker{}
	}
	d.Breakers[string(c)] = trip(d.Breakers[string(c)], digest, now)
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
