package alert

import (
	"slices"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// sameWithin is how long after its closing an incident that comes back is still the same one.
const sameWithin = 24 * time.Hour

// action is what is done to the issue of a failure.
type action string

// Only open makes a new incident, which makes the run red.
const (
	open   action = "open"
	reopen action = "reopen"
	edit   action = "edit"
	// leave writes nothing to the issue: a person has closed it for the second time.
	leave action = "leave"
)

// comment is why a comment is due. An edit notifies nobody; a comment does.
type comment string

const (
	noComment    comment = ""
	causeChanged comment = "cause" // the cause is not among those that were reported
	lastsADay    comment = "day"   // the incident has lasted a day; said once
)

// known is what is known of a component's incident when the component fails again.
type known struct {
	record *state.Incident // nil if the state has none
	exists bool            // its issue exists
	closed time.Time       // when the issue was closed; zero while it is open
	person bool            // a person closed it
}

// lasting reports whether the incident was still going on when a person closed its issue.
func (k known) lasting() bool {
	return k.person && k.record != nil && k.record.Closed.IsZero() && !k.closed.IsZero()
}

// recorded reports whether the open record is that of the issue.
func (k known) recorded(issue int) bool {
	return k.record != nil && k.record.Issue == issue && k.record.Closed.IsZero()
}

// decide says what to do with the issue and whether to comment on it.
func decide(k known, f fault, now time.Time) (action, comment) {
	if what := k.action(now); what != edit {
		return what, noComment
	}
	switch {
	case k.record == nil:
		return edit, noComment
	case !slices.Contains(k.record.Reported, f.base()):
		return edit, causeChanged
	case k.record.Commented.IsZero() && now.Sub(k.record.First) >= sameWithin:
		return edit, lastsADay
	}
	return edit, noComment
}

// action goes by how the issue stands. An issue that a person closes while the incident lasts is
// opened once more, and then left. One that was closed lately is of the same incident.
func (k known) action(now time.Time) action {
	switch {
	case k.exists && k.lasting() && k.record.ByHand:
		return leave
	case k.exists && k.lasting():
		return reopen
	case !k.exists, !k.closed.IsZero() && now.Sub(k.closed) >= sameWithin:
		return open
	case !k.closed.IsZero():
		return reopen
	}
	return edit
}

// changed reports whether the issue shows another cause than f's.
func (k known) changed(f fault) bool {
	return k.record == nil || len(k.record.Reported) == 0 ||
		k.record.Reported[len(k.record.Reported)-1] != f.base()
}
