package diagnosis

import (
	"slices"
	"time"

	"github.com/postferry/postferry/internal/state"
)

const (
	// again is how long after its closing an incident that comes back is still the same one.
	again = 24 * time.Hour
	// keepSeen bounds the table of occurrences.
	keepSeen = 12
)

// Action is what is done about a failure that is an incident.
type Action string

// The actions. Only Open is a new incident: it makes the run red.
const (
	Open   Action = "open"
	Reopen Action = "reopen"
	Edit   Action = "edit"
)

// Known is what is known of an area's incident when it fails again.
type Known struct {
	Record *state.Incident // nil when the state has none
	Exists bool            // its issue is there
	Closed time.Time       // when the issue was closed; zero while it is open
}

// Decide says what to do with the issue, and why a comment is due ("" for none): edits notify nobody, comments do.
func Decide(k Known, f Fault, now time.Time) (a Action, comment string) {
	switch {
	case !k.Exists, !k.Closed.IsZero() && now.Sub(k.Closed) >= again:
		return Open, ""
	case !k.Closed.IsZero():
		return Reopen, ""
	case k.Record == nil:
		return Edit, ""
	case !slices.Contains(k.Record.Reported, f.Base()):
		return Edit, "cause"
	case k.Record.Commented.IsZero() && now.Sub(k.Record.First) >= again:
		return Edit, "day"
	}
	return Edit, ""
}

// Changed says that the issue shows another cause than today's.
func (k Known) Changed(f Fault) bool {
	return k.Record == nil || len(k.Record.Reported) == 0 || k.Record.Reported[len(k.Record.Reported)-1] != f.Base()
}

// Record brings an area's record up to date after a failure.
func Record(d *state.Document, f Fault, issue int, a Action, comment, run string, now time.Time) {
	now = now.UTC().Truncate(time.Second)
	d.RecordFailure(string(f.Component), now)
	r := Find(d, f.Component)
	if r == nil {
		d.Incidents = append(d.Incidents, state.Incident{Component: string(f.Component)})
		r = &d.Incidents[len(d.Incidents)-1]
	}
	// One that never became an issue, because GitHub refused it or the run died, is still the same one when it is opened.
	untold := r.Closed.IsZero() && r.Issue == 0
	if a == Open && !untold || r.First.IsZero() {
		*r = state.Incident{Component: string(f.Component), First: now}
	}
	r.Fingerprint, r.Cause, r.Last, r.Closed = f.Fingerprint(), f.Diagnosis.Key, now, time.Time{}
	r.Reported = append(slices.DeleteFunc(r.Reported, func(key string) bool { return key == f.Base() }), f.Base())
	r.Count++
	if issue > 0 {
		r.Issue = issue
	}
	if comment == "day" {
		r.Commented = now
	}
	r.Occurrences = append(r.Occurrences, state.Occurrence{At: now, Run: run})
	r.Occurrences = r.Occurrences[max(0, len(r.Occurrences)-keepSeen):]
}

// Adopt begins the record of an issue that is open and that the document did not know of.
func Adopt(d *state.Document, a Component, fingerprint string, issue int, since time.Time) {
	r := Find(d, a)
	if r == nil {
		d.Incidents = append(d.Incidents, state.Incident{})
		r = &d.Incidents[len(d.Incidents)-1]
	}
	since = since.UTC().Truncate(time.Second)
	*r = state.Incident{Component: string(a), Fingerprint: fingerprint, Issue: issue, First: since, Last: since, Count: 1}
}

// Find gives the record of an area, open or lately closed, or nil.
func Find(d *state.Document, a Component) *state.Incident {
	for i := range d.Incidents {
		if d.Incidents[i].Component == string(a) {
			return &d.Incidents[i]
		}
	}
	return nil
}

// OpenIn lists the areas that have an open incident.
func OpenIn(d *state.Document) []Component {
	var out []Component
	for _, r := range d.Incidents {
		if r.Closed.IsZero() {
			out = append(out, Component(r.Component))
		}
	}
	return out
}

// Recover closes an area's record and breaker. The record stays for a day, in case the failure comes back.
func Recover(d *state.Document, a Component, now time.Time) {
	delete(d.Breakers, string(a))
	delete(d.TransientRuns, string(a))
	delete(d.RetryAfter, string(a))
	if r := Find(d, a); r != nil && r.Closed.IsZero() {
		r.Closed = now.UTC().Truncate(time.Second)
	}
}
