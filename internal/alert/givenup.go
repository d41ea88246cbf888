package alert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// namedFor is how long after a comment about the list the next one must wait: who joins within that
// day is named in the next comment.
const namedFor = 24 * time.Hour

// givenUpList is the issue of what a route has given up: what is listed, and what its record says.
type givenUpList struct {
	*Route
	list []state.Record
	rec  *state.Incident // the open record, nil if there is none
	// byHand reports whether the issue is reopened after something that is no person closed it.
	byHand bool
}

func newGivenUpList(r *Route) *givenUpList {
	d := r.Session.Doc()
	l := &givenUpList{Route: r, list: d.Ledger.GivenUp()}
	if rec := recordOf(d, diagnosis.GivenUp); rec != nil && rec.Closed.IsZero() {
		copied := *rec
		l.rec = &copied
	}
	return l
}

// keep brings the issue up to date. A run that opens it is red; a media that joins it changes no
// status. Without issues the terminal and the state name the media.
func (l *givenUpList) keep(ctx context.Context) {
	if l.Issues == nil {
		return
	}
	if err := l.update(ctx); err != nil {
		l.Run.red = true
		l.Explain(message.Wrap(err, "alert.stored.list-not-written"),
			diagnosis.Explain(err).In(l.Words).For(l.Names))
		l.note("alert.stored.list-not-written", "Why", err)
	}
}

func (l *givenUpList) update(ctx context.Context) error {
	if l.asks() {
		if acknowledged, err := l.acknowledge(ctx); acknowledged || err != nil {
			return err
		}
	}
	if len(l.list) == 0 {
		return l.close(ctx)
	}
	if !l.opened() {
		return l.open(ctx)
	}
	if l.changed() || l.byHand || l.due() {
		return l.edit(ctx)
	}
	return nil
}

// opened reports whether the issue was opened and its number is known.
func (l *givenUpList) opened() bool { return l.rec != nil && l.rec.Issue > 0 }

// asks reports whether this run looks if a person has closed the issue.
func (l *givenUpList) asks() bool {
	return l.opened() && (l.changed() || l.due() || askedHourly(l.rec.Last, l.Now()))
}

// fingerprint names the list.
func (l *givenUpList) fingerprint() string {
	h := sha256.New()
	for _, r := range l.list {
		fmt.Fprintln(h, r.MediaID, r.Settled.Unix())
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func (l *givenUpList) changed() bool { return l.rec.Fingerprint != l.fingerprint() }

// named is until when what was given up has been told of by a notification.
func (l *givenUpList) named() time.Time {
	if l.rec.Commented.After(l.rec.First) {
		return l.rec.Commented
	}
	return l.rec.First
}

// joined are those that no notification has named yet.
func (l *givenUpList) joined() []state.Record {
	named := l.named()
	return slices.DeleteFunc(slices.Clone(l.list), func(r state.Record) bool {
		return !r.Settled.After(named)
	})
}

// due reports whether a comment has to name who joined the list.
func (l *givenUpList) due() bool {
	return len(l.joined()) > 0 && l.Now().Sub(l.named()) >= namedFor
}

// acknowledge looks whether a person has closed the issue. What it listed then counts no more, and
// can still be retried. It reports whether nothing is left to list.
func (l *givenUpList) acknowledge(ctx context.Context) (bool, error) {
	issue, err := l.tracker().known(ctx, l.rec.Issue, l.Result.Name, diagnosis.GivenUp)
	if err != nil || issue.State == "open" {
		return false, err
	}
	if issue.Number == 0 {
		l.rec.Issue = 0 // another issue has its number: the list gets one of its own
		return false, nil
	}
	closing := closingOf(issue)
	if !closing.ByPerson(l.rec.First) {
		l.unanswered(closing)
		return false, nil
	}
	if err := l.settle(ctx, closing.At); err != nil {
		return false, err
	}
	l.note("alert.stored.acknowledged", "Number", issue.Number)
	l.rec, l.list = nil, l.Session.Doc().Ledger.GivenUp()
	return len(l.list) == 0, nil
}

// unanswered notes what follows from a closing that is no person's: the issue is reopened once, and
// then left.
func (l *givenUpList) unanswered(closing verdict.Closing) {
	l.byHand = !closing.Marked && !l.rec.ByHand
	if closing.Marked {
		l.rec = nil // an earlier run closed it, and could not write that down
	}
}

// settle writes down that a person knows of all that was given up until a moment.
func (l *givenUpList) settle(ctx context.Context, until time.Time) error {
	what := l.Result.Name + ": what was given up is acknowledged"
	return l.Session.Publish(ctx, what, func(d *state.Document) error {
		for i := range d.Ledger {
			rec := &d.Ledger[i]
			if rec.Status == state.GivenUp && !rec.Settled.After(until) {
				rec.Acknowledged = true
			}
		}
		recordRecovery(d, diagnosis.GivenUp, l.Now())
		return nil
	})
}

func (l *givenUpList) text() report.GivenUp {
	return report.GivenUp{
		Words: l.Words,
		Route: l.Result.Name, List: l.list, Username: l.Session.Doc().Account.XUsername,
		RunWorkflow: l.workflow(mirrorFile),
		Marker:      l.marker(l.Result.Name, diagnosis.GivenUp, l.fingerprint()),
	}
}

// open opens the issue, or takes up the open one that the document does not know of.
func (l *givenUpList) open(ctx context.Context) error {
	text := l.text()
	k, issue, err := l.find(ctx, diagnosis.GivenUp)
	if err != nil {
		return err
	}
	title, body := l.Secrets.String(text.Title()), l.Secrets.String(text.Body())
	if k.exists && k.closed.IsZero() {
		if _, err := l.Issues.Edit(ctx, issue.Number,
			github.Edit{Title: title, Body: body}); err != nil {
			return err
		}
	} else {
		if issue, err = l.tracker().create(ctx, title, body); err != nil {
			return err
		}
		l.Run.red = true
		l.notify(ctx, notification{text: text.Title(), link: issue.URL, mention: true})
	}
	if l.Result.Issue == 0 {
		l.Result.Issue, l.Result.IssueURL = issue.Number, issue.URL
	}
	l.note("alert.stored.lists", "Number", issue.Number)
	return l.record(ctx, func(rec *state.Incident, now time.Time) {
		*rec = state.Incident{
			Component: string(diagnosis.GivenUp), Issue: issue.Number, Cause: "given-up",
			First: now,
		}
	})
}

// edit brings the list up to date, and names who joined it in a comment, at most once a day.
func (l *givenUpList) edit(ctx context.Context) error {
	text := l.text()
	change := github.Edit{
		Title: l.Secrets.String(text.Title()), Body: l.Secrets.String(text.Body()),
	}
	if l.byHand {
		change.State, change.Reason = "open", "reopened"
	}
	issue, err := l.Issues.Edit(ctx, l.rec.Issue, change)
	if err != nil {
		return err
	}
	comment := l.due()
	if comment {
		text.List = l.joined()
		err := l.Issues.Comment(ctx, issue.Number, l.Secrets.String(text.Comment()))
		if err != nil {
			return err
		}
		l.notify(ctx, notification{text: text.Title(), link: issue.URL})
	}
	return l.record(ctx, func(rec *state.Incident, now time.Time) {
		if comment {
			rec.Commented = now
		}
		rec.ByHand = rec.ByHand || l.byHand
	})
}

// close closes the issue, if there is one: nothing is given up any more.
func (l *givenUpList) close(ctx context.Context) error {
	if l.rec == nil {
		return nil
	}
	if l.rec.Issue > 0 {
		why := l.Words.Text("alert.list-empty")
		err := l.tracker().complete(ctx, l.rec.Issue, l.Result.Name, diagnosis.GivenUp, why)
		if err != nil {
			return err
		}
		l.notify(ctx, notification{text: l.Result.Name + ": " + why})
	}
	what := l.Result.Name + ": nothing is given up any more"
	return l.Session.Publish(ctx, what, func(d *state.Document) error {
		recordRecovery(d, diagnosis.GivenUp, l.Now())
		return nil
	})
}

// record writes down what the issue lists now.
func (l *givenUpList) record(ctx context.Context, change func(*state.Incident, time.Time)) error {
	now := l.Now().UTC().Truncate(time.Second)
	what := l.Result.Name + ": the list of what was given up"
	err := l.Session.Publish(ctx, what, func(d *state.Document) error {
		rec := recordOf(d, diagnosis.GivenUp)
		if rec == nil {
			rec = addRecord(d, diagnosis.GivenUp)
		}
		change(rec, now)
		rec.Fingerprint, rec.Count = l.fingerprint(), len(l.list)
		rec.Last, rec.Closed = now, time.Time{}
		return nil
	})
	if err != nil {
		return errors.Join(message.Sentence("alert.stored.list-not-noted"), err)
	}
	return nil
}
