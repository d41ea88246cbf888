package guard_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

// pushes are so many pushes of another program that the list's first page holds nothing else.
func pushes(s *stage) {
	for n := range 120 {
		s.w.GitHub().SetFile(branchName, "state/other.yaml", fmt.Sprintf("# %d\n", n))
	}
}

// TestOldEntry: a route that has not posted for long finds a loss that the first page of the list,
// which another route has read, does not show.
func TestOldEntry(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	begin(s, "shop")
	s.posts("shop", 1)
	s.posts("main", 1)
	s.back(1)
	s.answer(s.lost, "not_planned")
	s.posts("main", 1)
	pushes(s)
	s.posts("main", 1)
	s.run()
	s.must(s.post("main"))
	s.person.answers = map[string]guard.Answer{}
	s.isHeld(s.post("shop"), putBack, s.lost)
}

// TestDeletionBehindPushes: the losses of both kinds are found behind a page of pushes, and the
// newest is asked about first.
func TestDeletionBehindPushes(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 2)
	older := s.head()
	s.posts("main", 2)
	s.back(1)
	s.delete()
	s.restore(older)
	pushes(s)
	s.run()
	s.isHeld(s.post("main"), remade, s.lost)
	s.w.ResetLog()
	s.run()
	_ = s.post("main")
	if n := s.calls("GET /activity"); n != 3 {
		t.Errorf("the list was read %d times, want a page and two kinds", n)
	}
}

// TestKindsUnread: a list that can't be read to its end proves nothing.
func TestKindsUnread(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 2)
	s.back(1)
	pushes(s)
	s.run()
	s.w.Fail(sim.Fault{
		Service: "github", Call: "GET /repos/*/*/activity", Skip: 1, Times: -1, Status: 403,
		Body: `{"message":"no"}`,
	})
	if err := s.post("main"); httpx.ClassOf(err) != httpx.Forbidden {
		t.Errorf("got %v", err)
	}
}

// TestNothingLostIsNotAskedFor: an event that names no commit, or lies before the entry that the
// document names, costs no request.
func TestNothingLostIsNotAskedFor(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 1)
	s.back(1)
	s.answer(s.lost, "not_planned")
	s.posts("main", 1)
	named := int(s.document("main").Activity)
	s.fail("GET /repos/*/*/activity", 200, list(
		event(named+1, "force_push", noCommit, s.head()),
		event(named, "force_push", s.lost, s.head()),
		event(named-1, "branch_deletion", s.lost, "")))
	s.run()
	s.w.ResetLog()
	s.must(s.post("main"))
	if n := s.calls("GET /compare"); n != 0 {
		t.Errorf("%d commits were asked for", n)
	}
	if len(s.person.settled) > 0 {
		t.Errorf("settled %v", s.person.settled)
	}
}

// TestAskedOnce: a question holds all routes of a run, and is asked once.
func TestAskedOnce(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	begin(s, "shop")
	s.posts("main", 1)
	s.posts("shop", 1)
	s.back(2)
	s.run()
	for _, route := range []string{"main", "shop", "main"} {
		if _, held := guard.IsHeld(s.post(route)); !held {
			t.Errorf("%s is not held", route)
		}
	}
	if n := len(s.person.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestSettledWithoutIssues: where no issue can be asked for, there is none to close.
func TestSettledWithoutIssues(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 2)
	s.back(1)
	s.restore(s.lost)
	s.run()
	s.shared.Asker = nil
	s.must(s.post("main"))
	s.back(1)
	s.restore(s.lost)
	s.run()
	s.person.failing = errors.New("no issues")
	if err := s.post("main"); !errors.Is(err, s.person.failing) {
		t.Errorf("got %v", err)
	}
}

// TestTheRunGoesOnAfterIt: what a run has changed is read anew by its next route.
func TestTheRunGoesOnAfterIt(t *testing.T) {
	t.Run("put back", func(t *testing.T) {
		s := newStage(t)
		begin(s, "main")
		begin(s, "shop")
		s.posts("main", 2)
		s.posts("shop", 2)
		s.back(3)
		s.answer(s.lost, "completed")
		s.run()
		var later *token.PutOffError
		if err := s.post("main"); !errors.As(err, &later) {
			t.Fatalf("got %v", err)
		}
		losses, err := s.branch.Losses(t.Context(), github.ForcePush)
		s.must(err)
		for route, want := range map[string]int{"main": 2, "shop": 2} {
			d := s.document(route)
			if d.Intents != want || d.Repository != "1" || d.Activity != losses[0].ID {
				t.Errorf("%s: %+v", route, d)
			}
		}
		s.w.ResetLog()
		s.must(s.post("shop"))
		if s.calls("GET /activity") != 1 || len(s.person.asked) != 1 {
			t.Errorf("the list was not read anew, or a person asked %d times", len(s.person.asked))
		}
	})
	t.Run("made again", func(t *testing.T) {
		s := newStage(t)
		s.posts("main", 1)
		s.posts("shop", 1)
		s.delete()
		s.run()
		_ = s.route("main").First(t.Context())
		s.answer(s.lost, "completed")
		s.run()
		s.must(s.route("main").First(t.Context()))
		s.w.ResetLog()
		s.must(s.post("main"))
		s.must(s.post("shop"))
		if n := s.calls("GET /activity"); n != 1 {
			t.Errorf("the list was read %d times after the branch was made again", n)
		}
	})
	t.Run("gone on", func(t *testing.T) {
		s := newStage(t)
		begin(s, "main")
		s.posts("main", 2)
		s.back(1)
		s.answer(s.lost, "not_planned")
		s.run()
		r := s.route("main")
		s.must(r.Check(t.Context()))
		named := s.document("main").Activity
		s.must(r.Check(t.Context()))
		s.answer(s.lost, "")
		s.posts("main", 1)
		if len(s.person.asked) != 1 || named < 3 {
			t.Errorf("asked %d times, and the document names entry %d", len(s.person.asked), named)
		}
	})
}

// TestPutBackUnread: nothing is put back where a document or the branch can't be read.
func TestPutBackUnread(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail func(*stage)
		want func(error) bool
	}{
		{"GitHub refuses the lost document", func(s *stage) {
			s.fail("GET /repos/*/*/contents/state/shop.yaml", 403, `{"message":"no"}`)
		}, func(err error) bool { return httpx.ClassOf(err) == httpx.Forbidden }},
		{"the lost document is of a newer version", func(s *stage) {
			s.fail("GET /repos/*/*/contents/state/shop.yaml", 200, `{"type":"file","sha":"1",`+
				`"encoding":"base64","content":"dmVyc2lvbjogOTkK"}`)
		}, func(err error) bool {
			var unreadable *state.UnreadableError
			return errors.As(err, &unreadable)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			begin(s, "main")
			begin(s, "shop")
			s.posts("main", 2)
			s.back(1)
			s.answer(s.lost, "completed")
			s.run()
			tt.fail(s)
			head := s.head()
			if err := s.post("main"); err == nil || !tt.want(err) {
				t.Errorf("got %v", err)
			}
			if s.head() != head {
				t.Error("the branch was written")
			}
		})
	}
}

// TestNewer: of two documents the one with more intents is kept, and of equal ones that with the
// newer tokens.
func TestNewer(t *testing.T) {
	type doc struct{ intents, generation int }
	for _, tt := range []struct {
		name          string
		lost, present *doc
		keepsLost     bool
	}{
		{"more intents", &doc{5, 1}, &doc{4, 9}, true},
		{"fewer intents", &doc{4, 9}, &doc{5, 1}, false},
		{"newer tokens", &doc{5, 2}, &doc{5, 1}, true},
		{"older tokens", &doc{5, 1}, &doc{5, 2}, false},
		{"equal ones", &doc{5, 1}, &doc{5, 1}, false},
		{"only the lost one", &doc{1, 1}, nil, true},
		{"only the present one", nil, &doc{1, 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			begin(s, "main")
			s.posts("main", 1)
			base := s.head()
			write := func(which string, d *doc) {
				if d == nil {
					return
				}
				r := s.route("shop")
				s.must(r.Session.Update(t.Context(), "m", func(to *state.Document) error {
					to.Intents, to.Tokens.X.Generation = d.intents, d.generation
					to.Account.XUsername = which
					return nil
				}))
			}
			write("lost", tt.lost)
			s.posts("main", 1)
			s.lost = s.head()
			s.restore(base)
			s.run()
			write("present", tt.present)
			s.answer(s.lost, "completed")
			s.run()
			var later *token.PutOffError
			if err := s.post("main"); !errors.As(err, &later) {
				t.Fatalf("got %v", err)
			}
			want := map[bool]string{true: "lost", false: "present"}[tt.keepsLost]
			if got := s.document("shop").Account.XUsername; got != want {
				t.Errorf("the %s document was kept, want the %s", got, want)
			}
		})
	}
}
