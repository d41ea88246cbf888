package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
)

// maxBody is the most characters that the body of an issue or a comment may have.
// Source: the refusal "body is too long (maximum is 65536 characters)".
const maxBody = 65536

// maxPages bounds a list: 500 issues under one label are not ours.
const maxPages = 5

// Issue is one issue of the repository, never a pull request.
type Issue struct {
	Number    int
	Title     string
	Body      string
	State     string // "open" or "closed"
	Author    string // login; "github-actions[bot]" for a workflow's own token
	Bot       bool   // Author is no person
	Labels    []string
	Assignees []string // who GitHub took of those that were asked for
	ClosedBy  string   // login; "" while open, and in a List
	ClosedBot bool     // ClosedBy is no person
	Reason    string   // of the State: "completed", "not_planned", "duplicate", "reopened", or ""
	URL       string   // for people
	Created   time.Time
	Updated   time.Time
	Closed    time.Time // zero while open
}

// NewIssue is an issue to be opened.
type NewIssue struct {
	Title, Body       string
	Labels, Assignees []string
}

// Edit is a change of an issue. An empty field leaves the issue as it is.
type Edit struct {
	Title, Body string
	State       string // "open" or "closed"
	Reason      string // of the State: "completed", "not_planned", "reopened"
}

// Issues are the repository's issues.
type Issues struct{ Client *Client }

// List returns the issues with a label, newest first. state is "open", "closed" or "all". Issues
// that did not change after since are left out, unless since is zero. A list shows a new issue at
// once; GitHub's search lags by up to hours.
func (i *Issues) List(ctx context.Context, label, state string, since time.Time) ([]Issue, error) {
	o := &github.IssueListByRepoOptions{Labels: []string{label}, State: state, Since: since}
	o.PerPage = 100
	var out []Issue
	for range maxPages {
		var next int
		ctx, sent := i.Client.begin(ctx, repeat("GET /repos/{repo}/issues"))
		page, resp, err := i.Client.gh.Issues.ListByRepo(ctx, i.Client.owner, i.Client.repo, o)
		if err == nil {
			next = resp.NextPage
		}
		err = i.Client.end(sent, resp, err)
		if err != nil {
			return nil, err
		}
		for _, one := range page {
			if !one.IsPullRequest() {
				out = append(out, issue(one))
			}
		}
		if next == 0 {
			break
		}
		o.Page = next
	}
	return out, nil
}

// Get reads one issue, with who closed it and for which reason, which lists do not tell. An issue
// that was moved to another repository answers under its new number: it is not found.
func (i *Issues) Get(ctx context.Context, number int) (Issue, error) {
	const name = "GET /repos/{repo}/issues/{number}"
	ctx, sent := i.Client.begin(ctx, repeat(name))
	got, resp, err := i.Client.gh.Issues.Get(ctx, i.Client.owner, i.Client.repo, number)
	err = i.Client.end(sent, resp, err)
	if err == nil && got.GetNumber() != number {
		return Issue{}, &httpx.Error{
			Service: service, Op: name, Status: http.StatusOK, Class: httpx.NotFound,
			Message: fmt.Sprintf("issue %d was moved to another repository, where it is %d",
				number, got.GetNumber()),
		}
	}
	return issue(got), err
}

// Create opens an issue. If GitHub refuses it with assignees, it is opened without: an issue that
// nobody is assigned to is better than none. It is sent once. If the answer is lost, the issue is
// looked for by its title and body under its first label; the error is Ambiguous if it is not
// found.
func (i *Issues) Create(ctx context.Context, n NewIssue) (Issue, error) {
	const name = "POST /repos/{repo}/issues"
	if err := fits(name, n.Body); err != nil {
		return Issue{}, err
	}
	r := &github.IssueRequest{Title: &n.Title, Body: &n.Body}
	if len(n.Labels) > 0 {
		r.Labels = &n.Labels
	}
	if len(n.Assignees) > 0 {
		r.Assignees = &n.Assignees
	}
	made, err := i.create(ctx, once(name), r)
	if httpx.ClassOf(err) == httpx.Invalid && r.Assignees != nil {
		r.Assignees = nil
		made, err = i.create(ctx, once(name), r)
	}
	if httpx.ClassOf(err) == httpx.Ambiguous && len(n.Labels) > 0 {
		return i.find(ctx, n, err)
	}
	return made, err
}

func (i *Issues) create(ctx context.Context, o op, r *github.IssueRequest) (Issue, error) {
	ctx, sent := i.Client.begin(ctx, o)
	made, resp, err := i.Client.gh.Issues.Create(ctx, i.Client.owner, i.Client.repo, r)
	err = i.Client.end(sent, resp, err)
	return issue(made), err
}

// find looks for an issue that may have been opened, or returns lost.
func (i *Issues) find(ctx context.Context, n NewIssue, lost error) (Issue, error) {
	open, err := i.List(ctx, n.Labels[0], "open", time.Time{})
	if err != nil {
		return Issue{}, lost
	}
	for _, one := range open {
		if one.Title == n.Title && sameText(one.Body, n.Body) {
			return one, nil
		}
	}
	return Issue{}, lost
}

// sameText forgives what GitHub does to white space.
func sameText(a, b string) bool {
	tidy := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return tidy(a) == tidy(b)
}

// Edit changes an issue, all of it in one request: a state goes together with the body that
// explains it. Nobody is notified of a new title or body; subscribers are notified of a new state.
func (i *Issues) Edit(ctx context.Context, number int, e Edit) (Issue, error) {
	const name = "PATCH /repos/{repo}/issues/{number}"
	if err := fits(name, e.Body); err != nil {
		return Issue{}, err
	}
	r := &github.IssueRequest{
		Title: given(e.Title), Body: given(e.Body), State: given(e.State),
		StateReason: given(e.Reason),
	}
	ctx, sent := i.Client.begin(ctx, repeat(name))
	made, resp, err := i.Client.gh.Issues.Edit(ctx, i.Client.owner, i.Client.repo, number, r)
	err = i.Client.end(sent, resp, err)
	return issue(made), err
}

// Comment adds a comment, which notifies subscribers. It is sent once.
func (i *Issues) Comment(ctx context.Context, number int, body string) error {
	const name = "POST /repos/{repo}/issues/{number}/comments"
	if err := fits(name, body); err != nil {
		return err
	}
	ctx, sent := i.Client.begin(ctx, once(name))
	_, resp, err := i.Client.gh.Issues.CreateComment(ctx, i.Client.owner, i.Client.repo, number,
		&github.IssueComment{Body: &body})
	return i.Client.end(sent, resp, err)
}

// EnsureLabel makes a label if there is none of that name. Color is six hex digits.
func (i *Issues) EnsureLabel(ctx context.Context, label, color, description string) error {
	l := &github.Label{Name: &label, Color: &color, Description: &description}
	o := repeat("POST /repos/{repo}/labels")
	ctx, sent := i.Client.begin(ctx, o)
	_, resp, err := i.Client.gh.Issues.CreateLabel(ctx, i.Client.owner, i.Client.repo, l)
	err = i.Client.end(sent, resp, err)
	if httpx.ClassOf(err) == httpx.Conflict {
		return nil
	}
	return err
}

// Mine reports whether an issue that carries our label and marker was opened by this program, and
// not by a person who copied them. An issue by a bot is ours, because workflows and apps open
// no issue with our marker in somebody's name. An issue by a person is ours if the token is that
// person's, which takes one request to find out, unless the token is visibly an app's.
func (i *Issues) Mine(ctx context.Context, one Issue) (bool, error) {
	// Prefix of tokens of apps and workflows:
	// https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
	if one.Bot || strings.HasPrefix(i.Client.token, "ghs_") {
		return one.Bot, nil
	}
	ctx, sent := i.Client.begin(ctx, repeat("GET /user"))
	me, resp, err := i.Client.gh.Users.Get(ctx, "")
	err = i.Client.end(sent, resp, err)
	switch httpx.ClassOf(err) {
	case httpx.Forbidden, httpx.NotFound: // An app's token has no user.
		return false, nil
	}
	return err == nil && strings.EqualFold(me.GetLogin(), one.Author), err
}

// fits refuses a body that GitHub would refuse, in words that say by how much.
func fits(name, body string) error {
	if n := utf8.RuneCountInString(body); n > maxBody {
		return invalid(name,
			fmt.Sprintf("the body has %d characters, GitHub takes at most %d", n, maxBody))
	}
	return nil
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func issue(g *github.Issue) Issue {
	out := Issue{
		Number: g.GetNumber(), Title: g.GetTitle(), Body: g.GetBody(), URL: g.GetHTMLURL(),
		Author: g.GetUser().GetLogin(), Bot: isBot(g.GetUser()),
		State: g.GetState(), Reason: g.GetStateReason(),
		ClosedBy: g.GetClosedBy().GetLogin(), ClosedBot: isBot(g.GetClosedBy()),
		Created: g.GetCreatedAt().UTC(), Updated: g.GetUpdatedAt().UTC(),
		Closed: g.GetClosedAt().UTC(),
	}
	if g == nil {
		return out
	}
	for _, l := range g.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	for _, u := range g.Assignees {
		out.Assignees = append(out.Assignees, u.GetLogin())
	}
	return out
}
