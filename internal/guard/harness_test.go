package guard_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

const branchName = "postferry-state"

// person is who closes the issues of questions, by their keys.
type person struct {
	answers map[string]guard.Answer
	failing error // of GitHub's issues
	asked   []guard.Question
	settled []string // the keys of the questions that were closed
}

func (p *person) Ask(_ context.Context, q guard.Question) (guard.Answer, error) {
	p.asked = append(p.asked, q)
	a := p.answers[q.Key]
	a.Issue = 7
	return a, p.failing
}

func (p *person) Reread(ctx context.Context, q guard.Question, _ int) (guard.Answer, error) {
	return p.Ask(ctx, q)
}

func (p *person) Settled(_ context.Context, q guard.Question, _ string) error {
	p.settled = append(p.settled, q.Key)
	return p.failing
}

// stage is a repository with a state branch, and the person whose it is.
type stage struct {
	*testing.T
	w      *sim.World
	client *github.Client
	branch *github.Branch
	person *person
	shared *guard.History // of the present run
	lost   string         // the commit that was lost last
}

func newStage(t *testing.T) *stage {
	w := sim.New(sim.Options{})
	w.GitHub().SetRepositoryID(1)
	c := github.New(github.Options{
		Token: w.Env()["GITHUB_TOKEN"], Owner: "someone", Repo: "mirror",
		HTTP: &http.Client{Transport: w.Transport()}, Now: w.Now,
	})
	s := &stage{T: t, w: w, client: c, person: &person{answers: map[string]guard.Answer{}}}
	s.run()
	return s
}

// run begins another run of the program: what the run before has read is forgotten.
func (s *stage) run() {
	s.w.Advance(time.Minute)
	s.branch = &github.Branch{Client: s.client, Name: branchName}
	s.shared = &guard.History{
		Branch: s.branch, Routes: []string{"main", "shop"}, RepositoryID: "1", Asker: s.person,
	}
}

// must fails the test for an error.
func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// route is a route in the present run.
func (s *stage) route(name string) *guard.State {
	s.Helper()
	session, err := state.Open(s.Context(), s.branch, name)
	s.must(err)
	return &guard.State{History: s.shared, Session: session}
}

// post checks and writes an intent down, as a run that posts does. It returns the refusal of Check.
func (s *stage) post(route string) error {
	s.Helper()
	r := s.route(route)
	if err := r.Check(s.Context()); err != nil {
		return err
	}
	return r.Session.Update(s.Context(), "intent", func(d *state.Document) error {
		d.Intents++
		r.Seen(d)
		return nil
	})
}

// posts is a number of runs that post well.
func (s *stage) posts(route string, n int) {
	s.Helper()
	for range n {
		s.run()
		s.must(s.post(route))
	}
}

// document is a route's document as it stands on the branch, or nil.
func (s *stage) document(route string) *state.Document {
	s.Helper()
	body, ok := s.w.GitHub().File(branchName, state.Path(route))
	if !ok {
		return nil
	}
	d, err := state.Decode(state.Path(route), []byte(body))
	s.must(err)
	return d
}

func (s *stage) head() string { return s.w.GitHub().Branch(branchName).Head() }

func (s *stage) back(commits int) { s.lost = s.w.GitHub().Branch(branchName).ForceBack(commits) }
func (s *stage) delete()          { s.lost = s.w.GitHub().Branch(branchName).Delete() }
func (s *stage) restore(at string) {
	s.w.GitHub().Branch(branchName).PutBack(at)
}

// fail has GitHub answer a call as planned for the rest of the test.
func (s *stage) fail(call string, status int, body string) {
	s.w.Fail(sim.Fault{Service: "github", Call: call, Times: -1, Status: status, Body: body})
}

// answer has the person close the issue about a commit.
func (s *stage) answer(key, how string) {
	s.w.Advance(time.Minute)
	s.person.answers[key] = guard.Answer{
		Completed: how == "completed", NotPlanned: how == "not_planned", At: s.w.Now(),
	}
}

// calls counts the requests since the log was last cleared, by a prefix of "GET /path".
func (s *stage) calls(prefix string) (n int) {
	for _, c := range s.w.Log() {
		if strings.HasPrefix(c.Method+" "+strings.TrimPrefix(c.Path, "/repos/someone/mirror"),
			prefix) {
			n++
		}
	}
	return n
}

// isHeld fails the test unless err is the question with a title that contains words, about a key.
func (s *stage) isHeld(err error, words, key string) {
	s.Helper()
	held, ok := guard.IsHeld(err)
	if !ok || !strings.Contains(held.Question.Title, words) || held.Question.Key != key {
		s.Fatalf("got %v, want it held: %q about %.7s", err, words, key)
	}
	if n := len(s.person.asked); n == 0 || s.person.asked[n-1].Key != key {
		s.Fatalf("nobody was asked about %.7s", key)
	}
	q := held.Question
	if q.Component != "state" || q.Route != "" || q.Facts == "" || q.Completed == "" ||
		q.NotPlanned == "" || held.Answer.Issue != 7 {
		s.Errorf("the question is %+v, the answer %+v", q, held.Answer)
	}
	if since := s.w.Now().Sub(q.Event); words != aCopy && (since < 0 || since > 24*time.Hour) {
		s.Errorf("the event was at %v, and now it is %v", q.Event, s.w.Now())
	}
}

func (s *stage) wasSettled(key string) bool { return slices.Contains(s.person.settled, key) }

func list(events ...string) string { return "[" + strings.Join(events, ",") + "]" }

// event is an entry of the activity list.
func event(id int, kind, before, after string) string {
	return fmt.Sprintf(`{"id":%d,"ref":"refs/heads/%s","activity_type":%q,"before":%q,"after":%q,`+
		`"timestamp":"2026-11-23T09:00:00Z","actor":{"login":"someone"}}`,
		id, branchName, kind, before, after)
}
