package run

import (
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/verdict"
)

// clock is the time that counts: this machine's, where a service's clock agrees with it.
type clock struct {
	machine  func() time.Time
	skew     httpx.Clock // how far it is from the clock of GitHub or Instagram
	inFolder bool        // the state is in a folder: GitHub may never be asked
}

func newClock(machine func() time.Time, inFolder bool) *clock {
	return &clock{machine: machine, skew: httpx.Clock{Machine: machine}, inFolder: inFolder}
}

// now is the time that counts. A machine whose clock is wrong would post what should still wait,
// and would leave a service alone for longer than it asked for.
func (c *clock) now() time.Time {
	now, _ := verdict.Now(c.times())
	return now
}

// times returns this machine's time and the server's, which is zero until an answer had a Date.
func (c *clock) times() (machine, server time.Time) {
	machine = c.machine()
	if skew, known := c.skew.Skew(); known {
		server = machine.Add(skew)
	}
	return machine, server
}

// github observes GitHub's clock, unless the state is in a folder: then Instagram's is the one.
func (c *clock) github() *httpx.Clock {
	if c.inFolder {
		return nil
	}
	return &c.skew
}

// instagram observes Instagram's clock where GitHub's is not observed.
func (c *clock) instagram() *httpx.Clock {
	if !c.inFolder {
		return nil
	}
	return &c.skew
}

// reminder tells of a wrong clock in the attention issue. It is empty if the clock can be relied on.
func (c *clock) reminder(w message.Words) alert.Expiry {
	machine, server := c.times()
	if _, wrong := verdict.Now(machine, server); !wrong {
		return alert.Expiry{}
	}
	// What tells one reminder from another, in whatever language a person reads them.
	e := alert.Expiry{What: "this machine's clock", Fix: w.Text("run.clock.fix")}
	if off := machine.Sub(server); off > 0 {
		e.Sentence = w.Text("run.clock.ahead", "Off", w.Span(off))
	} else {
		e.Sentence = w.Text("run.clock.behind", "Off", w.Span(-off))
	}
	return e
}
