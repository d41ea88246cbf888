package alert

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/verdict"
)

// closingOf reads how an issue was closed. The issue must come from [github.Issues.Get]: a list
// tells neither who closed it nor why.
func closingOf(issue github.Issue) verdict.Closing {
	return verdict.Closing{
		Marked: report.Body(issue.Body).ClosedByUs(), Bot: issue.ClosedBot, Reason: issue.Reason,
		At: issue.Closed,
	}
}

// Answer returns how a person closed the issue of a component after it was opened. ok is false if
// the issue is open, if no person closed it, or if nobody can tell.
func (r *Route) Answer(ctx context.Context, c diagnosis.Component) (a verdict.Closing, ok bool) {
	if r.Issues == nil || r.Session == nil {
		return a, false
	}
	rec := recordOf(r.Session.Doc(), c)
	if rec == nil || rec.Issue == 0 || !rec.Closed.IsZero() {
		return a, false
	}
	issue, err := r.tracker().known(ctx, rec.Issue, r.Result.Name, c)
	if err != nil || issue.State != "closed" {
		return a, false
	}
	a = closingOf(issue)
	return a, a.ByPerson(rec.First)
}

// askedHourly reports whether this run is one of those that ask whether an issue was closed, about
// once an hour. It goes by the time since the issue was last written, so that a run that asks and
// finds nothing has nothing to write down.
func askedHourly(last, now time.Time) bool {
	const slot = 15 * time.Minute // the schedule's runs are ten minutes apart, and often late
	since := now.Sub(last)
	return since < 0 || since >= time.Hour && since%time.Hour < slot
}
