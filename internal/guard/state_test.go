package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

const (
	putBack  = "was put back by a force push"
	remade   = "was deleted and made again"
	deleted  = "was deleted"
	aCopy    = "is a copy"
	noCommit = "0000000000000000000000000000000000000000"
)

// versionOne is a document from before the activity list was asked.
const versionOne = "version: 1\nroute: main\nbaseline: 2026-11-01T00:00:00Z\n" +
	"cursor:\n  timestamp: 2026-11-20T00:00:00Z\n"

// begin makes the branch with a document that names no entry, as a first run does.
func begin(s *stage, route string) {
	s.run()
	err := s.route(route).Session.Update(s.Context(), "baseline", func(d *state.Document) error {
		d.Baseline = s.w.Now().UTC()
		return nil
	})
	s.must(err)
}

// TestCheck: what may have become of the state branch, and whether a run may post.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name    string
		history func(*stage)
		held    string // in the title of the question; "" if the run may post
		lost    func(*stage) string
	}{
		{"nothing but posts", func(s *stage) { s.posts("main", 3) }, "", nil},
		{"put back to before a post", func(s *stage) {
			s.posts("main", 3)
			s.back(1)
		}, putBack, nil},
		{"put back to before the first post", func(s *stage) {
			s.posts("main", 1)
			s.back(1)
		}, putBack, nil},
		{"put back to before version 2", func(s *stage) {
			s.w.GitHub().SetFile(branchName, state.Path("main"), versionOne)
			s.posts("main", 2)
			s.back(2)
		}, putBack, nil},
		{"put back under version 1", func(s *stage) {
			s.w.GitHub().SetFile(branchName, state.Path("main"), versionOne)
			s.w.GitHub().SetFile(branchName, state.Path("main"), versionOne+"intents: 1\n")
			s.back(1)
		}, "", nil},
		{"put back, and the other way round by hand", func(s *stage) {
			s.posts("main", 2)
			s.back(2)
			s.restore(s.lost)
		}, "", nil},
		{"put back twice: the last loss is asked about first", func(s *stage) {
			s.posts("main", 3)
			s.back(1)
			s.posts("shop", 2)
			s.back(1)
		}, putBack, nil},
		{"deleted, and made again at its last commit by hand", func(s *stage) {
			s.posts("main", 2)
			s.delete()
			s.restore(s.lost)
		}, "", nil},
		{"deleted, and made again at an older commit", func(s *stage) {
			s.posts("main", 1)
			older := s.head()
			s.posts("main", 1)
			s.delete()
			s.restore(older)
		}, remade, nil},
		{"a force push that loses nothing", func(s *stage) {
			s.posts("main", 2)
			s.lost = s.head()
			s.fail("GET /repos/*/*/activity", 200, list(event(900, "force_push", s.lost, s.lost)))
		}, "", nil},
		{"an event that names no commit", func(s *stage) {
			s.posts("main", 2)
			s.fail("GET /repos/*/*/activity", 200,
				list(event(900, "force_push", noCommit, s.head())))
		}, "", nil},
		{"an empty list", func(s *stage) {
			s.posts("main", 2)
			s.fail("GET /repos/*/*/activity", 200, "[]")
		}, "", nil},
		{"put back behind the many pushes of another route", func(s *stage) {
			s.posts("main", 2)
			s.back(1)
			for n := range 120 {
				s.w.GitHub().SetFile(branchName, state.Path("shop"), fmt.Sprintf("# %d\n", n))
			}
		}, putBack, nil},
		{"many pushes of another route", func(s *stage) {
			s.posts("main", 2)
			for n := range 120 {
				s.w.GitHub().SetFile(branchName, state.Path("shop"), fmt.Sprintf("# %d\n", n))
			}
		}, "", nil},
		{"a copy of the repository", func(s *stage) {
			s.posts("main", 2)
			s.lost = "1"
			s.run()
			s.shared.RepositoryID = "42"
		}, aCopy, nil},
		{"a copy of the repository, whose id has to be asked", func(s *stage) {
			s.posts("main", 2)
			s.lost = "1"
			s.w.GitHub().SetRepositoryID(42)
			s.run()
			s.shared.RepositoryID = ""
		}, aCopy, nil},
		{"moved to another owner: the id is the same", func(s *stage) {
			s.posts("main", 2)
			s.run()
			s.shared.RepositoryID = ""
		}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			begin(s, "main")
			begin(s, "shop")
			tt.history(s)
			was := s.document("main")
			if tt.held != aCopy && s.shared.RepositoryID != "" {
				s.run()
			}
			err := s.post("main")
			if tt.held != "" {
				s.isHeld(err, tt.held, s.lost)
				return
			}
			s.must(err)
			is := s.document("main")
			if is.Activity < was.Activity || is.Activity == 0 || is.Repository != "1" {
				t.Errorf("the document names entry %d of repository %q, before %d",
					is.Activity, is.Repository, was.Activity)
			}
			if len(s.person.asked) > 0 || was.Activity == 0 && len(s.person.settled) > 0 {
				t.Errorf("asked %v, settled %v", s.person.asked, s.person.settled)
			}
		})
	}
}

// TestCheckAsksOnce: a run asks GitHub once, however many of its routes post and spend.
func TestCheckAsksOnce(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	begin(s, "shop")
	s.posts("main", 2)
	s.posts("shop", 2)
	s.back(1)
	lost := s.lost
	s.restore(lost)
	s.run()
	s.shared.RepositoryID = ""
	s.w.ResetLog()
	for _, route := range []string{"main", "shop"} {
		r := s.route(route)
		s.must(r.Check(t.Context()))
		s.must(r.Check(t.Context()))
	}
	for call, want := range map[string]int{
		"GET /activity": 1, "GET /compare": 1, "GET /git/ref": 0,
	} {
		if got := s.calls(call); got != want {
			t.Errorf("%s: %d calls, want %d", call, got, want)
		}
	}
	if got := s.calls("GET"); got != 5 { // two documents, the repository, the list, the commit
		t.Errorf("%d calls in all", got)
	}
	if !s.wasSettled(lost) {
		t.Error("the question about a commit that is in the branch again stays open")
	}
}

// TestCheckFails: where GitHub does not tell, nothing is posted, and nobody is asked about it.
func TestCheckFails(t *testing.T) {
	for _, tt := range []struct {
		name, call string
		status     int
		class      httpx.Class
	}{
		{"the token may not read the list", "GET /repos/*/*/activity", 403, httpx.Forbidden},
		{"no such list", "GET /repos/*/*/activity", 404, httpx.NotFound},
		{"an outage", "GET /repos/*/*/activity", 500, httpx.Transient},
		{"the commits can't be compared", "GET /repos/*/*/compare/**", 403, httpx.Forbidden},
		{"the repository's id is not told", "GET /repos/*/*", 403, httpx.Forbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			begin(s, "main")
			s.posts("main", 2)
			s.back(1)
			s.run()
			s.shared.RepositoryID = ""
			s.fail(tt.call, tt.status, `{"message":"no"}`)
			r := s.route("main")
			err := r.Check(t.Context())
			if httpx.ClassOf(err) != tt.class || len(s.person.asked) > 0 {
				t.Fatalf("got %v, asked %d times", err, len(s.person.asked))
			}
			d := &state.Document{Activity: 5}
			if r.Seen(d); d.Activity != 5 {
				t.Error("what has not passed was written down")
			}
		})
	}
}

// TestTheIssueCantBeAsked: GitHub's refusal of an issue is no answer.
func TestTheIssueCantBeAsked(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 2)
	s.back(1)
	s.person.failing = errors.New("no issues")
	s.run()
	if err := s.post("main"); !errors.Is(err, s.person.failing) {
		t.Errorf("got %v", err)
	}
	s.run()
	s.shared.Asker = nil
	if held, ok := guard.IsHeld(s.post("main")); !ok || held.Answer.Issue != 0 {
		t.Errorf("nobody can be asked, and got %+v", held)
	}
}

// TestPutBackCompleted: the lost commit is put back with both histories, and of each route the
// document that has seen more.
func TestPutBackCompleted(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	begin(s, "shop")
	s.posts("main", 3)
	s.back(2)
	s.posts("shop", 1) // a document that names an entry goes on from it
	here := s.head()
	s.answer(s.lost, "completed")
	s.run()
	var later *token.PutOffError
	if err := s.post("main"); !errors.As(err, &later) {
		t.Fatalf("got %v, want it put off: the run has read the other state", err)
	}
	if n := s.document("main").Intents; n != 3 {
		t.Errorf("main has seen %d posts, want 3", n)
	}
	if n := s.document("shop").Intents; n != 1 {
		t.Errorf("shop has seen %d posts, want 1", n)
	}
	for _, commit := range []string{here, s.lost} {
		if in, err := s.client.IsAncestor(t.Context(), commit, branchName); !in || err != nil {
			t.Errorf("%.7s is not in the branch: %v", commit, err)
		}
	}
	s.posts("main", 1)
	s.posts("shop", 1)
}

// TestPutBackNotPlanned: the run goes on from what is there, and what was published before the
// closing is looked for on X.
func TestPutBackNotPlanned(t *testing.T) {
	s := newStage(t)
	begin(s, "main")
	s.posts("main", 3)
	s.back(2)
	s.answer(s.lost, "not_planned")
	closed := s.w.Now()
	s.run()
	s.must(s.post("main"))
	d := s.document("main")
	if d.Intents != 2 || !d.LookBack.Equal(closed) {
		t.Errorf("%d intents, looked back from %v, want %v", d.Intents, d.LookBack, closed)
	}
	s.posts("main", 2)
	if n := len(s.person.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestPutBackFails: a race is left to the next run, and a commit that is gone is told.
func TestPutBackFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   func(error) bool
	}{
		{
			"another run was faster", 422, `{"message":"Update is not a fast forward"}`,
			func(err error) bool {
				var later *token.PutOffError
				return errors.As(err, &later)
			},
		},
		{"the commit is gone", 422, `{"message":"Parent does not exist"}`, func(err error) bool {
			return strings.Contains(err.Error(), "reopen #7 and close it as not planned")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			begin(s, "main")
			s.posts("main", 2)
			s.back(1)
			s.answer(s.lost, "completed")
			s.run()
			s.fail("PATCH /repos/*/*/git/refs/**", tt.status, tt.body)
			if err := s.post("main"); err == nil || !tt.want(err) {
				t.Errorf("got %v", err)
			}
			if n := s.document("main").Intents; n != 1 {
				t.Errorf("the document has %d intents", n)
			}
		})
	}
}

// TestCopy: a copy goes on after an answer, or stays held.
func TestCopy(t *testing.T) {
	for _, how := range []string{"completed", "not_planned"} {
		s := newStage(t)
		begin(s, "main")
		s.posts("main", 1)
		s.answer("1", how)
		s.run()
		s.shared.RepositoryID = "42"
		err := s.route("main").Check(t.Context())
		if _, held := guard.IsHeld(err); held != (how == "not_planned") {
			t.Errorf("%s: got %v", how, err)
		}
		if of := s.document("main").Repository; (of == "42") != (how == "completed") {
			t.Errorf("%s: the document is of repository %s", how, of)
		}
	}
}

// TestAFolderHasNoHistory: with --state-dir there is nothing to ask.
func TestAFolderHasNoHistory(t *testing.T) {
	r := &guard.State{History: &guard.History{}}
	if err := errors.Join(r.Check(t.Context()), r.First(t.Context())); err != nil {
		t.Error(err)
	}
	d := &state.Document{Activity: 5, Repository: "1"}
	if r.Seen(d); d.Activity != 5 || d.Repository != "1" {
		t.Errorf("wrote %d, %q", d.Activity, d.Repository)
	}
}
