package httpx

import (
	"net/http"
	"sync"
	"time"
)

// Clock remembers how far this machine's clock is from a service's, by the Date header of the last
// answer that had one. The zero value knows nothing. Its methods may be called at the same time,
// and on a nil Clock.
type Clock struct {
	// Machine, if set, is this machine's clock, for callers whose own clock is corrected by the
	// skew: measured against that one the skew would be zero.
	Machine func() time.Time

	mu    sync.Mutex
	skew  time.Duration
	known bool
}

// Skew returns how far the service's clock is ahead of this machine's, below zero if it is behind.
// known reports whether an answer has told.
func (c *Clock) Skew() (skew time.Duration, known bool) {
	if c == nil {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew, c.known
}

// Observe reads the Date header of an answer that came at now. An answer without one changes
// nothing.
// Source: https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
func (c *Clock) Observe(h http.Header, now time.Time) {
	at, err := http.ParseTime(h.Get("Date"))
	if c == nil || err != nil {
		return
	}
	if c.Machine != nil {
		now = c.Machine()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew, c.known = at.Sub(now), true
}
