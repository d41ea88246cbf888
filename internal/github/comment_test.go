package github

import (
	"testing"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

func TestComments(t *testing.T) {
	w := sim.New(sim.Options{})
	c, _ := inWorld(w)
	issues := &Issues{Client: c}
	made, err := issues.Create(
		t.Context(),
		NewIssue{Title: "t", Body: "b", Labels: []string{"postferry"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := issues.Comments(t.Context(), made.Number, "")
	if err != nil || len(empty.List) != 0 || empty.ETag == "" || empty.Unchanged {
		t.Fatalf("got %+v, %v", empty, err)
	}
	if err := issues.Comment(t.Context(), made.Number, "ours"); err != nil {
		t.Fatal(err)
	}
	handle := w.GitHub().Issue(made.Number)
	for range 89 {
		handle.Comment("someone", "theirs")
	}
	got, err := issues.Comments(t.Context(), made.Number, empty.ETag)
	if err != nil || len(got.List) != 90 || got.Unchanged {
		t.Fatalf("got %d comments, unchanged %v, %v", len(got.List), got.Unchanged, err)
	}
	first, last := got.List[0], got.List[89]
	if first.Body != "ours" || !first.Bot || last.Body != "theirs" || last.Bot ||
		last.Author != "someone" ||
		last.Created.IsZero() {
		t.Errorf("got %+v and %+v", first, last)
	}
	w.ResetLog()
	again, err := issues.Comments(t.Context(), made.Number, got.ETag)
	if err != nil || !again.Unchanged || again.List != nil || again.ETag != got.ETag ||
		w.Calls("github") != 1 {
		t.Errorf("asked again: %+v, %v, %d calls", again, err, w.Calls("github"))
	}
	for range 2 { // the second time it is gone
		if err := issues.DeleteComment(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(handle.Comments()); n != 89 {
		t.Errorf("%d comments are left", n)
	}
	for range 61 {
		handle.Comment("someone", "more")
	}
	full, err := issues.Comments(t.Context(), made.Number, "")
	if err != nil || len(full.List) != 150 {
		t.Fatalf("got %d comments, %v", len(full.List), err)
	}
	handle.Comment("someone", "on the second page")
	if full, err = issues.Comments(t.Context(), made.Number, full.ETag); err != nil ||
		len(full.List) != 151 ||
		full.Unchanged {
		t.Errorf("got %d comments, unchanged %v, %v", len(full.List), full.Unchanged, err)
	}
	if _, err := issues.Comments(t.Context(), 999, ""); httpx.ClassOf(err) != httpx.NotFound {
		t.Errorf("of no issue: %v", err)
	}
}

// Who closed an issue, and why, decides what its closing means.
func TestClosing(t *testing.T) {
	w := sim.New(sim.Options{})
	c, _ := inWorld(w)
	issues := &Issues{Client: c}
	made, err := issues.Create(t.Context(), NewIssue{Title: "t", Body: "b"})
	if err != nil {
		t.Fatal(err)
	}
	closed, err := issues.Edit(
		t.Context(),
		made.Number,
		Edit{State: "closed", Reason: "completed", Body: "with our mark"},
	)
	if err != nil || closed.State != "closed" || closed.Body != "with our mark" {
		t.Fatalf("got %+v, %v", closed, err)
	}
	got, err := issues.Get(t.Context(), made.Number)
	if err != nil || !got.ClosedBot || got.Reason != "completed" || got.ClosedBy == "" {
		t.Errorf("by us: %+v, %v", got, err)
	}
	handle := w.GitHub().Issue(made.Number)
	handle.Reopen()
	handle.Close("someone", "not_planned")
	got, err = issues.Get(t.Context(), made.Number)
	if err != nil || got.ClosedBot || got.Reason != "not_planned" || got.ClosedBy != "someone" {
		t.Errorf("by a person: %+v, %v", got, err)
	}
}

// An issue that was moved away is not ours any more, whatever answers under its old number.
func TestIssueThatMovedAway(t *testing.T) {
	w := sim.New(sim.Options{})
	c, _ := inWorld(w)
	issues := &Issues{Client: c}
	made, err := issues.Create(t.Context(), NewIssue{Title: "t", Body: "b"})
	if err != nil {
		t.Fatal(err)
	}
	w.GitHub().Issue(made.Number).Transfer(77)
	if got, err := issues.Get(t.Context(), made.Number); httpx.ClassOf(err) != httpx.NotFound ||
		got.Number != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
