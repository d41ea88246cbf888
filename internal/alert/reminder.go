package alert

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Reminder is the one issue of what will expire soon. It is kept in the first route's document,
// opened when something is due, edited once a day, and closed when nothing is due.
type Reminder struct {
	*Run
	Session  *state.Session // of the first route; nil if the state could not be read
	Expiries []Expiry
	// Deleted are the sessions of the routes that tell what was deleted on Instagram.
	Deleted []*state.Session
	// Partial says that something could not be asked. An open issue then stays as it is: it may be
	// about just that.
	Partial bool

	ends []Expiry // those that are due
}

// Remind warns of what is due, and brings the issue up to date.
func (r *Reminder) Remind(ctx context.Context) {
	if r.Issues == nil {
		return
	}
	all := r.Expiries
	if r.Session != nil {
		r.askDaily(ctx)
		all = append(slices.Clone(all), r.schedule())
	}
	r.ends = due(all, r.Now())
	for _, e := range r.due(0) {
		r.Warn(r.Words.Sentences(e.sentence(r.Words, r.Now()), e.Fix))
	}
	if r.Session == nil || r.Session.First() {
		return // the route itself reports a lost state, and a document made here would hide the loss
	}
	if err := r.update(ctx); err != nil {
		r.warn(err, "alert.warn.attention")
	}
}

// due lists what the issue of a number is about, or, with 0, a new one: what ends, and the
// deletions that no other issue names.
func (r *Reminder) due(issue int) []Expiry {
	return slices.Concat(r.ends, r.stillOnX(issue))
}

// cause says in short what is due, so that an issue is only edited once a day while that is the
// same. A deletion that joins others changes nothing but the last part.
func cause(due []Expiry) string {
	out := fmt.Sprint(len(due), " ", due[0].What)
	if last := due[len(due)-1]; len(due) > 1 && strings.HasPrefix(last.What, deletedWhat) {
		out += " " + last.What
	}
	return out
}

// update closes, opens or edits the issue, as what is due demands.
func (r *Reminder) update(ctx context.Context) error {
	rec, issue := recordOf(r.Session.Doc(), diagnosis.Attention), 0
	isOpen := rec != nil && rec.Closed.IsZero()
	if isOpen {
		issue = rec.Issue
	}
	isDue := len(r.due(issue)) > 0
	switch {
	case isOpen && r.Partial:
		return nil
	case isOpen && !isDue:
		return r.close(ctx, issue)
	case isDue:
		return r.write(ctx, rec)
	}
	return nil
}

// close closes the issue: nothing is due any more.
func (r *Reminder) close(ctx context.Context, issue int) error {
	err := r.tracker().complete(ctx, issue, r.Session.Route, diagnosis.Attention,
		r.Words.Text("alert.all-done"))
	if err != nil {
		return err
	}
	what := r.Session.Route + ": attention is no longer needed"
	return r.Session.Update(ctx, what, func(d *state.Document) error {
		recordRecovery(d, diagnosis.Attention, r.Now())
		return nil
	})
}

// write opens the issue or edits it, once a day while the same is due. An issue that a person has
// closed stays closed until something else is due.
func (r *Reminder) write(ctx context.Context, rec *state.Incident) error {
	if rec != nil && rec.Closed.IsZero() && rec.Issue > 0 {
		done, err := r.editKnown(ctx, rec)
		if done || err != nil {
			return err
		}
	} else if done, err := r.adopt(ctx); done || err != nil {
		return err
	}
	due := r.due(0)
	if len(due) == 0 {
		return nil // an issue that a person has closed has named it
	}
	text := r.text(due)
	issue, err := r.tracker().create(ctx, text.Title(), text.Body())
	if err != nil {
		return err
	}
	first := text.Title() + ": " + due[0].sentence(r.Words, r.Now())
	r.notify(ctx, notification{text: first, link: issue.URL, mention: true})
	return r.record(ctx, issue.Number, cause(due))
}

// adopt brings the open issue up to date that the document does not name: the state may have been
// put back to before that issue was opened. It reports false if there is none.
func (r *Reminder) adopt(ctx context.Context) (done bool, err error) {
	issue, err := r.tracker().findMarker(ctx, r.Session.Route, diagnosis.Attention)
	if err != nil || issue.State != "open" {
		return false, err
	}
	return true, r.edit(ctx, issue.Number, r.due(issue.Number))
}

// editKnown brings the issue up to date that the document names. It reports false where that issue
// has done its work, because a person has closed it and something else is due, or where the number
// is another issue's.
func (r *Reminder) editKnown(ctx context.Context, rec *state.Incident) (done bool, err error) {
	due := r.due(rec.Issue)
	what := cause(due)
	if rec.Cause == what && r.Now().Sub(rec.Last) < 24*time.Hour {
		return true, nil
	}
	issue, err := r.tracker().known(ctx, rec.Issue, r.Session.Route, diagnosis.Attention)
	closed := issue.State != "open" && rec.Cause != what
	if err != nil || issue.Number == 0 || closed {
		return false, err
	}
	return true, r.edit(ctx, rec.Issue, due)
}

// edit writes what is due into an issue, and notes it.
func (r *Reminder) edit(ctx context.Context, number int, due []Expiry) error {
	text := r.text(due)
	change := github.Edit{Title: text.Title(), Body: text.Body()}
	if _, err := r.Issues.Edit(ctx, number, change); err != nil {
		return err
	}
	return r.record(ctx, number, cause(due))
}

func (r *Reminder) text(due []Expiry) report.Attention {
	a := report.Attention{Words: r.Words, Route: r.Session.Route, RunWorkflow: r.workflow(rotateFile)}
	for _, e := range due {
		a.Due = append(a.Due, report.Reminder{
			Text: e.sentence(r.Words, r.Now()), Fix: e.Fix, Link: e.Link, Over: e.over(r.Now()),
			Ends: e.Sentence == "",
		})
	}
	return a
}

// record notes the issue, and what it is about, so that a further day without change costs no edit.
func (r *Reminder) record(ctx context.Context, issue int, what string) error {
	message := r.Session.Route + ": attention is needed"
	err := r.Session.Update(ctx, message, func(d *state.Document) error {
		rec := recordOf(d, diagnosis.Attention)
		if rec == nil {
			rec = addRecord(d, diagnosis.Attention)
			rec.Fingerprint = "attention"
		}
		now := r.Now().UTC().Truncate(time.Second)
		if rec.Issue != issue {
			rec.First, rec.Count = now, 0
		}
		rec.Issue, rec.Cause, rec.Last, rec.Closed = issue, what, now, time.Time{}
		rec.Count++
		return nil
	})
	if err != nil {
		return err
	}
	return r.noteNamed(ctx, issue)
}
