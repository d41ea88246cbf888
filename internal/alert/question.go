package alert

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/verdict"
)

// noRoute stands in the marker of a question about the whole branch: no route can be called that.
const noRoute = "-"

// yieldGrace is how long a run has, from its cancellation on, to close an issue that asks what an
// older one asks.
const yieldGrace = 2500 * time.Millisecond

// Asker asks the questions of package guard in issues. No document holds their numbers: they are
// found by marker and author, open or closed.
type Asker struct{ *Run }

// Ask finds the issue of a question, or opens it, and reads how a person closed it.
func (a *Asker) Ask(ctx context.Context, q guard.Question) (guard.Answer, error) {
	if a.Issues == nil {
		return guard.Answer{}, nil
	}
	issue, err := a.findQuestion(ctx, q)
	if err != nil {
		return guard.Answer{}, err
	}
	if issue.Number == 0 {
		return a.askAnew(ctx, q)
	}
	answer := guard.Answer{Issue: issue.Number, URL: issue.URL, Opened: issue.Created}
	if issue.State == "open" {
		// A run that died between its question and this check has left two.
		if older := a.olderIn(ctx, a.tracker().listOpen(ctx), q, issue.Number); older.Number != 0 {
			return a.giveWay(ctx, issue, older)
		}
		a.redden(edit)
		return answer, nil
	}
	closed, err := a.Issues.Get(ctx, issue.Number) // a list does not say who closed it, and why
	if err != nil {
		return answer, fmt.Errorf("ask how #%d was closed: %w", issue.Number, err)
	}
	return a.read(ctx, q, closed)
}

// Reread reads the answer to a question whose issue is known.
func (a *Asker) Reread(
	ctx context.Context, q guard.Question, number int,
) (guard.Answer, error) {
	if a.Issues == nil {
		return guard.Answer{}, nil
	}
	issue, err := a.Issues.Get(ctx, number)
	if err != nil {
		return guard.Answer{}, fmt.Errorf("read the answer in #%d: %w", number, err)
	}
	route, component, key, ok := report.Body(issue.Body).Marker()
	if !ok || route != routeOf(q) || string(component) != q.Component || key != q.Key ||
		issue.Number != number || !a.tracker().mine(ctx, issue) {
		return guard.Answer{}, fmt.Errorf("#%d is not the issue that asks", number)
	}
	if issue.State != "open" && report.Body(issue.Body).ClosedByUs() {
		// A run that died after it had used the answer has left its number in the document. To ask
		// anew is for Ask, whose issue is remembered; here each run would open another one.
		return guard.Answer{}, fmt.Errorf("#%d is closed and holds no answer any more", number)
	}
	if issue.State == "open" {
		a.redden(edit)
		return guard.Answer{Issue: number, URL: issue.URL, Opened: issue.Created}, nil
	}
	return a.read(ctx, q, issue)
}

// read reads how the issue of a question was closed. A person's closing after the event is the
// answer. Closed by a bot, or for another reason, it is reopened once and then left: that is no
// answer. Our own closing ended an earlier question about the same thing.
func (a *Asker) read(
	ctx context.Context, q guard.Question, closed github.Issue,
) (guard.Answer, error) {
	answer := guard.Answer{
		Issue: closed.Number, URL: closed.URL, Opened: closed.Created, At: closed.Closed,
	}
	c := verdict.Closing{
		Marked: report.Body(closed.Body).ClosedByUs(), Bot: closed.ClosedBot, Reason: closed.Reason,
		At: closed.Closed,
	}
	switch {
	case c.Marked || c.At.Before(q.Event):
		return a.askAnew(ctx, q)
	case c.ByPerson(q.Event):
		answer.Completed, answer.NotPlanned = c.Reason == "completed", c.Reason == "not_planned"
		return answer, nil
	case report.Body(closed.Body).WasReopened():
		return answer, nil
	}
	body := report.Body(closed.Body).AsReopened()
	change := github.Edit{State: "open", Reason: "reopened", Body: body}
	if _, err := a.Issues.Edit(ctx, closed.Number, change); err != nil {
		return answer, fmt.Errorf("reopen #%d, which nobody has answered: %w", closed.Number, err)
	}
	a.redden(reopen)
	return answer, nil
}

// findQuestion looks for our issue with the marker of a question: an open one first, which this run
// may have listed already, else the newest that is closed.
func (a *Asker) findQuestion(ctx context.Context, q guard.Question) (github.Issue, error) {
	if issue := a.asking(ctx, q, a.tracker().listOpen(ctx)); issue.Number != 0 {
		return issue, nil
	}
	since := time.Time{} // GitHub lists by the last change; a question may wait for long
	list, err := a.Issues.List(ctx, label, "all", since)
	if err != nil {
		return github.Issue{}, fmt.Errorf("look for the issue of a question: %w", err)
	}
	return a.asking(ctx, q, list), nil
}

// asking returns the first of the issues that asks a question, or a zero one.
func (a *Asker) asking(
	ctx context.Context, q guard.Question, list []github.Issue,
) github.Issue {
	for _, issue := range list {
		route, component, key, ok := report.Body(issue.Body).Marker()
		if ok && route == routeOf(q) && string(component) == q.Component && key == q.Key &&
			a.tracker().mine(ctx, issue) {
			return issue
		}
	}
	return github.Issue{}
}

func routeOf(q guard.Question) string {
	if q.Route == "" {
		return noRoute
	}
	return q.Route
}

func (a *Asker) askAnew(ctx context.Context, q guard.Question) (guard.Answer, error) {
	title := "postferry: " + q.Title
	if q.Route != "" {
		title = q.Route + ": " + q.Title
	}
	body := report.Question{
		Words: a.Words,
		Facts: q.Facts, Completed: q.Completed, NotPlanned: q.NotPlanned, Safe: q.Safe,
		Otherwise: q.Otherwise, More: q.More, RunWorkflow: a.workflow(mirrorFile),
		Marker: a.marker(routeOf(q), diagnosis.Component(q.Component), q.Key),
	}.Body()
	issue, err := a.tracker().create(ctx, a.Secrets.String(title), a.Secrets.String(body))
	if err != nil {
		return guard.Answer{}, err
	}
	// A run that is cancelled here would leave two issues that ask the same.
	late, cancel := httpx.Grace(ctx, yieldGrace)
	defer cancel()
	if older := a.older(late, q, issue.Number); older.Number != 0 {
		return a.giveWay(late, issue, older)
	}
	a.opened++
	a.redden(open)
	a.notify(ctx, notification{text: title, link: issue.URL, mention: true})
	return guard.Answer{Issue: issue.Number, URL: issue.URL, New: true, Opened: issue.Created}, nil
}

// older finds an open issue that asks the same and is older than the one of a number: another run
// has asked at the same moment. If the list can't be read, a person may have to answer both.
func (a *Asker) older(ctx context.Context, q guard.Question, number int) (found github.Issue) {
	list, err := a.Issues.List(ctx, label, "open", time.Time{})
	if err != nil {
		return found
	}
	return a.olderIn(ctx, list, q, number)
}

// olderIn finds the oldest issue of a list that asks the same and is older than the one of a number.
func (a *Asker) olderIn(
	ctx context.Context, list []github.Issue, q guard.Question, number int,
) (found github.Issue) {
	for _, issue := range list {
		if issue.Number < number && a.asking(ctx, q, []github.Issue{issue}).Number != 0 {
			found = issue
		}
	}
	return found
}

// giveWay closes an issue whose question an older one asks. Its text goes, with the marker by which
// it would be found.
func (a *Asker) giveWay(
	ctx context.Context, issue, older github.Issue,
) (guard.Answer, error) {
	change := github.Edit{
		State: "closed", Reason: "not_planned",
		Body: a.Words.Text("alert.asks-same", "Number", older.Number),
	}
	if _, err := a.Issues.Edit(ctx, issue.Number, change); err != nil {
		return guard.Answer{}, fmt.Errorf("close #%d, as #%d asks the same: %w", issue.Number,
			older.Number, err)
	}
	a.redden(edit)
	return guard.Answer{Issue: older.Number, URL: older.URL, Opened: older.Created}, nil
}

// heldByQuestion reports that a route waits for the answer to a question.
func heldByQuestion(r *Route, held *guard.HeldError) {
	d := diagnosis.Explain(held).In(r.Words).For(r.Names)
	r.Result.Err, r.Result.Diagnosis = held, &d
	r.Result.Issue, r.Result.IssueURL = held.Answer.Issue, held.Answer.URL
	r.Explain(held, d)
	if held.Answer.Issue == 0 {
		r.red = true // nobody could be asked
		return
	}
	r.note("alert.stored.question", "Number", held.Answer.Issue)
}

// Settled closes the open issue of a question that has answered itself. The answer in a closed one is
// used up: the mark keeps it from answering the same question when it comes up again later.
func (a *Asker) Settled(ctx context.Context, q guard.Question, why string) error {
	if a.Issues == nil {
		return nil
	}
	issue, err := a.findQuestion(ctx, q)
	switch {
	case err != nil, issue.Number == 0, issue.State != "open" && report.Body(issue.Body).ClosedByUs():
		return err
	case issue.State != "open":
		used := github.Edit{Body: report.Body(issue.Body).AsClosed()}
		_, err = a.Issues.Edit(ctx, issue.Number, used)
		return err
	}
	body := report.Body(issue.Body).AsClosed()
	closed := github.Edit{State: "closed", Reason: "completed", Body: body}
	if _, err := a.Issues.Edit(ctx, issue.Number, closed); err != nil {
		return err
	}
	return a.Issues.Comment(ctx, issue.Number, why)
}
