package alert

import (
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/state"
)

// maxOccurrences bounds the table of occurrences.
const maxOccurrences = 12

// occurrence is one failure as it is written into an incident's record.
type occurrence struct {
	fault   fault
	action  action
	comment comment
	issue   int    // 0 while there is none
	run     string // GITHUB_RUN_ID
	attempt string // GITHUB_RUN_ATTEMPT, "" for the first
	byHand  bool   // the issue is reopened though a person has closed it
}

// recordFailure brings a component's record up to date after a failure.
func recordFailure(d *state.Document, o occurrence, now time.Time) {
	now = now.UTC().Truncate(time.Second)
	f := o.fault
	d.History.Failed(string(f.component), now, d.Zone)
	r := recordOf(d, f.component)
	if r == nil {
		r = addRecord(d, f.component)
	}
	// A record without an issue is of an incident that GitHub refused, or whose run died. It is
	// still the same incident when its issue is opened.
	unopened := r.Closed.IsZero() && r.Issue == 0
	if o.action == open && !unopened || r.First.IsZero() {
		*r = state.Incident{Component: string(f.component), First: now}
	}
	r.Fingerprint, r.Cause, r.Last, r.Closed = f.fingerprint(), f.diagnosis.Key, now, time.Time{}
	r.Call, r.ByHand = f.call(), r.ByHand || o.byHand
	base := f.base()
	r.Reported = slices.DeleteFunc(r.Reported, func(key string) bool { return key == base })
	r.Reported = append(r.Reported, base)
	r.Count++
	if o.issue > 0 {
		r.Issue = o.issue
	}
	if o.comment == lastsADay {
		r.Commented = now
	}
	r.Occurrences = append(r.Occurrences, state.Occurrence{At: now, Run: o.run, Attempt: o.attempt})
	r.Occurrences = r.Occurrences[max(0, len(r.Occurrences)-maxOccurrences):]
}

func addRecord(d *state.Document, c diagnosis.Component) *state.Incident {
	d.Incidents = append(d.Incidents, state.Incident{Component: string(c)})
	return &d.Incidents[len(d.Incidents)-1]
}

// adoptIssue begins the record of an open issue that the document did not know of.
func adoptIssue(d *state.Document, c diagnosis.Component, fingerprint string, issue github.Issue) {
	r := recordOf(d, c)
	if r == nil {
		r = addRecord(d, c)
	}
	since := issue.Created.UTC().Truncate(time.Second)
	*r = state.Incident{
		Component: string(c), Fingerprint: fingerprint, Issue: issue.Number,
		First: since, Last: since, Count: 1,
	}
}

// recordOf gives the record of a component, open or lately closed, or nil. It points into d.
func recordOf(d *state.Document, c diagnosis.Component) *state.Incident {
	for i := range d.Incidents {
		if d.Incidents[i].Component == string(c) {
			return &d.Incidents[i]
		}
	}
	return nil
}

// openComponents lists the components that have an open incident.
func openComponents(d *state.Document) []diagnosis.Component {
	var out []diagnosis.Component
	for _, r := range d.Incidents {
		if r.Closed.IsZero() {
			out = append(out, diagnosis.Component(r.Component))
		}
	}
	return out
}

// recordRecovery closes a component's record and its circuit breaker. The record is kept: within a
// day of it the same failure reopens the same issue.
func recordRecovery(d *state.Document, c diagnosis.Component, now time.Time) {
	delete(d.Breakers, string(c))
	delete(d.TransientRuns, string(c))
	delete(d.RetryAfter, string(c))
	if r := recordOf(d, c); r != nil && r.Closed.IsZero() {
		r.Closed = now.UTC().Truncate(time.Second)
	}
}

// against reports whether the document holds anything against a component.
func against(d *state.Document, c diagnosis.Component) bool {
	rec := recordOf(d, c)
	_, tripped := d.Breakers[string(c)]
	_, waiting := d.RetryAfter[string(c)]
	return tripped || waiting || d.TransientRuns[string(c)] > 0 || rec != nil && rec.Closed.IsZero()
}
