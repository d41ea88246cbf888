package sim

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// colour is what a label's color may be.
var colour = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

// kindOfUser is "Bot" for the name of an app, "User" for anybody else.
func kindOfUser(login string) string {
	if strings.HasSuffix(login, "[bot]") {
		return "Bot"
	}
	return "User"
}

// userID is a number that follows from a name.
func userID(login string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(login))
	return h.Sum32()
}

func userJSON(login string) object {
	return object{"login": login, "id": userID(login), "type": kindOfUser(login)}
}

// association is how somebody belongs to the repository. It proves no permission.
// https://docs.github.com/graphql/reference/enums#commentauthorassociation
func (g *ghSide) association(login string) string {
	if a, ok := g.associations[login]; ok {
		return a
	}
	if login == g.w.o.Owner {
		return "OWNER"
	}
	return "NONE"
}

// SetAssociation says how somebody belongs to the repository: "COLLABORATOR", "CONTRIBUTOR",
// "NONE". The owner is OWNER, and everybody else NONE.
func (g GitHub) SetAssociation(login, association string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.associations[login] = association
}

// IssueHandle is what people and bots do to one issue.
type IssueHandle struct {
	*ghSide
	n int
}

// Issue is the way to an issue, which must be there.
func (g GitHub) Issue(n int) IssueHandle { return IssueHandle{g.ghSide, n} }

// Close closes the issue by somebody, with the reason "completed", "not_planned" or "duplicate". A
// name that ends in [bot] is a bot's.
func (h IssueHandle) Close(login, reason string) {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	h.issues[h.n-1].close(h.clock(), login, reason)
}

// Reopen opens the issue again.
func (h IssueHandle) Reopen() {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	h.issues[h.n-1].reopen(h.clock())
}

// Edit changes the issue's title, text or labels by hand. change must not call the world.
func (h IssueHandle) Edit(change func(*Issue)) {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	change(h.issues[h.n-1])
	h.issues[h.n-1].Updated = h.clock()
}

// Comment adds a comment in somebody's name and returns its id.
func (h IssueHandle) Comment(login, body string) int64 {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	return h.comment(h.issues[h.n-1], login, body).ID
}

// Comments returns the comments that were not deleted, in order.
func (h IssueHandle) Comments() []Comment {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	return slices.Clone(h.issues[h.n-1].comments)
}

// Transfer moves the issue to another repository, where it has the given number. Its old address
// redirects.
func (h IssueHandle) Transfer(number int) {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	h.issues[h.n-1].gone = fmt.Sprintf("/repositories/%d/issues/%d", elsewhere, number)
}

// Delete deletes the issue, which only an administrator of the repository can.
func (h IssueHandle) Delete() {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	h.issues[h.n-1].gone = "deleted"
}

// comment adds a comment. Callers hold the lock.
func (g *ghSide) comment(i *Issue, login, body string) Comment {
	g.made++
	c := Comment{
		ID: int64(5_000_000_000 + g.made), Author: login, Association: g.association(login), Body: body,
		Created: g.clock(), Updated: g.clock(),
	}
	i.comments = append(i.comments, c)
	i.Events, i.Updated = append(i.Events, "commented"), g.clock()
	return c
}

func (g *ghSide) commentJSON(i *Issue, c Comment) object {
	base := fmt.Sprintf("https://github.com/%s/%s/issues/%d", g.w.o.Owner, g.w.o.Repo, i.Number)
	return object{
		"id": c.ID, "body": c.Body, "user": userJSON(c.Author), "author_association": c.Association,
		"created_at": c.Created.Format(time.RFC3339), "updated_at": c.Updated.Format(time.RFC3339),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", base, c.ID),
	}
}

// newComment is POST /issues/{number}/comments. https://docs.github.com/rest/issues/comments
func (g *ghSide) newComment(c ghCall) (int, any) {
	i, status, out := g.issue(c)
	if i == nil {
		return status, out
	}
	if c.body.Body == nil || *c.body.Body == "" {
		return failed("IssueComment", "body", "missing_field", "body can't be blank")
	}
	return 201, g.commentJSON(i, g.comment(i, c.id.login, *c.body.Body))
}

// listComments is GET /issues/{number}/comments, oldest first.
func (g *ghSide) listComments(c ghCall) (int, any) {
	i, status, out := g.issue(c)
	if i == nil {
		return status, out
	}
	since, _ := time.Parse(time.RFC3339, c.URL.Query().Get("since"))
	found := slices.DeleteFunc(slices.Clone(i.comments),
		func(one Comment) bool { return one.Updated.Before(since) })
	list := []object{}
	for _, one := range page(c, found) {
		list = append(list, g.commentJSON(i, one))
	}
	return 200, list
}

// theComment finds the comment that a path names.
func (g *ghSide) theComment(c ghCall) (i *Issue, at int) {
	id, _ := strconv.ParseInt(c.PathValue("id"), 10, 64) // 0 is nobody's
	for _, i := range g.issues {
		for at, one := range i.comments {
			if one.ID == id && i.gone == "" {
				return i, at
			}
		}
	}
	return nil, 0
}

// belowIssues is GET /issues/{a}/{b}: an issue's comments, or one comment by its id. One pattern
// serves both, because /issues/comments/comments would be either.
func (g *ghSide) belowIssues(c ghCall) (int, any) {
	a, b := c.PathValue("a"), c.PathValue("b")
	switch {
	case a == "comments":
		c.SetPathValue("id", b)
		i, at := g.theComment(c)
		if i == nil {
			return refuse(404, "Not Found")
		}
		return 200, g.commentJSON(i, i.comments[at])
	case b == "comments":
		c.SetPathValue("number", a)
		return g.listComments(c)
	}
	return refuse(404, "Not Found")
}

func (g *ghSide) editComment(c ghCall) (int, any) {
	i, at := g.theComment(c)
	if i == nil || c.body.Body == nil {
		return refuse(404, "Not Found")
	}
	i.comments[at].Body, i.comments[at].Updated = *c.body.Body, g.clock()
	return 200, g.commentJSON(i, i.comments[at])
}

// deleteComment is DELETE /issues/comments/{id}. Those who were mailed the comment keep it.
func (g *ghSide) deleteComment(c ghCall) (int, any) {
	i, at := g.theComment(c)
	if i == nil {
		return refuse(404, "Not Found")
	}
	i.comments = slices.Delete(i.comments, at, at+1)
	return 204, nil
}

// elsewhere is the id of the repository that issues are transferred to.
const elsewhere = 777_000_777

// moved is GET /repositories/{id}/issues/{number}: where a transferred issue is now.
func (g *ghSide) moved(c ghCall) (int, any) {
	for _, i := range g.issues {
		if i.gone == c.URL.Path {
			out := g.oneIssueJSON(i)
			n, _ := strconv.Atoi(c.PathValue("number")) // a number, or no issue would be there
			out["number"] = n
			out["html_url"] = fmt.Sprintf("https://github.com/%s/elsewhere/issues/%d", g.w.o.Owner, n)
			out["repository_url"] = "https://api.github.com/repos/" + g.w.o.Owner + "/elsewhere"
			return 200, out
		}
	}
	return refuse(404, "Not Found")
}
