package alert

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// End completes a route's run, whatever it came to: it opens the issue of an incident that GitHub
// has refused until now, brings the list of what was given up to date, and says whether all is
// well.
func (r *Route) End(ctx context.Context) {
	cancelled := errors.Is(ctx.Err(), context.Canceled)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	if r.stored() && !cancelled {
		unopened{r}.open(ctx)
		newGivenUpList(r).keep(ctx)
	}
	d := r.Session.Doc()
	if r.Settings.Red == "always" && slices.ContainsFunc(openComponents(d), reddens) {
		r.red = true
	}
	if r.Result.Issue == 0 {
		r.Result.Issue = openIssue(d)
	}
	failed := r.Result.Err != nil && !r.Result.Transient
	r.Result.Well = diagnosis.Unwell(r.Words, d, r.Now()) == "" && !failed && !r.Result.Incident
}

// openIssue is the issue of the first open failure in a document, 0 if there is none.
func openIssue(d *state.Document) int {
	for _, rec := range d.Incidents {
		failure := diagnosis.Component(rec.Component).Failure()
		if rec.Closed.IsZero() && failure && rec.Issue > 0 {
			return rec.Issue
		}
	}
	return 0
}

// reddens reports whether an open incident of the component makes every run red, if incidents.red
// says always. What was given up and what will expire soon are no failures.
func reddens(c diagnosis.Component) bool { return c.Failure() && c != diagnosis.GivenUp }

// unopened are the incidents of a route whose issue GitHub refused to open, as it does while its
// limit of requests lasts. The run that met such an incident has quoted the answer in its log.
type unopened struct{ *Route }

func (u unopened) open(ctx context.Context) {
	if u.Issues == nil || u.Result.Incident {
		return
	}
	for _, c := range openComponents(u.Session.Doc()) {
		rec := *recordOf(u.Session.Doc(), c)
		if rec.Issue == 0 && reddens(c) && u.claim(ctx, c) {
			u.openOne(ctx, rec)
		}
	}
}

// claim notes that this run opens the issue of an incident: another run may be opening it at this
// moment, or may have failed to, minutes ago.
func (u unopened) claim(ctx context.Context, c diagnosis.Component) bool {
	err := u.Session.Update(ctx, u.Result.Name+": incident", func(d *state.Document) error {
		rec := recordOf(d, c)
		if rec == nil || rec.Issue != 0 || u.Now().Sub(rec.Last) < openTime {
			return errReporting
		}
		rec.Last = u.Now().UTC().Truncate(time.Second)
		return nil
	})
	return err == nil
}

// openOne opens the issue of an incident. A run may have died between opening it and writing its
// number down: the open issue with our marker is that one.
func (u unopened) openOne(ctx context.Context, rec state.Incident) {
	c := diagnosis.Component(rec.Component)
	issue, err := u.tracker().findMarker(ctx, u.Result.Name, c)
	switch {
	case err != nil:
		u.warn(err, "alert.warn.look-up", "Route", u.Result.Name)
		return
	case issue.Number > 0 && issue.State == "open":
		i := &incident{Route: u.Route, fault: knownFault(u.Result.Name, c, rec.Cause, nil)}
		i.recordNumber(ctx, issue.Number)
		return
	}
	name := c.Name(message.Words{})
	err = message.New("alert.stored.refused-then", "Component", name, "At", rec.Last)
	if n := len(rec.Occurrences); n > 0 && rec.Occurrences[n-1].Run != "" {
		err = message.New("alert.stored.refused-then-run", "Component", name, "At", rec.Last,
			"Run", rec.Occurrences[n-1].Run)
	}
	f := knownFault(u.Result.Name, c, rec.Cause, err).said(u.Words, u.Names)
	i := &incident{Route: u.Route, fault: f, action: open, known: known{record: &rec}, news: true}
	u.redden(open)
	i.publish(ctx)
}

// Decide settles the posts whose outcome nobody knows, once a person has closed their issue: they
// count as posted.
func (r *Route) Decide(ctx context.Context) {
	a, ok := r.Answer(ctx, diagnosis.Undecided)
	if !ok {
		return
	}
	var settled []string
	what := r.Result.Name + ": a person says that it is posted"
	err := r.Session.Publish(ctx, what, func(d *state.Document) error {
		settled = nil
		for i := range d.Ledger {
			rec := &d.Ledger[i]
			undecided := rec.Status == state.Posting && rec.Intent != nil &&
				verdict.IsUndecided(rec.Intent.Looks) && rec.Intent.At.Before(a.At)
			if undecided {
				settled = append(settled, rec.Permalink)
				d.TakeAsPosted(rec, r.Now())
			}
		}
		recordRecovery(d, diagnosis.Undecided, r.Now())
		return nil
	})
	if err != nil {
		r.warn(err, "alert.warn.answer", "Route", r.Result.Name)
		return
	}
	for _, permalink := range settled {
		r.note("alert.stored.settled", "Media", permalink)
	}
}
