package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// testdata/mistakes.txtar has a file with many problems, which come in the file's order.
func TestParseReturnsProblems(t *testing.T) {
	_, err := Parse(".github/postferry.yml", []byte("version: 0\nstate_branch: main\n"))
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 2 || ps[0].Line != 1 || ps[1].Line != 2 {
		t.Fatalf("got %T: %v", err, err)
	}
	if got := ps[0].File; got != ".github/postferry.yml" {
		t.Errorf("the problem is in %q", got)
	}
}

// A shared variable is found late, and its problem is sorted to its line.
func TestProblemsOfSharedVariablesComeTogether(t *testing.T) {
	in := "routes:\n  a: {}\n  b: {}\n  c: {x: {refresh_token: X_C, access_token:" +
		" X_ACCESS_TOKEN}}\n"
	got := problemsOf(in)
	if n := strings.Count(got, "\n"); n != 1 || !strings.HasPrefix(got, "f.yml:3:3: ") ||
		!strings.Contains(got, "\nf.yml:4:45: routes.c.x.access_token") {
		t.Errorf("got\n%s", got)
	}
}

// A file that is wrong throughout is not read to its end, which would take seconds.
func TestProblemsEndAtAHundred(t *testing.T) {
	for _, tt := range []struct {
		mistakes, want int
		more           bool
	}{{99, 99, false}, {100, 100, false}, {101, 101, true}, {20_000, 101, true}} {
		for name, format := range map[string]string{"keys": "k%d: 1\n", "routes": "  K%d: 1\n"} {
			var b strings.Builder
			b.WriteString(map[string]string{"routes": "routes:\n"}[name])
			for i := range tt.mistakes {
				fmt.Fprintf(&b, format, i)
			}
			_, err := Parse("f.yml", []byte(b.String()))
			ps, _ := err.(Problems)
			if len(ps) != tt.want {
				t.Fatalf("%d %s: got %d problems, want %d", tt.mistakes, name, len(ps), tt.want)
			}
			if got := ps[len(ps)-1].Message; strings.Contains(got, "there may be more") != tt.more {
				t.Errorf("%d %s: the last says %q", tt.mistakes, name, got)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"if-cut", "never", "always", "max_length"}
	for _, tt := range []struct{ in, want string }{
		{"ifcut", "if-cut"}, {"IF_CUT", "if-cut"}, {"nevr", "never"}, {"nevre", "never"},
		{"alway", "always"}, {"maxLength", "max_length"},
		{"max-lenght", "max_length"}, {"", ""}, {"sometimes", ""},
		{strings.Repeat("never", 20), ""},
	} {
		if got := Nearest(tt.in, words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}
