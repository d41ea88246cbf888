package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/verdict"
)

// machineClock returns the process's clock, or for a rehearsal one that starts at POSTFERRY_NOW and
// goes on from there.
func (e *environment) machineClock() func() time.Time {
	now := e.p.Now
	v := e.get("POSTFERRY_NOW")
	if v == "" {
		return now
	}
	at, err := time.Parse(time.RFC3339, v)
	if err != nil {
		e.problem("POSTFERRY_NOW must be a time like 2026-11-23T09:00:00Z, it is %q", v)
		return now
	}
	begun := now()
	return func() time.Time { return at.Add(now().Sub(begun)) }
}

// now is the time that counts. A machine whose clock is wrong would post what should still wait,
// and would leave a service alone for longer than it asked for.
func (e *environment) now() time.Time {
	now, _ := verdict.Now(e.times())
	return now
}

// times returns this machine's time and the server's, which is zero until an answer had a Date.
func (e *environment) times() (machine, server time.Time) {
	machine = e.machine()
	if skew, known := e.clock.Skew(); known {
		server = machine.Add(skew)
	}
	return machine, server
}

// wrongClock says how wrong this machine's clock is, "" if it can be relied on.
func (e *environment) wrongClock() string {
	machine, server := e.times()
	if _, wrong := verdict.Now(machine, server); !wrong {
		return ""
	}
	direction, off := "ahead of", machine.Sub(server)
	if off < 0 {
		direction, off = "behind", -off
	}
	return fmt.Sprintf("this machine's clock is %s %s the server's, whose time is used instead",
		strings.TrimSuffix(off.Round(time.Minute).String(), "0s"), direction)
}

// clockReminder tells of a wrong clock in the attention issue.
func (e *environment) clockReminder() alert.Expiry {
	wrong := e.wrongClock()
	if wrong == "" {
		return alert.Expiry{}
	}
	return alert.Expiry{
		What: "this machine's clock", Sentence: report.Capitalize(wrong) + ".",
		Fix: "Let the machine set its clock by a time server (NTP).",
	}
}

// githubClock observes GitHub's clock, unless the state is in a folder: then GitHub may never be
// asked, and Instagram's clock is the one.
func (j *job) githubClock() *httpx.Clock {
	if j.options.stateDir != "" {
		return nil
	}
	return j.clock
}

// instagramClock observes Instagram's clock where GitHub's is not observed.
func (j *job) instagramClock() *httpx.Clock {
	if j.options.stateDir == "" {
		return nil
	}
	return j.clock
}
