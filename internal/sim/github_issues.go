package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Issue is one issue. Events are what notifies people, in order: opened, commented, closed, reopened.
type Issue struct {
	Number                   int
	Title, Body, State       string
	Author, kind             string
	Labels, Assignees        []string
	Comments                 []string
	Created, Updated, Closed time.Time
	Events                   []string
	closedBy                 string
}

// Issues are all of them, in order.
func (g GitHub) Issues() []Issue {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	var out []Issue
	for _, i := range g.issues {
		c := *i
		c.Comments, c.Events = slices.Clone(i.Comments), slices.Clone(i.Events)
		out = append(out, c)
	}
	return out
}

// OpenIssue is a person's issue.
func (g GitHub) OpenIssue(author, title, body string, labels ...string) int {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	return g.open(&Issue{Title: title, Body: body, Author: author, kind: "User", Labels: labels}).Number
}

// CloseIssue is a person closing one.
func (g GitHub) CloseIssue(n int) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.issues[n-1].close(g.w.clock(), g.w.o.Owner)
}

// DisableIssues switches issues off.
func (g GitHub) DisableIssues() {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.noIssues = true
}

func (g *ghSide) open(i *Issue) *Issue {
	i.Number, i.State, i.Created, i.Updated = len(g.issues)+1, "open", g.w.clock(), g.w.clock()
	i.Events = []string{"opened"}
	for _, l := range i.Labels {
		g.labels[l] = true
	}
	g.issues = append(g.issues, i)
	return i
}

func (i *Issue) close(at time.Time, by string) {
	if i.State == "closed" {
		return
	}
	i.State, i.Closed, i.Updated, i.closedBy = "closed", at, at, by
	i.Events = append(i.Events, "closed")
}

// issue is /issues…. https://docs.github.com/rest/issues/issues
func (g *ghSide) issue(r *http.Request, p []string, id *identity, body in) (int, any) {
	if g.noIssues {
		return refuse(410, "Issues has been disabled in this repository.")
	}
	if status, out := g.faulty(body); status != 0 {
		return status, out
	}
	switch {
	case len(p) == 0 && r.Method == http.MethodGet:
		return g.listIssues(r)
	case len(p) == 0 && r.Method == http.MethodPost:
		return g.newIssue(id, body)
	case len(p) == 0:
		return refuse(404, "Not Found")
	}
	n, err := strconv.Atoi(p[0])
	if err != nil || n < 1 || n > len(g.issues) {
		return refuse(404, "Not Found")
	}
	i := g.issues[n-1]
	switch {
	case len(p) == 2 && p[1] == "comments" && r.Method == http.MethodPost:
		if body.Body == nil || *body.Body == "" {
			return failed("IssueComment", "body", "missing_field", "body can't be blank")
		}
		i.Comments = append(i.Comments, *body.Body)
		i.Events, i.Updated = append(i.Events, "commented"), g.w.clock()
		return 201, object{"id": len(i.Comments), "body": *body.Body}
	case len(p) == 1 && r.Method == http.MethodGet:
		return 200, g.issueJSON(i)
	case len(p) == 1 && r.Method == http.MethodPatch:
		g.editIssue(i, id, body)
		return 200, g.issueJSON(i)
	}
	return refuse(404, "Not Found")
}

// failed is GitHub's no to a field.
func failed(resource, field, code, message string) (int, any) {
	return 422, object{"message": "Validation Failed", "errors": []object{{"resource": resource, "field": field, "code": code, "message": message}}}
}

// faulty refuses what no issue may have; a status of 0 is none of it.
func (g *ghSide) faulty(body in) (int, any) {
	if body.Body != nil && len([]rune(*body.Body)) > 65536 {
		return failed("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	if body.Title != nil && len([]rune(*body.Title)) > 256 {
		return failed("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	}
	if body.State != nil && *body.State != "open" && *body.State != "closed" {
		return failed("Issue", "state", "invalid", "state must be open or closed")
	}
	if slices.ContainsFunc(body.Assignees, func(a string) bool { return a != g.w.o.Owner }) {
		return failed("Issue", "assignees", "invalid", "assignees are not collaborators")
	}
	return 0, nil
}

func (g *ghSide) newIssue(id *identity, body in) (int, any) {
	if body.Title == nil || *body.Title == "" {
		return failed("Issue", "title", "missing_field", "title can't be blank")
	}
	i := &Issue{Title: *body.Title, Author: id.login, kind: id.kind, Labels: body.Labels, Assignees: body.Assignees}
	if body.Body != nil {
		i.Body = *body.Body
	}
	return 201, g.issueJSON(g.open(i))
}

func (g *ghSide) editIssue(i *Issue, id *identity, body in) {
	i.Updated = g.w.clock()
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
		i.close(g.w.clock(), id.login)
	case i.State == "closed":
		i.State, i.Closed, i.closedBy = "open", time.Time{}, ""
		i.Events = append(i.Events, "reopened")
	}
}

func (g *ghSide) listIssues(r *http.Request) (int, any) {
	q := r.URL.Query()
	state := q.Get("state")
	if state == "" {
		state = "open"
	}
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	out := []any{}
	var found []*Issue
	for _, i := range slices.Backward(g.issues) {
		if (state == "all" || i.State == state) && !i.Updated.Before(since) && i.labelled(query(q, "labels")) {
			found = append(found, i)
		}
	}
	for _, i := range page(r, found) {
		out = append(out, g.issueJSON(i))
	}
	return 200, out
}

// labelled says whether an issue has every one of some labels.
func (i *Issue) labelled(all []string) bool {
	return !slices.ContainsFunc(all, func(l string) bool { return !slices.Contains(i.Labels, l) })
}

func (g *ghSide) issueJSON(i *Issue) object {
	labels, assignees := []object{}, []object{}
	for _, l := range i.Labels {
		labels = append(labels, object{"name": l})
	}
	for _, a := range i.Assignees {
		assignees = append(assignees, object{"login": a})
	}
	out := object{
		"number": i.Number, "title": i.Title, "body": i.Body, "state": i.State, "user": object{"login": i.Author, "type": i.kind},
		"labels": labels, "assignees": assignees, "created_at": i.Created.Format(time.RFC3339), "updated_at": i.Updated.Format(time.RFC3339),
		"html_url": fmt.Sprintf("https://github.com/%s/%s/issues/%d", g.w.o.Owner, g.w.o.Repo, i.Number), "comments": len(i.Comments),
	}
	if !i.Closed.IsZero() {
		out["closed_at"], out["closed_by"] = i.Closed.Format(time.RFC3339), object{"login": i.closedBy}
	}
	return out
}

// label is /labels…. https://docs.github.com/rest/issues/labels
func (g *ghSide) label(r *http.Request, p []string, body in) (int, any) {
	switch {
	case r.Method == http.MethodPost && len(p) == 0 && body.Name == "":
		return failed("Label", "name", "missing_field", "name can't be blank")
	case r.Method == http.MethodPost && len(p) == 0 && g.labels[body.Name]:
		return failed("Label", "name", "already_exists", "")
	case r.Method == http.MethodPost && len(p) == 0:
		g.labels[body.Name] = true
		return 201, object{"name": body.Name, "color": body.Color}
	case r.Method == http.MethodGet && len(p) == 1 && g.labels[p[0]]:
		return 200, object{"name": p[0]}
	}
	return refuse(404, "Not Found")
}
