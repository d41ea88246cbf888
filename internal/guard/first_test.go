package guard_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/token"
)

// TestFirst: what a missing document can mean.
func TestFirst(t *testing.T) {
	const commit = "1111111111111111111111111111111111111111"
	for _, tt := range []struct {
		name    string
		route   string
		history func(*stage)
		held    string // in the title of the question; "" for a first run
	}{
		{"a new repository", "main", func(s *stage) {}, ""},
		{"another branch was deleted", "main", func(s *stage) {
			s.w.GitHub().SetFile("another", "a.txt", "x\n")
			s.w.GitHub().Branch("another").Delete()
		}, ""},
		{"the branch was deleted", "main", func(s *stage) {
			s.posts("main", 1)
			s.delete()
		}, deleted},
		{"it was deleted twice", "main", func(s *stage) {
			s.posts("main", 1)
			older := s.head()
			s.posts("main", 1)
			s.delete()
			s.restore(older)
			s.delete()
		}, deleted},
		{"the list lags behind the deletion", "main", func(s *stage) {
			s.lost = commit
			s.fail("GET /repos/*/*/activity", 200, list(event(5, "push", noCommit, commit)))
		}, deleted},
		{"a new route", "shop", func(s *stage) { s.posts("main", 1) }, ""},
		{"a new route where the branch was deleted and put back", "shop", func(s *stage) {
			s.posts("main", 1)
			s.delete()
			s.restore(s.lost)
		}, ""},
		{"a new route where the branch was put back", "shop", func(s *stage) {
			s.posts("main", 2)
			s.back(1)
		}, putBack},
		{"the branch was put back to before the route's document", "shop", func(s *stage) {
			begin(s, "main")
			s.posts("shop", 1)
			s.back(1)
		}, putBack},
		{"the branch was made again without its documents", "main", func(s *stage) {
			s.posts("main", 1)
			s.delete()
			s.w.GitHub().SetFile(branchName, "README.md", "made by hand\n")
		}, remade},
		{"the document was deleted to start over", "main", func(s *stage) {
			s.w.GitHub().SetFile(branchName, "README.md", "nothing else\n")
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			tt.history(s)
			s.run()
			r := s.route(tt.route)
			if !r.Session.First() {
				t.Fatal("there is a document")
			}
			err := r.First(t.Context())
			if tt.held != "" {
				s.isHeld(err, tt.held, s.lost)
				return
			}
			s.must(err)
			if len(s.person.asked) > 0 {
				t.Errorf("asked %v", s.person.asked)
			}
		})
	}
}

// TestFirstAsksOnce: while the branch is missing, the second route asks nothing.
func TestFirstAsksOnce(t *testing.T) {
	s := newStage(t)
	s.posts("main", 1)
	s.delete()
	s.run()
	if s.shared.Gone() != nil {
		t.Error("the branch is gone before anybody has looked")
	}
	s.isHeld(s.route("main").First(t.Context()), deleted, s.lost)
	shop := s.route("shop")
	s.w.ResetLog()
	s.isHeld(shop.First(t.Context()), deleted, s.lost)
	if n := s.calls("GET"); n != 0 || len(s.person.asked) != 1 || s.shared.Gone() == nil {
		t.Errorf("%d calls, asked %d times", n, len(s.person.asked))
	}
}

// TestFirstFails: where GitHub does not tell, it is no first run.
func TestFirstFails(t *testing.T) {
	for _, tt := range []struct {
		name, call string
		status     int
		class      httpx.Class
	}{
		{"the token may not read the list", "GET /repos/*/*/activity", 403, httpx.Forbidden},
		{"no such list", "GET /repos/*/*/activity", 404, httpx.NotFound},
		{"the branch can't be asked for", "GET /repos/*/*/git/ref/**", 403, httpx.Forbidden},
	} {
		s := newStage(t)
		s.posts("main", 1)
		s.delete()
		s.run()
		s.fail(tt.call, tt.status, `{"message":"no"}`)
		r := s.route("main")
		if err := r.First(t.Context()); httpx.ClassOf(err) != tt.class {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if len(s.person.asked) > 0 {
			t.Errorf("%s: asked", tt.name)
		}
	}
}

// TestDeletedCompleted: the branch is made again at its last commit, for all routes.
func TestDeletedCompleted(t *testing.T) {
	s := newStage(t)
	s.posts("main", 2)
	s.posts("shop", 1)
	s.delete()
	s.answer(s.lost, "completed")
	s.run()
	r := s.route("main")
	s.must(r.First(t.Context()))
	if r.Session.First() || r.Session.Doc().Intents != 2 || s.head() != s.lost ||
		s.shared.Gone() != nil {
		t.Errorf("the branch is at %.7s, want %.7s; %+v", s.head(), s.lost, r.Session.Doc())
	}
	s.must(r.Check(t.Context()))
	s.must(s.post("shop"))
}

// TestDeletedNotPlanned: every route begins anew, with what is published from the closing on, and
// the old deletion is not asked about again.
func TestDeletedNotPlanned(t *testing.T) {
	s := newStage(t)
	s.posts("main", 2)
	s.delete()
	s.answer(s.lost, "not_planned")
	closed := s.w.Now()
	s.run()
	s.must(s.route("main").First(t.Context()))
	for _, route := range []string{"main", "shop"} {
		d := s.document(route)
		if d == nil || !d.Baseline.Equal(closed.Truncate(time.Second).Add(-time.Second)) ||
			d.Repository != "1" || d.Intents != 0 {
			t.Errorf("%s: %+v", route, d)
		}
		s.posts(route, 1)
	}
	if n := len(s.person.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
	s.delete() // the same branch once more: that is another question
	s.run()
	s.isHeld(s.route("main").First(t.Context()), deleted, s.lost)
}

// TestRestoreFails: a branch that another run has made is taken, and a commit that is gone is told.
func TestRestoreFails(t *testing.T) {
	for _, tt := range []struct {
		name, how, body, want string
	}{
		{"made by another run", "completed", `{"message":"Reference already exists"}`, ""},
		{"the commit is gone", "completed", `{"message":"Object does not exist"}`,
			"reopen #7 and close it as not planned"},
		{
			"it can't be begun", "not_planned", `{"message":"Validation Failed"}`,
			"begin the state anew",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			s.posts("main", 1)
			s.delete()
			s.answer(s.lost, tt.how)
			s.run()
			s.fail("POST /repos/*/*/git/refs", 422, tt.body)
			r := s.route("main")
			err := r.First(t.Context())
			if (err == nil) != (tt.want == "") ||
				err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestPutBackOfANewRoute: the loss of the other routes' documents is asked about before a new route
// begins, and what is put back need not hold the new route's.
func TestPutBackOfANewRoute(t *testing.T) {
	s := newStage(t)
	s.posts("main", 3)
	s.back(1)
	s.answer(s.lost, "completed")
	s.run()
	var later *token.PutOffError
	if err := s.route("shop").First(t.Context()); !errors.As(err, &later) {
		t.Fatalf("got %v", err)
	}
	if n := s.document("main").Intents; n != 3 {
		t.Errorf("main has seen %d posts, want 3", n)
	}
	s.run()
	s.must(s.route("shop").First(t.Context()))
}

// TestTheRouteLeavesNothing: a lost commit that holds no document of a configured route has lost
// nothing that could be put back.
func TestTheRouteLeavesNothing(t *testing.T) {
	s := newStage(t)
	s.posts("old", 1)
	s.posts("main", 1)
	s.back(1)
	s.run()
	s.shared.Routes = []string{"shop"}
	s.answer(s.lost, "completed")
	s.must(s.route("shop").First(t.Context()))
	if held, ok := guard.IsHeld(s.shared.Gone()); ok {
		t.Error(held)
	}
}

// TestLost: a branch is lost that was there and is not listed any more.
func TestLost(t *testing.T) {
	s := newStage(t)
	for _, step := range []struct {
		name string
		do   func()
		want bool
	}{
		{"a new repository", func() {}, false},
		{"a branch", func() { s.posts("main", 1) }, false},
		{"deleted", s.delete, true},
		{"restored", func() { s.restore(s.lost) }, false},
	} {
		step.do()
		s.run()
		if lost, err := s.shared.Lost(t.Context()); lost != step.want || err != nil {
			t.Errorf("%s: %v, %v", step.name, lost, err)
		}
	}
	if lost, err := (&guard.History{}).Lost(t.Context()); lost || err != nil {
		t.Errorf("a folder: %v, %v", lost, err)
	}
}
