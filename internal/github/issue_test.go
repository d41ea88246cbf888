package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

// tracker keeps issues, and knows one person: "owner".
type tracker struct {
	issues []map[string]any
	log    []string
	lose   int // so many answers to POST are lost after their effect
	pages  int // issues a page; 0 is all
	me     func(*http.Request) (*http.Response, error)
}

func (r *tracker) client(token string) *Issues {
	return &Issues{
		New(
			Options{
				Token: token, Owner: "o", Repo: "r",
				HTTP: &http.Client{Transport: tripper(r.serve)},
			},
		),
	}
}

func (r *tracker) serve(req *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(req.URL.Path, "/repos/o/r/")
	r.log = append(r.log, req.Method+" "+path)
	var in map[string]any
	if req.Body != nil {
		raw, _ := io.ReadAll(req.Body)
		if err := json.Unmarshal(raw, &in); err != nil {
			return says(400, `{"message":"Problems parsing JSON"}`)(req)
		}
	}
	switch {
	case req.Method == "GET" && path == "issues":
		return r.list(req)
	case req.Method == "POST" && path == "issues":
		return r.create(req, in)
	case req.Method == "GET" && path == "/user":
		return r.me(req)
	case strings.HasPrefix(path, "issues/1"):
		for k, v := range in {
			r.issues[0][k] = v
		}
		return r.one(req, 200, r.issues[0])
	}
	return says(404, `{"message":"Not Found"}`)(req)
}

func (r *tracker) list(req *http.Request) (*http.Response, error) {
	page, per := 1, len(r.issues)
	_, _ = fmt.Sscan(req.URL.Query().Get("page"), &page)
	if r.pages > 0 {
		per = r.pages
	}
	from, to := min((page-1)*per, len(r.issues)), min(page*per, len(r.issues))
	body, err := json.Marshal(r.issues[from:to])
	if err != nil {
		return nil, err
	}
	link := ""
	if to < len(r.issues) {
		link = fmt.Sprintf(`<https://api.github.com/repositories/1/issues?page=%d>; rel="next"`,
			page+1)
	}
	return says(200, string(body), "Link", link)(req)
}

func (r *tracker) create(req *http.Request, in map[string]any) (*http.Response, error) {
	if who, _ := in["assignees"].([]any); slices.ContainsFunc(
		who,
		func(a any) bool { return a != "owner" },
	) {
		return says(
			422,
			`{"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees",`+
				`"code":"invalid"}]}`,
		)(req)
	}
	in["number"], in["state"], in["user"] = len(r.issues)+1, "open", map[string]any{
		"login": "github-actions[bot]",
		"type":  "Bot",
	}
	for key, name := range map[string]string{"labels": "name", "assignees": "login"} {
		var out []any
		for _, v := range asList(in[key]) {
			out = append(out, map[string]any{name: v})
		}
		in[key] = out
	}
	r.issues = append(r.issues, in)
	if r.lose > 0 {
		r.lose--
		return says(502, "<html>")(req)
	}
	return r.one(req, 201, in)
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

func (r *tracker) one(req *http.Request, status int, issue map[string]any) (*http.Response, error) {
	body, err := json.Marshal(issue)
	if err != nil {
		return nil, err
	}
	return says(status, string(body))(req)
}

var incident = NewIssue{
	Title:     "Instagram refuses",
	Body:      "what, why\r\n",
	Labels:    []string{"postferry"},
	Assignees: []string{"owner"},
}

func TestIssueCreate(t *testing.T) {
	r := &tracker{}
	got, err := r.client("t").Create(t.Context(), incident)
	want := Issue{
		Number:    1,
		Title:     incident.Title,
		Body:      incident.Body,
		State:     "open",
		Author:    "github-actions[bot]",
		Bot:       true,
		Labels:    []string{"postferry"},
		Assignees: []string{"owner"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// An assignee that GitHub refuses loses no issue.
func TestIssueCreateWithoutAssignees(t *testing.T) {
	r := &tracker{}
	n := incident
	n.Assignees = []string{"owner", "nobody"}
	got, err := r.client("t").Create(t.Context(), n)
	if err != nil || got.Number != 1 || got.Assignees != nil || len(r.issues) != 1 {
		t.Errorf("got %+v and error %v, want one issue without assignees", got, err)
	}
}

// The answer was lost: the issue is found, and not opened twice.
func TestIssueCreateLost(t *testing.T) {
	r := &tracker{
		lose:   1,
		issues: []map[string]any{{"number": 1, "title": incident.Title, "body": "another"}},
	}
	got, err := r.client("t").Create(t.Context(), incident)
	if err != nil || got.Number != 2 || len(r.issues) != 2 {
		t.Errorf("got %+v and error %v among %d, want number 2 of 2", got, err, len(r.issues))
	}
	h := newHub()
	h.on(act{match: "POST", answer: reset})
	h.on(act{match: "GET", answer: says(200, "[]")})
	if _, err := (&Issues{h.client()}).Create(t.Context(),
		incident); httpx.ClassOf(err) != httpx.Ambiguous ||
		len(h.writes()) != 1 {
		t.Errorf("got error %v after %q, want Ambiguous after one try", err, h.writes())
	}
}

func TestIssueEdit(t *testing.T) {
	r := &tracker{}
	i := r.client("t")
	if _, err := i.Create(t.Context(), incident); err != nil {
		t.Fatal(err)
	}
	got, err := i.Edit(t.Context(), 1, Edit{State: "closed", Reason: "completed"})
	if err != nil || got.State != "closed" || got.Title != incident.Title ||
		r.issues[0]["state_reason"] != "completed" {
		t.Errorf("got %+v and error %v, want it closed and otherwise as it was", got, err)
	}
	if got, err = i.Get(t.Context(), 1); err != nil || got.State != "closed" {
		t.Errorf("got %+v and error %v", got, err)
	}
}

func TestIssueList(t *testing.T) {
	r := &tracker{pages: 2}
	for n := range 5 {
		one := map[string]any{
			"number":     n + 1,
			"user":       map[string]any{"login": "owner", "type": "User"},
			"created_at": "2026-11-23T09:00:00Z",
		}
		if n == 3 {
			one["pull_request"] = map[string]any{"url": "https://api.github.com/repos/o/r/pulls/4"}
		}
		r.issues = append(r.issues, one)
	}
	got, err := r.client("t").List(t.Context(), "postferry", "all", time.Time{})
	var numbers []int
	for _, one := range got {
		numbers = append(numbers, one.Number)
	}
	if diff := cmp.Diff([]int{1, 2, 3, 5}, numbers); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if want := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC); got[0].Created != want ||
		got[0].Author != "owner" ||
		got[0].Bot ||
		!got[0].Closed.IsZero() {
		t.Errorf("got %+v", got[0])
	}
}

// A list that never ends is given up on.
func TestIssueListIsBounded(t *testing.T) {
	r := &tracker{pages: 1}
	for n := range 20 {
		r.issues = append(r.issues, map[string]any{"number": n + 1})
	}
	if got, err := r.client("t").List(t.Context(), "postferry", "all", time.Time{}); err != nil ||
		len(got) != maxPages ||
		len(r.log) != maxPages {
		t.Errorf("got %d issues by %d calls and error %v, want %d", len(got), len(r.log), err,
			maxPages)
	}
}

func TestIssueTooLong(t *testing.T) {
	r := &tracker{}
	i := r.client("t")
	body := strings.Repeat("ö", maxBody+1)
	_, created := i.Create(t.Context(), NewIssue{Title: "t", Body: body})
	_, edited := i.Edit(t.Context(), 1, Edit{Body: body})
	for _, err := range []error{created, edited, i.Comment(t.Context(), 1, body)} {
		if httpx.ClassOf(err) != httpx.Invalid ||
			!strings.Contains(err.Error(), "65537 characters") {
			t.Errorf("got %v, want Invalid and the number", err)
		}
	}
	if len(r.log) != 0 {
		t.Errorf("got calls %q, want none", r.log)
	}
	if _, err := i.Create(t.Context(), NewIssue{Title: "t", Body: body[:2*maxBody]}); err != nil {
		t.Errorf("%d characters: got %v", maxBody, err)
	}
}

func TestEnsureLabel(t *testing.T) {
	tests := []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		class  httpx.Class
	}{
		{"made", says(201, `{"name":"postferry"}`), ""},
		{
			"there",
			says(
				422,
				`{"message":"Validation Failed","errors":[{"resource":"Label",`+
					`"code":"already_exists","field":"name"}]}`,
			),
			"",
		},
		{
			"refused", says(403, `{"message":"Resource not accessible by integration"}`),
			httpx.Forbidden,
		},
		{"off", says(410, `{"message":"Issues are disabled for this repo"}`), httpx.Forbidden},
	}
	for _, tt := range tests {
		h := newHub()
		h.on(act{match: "POST /repos/o/r/labels", answer: tt.answer})
		if err := (&Issues{h.client()}).EnsureLabel(t.Context(), "postferry", "d93f0b",
			"opened by postferry"); httpx.ClassOf(err) != tt.class {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.class)
		}
	}
}

func TestMine(t *testing.T) {
	owner := says(200, `{"login":"Owner","type":"User"}`)
	tests := []struct {
		name   string
		token  string
		issue  Issue
		me     func(*http.Request) (*http.Response, error)
		want   bool
		class  httpx.Class
		asking int
	}{
		{"a bot's", "ghs_1", Issue{Author: "github-actions[bot]", Bot: true}, nil, true, "", 0},
		{"a person's, workflow token", "ghs_1", Issue{Author: "owner"}, nil, false, "", 0},
		{"my own", "github_pat_1", Issue{Author: "owner"}, owner, true, "", 1},
		{"another person's", "github_pat_1", Issue{Author: "someone"}, owner, false, "", 1},
		{
			"a person's, token of an app",
			"ghu",
			Issue{Author: "owner"},
			says(403, `{"message":"Resource not accessible by integration"}`),
			false,
			"",
			1,
		},
		{
			"not known",
			"github_pat_1",
			Issue{Author: "owner"},
			says(401, `{"message":"Bad credentials"}`),
			false,
			httpx.Unauthorized,
			1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &tracker{me: tt.me}
				got, err := r.client(tt.token).Mine(t.Context(), tt.issue)
				if got != tt.want || httpx.ClassOf(err) != tt.class || len(r.log) != tt.asking {
					t.Errorf(
						"got %v, %v by %d calls, want %v, %q by %d",
						got,
						err,
						len(r.log),
						tt.want,
						tt.class,
						tt.asking,
					)
				}
			})
		})
	}
}
