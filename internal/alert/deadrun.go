package alert

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// DeadRun is the incident of a run that died before it could report.
type DeadRun struct{ *Route }

// Report reports an attempt of a run that failed or was cancelled, unless the attempt has
// reported by itself. In that case Result.Issue is the issue that names it, and Result.Err is nil.
// docs are the documents in which it may have noted that.
func (r DeadRun) Report(
	ctx context.Context, docs []*state.Session, jobStatus string,
) error {
	number, err := attempt{r.Run, docs}.reported(ctx)
	r.Result.Issue = number
	if number > 0 || err != nil {
		return err
	}
	err = message.New("alert.stored.died", "Status", jobStatus)
	f := knownFault(r.Result.Name, diagnosis.Job, "job-died", err).said(r.Words, r.Names)
	r.Result.Err, r.Result.Diagnosis = f.err, &f.diagnosis
	r.raise(ctx, f)
	return nil
}

// Close closes the incident of a dead run after a job that succeeded. It returns the number
// of the issue, 0 if none was open.
func (r DeadRun) Close(ctx context.Context) (int, error) {
	k, issue, err := r.find(ctx, diagnosis.Job)
	if err != nil || !k.exists || !k.closed.IsZero() {
		return 0, err
	}
	rec := state.Incident{Issue: issue.Number, First: issue.Created}
	if k.record != nil {
		rec = *k.record
	}
	back := report.BackComment(r.Words, r.Now().Sub(rec.First), 0, 0)
	if err := r.tracker().complete(ctx, issue.Number, r.Result.Name, diagnosis.Job, back); err != nil {
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

// attempt is this attempt of the run, and the documents in which it may have noted that it failed.
type attempt struct {
	*Run
	docs []*state.Session
}

// reported is the number of the issue in which the attempt has reported, 0 if it has not.
func (a attempt) reported(ctx context.Context) (int, error) {
	if a.ID == "" {
		return 0, nil
	}
	if number := cmp.Or(a.noted(), a.waited()); number > 0 {
		return number, nil
	}
	list, err := a.Issues.List(ctx, label, "all", a.Now().Add(-48*time.Hour))
	if err != nil {
		return 0, fmt.Errorf("look whether this run has reported: %w", err)
	}
	for _, issue := range list {
		if a.named(issue.Body) && a.tracker().mine(ctx, issue) {
			return issue.Number, nil
		}
	}
	return 0, nil
}

// named reports whether an issue's body names the attempt. All jobs of a matrix share the id of
// their run, so that another route's issue says nothing of this job; one that is about no route
// does.
func (a attempt) named(body string) bool {
	route, _, _, ok := report.Body(body).Marker()
	ofJob := a.OnlyRoute == "" || route == a.OnlyRoute || route == noRoute
	return ok && ofJob && report.Body(body).WrittenBy(a.RunsURL, a.ID, a.Attempt)
}

// noted is the number of the issue of an incident whose occurrence in this attempt is in a
// document, 0 if there is none.
func (a attempt) noted() int {
	for _, s := range a.docs {
		for _, rec := range s.Doc().Incidents {
			met := slices.ContainsFunc(rec.Occurrences, func(o state.Occurrence) bool {
				return o.Run == a.ID && o.Attempt == a.Attempt
			})
			if met && rec.Issue > 0 {
				return rec.Issue
			}
		}
	}
	return 0
}

// waited is the number of the issue for which every run is red while it is open, as incidents.red
// says always: a run that only waited has written nothing down, and has not died. It is 0 if there
// is none.
func (a attempt) waited() int {
	if a.Settings.Red != "always" {
		return 0
	}
	for _, s := range a.docs {
		for _, c := range openComponents(s.Doc()) {
			rec := recordOf(s.Doc(), c)
			if reddens(c) && c != diagnosis.Job && rec.Issue > 0 {
				return rec.Issue
			}
		}
	}
	return 0
}
