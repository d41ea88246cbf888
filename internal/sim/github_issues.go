package sim

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Issue is one issue. Events are what notifies people, in order: opened, commented, closed,
// reopened.
type Issue struct {
	Number                   int
	Title, Body, State       string
	Author, kind             string
	Labels, Assignees        []string
	Comments                 []string
	Created, Updated, Closed time.Time
	Events                   []string
	// ClosedBy closed it. Reason is its state_reason: completed, not_planned or reopened.
	ClosedBy, Reason string

	comments []Comment
	gone     string // "deleted", or the address that it was transferred to
}

// Comment is one comment of an issue. Association is the author's: OWNER, COLLABORATOR, NONE, ….
type Comment struct {
	ID                        int64
	Author, Association, Body string
	Created, Updated          time.Time
}

// Issues returns all issues, in order.
func (g GitHub) Issues() []Issue {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	var out []Issue
	for _, i := range g.issues {
		c := *i
		c.Events, c.Comments = slices.Clone(i.Events), nil
		for _, one := range i.comments {
			c.Comments = append(c.Comments, one.Body)
		}
		out = append(out, c)
	}
	return out
}

// OpenIssue opens an issue in somebody's name and returns its number.
func (g GitHub) OpenIssue(author, title, body string, labels ...string) int {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	return g.open(&Issue{Title: title, Body: body, Author: author, kind: kindOfUser(author),
		Labels: labels}).Number
}

// CloseIssue closes an issue as completed, in the name of the repository's owner. Issue(n).Close
// does it in another's.
func (g GitHub) CloseIssue(n int) { g.Issue(n).Close(g.w.o.Owner, "completed") }

// DisableIssues switches issues off.
func (g GitHub) DisableIssues() {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.noIssues = true
}

func (g *ghSide) open(i *Issue) *Issue {
	i.Number, i.State, i.Created, i.Updated = len(g.issues)+1, "open", g.clock(), g.clock()
	i.Events = []string{"opened"}
	for _, l := range i.Labels {
		g.labels[l] = true
	}
	g.issues = append(g.issues, i)
	return i
}

// close closes an issue. One that is closed already keeps its time, and takes another reason.
func (i *Issue) close(at time.Time, by, reason string) {
	setDefault(&reason, "completed")
	if i.State == "closed" {
		i.Reason = reason
		return
	}
	i.State, i.Closed, i.Updated, i.ClosedBy, i.Reason = "closed", at, at, by, reason
	i.Events = append(i.Events, "closed")
}

func (i *Issue) reopen(at time.Time) {
	if i.State == "open" {
		return
	}
	i.State, i.Closed, i.Updated, i.ClosedBy, i.Reason = "open", time.Time{}, at, "", "reopened"
	i.Events = append(i.Events, "reopened")
}

// issue finds the issue that a path names, or refuses with a status.
func (g *ghSide) issue(c ghCall) (i *Issue, status int, out any) {
	if status, out := g.refuseIssue(c.body); status != 0 {
		return nil, status, out
	}
	n, err := strconv.Atoi(c.PathValue("number"))
	if err != nil || n < 1 || n > len(g.issues) {
		status, out = refuse(404, "Not Found")
		return nil, status, out
	}
	switch i = g.issues[n-1]; {
	case i.gone == "deleted":
		status, out = refuse(410, "This issue was deleted")
		return nil, status, out
	case i.gone != "":
		c.header.Set("Location", c.address(i.gone))
		return nil, 301, object{
			"message": "Moved Permanently", "url": c.address(i.gone),
			"documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api",
		}
	}
	return i, 0, nil
}

// getIssue is GET /issues/{number}. https://docs.github.com/rest/issues/issues
func (g *ghSide) getIssue(c ghCall) (int, any) {
	i, status, out := g.issue(c)
	if i == nil {
		return status, out
	}
	return 200, g.oneIssueJSON(i)
}

// failed is GitHub's refusal of a field.
func failed(resource, field, code, message string) (int, any) {
	return 422, object{
		"message": "Validation Failed",
		"errors":  []object{{"resource": resource, "field": field, "code": code, "message": message}},
	}
}

// reasons are those that a request may give.
var reasons = []string{"", "completed", "not_planned", "duplicate", "reopened"}

// refuseIssue refuses a field that no issue may have. The status is 0 if there is none.
func (g *ghSide) refuseIssue(body in) (int, any) {
	if g.noIssues {
		return refuse(410, "Issues has been disabled in this repository.")
	}
	switch {
	case body.Body != nil && len([]rune(*body.Body)) > 65536:
		return failed("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
	case body.Title != nil && len([]rune(*body.Title)) > 256:
		return failed("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	case body.State != nil && *body.State != "open" && *body.State != "closed":
		return failed("Issue", "state", "invalid", "state must be open or closed")
	case !slices.Contains(reasons, body.StateReason):
		return failed("Issue", "state_reason", "invalid", "state_reason is not one of the reasons")
	case slices.ContainsFunc(body.Assignees, func(a string) bool { return a != g.w.o.Owner }):
		return failed("Issue", "assignees", "invalid", "assignees are not collaborators")
	}
	return 0, nil
}

func (g *ghSide) newIssue(c ghCall) (int, any) {
	id, body := c.id, c.body
	if status, out := g.refuseIssue(body); status != 0 {
		return status, out
	}
	if body.Title == nil || *body.Title == "" {
		return failed("Issue", "title", "missing_field", "title can't be blank")
	}
	i := &Issue{Title: *body.Title, Author: id.login, kind: id.kind, Labels: body.Labels,
		Assignees: body.Assignees}
	if body.Body != nil {
		i.Body = *body.Body
	}
	return 201, g.oneIssueJSON(g.open(i))
}

func (g *ghSide) editIssue(c ghCall) (int, any) {
	i, status, out := g.issue(c)
	if i == nil {
		return status, out
	}
	g.change(i, c.id, c.body)
	return 200, g.oneIssueJSON(i)
}

func (g *ghSide) change(i *Issue, id *identity, body in) {
	i.Updated = g.clock()
	if body.Title != nil {
		i.Title = *body.Title
	}
	if body.Body != nil {
		i.Body = *body.Body
	}
	if body.Labels != nil {
		i.Labels = body.Labels
	}
	if body.Assignees != nil {
		i.Assignees = body.Assignees
	}
	switch {
	case body.State == nil:
	case *body.State == "closed":
		i.close(g.clock(), id.login, body.StateReason)
	default:
		i.reopen(g.clock())
	}
}

func (g *ghSide) listIssues(c ghCall) (int, any) {
	if status, out := g.refuseIssue(c.body); status != 0 {
		return status, out
	}
	q := c.URL.Query()
	state := q.Get("state")
	setDefault(&state, "open")
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	out := []any{}
	var found []*Issue
	for _, i := range slices.Backward(g.issues) {
		asked := (state == "all" || i.State == state) && !i.Updated.Before(since)
		if asked && i.gone == "" && i.labelled(query(q, "labels")) {
			found = append(found, i)
		}
	}
	for _, i := range page(c, found) {
		out = append(out, g.issueJSON(i))
	}
	return 200, out
}

// labelled reports whether an issue has every one of some labels.
func (i *Issue) labelled(all []string) bool {
	return !slices.ContainsFunc(all, func(l string) bool { return !slices.Contains(i.Labels, l) })
}

// issueJSON is an issue as a list shows it, without who closed it and why.
// https://github.com/octokit/octokit.net/issues/1353
func (g *ghSide) issueJSON(i *Issue) object {
	labels, assignees := []object{}, []object{}
	for _, l := range i.Labels {
		labels = append(labels, object{"name": l})
	}
	for _, a := range i.Assignees {
		assignees = append(assignees, object{"login": a})
	}
	out := object{
		"id": 3_000_000_000 + i.Number, "number": i.Number, "title": i.Title, "body": i.Body,
		"state": i.State, "user": userJSON(i.Author), "author_association": g.association(i.Author),
		"labels": labels, "assignees": assignees, "comments": len(i.comments),
		"created_at": i.Created.Format(time.RFC3339), "updated_at": i.Updated.Format(time.RFC3339),
		"html_url": fmt.Sprintf("https://github.com/%s/%s/issues/%d", g.w.o.Owner, g.w.o.Repo, i.Number),
	}
	if !i.Closed.IsZero() {
		out["closed_at"] = i.Closed.Format(time.RFC3339)
	}
	return out
}

// oneIssueJSON is an issue that was asked for by its number, or just written.
func (g *ghSide) oneIssueJSON(i *Issue) object {
	out := g.issueJSON(i)
	out["state_reason"], out["closed_by"] = nil, nil
	if i.Reason != "" {
		out["state_reason"] = i.Reason
	}
	if i.ClosedBy != "" {
		out["closed_by"] = userJSON(i.ClosedBy)
	}
	return out
}

// newLabel is POST /labels. https://docs.github.com/rest/issues/labels
func (g *ghSide) newLabel(c ghCall) (int, any) {
	switch {
	case c.body.Name == "":
		return failed("Label", "name", "missing_field", "name can't be blank")
	case c.body.Color != "" && !colour.MatchString(c.body.Color):
		return failed("Label", "color", "invalid", "") // without a leading #
	case g.labels[c.body.Name]:
		return failed("Label", "name", "already_exists", "")
	}
	g.labels[c.body.Name] = true
	return 201, object{"name": c.body.Name, "color": c.body.Color}
}

// getLabel is GET /labels/{name}.
func (g *ghSide) getLabel(c ghCall) (int, any) {
	if !g.labels[c.PathValue("name")] {
		return refuse(404, "Not Found")
	}
	return 200, object{"name": c.PathValue("name")}
}
