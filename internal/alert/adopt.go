package alert

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Adopt records the open issues of a route that its document does not know of, because the document
// could not be read or written when they were opened. From then on they are closed as any other.
//
// Adopt lists the issues on GitHub, so the runs of the schedule do not call it: a run that a person
// starts does, and each rotation.
func (r *Route) Adopt(ctx context.Context) {
	if r.Issues == nil || r.Session.First() {
		return
	}
	for _, issue := range r.tracker().listOpen(ctx) {
		o, ok := orphanOf(issue, r.Session.Route)
		unknown := ok && unrecorded(r.Session.Doc(), o.component, issue)
		if unknown && r.tracker().mine(ctx, issue) {
			o.adopt(ctx, r)
		}
	}
}

// orphan is an open issue that a route's document can record, as its marker names it.
type orphan struct {
	issue       github.Issue
	component   diagnosis.Component
	fingerprint string
}

// orphanOf reads the marker of an issue. ok is false if the issue is not about the route, or about
// a dead run, which has its own way to be closed.
func orphanOf(issue github.Issue, route string) (o orphan, ok bool) {
	of, c, fingerprint, ok := report.Body(issue.Body).Marker()
	ofAll := of == noRoute && c == diagnosis.Config
	return orphan{issue, c, fingerprint}, ok && (of == route || ofAll) && c != diagnosis.Job
}

// adopt records the issue in the route's document.
func (o orphan) adopt(ctx context.Context, r *Route) {
	what := fmt.Sprintf("%s: incident #%d is open", r.Session.Route, o.issue.Number)
	err := r.Session.Update(ctx, what, func(d *state.Document) error {
		if unrecorded(d, o.component, o.issue) {
			adoptIssue(d, o.component, o.fingerprint, o.issue)
		}
		return nil
	})
	if err != nil {
		r.warn(err, "alert.warn.not-noted", "Route", r.Session.Route, "Number", o.issue.Number)
	}
}

// unrecorded reports whether a document has no open incident of a component. An issue that the
// document has closed, and that is open again with the mark of our closing, was opened by a person,
// so it is not counted. Without the mark this program has reopened it and could not write that
// down.
func unrecorded(d *state.Document, c diagnosis.Component, issue github.Issue) bool {
	rec := recordOf(d, c)
	if rec == nil || rec.Closed.IsZero() {
		return rec == nil
	}
	return rec.Issue != issue.Number || !report.Body(issue.Body).ClosedByUs()
}
