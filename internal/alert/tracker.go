package alert

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
)

const (
	// label is on every issue that postferry opens.
	label      = "postferry"
	labelColor = "d4a72c"
	labelText  = "postferry: a failure that says why, and closes itself"
)

// tracker is what a run does with the issues of the repository, whatever they are about. It reads
// each list and each issue once a run where several questions are asked about it.
type tracker struct{ *Run }

func (r *Run) tracker() tracker { return tracker{r} }

// create opens an issue under our label. A label that can't be made is only worth a warning.
func (t tracker) create(ctx context.Context, title, body string) (github.Issue, error) {
	if err := t.Issues.EnsureLabel(ctx, label, labelColor, labelText); err != nil {
		t.warn(err, "alert.warn.label")
	}
	return t.Issues.Create(ctx, github.NewIssue{
		Title: title, Body: body, Labels: []string{label}, Assignees: t.Settings.Assignees,
	})
}

// listOpen lists the open issues under our label, once a run. A refusal is not reported: a
// repository may have its issues switched off, and the next run looks again.
func (t tracker) listOpen(ctx context.Context) []github.Issue {
	if !t.listed {
		t.open, _ = t.Issues.List(ctx, label, "open", time.Time{})
		t.listed = true
	}
	return t.open
}

// mine reports whether this program opened an issue, and not a person who copied its marker. An
// issue whose author could not be asked is not ours.
func (t tracker) mine(ctx context.Context, issue github.Issue) bool {
	mine, err := t.Issues.Mine(ctx, issue)
	return err == nil && mine
}

// look reads one issue, once a run: several questions are asked about the same issue.
func (t tracker) look(ctx context.Context, number int) (github.Issue, error) {
	if issue, ok := t.seen[number]; ok {
		return issue, nil
	}
	issue, err := t.Issues.Get(ctx, number)
	if err == nil {
		if t.seen == nil {
			t.seen = map[int]github.Issue{}
		}
		t.seen[number] = issue
	}
	return issue, err
}

// close closes an issue with our mark in the same request, and comments after that: if GitHub
// refuses to close it, the next run tries again, and nobody has been notified for nothing.
func (t tracker) close(ctx context.Context, issue github.Issue, comment string) error {
	if issue.State == "open" {
		body := report.Body(issue.Body).Over(t.Words, comment, t.Now())
		closed := github.Edit{State: "closed", Reason: "completed", Body: body}
		if _, err := t.Issues.Edit(ctx, issue.Number, closed); err != nil {
			return err
		}
	}
	if err := t.Issues.Comment(ctx, issue.Number, comment); err != nil {
		t.warn(err, "alert.warn.comment", "Number", issue.Number)
	}
	return nil
}

// known reads the issue whose number a document has for a component. The result's number is 0 if the
// issue is gone or is not the component's: then another one has the number.
func (t tracker) known(
	ctx context.Context, number int, route string, c diagnosis.Component,
) (github.Issue, error) {
	issue, err := t.look(ctx, number)
	switch {
	case httpx.ClassOf(err) == httpx.NotFound:
		return github.Issue{}, nil
	case err != nil:
		return github.Issue{}, err
	case !t.ours(ctx, issue, route, c):
		return github.Issue{}, nil
	}
	return issue, nil
}

// complete closes a component's issue by its number, with a last comment. One that is gone is closed.
func (t tracker) complete(
	ctx context.Context, number int, route string, c diagnosis.Component, comment string,
) error {
	issue, err := t.known(ctx, number, route, c)
	if err != nil || issue.Number == 0 {
		return err
	}
	return t.close(ctx, issue, comment)
}

// ours reports whether the issue of a number is the component's: a number in the state is a hint
// and no proof, because a copy of the repository has issues of its own under it.
func (t tracker) ours(
	ctx context.Context, issue github.Issue, route string, c diagnosis.Component,
) bool {
	of, component, _, ok := report.Body(issue.Body).Marker()
	ofRoute := of == route || c == diagnosis.Job
	return ok && component == c && ofRoute && t.mine(ctx, issue)
}

// findMarker looks for our newest issue with the marker of a component. The issue's number is 0 if
// there is none. A dead job that ran all routes belongs to none of them; the job of a matrix
// belongs to its own.
func (t tracker) findMarker(
	ctx context.Context, route string, c diagnosis.Component,
) (github.Issue, error) {
	list, err := t.Issues.List(ctx, label, "all", t.Now().Add(-30*24*time.Hour))
	for _, issue := range list {
		ofRoute, component, _, ok := report.Body(issue.Body).Marker()
		anyRoute := c == diagnosis.Job && t.OnlyRoute == ""
		matches := ok && component == c && (ofRoute == route || anyRoute)
		if matches && t.mine(ctx, issue) {
			return issue, nil
		}
	}
	return github.Issue{}, err
}
