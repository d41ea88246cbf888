package verdict

import "time"

// Event is one entry of the state branch's activity list that can lose commits.
type Event struct {
	ID       int64
	At       time.Time
	Deletion bool   // branch_deletion; else force_push
	Before   string // the commit that the branch had: the lost one
	// Kept reports whether Before is an ancestor of the branch's head as it is now.
	Kept bool
}

// History is the part of the state branch's activity list that can lose commits, newest first.
type History []Event

// LostCommit finds the newest event after the entry `passed`, which the document names, that lost a
// commit. It returns nil if there is none: the state is the newest. A document that names no entry
// (0) takes the list as it is now for passed.
func (h History) LostCommit(passed int64) *Event {
	if passed == 0 {
		return nil
	}
	for i := range h {
		if h[i].ID <= passed {
			return nil
		}
		if !h[i].Kept {
			return &h[i]
		}
	}
	return nil
}

// FirstRun reports whether a missing branch means that no run was there before: its activity list
// shows no deletion.
func (h History) FirstRun() Verdict {
	for _, e := range h {
		if e.Deletion {
			return held("verdict.stored.branch-deleted",
				"Commit", e.Before)
		}
	}
	return proven("verdict.stored.first-run")
}

// deadRun is the age at which another run's claim or intent is a dead run's.
const deadRun = 20 * time.Minute

// RunIsDead reports whether a run that wrote a claim or an intent at a moment can be taken for
// dead. One that lies further ahead than clocks differ was written under a wrong clock, and is
// ignored.
func RunIsDead(at, now time.Time) bool {
	return now.Sub(at) >= deadRun || !Believable(at, now, LongestClaim)
}

// Closing is how an issue was closed, as GET of this very issue tells.
type Closing struct {
	Marked bool   // it carries the mark that our own closing writes in the same request
	Bot    bool   // GitHub names a bot as the closer
	Reason string // state_reason: completed, not_planned, duplicate, …
	At     time.Time
}

// ByPerson reports whether a person closed an issue to give an answer. event is what the issue asks
// about: a closing that is not younger answers something else.
func (c Closing) ByPerson(event time.Time) bool {
	if c.Marked || c.Bot || !c.At.After(event) {
		return false
	}
	return c.Reason == "completed" || c.Reason == "not_planned"
}

// clockTolerance is how far this machine's clock may be from a service's.
const clockTolerance = 5 * time.Minute

// Now is the time that counts: this machine's, unless the service's Date header differs from it by
// more than five minutes. A zero server time corrects nothing. wrong reports whether the machine's
// clock was corrected.
func Now(machine, server time.Time) (now time.Time, wrong bool) {
	if server.IsZero() || machine.Sub(server).Abs() <= clockTolerance {
		return machine, false
	}
	return server, true
}

// The longest wait that each kind of stored time can have. A stored time further ahead than that
// was written under a wrong clock, and is ignored.
const (
	LongestBreaker  = 6 * time.Hour
	LongestReset    = 24 * time.Hour
	LongestRotation = 24 * time.Hour
	LongestRenewal  = 7 * 24 * time.Hour
	LongestClaim    = 5 * time.Minute
)

// Believable reports whether a stored time is no further ahead of now than its kind can be.
func Believable(at, now time.Time, longest time.Duration) bool {
	return !at.After(now.Add(longest))
}
