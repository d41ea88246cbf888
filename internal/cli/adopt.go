package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/state"
)

// adopt notes the open incidents of a route that its document does not know of: the document could not be read when they were
// opened, or not be written. Once it knows them they are closed as any other. It takes a look at GitHub's issues, so an idle
// run does not do it: a run that posts does, one that a person starts, and each rotation.
func (j *job) adopt(ctx context.Context, s *state.Session) {
	if j.repo == nil || s.First() {
		return
	}
	for _, issue := range j.openIssues(ctx) {
		route, area, fingerprint, ok := diagnosis.ReadMarker(issue.Body)
		if !ok || route != s.Route || area == diagnosis.Job || !orphan(s.Doc(), area, issue.Number) {
			continue
		}
		if mine, err := (&github.Issues{Client: j.repo}).Mine(ctx, issue); err != nil || !mine {
			continue
		}
		err := s.Update(ctx, fmt.Sprintf("%s: incident #%d is open", s.Route, issue.Number), func(d *state.Document) error {
			if orphan(d, area, issue.Number) {
				diagnosis.Adopt(d, area, fingerprint, issue.Number, issue.Created)
			}
			return nil
		})
		if err != nil {
			j.warn(fmt.Sprintf("%s: incident #%d could not be noted: %v", s.Route, issue.Number, err))
		}
	}
}

// orphan says that a document has no open incident of an area. An issue that it has closed and that is open again is a
// person's doing.
func orphan(d *state.Document, area diagnosis.Component, issue int) bool {
	rec := diagnosis.Find(d, area)
	return rec == nil || !rec.Closed.IsZero() && rec.Issue != issue
}

// openIssues lists, once a run, the open issues under our label. That GitHub refuses is not told: a repository may have its
// issues switched off, and the next run looks again.
func (j *job) openIssues(ctx context.Context) []github.Issue {
	if !j.listed {
		j.issues, _ = (&github.Issues{Client: j.repo}).List(ctx, diagnosis.Label, "open", time.Time{})
		j.listed = true
	}
	return j.issues
}
