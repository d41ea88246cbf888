package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// errDied is what a run that reported nothing has left behind.
var errDied = errors.New("the job ended before postferry could report: " +
	"a build that failed, a panic, a time-out, or a runner that was lost")

// ReportDeadRun reports an attempt of a run that failed or was cancelled, unless the attempt has
// reported by itself. In that case Result.Issue is the issue that names it, and Result.Err is nil.
// docs are the documents in which it may have noted that.
func (r *Route) ReportDeadRun(
	ctx context.Context, docs []*state.Session, jobStatus string,
) error {
	number, err := r.Run.reportedIn(ctx, docs)
	r.Result.Issue = number
	if number > 0 || err != nil {
		return err
	}
	err = fmt.Errorf("%w (job status: %s)", errDied, jobStatus)
	f := knownFault(r.Result.Name, diagnosis.Job, "job-died", err)
	f.diagnosis = f.diagnosis.For(r.Names)
	r.Result.Err, r.Result.Diagnosis = f.err, &f.diagnosis
	r.raise(ctx, f)
	return nil
}

// reportedIn is the number of our issue that names this attempt of the run, 0 if there is none. All
// jobs of a matrix share the id of their run, so that another route's issue says nothing of this
// job; one that is about no route does.
func (r *Run) reportedIn(ctx context.Context, docs []*state.Session) (int, error) {
	if r.ID == "" {
		return 0, nil
	}
	if number := cmp.Or(r.notedIn(docs), r.redFor(docs)); number > 0 {
		return number, nil
	}
	list, err := r.Issues.List(ctx, label, "all", r.Now().Add(-48*time.Hour))
	if err != nil {
		return 0, fmt.Errorf("look whether this run has reported: %w", err)
	}
	for _, issue := range list {
		route, _, _, ok := report.ReadMarker(issue.Body)
		if r.OnlyRoute != "" && route != r.OnlyRoute && route != noRoute {
			continue
		}
		named := ok && report.WrittenBy(issue.Body, r.RunsURL, r.ID, r.Attempt)
		if named && r.mine(ctx, issue) {
			return issue.Number, nil
		}
	}
	return 0, nil
}

// notedIn is the number of the issue of an incident whose occurrence in this attempt of the run is
// in a document, 0 if there is none.
func (r *Run) notedIn(docs []*state.Session) int {
	for _, s := range docs {
		for _, rec := range s.Doc().Incidents {
			met := slices.ContainsFunc(rec.Occurrences, func(o state.Occurrence) bool {
				return o.Run == r.ID && o.Attempt == r.Attempt
			})
			if met && rec.Issue > 0 {
				return rec.Issue
			}
		}
	}
	return 0
}

// redFor is the number of the issue for which every run is red while it is open, as incidents.red
// says always: a run that only waited has written nothing down, and has not died. It is 0 if there is
// none.
func (r *Run) redFor(docs []*state.Session) int {
	if r.Settings.Red != "always" {
		return 0
	}
	for _, s := range docs {
		for _, c := range openComponents(s.Doc()) {
			rec := recordOf(s.Doc(), c)
			if c.Failure() && c != diagnosis.GivenUp && c != diagnosis.Job && rec.Issue > 0 {
				return rec.Issue
			}
		}
	}
	return 0
}

// CloseDeadRun closes the incident of a dead run after a job that succeeded. It returns the number
// of the issue, 0 if none was open.
func (r *Route) CloseDeadRun(ctx context.Context) (int, error) {
	k, issue, err := r.find(ctx, diagnosis.Job)
	if err != nil || !k.exists || !k.closed.IsZero() {
		return 0, err
	}
	rec := state.Incident{Issue: issue.Number, First: issue.Created}
	if k.record != nil {
		rec = *k.record
	}
	if err := r.complete(ctx, issue.Number, report.BackComment(rec, 0, 0, r.Now())); err != nil {
		return 0, err
	}
	if r.Session == nil || k.record == nil {
		return issue.Number, nil
	}
	err = r.Session.Update(ctx, r.Result.Name+": back", func(d *state.Document) error {
		recordRecovery(d, diagnosis.Job, r.Now())
		return nil
	})
	return issue.Number, err
}
