package guard_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

var update = flag.Bool("update", false, "rewrite what the questions are compared with")

// TestQuestions shows each kind of question as a person reads it, in both languages.
func TestQuestions(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	for name, w := range map[string]message.Words{
		"en": {}, "ja": {Language: message.Japanese, Zone: tokyo},
	} {
		t.Run(name, func(t *testing.T) {
			file := "testdata/questions." + name + ".txt"
			got := strings.Join(questions(t, w), "\n")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// questions asks each question once.
func questions(t *testing.T, w message.Words) (out []string) {
	for _, happens := range []func(s *stage, older string){
		func(s *stage, _ string) { s.back(1) },
		func(s *stage, older string) { s.delete(); s.restore(older) },
		func(s *stage, _ string) { s.delete() },
		func(s *stage, _ string) { s.shared.RepositoryID = "2" },
	} {
		s := newStage(t)
		s.posts("main", 1)
		older := s.head()
		s.posts("main", 1)
		s.run()
		happens(s, older)
		s.shared.Words = w
		r := s.route("main")
		ask := r.Check
		if r.Session.First() {
			ask = r.First
		}
		out = append(out, printed(t, w, ask(t.Context())))
	}
	for _, service := range []string{"Instagram", "X", "nameless"} {
		g := newGuests(t)
		g.Words = w
		switch service {
		case "Instagram":
			g.instagram, g.InstagramLogin = cafe, "ig2"
		case "X":
			g.x, g.xLogin = xCafe, "x2"
		default:
			g.x, g.xLogin = xCafe, "x2"
			g.x.Username = ""
			g.must(g.Session.Update(t.Context(), "nameless", func(d *state.Document) error {
				d.Account.XUsername = ""
				return nil
			}))
		}
		out = append(out, printed(t, w, g.Check(t.Context())))
	}
	return out
}

// printed is the question that an error is, and the error as a person reads it.
func printed(t *testing.T, w message.Words, err error) string {
	t.Helper()
	held, ok := guard.IsHeld(err)
	if !ok {
		t.Fatalf("got %v, want a question", err)
	}
	q := held.Question
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n%s\n", q.Title, q.Facts)
	for _, text := range []string{q.Completed, q.NotPlanned, q.Otherwise, q.Safe, w.Error(err)} {
		if text != "" {
			fmt.Fprintf(&b, "- %s\n", text)
		}
	}
	return b.String()
}
