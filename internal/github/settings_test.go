package github

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

func TestAbout(t *testing.T) {
	h := newHub()
	h.on(
		act{
			match: "GET /repos/o/r",
			answer: says(
				200,
				`{"private":true,"archived":false,"has_issues":true,"default_branch":"main",`+
					`"permissions":{"push":true,"admin":false}}`,
			),
		},
	)
	got, err := h.client().About(t.Context())
	want := About{
		Private:       true,
		HasIssues:     true,
		DefaultBranch: "main",
		Permissions:   map[string]bool{"push": true, "admin": false},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestWorkflowState(t *testing.T) {
	h := newHub()
	h.on(
		act{
			match:  "GET /repos/o/r/actions/workflows/mirror.yml",
			answer: says(200, `{"state":"disabled_inactivity"}`),
		},
	)
	if got, err := h.client().WorkflowState(t.Context(),
		"mirror.yml"); got != "disabled_inactivity" ||
		err != nil {
		t.Errorf("got %q and error %v", got, err)
	}
	if _, err := h.client().WorkflowState(t.Context(),
		"none.yml"); httpx.ClassOf(err) != httpx.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

// TestLastCommit: the newest commit of the default branch, and none of an empty repository.
func TestLastCommit(t *testing.T) {
	at := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	for body, want := range map[string]time.Time{
		`[{"commit":{"author":{"date":"2026-09-01T08:00:00Z"},` +
			`"committer":{"date":"2026-10-01T08:00:00Z"}}}]`: at,
		`[]`: {},
	} {
		h := newHub()
		h.on(act{match: "GET /repos/o/r/commits", answer: says(200, body)})
		if got, err := h.client().LastCommit(t.Context()); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
}

// TestCommit: GitHub answers as Accept asks, and only JSON is taken for an answer.
func TestCommit(t *testing.T) {
	const sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
	h := newHub()
	h.on(
		act{
			match: "GET /repos/o/r/commits/v1.2.0",
			answer: func(r *http.Request) (*http.Response, error) {
				if strings.Contains(r.Header.Get("Accept"), ".sha") {
					return says(200, sha)(r)
				}
				return says(200, `{"sha":"`+sha+`","files":[]}`)(r)
			},
		},
	)
	if got, err := h.client().Commit(t.Context(), "v1.2.0"); got != sha || err != nil {
		t.Errorf("got %q and error %v", got, err)
	}
	h.on(
		act{
			match:  "GET /repos/o/r/commits/v9",
			answer: says(422, `{"message":"No commit found for SHA: v9"}`),
		},
	)
	if _, err := h.client().Commit(t.Context(), "v9"); httpx.ClassOf(err) != httpx.Invalid {
		t.Errorf("got %v, want Invalid", err)
	}
}

func TestVariable(t *testing.T) {
	h := newHub()
	h.on(
		act{
			match:  "GET /repos/o/r/actions/variables/POSTFERRY",
			answer: says(200, `{"name":"POSTFERRY","value":"on"}`),
		},
	)
	if got, err := h.client().Variable(t.Context(), "POSTFERRY"); got != "on" || err != nil {
		t.Errorf("got %q and error %v", got, err)
	}
	if _, err := h.client().Variable(t.Context(),
		"POSTFERRY"); httpx.ClassOf(err) != httpx.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

func TestSetVariable(t *testing.T) {
	const patch = "PATCH /repos/o/r/actions/variables/POSTFERRY"
	const post = "POST /repos/o/r/actions/variables"
	tests := []struct {
		name  string
		acts  []act
		want  []string
		class httpx.Class
	}{
		{"there", []act{{match: patch, answer: says(204, "")}}, []string{patch}, ""},
		{"new", []act{{match: post, answer: says(201, "{}")}}, []string{patch, post}, ""},
		{
			"made meanwhile",
			[]act{
				{
					match:  post,
					answer: says(409, `{"message":"Already exists - Variable already exists"}`),
				},
			},
			[]string{patch, post},
			"",
		},
		{
			"refused",
			[]act{{match: patch, answer: says(403, `{"message":"no"}`)}},
			[]string{patch},
			httpx.Forbidden,
		},
	}
	for _, tt := range tests {
		h := newHub()
		for _, a := range tt.acts {
			h.on(a)
		}
		err := h.client().SetVariable(t.Context(), "POSTFERRY", "on")
		if diff := cmp.Diff(tt.want, h.writes()); diff != "" || httpx.ClassOf(err) != tt.class {
			t.Errorf("%s: got error %v\n%s", tt.name, err, diff)
		}
	}
}
