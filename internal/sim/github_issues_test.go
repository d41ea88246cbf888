package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestIssueLife: opened, edited, commented, closed, reopened. Only an edit of the text notifies
// nobody.
func TestIssueLife(t *testing.T) {
	c := newCaller(t, sim.Options{})
	r := c.gh("POST", "/issues",
		`{"title":"broken","body":"why","labels":["postferry"],"assignees":["someone"]}`)
	r.expect(t, 201)
	for path, want := range map[string]string{
		"number": "1", "state": "open", "user.login": "github-actions[bot]", "user.type": "Bot",
		"labels.0.name": "postferry", "assignees.0.login": "someone",
		"html_url": "https://github.com/someone/mirror/issues/1", "created_at": "2026-11-23T09:00:00Z",
		"closed_at": "", "comments": "0",
	} {
		r.is(t, path, want)
	}
	for _, step := range []struct {
		method, path, body string
		status             int
		at, want           string
	}{
		{"PATCH", "/issues/1", `{"body":"why, longer","labels":["postferry","x"]}`, 200, "body",
			"why, longer"},
		{"POST", "/issues/1/comments", `{"body":"changed"}`, 201, "body", "changed"},
		{"PATCH", "/issues/1", `{"state":"closed","state_reason":"completed"}`, 200, "closed_by.login",
			"github-actions[bot]"},
		{"PATCH", "/issues/1", `{"state":"closed"}`, 200, "closed_at", "2026-11-23T09:03:00Z"},
		{"GET", "/issues/1", "", 200, "state", "closed"},
		{"PATCH", "/issues/1", `{"state":"open","state_reason":"reopened"}`, 200, "closed_at", ""},
		{"GET", "/issues/1", "", 200, "updated_at", "2026-11-23T09:06:00Z"},
		{"GET", "/issues/1", "", 200, "comments", "1"},
	} {
		c.w.Advance(time.Minute)
		r := c.gh(step.method, step.path, step.body)
		r.expect(t, step.status)
		r.is(t, step.at, step.want)
	}
	got := c.w.GitHub().Issues()[0]
	if diff := cmp.Diff(got.Events, []string{"opened", "commented", "closed",
		"reopened"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(got.Labels, []string{"postferry", "x"}); diff != "" {
		t.Errorf("labels (-got +want):\n%s", diff)
	}
}

// TestIssueClosedByAPerson: it says who, which is how a person asks for another try.
func TestIssueClosedByAPerson(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.gh("POST", "/issues", `{"title":"broken"}`).expect(t, 201)
	c.w.GitHub().CloseIssue(1)
	c.gh("GET", "/issues/1", "").is(t, "closed_by.login", "someone")
}

// TestIssueRefusals: what an issue or a comment can't be.
func TestIssueRefusals(t *testing.T) {
	long := func(n int) string { return strings.Repeat("猫", n) }
	for _, tt := range []struct {
		name, call, body string
		status           int
		want             string
	}{
		{"no title", "POST /issues", `{"body":"b"}`, 422, `"field":"title"`},
		{"longest title", "POST /issues", `{"title":"` + long(256) + `"}`, 201, ""},
		{"longer title", "POST /issues", `{"title":"` + long(257) + `"}`, 422, `"field":"title"`},
		{"longest body", "POST /issues", `{"title":"a","body":"` + long(65536) + `"}`, 201, ""},
		{"longer body", "POST /issues", `{"title":"a","body":"` + long(65537) + `"}`, 422,
			"body is too long (maximum is 65536 characters)"},
		{"a stranger assigned", "POST /issues", `{"title":"a","assignees":["stranger"]}`, 422,
			`"field":"assignees"`},
		{"longer comment", "POST /issues/1/comments", `{"body":"` + long(65537) + `"}`, 422,
			"body is too long"},
		{"empty comment", "POST /issues/1/comments", `{"body":""}`, 422, `"field":"body"`},
		{"no comment", "POST /issues/1/comments", `{}`, 422, `"field":"body"`},
		{"unknown state", "PATCH /issues/1", `{"state":"done"}`, 422, `"field":"state"`},
		{"edit with a longer body", "PATCH /issues/1", `{"body":"` + long(65537) + `"}`, 422,
			"body is too long"},
		{"no such issue", "GET /issues/9", "", 404, "Not Found"},
		{"no issue at all", "GET /issues/x", "", 404, "Not Found"},
		{"issue 0", "GET /issues/0", "", 404, "Not Found"},
		{"delete", "DELETE /issues/1", "", 404, "Not Found"},
		{"comment on no issue", "POST /issues/9/comments", `{"body":"a"}`, 404, "Not Found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.GitHub().OpenIssue("someone", "first", "")
			method, path, _ := strings.Cut(tt.call, " ")
			c.gh(method, path, tt.body).expect(t, tt.status, tt.want)
			if tt.status != 201 && len(c.w.GitHub().Issues()) != 1 {
				t.Errorf("issues = %d, want 1", len(c.w.GitHub().Issues()))
			}
		})
	}
}

// TestListIssues: by label, state and time of the last change, newest first, in pages.
func TestListIssues(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for i, labels := range []string{"postferry", "postferry main", "bug", ""} {
		c.w.GitHub().OpenIssue("someone", fmt.Sprint("issue ", i+1), "", strings.Fields(labels)...)
		c.w.Advance(time.Hour)
	}
	c.w.GitHub().CloseIssue(1) // changed at 13:00
	for _, tt := range []struct{ name, query, want string }{
		{"open", "", "4 3 2"},
		{"closed", "state=closed", "1"},
		{"all", "state=all", "4 3 2 1"},
		{"by label", "state=all&labels=postferry", "2 1"},
		{"by two labels", "state=all&labels=postferry,main", "2"},
		{"by an unknown label", "labels=none", ""},
		{"since", "state=all&since=2026-11-23T11:00:00Z", "4 3 1"},
		{"since and label", "state=all&labels=postferry&since=2026-11-23T12:30:00Z", "1"},
		{"a page", "state=all&per_page=3", "4 3 2"},
		{"the next page", "state=all&per_page=3&page=2", "1"},
		{"a page behind the last", "state=all&per_page=3&page=3", ""},
		{"pages that are none", "state=all&per_page=0&page=-1", "4 3 2 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := c.gh("GET", "/issues?"+tt.query, "")
			r.expect(t, 200)
			var got []string
			for i := 0; r.at(fmt.Sprintf("%d.number", i)) != ""; i++ {
				got = append(got, r.at(fmt.Sprintf("%d.number", i)))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("issues = %v, want %s", got, tt.want)
			}
		})
	}
}

// TestIssuePages: a page holds 30 issues unless asked, and never more than 100.
func TestIssuePages(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for range 120 {
		c.w.GitHub().OpenIssue("someone", "an issue", "")
	}
	for query, last := range map[string]int{"": 29, "?per_page=100": 99, "?per_page=200": 99,
		"?per_page=100&page=2": 19} {
		r := c.gh("GET", "/issues"+query, "")
		if r.at(fmt.Sprintf("%d.number", last)) == "" || r.at(fmt.Sprintf("%d.number", last+1)) != "" {
			t.Errorf("%q has not just %d issues", query, last+1)
		}
	}
}

// TestLabels: made once; one that came with an issue is there too.
func TestLabels(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.gh("GET", "/labels/postferry", "").expect(t, 404)
	c.gh("POST", "/labels", `{"name":"postferry","color":"b60205"}`).expect(t, 201, `"color":"b60205"`)
	c.gh("POST", "/labels", `{"name":"postferry"}`).expect(t, 422, `"code":"already_exists"`)
	c.gh("POST", "/labels", `{}`).expect(t, 422, `"code":"missing_field"`)
	c.gh("GET", "/labels/postferry", "").expect(t, 200)
	c.gh("POST", "/issues", `{"title":"a","labels":["new"]}`).expect(t, 201)
	c.gh("GET", "/labels/new", "").expect(t, 200)
}

// TestIssuesDisabled: gone, for readers and writers.
func TestIssuesDisabled(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.GitHub().DisableIssues()
	for _, call := range []string{"GET /issues", "POST /issues", "PATCH /issues/1",
		"POST /issues/1/comments"} {
		method, path, _ := strings.Cut(call, " ")
		c.gh(method, path, `{"title":"a","body":"b"}`).expect(t, 410,
			"Issues has been disabled in this repository.")
	}
	c.gh("GET", "", "").is(t, "has_issues", "false")
}
