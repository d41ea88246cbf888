package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestComments: who wrote what is listed oldest first, and can be read, changed and deleted by id.
func TestComments(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.gh("POST", "/issues", `{"title":"set-up"}`).expect(t, 201)
	issue := c.w.GitHub().Issue(1)
	first := issue.Comment("someone", "from the owner")
	c.w.Advance(time.Hour)
	c.w.GitHub().SetAssociation("friend", "COLLABORATOR")
	issue.Comment("friend", "from a friend")
	c.gh("POST", "/issues/1/comments", `{"body":"from the job"}`).expect(t, 201)
	issue.Comment("stranger", "from anybody")
	r := c.gh("GET", "/issues/1/comments", "")
	for path, want := range map[string]string{
		"0.id": fmt.Sprint(first), "0.user.login": "someone", "0.author_association": "OWNER",
		"1.author_association": "COLLABORATOR", "2.user.login": "github-actions[bot]",
		"2.user.type": "Bot", "3.author_association": "NONE", "3.body": "from anybody", "4.id": "",
	} {
		r.is(t, path, want)
	}
	c.gh("GET", "/issues/1/comments?since=2026-11-23T09:30:00Z", "").is(t, "0.user.login", "friend")
	r = c.gh("GET", "/issues/1/comments?per_page=3", "")
	r.is(t, "3.id", "")
	c.send("GET", r.links()["next"], "", "Authorization: Bearer "+c.env["GITHUB_TOKEN"]).is(t,
		"0.user.login", "stranger")

	path := fmt.Sprintf("/issues/comments/%d", first)
	c.gh("GET", path, "").is(t, "body", "from the owner")
	c.gh("PATCH", path, `{"body":"changed"}`).is(t, "body", "changed")
	c.gh("DELETE", path, "").expect(t, 204)
	c.gh("GET", path, "").expect(t, 404)
	c.gh("DELETE", path, "").expect(t, 404)
	c.gh("GET", "/issues/1/events", "").expect(t, 404)
	c.gh("GET", "/issues/9/comments", "").expect(t, 404)
	if got := issue.Comments(); len(got) != 3 || got[0].Author != "friend" {
		t.Errorf("comments = %+v", got)
	}
	if got := c.w.GitHub().Issues()[0].Comments; len(got) != 3 || got[1] != "from the job" {
		t.Errorf("comments = %v", got)
	}
}

// TestConditionalRequests: what has not changed is a 304 without a body.
func TestConditionalRequests(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.GitHub().OpenIssue("someone", "a", "")
	get := func(tag string) reply {
		return c.send("GET", repo+"/issues/1/comments", "",
			"Authorization: Bearer "+c.env["GITHUB_TOKEN"],
			"If-None-Match: "+tag)
	}
	tag := get("").header.Get("ETag")
	if r := get(tag); r.status != 304 || r.body != "" || tag == "" || r.header.Get("ETag") != tag {
		t.Errorf("%d %q with %q", r.status, r.body, r.header.Get("ETag"))
	}
	c.w.GitHub().Issue(1).Comment("someone", "new")
	get(tag).expect(t, 200, "new")
	if c.gh("PATCH", "/issues/1", `{"title":"b"}`).header.Get("ETag") != "" {
		t.Error("a write has an ETag")
	}
}

// TestClosing: who closed an issue and why is in the answer for that issue, and not in lists.
func TestClosing(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for range 3 {
		c.gh("POST", "/issues", `{"title":"broken"}`).expect(t, 201)
	}
	c.gh("GET", "/issues/1", "").is(t, "state_reason", "")
	c.w.GitHub().Issue(1).Close("someone", "not_planned")
	c.w.GitHub().Issue(2).Close("stale[bot]", "completed")
	c.gh("PATCH", "/issues/3", `{"state":"closed"}`).expect(t, 200)
	for n, want := range map[int][3]string{
		1: {"someone", "User", "not_planned"}, 2: {"stale[bot]", "Bot", "completed"},
		3: {"github-actions[bot]", "Bot", "completed"},
	} {
		r := c.gh("GET", fmt.Sprintf("/issues/%d", n), "")
		got := [3]string{r.at("closed_by.login"), r.at("closed_by.type"), r.at("state_reason")}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("issue %d (-got +want):\n%s", n, diff)
		}
	}
	r := c.gh("GET", "/issues?state=closed", "")
	r.is(t, "0.number", "3")
	r.is(t, "0.closed_by", "")
	r.is(t, "0.state_reason", "")
	c.gh("PATCH", "/issues/1", `{"state":"open"}`).is(t, "state_reason", "reopened")
	c.gh("GET", "/issues/1", "").is(t, "closed_by", "")
	c.w.GitHub().Issue(2).Reopen()
	c.gh("GET", "/issues/2", "").is(t, "state", "open")
	c.gh("PATCH", "/issues/3", `{"state":"closed","state_reason":"because"}`).expect(t, 422)
	c.gh("PATCH", "/issues/3", `{"state":"closed","state_reason":"not_planned"}`).is(t, "state_reason",
		"not_planned")
	c.w.GitHub().Issue(3).Edit(func(i *sim.Issue) { i.Title = "by hand" })
	c.gh("GET", "/issues/3", "").is(t, "title", "by hand")
}

// TestIssuesThatMoved: a transferred issue redirects to another one, a deleted one is gone, and
// lists show neither.
func TestIssuesThatMoved(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for range 3 {
		c.gh("POST", "/issues", `{"title":"broken"}`).expect(t, 201)
	}
	comment := c.w.GitHub().Issue(1).Comment("someone", "a")
	c.w.GitHub().Issue(1).Transfer(7)
	c.w.GitHub().Issue(2).Delete()
	r := c.gh("GET", "/issues/1", "")
	r.expect(t, 301, "Moved Permanently")
	there := r.header.Get("Location")
	c.gh("GET", fmt.Sprintf("/issues/comments/%d", comment), "").expect(t, 404)
	r = c.send("GET", there, "", "Authorization: Bearer "+c.env["GITHUB_TOKEN"])
	r.is(t, "number", "7")
	r.is(t, "repository_url", "https://api.github.com/repos/someone/elsewhere")
	c.send("GET", there+"1", "", "Authorization: Bearer "+c.env["GITHUB_TOKEN"]).expect(t, 404)
	c.gh("PATCH", "/issues/1", `{"title":"a"}`).expect(t, 301)
	c.gh("GET", "/issues/2", "").expect(t, 410, "This issue was deleted")
	c.gh("POST", "/issues/2/comments", `{"body":"a"}`).expect(t, 410)
	r = c.gh("GET", "/issues?state=all", "")
	r.is(t, "0.number", "3")
	r.is(t, "1.number", "")
}

// TestLabelColours: six hexadecimal digits and no sign in front of them.
func TestLabelColours(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for i, tt := range []struct {
		colour string
		status int
	}{{"d73a4a", 201}, {"D73A4A", 201}, {"#d73a4a", 422}, {"red", 422}, {"d73a4", 422}, {"", 201}} {
		body := fmt.Sprintf(`{"name":"l%d","color":%q}`, i, tt.colour)
		c.gh("POST", "/labels", body).expect(t, tt.status)
	}
}
