package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// inWorld is a client of the stand-in's repository, with its branch for the state.
func inWorld(w *sim.World) (*Client, *Branch) {
	c := New(Options{
		Token: w.Env()["GITHUB_TOKEN"], Owner: "someone", Repo: "mirror",
		HTTP: &http.Client{Transport: w.Transport()}, Now: w.Now,
	})
	return c, &Branch{Client: c, Name: "postferry-state"}
}

// put writes the state document, and returns its version and the commit.
func put(t *testing.T, b *Branch, body, version string) (string, string) {
	t.Helper()
	v, err := b.Write(
		t.Context(),
		state.Change{Path: main, Body: []byte(body), Version: version, Message: "m"},
	)
	if err != nil {
		t.Fatal(err)
	}
	head, err := b.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v, head
}

// A branch that was put back, and one that was deleted, both name the commit that was lost.
func TestActivity(t *testing.T) {
	w := sim.New(sim.Options{})
	c, b := inWorld(w)
	v, first := put(t, b, "one\n", "")
	w.Advance(time.Hour)
	_, second := put(t, b, "two\n", v)
	w.Advance(time.Hour)
	w.GitHub().Branch(b.Name).ForceBack(1)
	pushed := w.Now()
	w.Advance(time.Hour)
	w.GitHub().Branch(b.Name).Delete()

	if _, other := put(t, &Branch{Client: c, Name: "another"}, "x\n", ""); other == "" {
		t.Fatal("no other branch")
	}
	got, err := b.Losses(t.Context(), ForcePush)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := Event{
		ID:     got[0].ID,
		Kind:   ForcePush,
		Before: second,
		After:  first,
		At:     pushed.UTC().Truncate(time.Second),
		Actor:  got[0].Actor,
	}
	if d := cmp.Diff(want, got[0]); d != "" || got[0].ID == 0 || got[0].Actor == "" {
		t.Error(d)
	}
	got, err = b.Losses(t.Context(), Deletion)
	if err != nil || len(got) != 1 || got[0].Before != first || got[0].After != "" {
		t.Errorf("got %+v, %v", got, err)
	}
	got, all, err := b.Activity(t.Context())
	if err != nil || !all || len(got) != 4 || got[0].Kind != Deletion ||
		got[3].Kind != "branch_creation" ||
		got[3].Before != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLossesAreReadToTheirEnd(t *testing.T) {
	w := sim.New(sim.Options{})
	_, b := inWorld(w)
	v, _ := put(t, b, "one\n", "")
	_, second := put(t, b, "two\n", v)
	for range 120 {
		w.GitHub().Branch(b.Name).ForceBack(1)
		w.GitHub().Branch(b.Name).PutBack(second)
	}
	page, all, err := b.Activity(t.Context())
	if err != nil || all || len(page) != 100 {
		t.Fatalf("a page of %d, all: %v, %v", len(page), all, err)
	}
	got, err := b.Losses(t.Context(), ForcePush)
	if err != nil || len(got) != 120 {
		t.Fatalf("got %d, %v", len(got), err)
	}
	for i := 1; i < len(got); i++ {
		if got[i].ID >= got[i-1].ID {
			t.Fatalf("entry %d is not older than the one before", i)
		}
	}
}

func TestIsAncestor(t *testing.T) {
	w := sim.New(sim.Options{})
	c, b := inWorld(w)
	v, first := put(t, b, "one\n", "")
	_, second := put(t, b, "two\n", v)
	_, other := put(t, &Branch{Client: c, Name: "another"}, "x\n", "")
	for _, tt := range []struct {
		commit, of string
		want       bool
	}{
		{first, second, true},
		{first, b.Name, true},
		{second, second, true},
		{second, first, false},
		{other, second, false}, // no common history
		{strings.Repeat("0", 39) + "1", second, false},
	} {
		if got, err := c.IsAncestor(t.Context(), tt.commit, tt.of); got != tt.want || err != nil {
			t.Errorf("%.7s of %.7s: got %v, %v", tt.commit, tt.of, got, err)
		}
	}
	w.Fail(
		sim.Fault{
			Service: "github",
			Call:    "GET /repos/someone/mirror/compare/**",
			Status:  403,
			Body:    `{"message":"no"}`,
		},
	)
	if got, err := c.IsAncestor(t.Context(), first, second); got ||
		httpx.ClassOf(err) != httpx.Forbidden {
		t.Errorf("got %v, %v", got, err)
	}
}

// A deleted branch comes back with its documents, and is not made over one that is there.
func TestRestore(t *testing.T) {
	w := sim.New(sim.Options{})
	_, b := inWorld(w)
	v, _ := put(t, b, "one\n", "")
	_, second := put(t, b, "two\n", v)
	if err := b.Restore(t.Context(), second); !errors.Is(err, state.ErrConflict) {
		t.Errorf("over the branch: got %v", err)
	}
	w.GitHub().Branch(b.Name).Delete()
	w.Fail(sim.Fault{
		Service: "github", Call: "POST /repos/someone/mirror/git/refs", Reset: sim.After,
	})
	if err := b.Restore(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	body, _, err := b.ReadAt(t.Context(), main, b.Name)
	if err != nil || string(body) != "two\n" {
		t.Errorf("got %q, %v", body, err)
	}
}

// What was put back gets the lost commit as a second parent: nothing is forced, and both are kept.
func TestMerge(t *testing.T) {
	w := sim.New(sim.Options{})
	c, b := inWorld(w)
	v, _ := put(t, b, "one\n", "")
	_, lost := put(t, b, "lost\n", v)
	w.GitHub().Branch(b.Name).ForceBack(1)
	_, b = inWorld(w) // another run
	v, head := put(t, b, "since\n", v)

	body, _, err := b.ReadAt(t.Context(), main, lost)
	if err != nil || string(body) != "lost\n" {
		t.Fatalf("got %q, %v", body, err)
	}
	change := state.Change{Path: main, Body: []byte("both\n"), Version: v, Message: "m",
		Also: map[string][]byte{"state/other.yaml": []byte("other\n")}}
	version, err := b.Merge(t.Context(), change, lost)
	if err != nil {
		t.Fatal(err)
	}
	body, got, err := b.Read(t.Context(), main)
	if err != nil || string(body) != "both\n" || got != version {
		t.Errorf("got %q, %s, %v, want version %s", body, got, err, version)
	}
	for _, commit := range []string{lost, head} {
		if ok, err := c.IsAncestor(t.Context(), commit, b.Name); !ok || err != nil {
			t.Errorf("%.7s is not kept: %v", commit, err)
		}
	}
	if body, _, err := b.Read(t.Context(), "state/other.yaml"); err != nil ||
		string(body) != "other\n" {
		t.Errorf("got %q, %v", body, err)
	}
	if _, err := b.Merge(t.Context(), change, lost); !errors.Is(err, state.ErrConflict) {
		t.Errorf("on a newer document: got %v", err)
	}
}

// A protected branch is one try, its own kind of refusal, and names the branch.
func TestProtectedBranch(t *testing.T) {
	for _, how := range []string{"ruleset-403", "ruleset-409", "ruleset-422", "classic"} {
		for _, also := range []map[string][]byte{nil, {"README.md": []byte("x\n")}} {
			t.Run(fmt.Sprint(how, len(also)), func(t *testing.T) {
				w := sim.New(sim.Options{})
				_, b := inWorld(w)
				v, _ := put(t, b, "one\n", "")
				w.GitHub().Branch(b.Name).Protect(how)
				w.ResetLog()
				_, err := b.Write(
					t.Context(),
					state.Change{
						Path: main, Body: []byte("two\n"), Version: v, Message: "m", Also: also,
					},
				)
				e := httpx.As(err)
				if e == nil || e.Type != TypeProtectedBranch || e.Class != httpx.Forbidden ||
					errors.Is(err, state.ErrConflict) {
					t.Fatalf("got %v", err)
				}
				if !strings.Contains(err.Error(), "the branch "+b.Name+" is protected") {
					t.Errorf("the branch is not named: %v", err)
				}
				if n := w.Calls("github"); n > 6 || also == nil && n != 1 {
					t.Errorf("%d calls", n)
				}
			})
		}
	}
}

// The Date of GitHub's answers tells how wrong this machine's clock is.
func TestClock(t *testing.T) {
	w := sim.New(sim.Options{})
	clock := new(httpx.Clock)
	c := New(Options{
		Token: w.Env()["GITHUB_TOKEN"], Owner: "someone", Repo: "mirror", Clock: clock,
		HTTP: &http.Client{
			Transport: w.Transport(),
		}, Now: func() time.Time { return w.Now().Add(-time.Hour) },
	})
	about, err := c.About(t.Context())
	if err != nil || about.ID == 0 {
		t.Fatalf("got %+v, %v", about, err)
	}
	if skew, known := clock.Skew(); !known || skew < 59*time.Minute || skew > 61*time.Minute {
		t.Errorf("got %v, %v, want an hour", skew, known)
	}
}
