package setup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// terminal is a dialogue with what is typed, what is shown, and what was told to be hidden.
type terminal struct {
	*Dialogue
	out    bytes.Buffer
	hidden []string
}

func newTerminal(typed string) *terminal {
	term := &terminal{}
	term.Dialogue = &Dialogue{
		Read: Lines(strings.NewReader(typed)), Out: &term.out, Interactive: true,
		Hide: func(s string) { term.hidden = append(term.hidden, s) },
	}
	return term
}

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name, typed, given string
		alone              bool // nobody is there
		want, shows, fails string
	}{
		{
			name: "typed", typed: "  someone/mirror \n", want: "someone/mirror",
			shows: "   Repository: ",
		},
		{
			name: "typed with a carriage return", typed: "someone/mirror\r\n",
			want: "someone/mirror", shows: "   Repository: ",
		},
		{
			name: "typed without an end of the line", typed: "someone/mirror",
			want: "someone/mirror", shows: "   Repository: ",
		},
		{name: "only Enter", typed: "\n", want: "", shows: "   Repository: "},
		{name: "given", given: "a/b", want: "a/b", shows: "   Repository: a/b (from --repo)\n"},
		{
			name: "given, and nobody is there", given: "a/b", alone: true, want: "a/b",
			shows: "   Repository: a/b (from --repo)\n",
		},
		{
			name: "the end of the input", shows: "   Repository: \n",
			fails: "the dialogue was left at \"Repository\"",
		},
		{
			name: "nobody is there", alone: true,
			fails: "Repository is not known, and nobody is there to ask",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			term := newTerminal(tt.typed)
			term.Interactive = !tt.alone
			got, err := term.Ask(t.Context(), "Repository", tt.given, "--repo")
			if got != tt.want || term.out.String() != tt.shows {
				t.Errorf("got %q and shows %q, want %q and %q", got, term.out.String(), tt.want,
					tt.shows)
			}
			switch {
			case tt.fails != "":
				wantAdvice(t, err, tt.fails,
					map[bool]string{
						true: "set --repo beforehand", false: "run postferry setup again",
					}[tt.alone])
			case err != nil:
				t.Error(err)
			}
			if len(term.hidden) > 0 {
				t.Errorf("%q is hidden, and no secret", term.hidden)
			}
		})
	}
}

// A secret is read without an echo, told to be hidden, and never shown, wherever it comes from.
func TestSecret(t *testing.T) {
	const secret = "s3cret-token"
	for _, tt := range []struct {
		name, typed, given string
		want, shows, fails string
	}{
		{name: "typed", typed: secret + " \n", want: secret, shows: "   Token (not shown): \n"},
		{name: "given", given: secret, want: secret, shows: "   Token: taken from TOKEN\n"},
		{
			name: "left", shows: "   Token (not shown): \n",
			fails: "the dialogue was left at \"Token\"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			term := newTerminal(tt.typed)
			read := term.Read
			term.Read = func(ctx context.Context, echo bool) (string, error) {
				if echo {
					t.Error("a secret is echoed")
				}
				return read(ctx, echo)
			}
			got, err := term.Secret(t.Context(), "Token", tt.given, "TOKEN")
			if got != tt.want || term.out.String() != tt.shows {
				t.Errorf("got %q and shows %q, want %q and %q", got, term.out.String(), tt.want,
					tt.shows)
			}
			if tt.fails != "" {
				wantAdvice(t, err, tt.fails, "What was done so far is kept")
				return
			}
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{secret}, term.hidden); diff != "" {
				t.Errorf("hidden (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLeftAtOnce: a person who presses Ctrl-C at a prompt need not press Enter too, and what is
// typed then is the next question's.
func TestLeftAtOnce(t *testing.T) {
	in, out := io.Pipe()
	read := Lines(in)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	term := newTerminal("")
	term.Read = read
	_, err := term.Ask(ctx, "Repository", "", "")
	if !errors.Is(err, ErrLeft) {
		t.Errorf("got %v", err)
	}
	go func() { _, _ = io.WriteString(out, "someone/mirror\n") }()
	if got, err := term.Ask(t.Context(), "Repository", "", ""); got != "someone/mirror" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestConfirm(t *testing.T) {
	for typed, want := range map[string]bool{
		"y\n": true, "Y\n": true, " yes \n": true, "YES\n": true, "はい\n": true, "y": true,
		"\n": false, "n\n": false, "no\n": false, "yep\n": false, "1\n": false, "y n\n": false,
	} {
		term := newTerminal(typed)
		got, err := term.Confirm(t.Context(), "Sure?")
		if got != want || err != nil || term.out.String() != "   Sure? [y/N] " {
			t.Errorf("%q: got %v, %v and shows %q, want %v", typed, got, err, term.out.String(),
				want)
		}
	}
	t.Run("--yes", func(t *testing.T) {
		term := newTerminal("n\n")
		term.Yes, term.Interactive = true, false
		if got, err := term.Confirm(t.Context(), "Sure?"); !got || err != nil ||
			term.out.String() != "   Sure? yes\n" {
			t.Errorf("got %v, %v and shows %q", got, err, term.out.String())
		}
	})
	t.Run("the end of the input is no yes", func(t *testing.T) {
		got, err := newTerminal("").Confirm(t.Context(), "Sure?")
		if got {
			t.Error("got yes")
		}
		wantAdvice(t, err, "the dialogue was left at \"Sure?\"", "run postferry setup again")
	})
	t.Run("nobody is there", func(t *testing.T) {
		term := newTerminal("y\n")
		term.Interactive = false
		got, err := term.Confirm(t.Context(), "Sure?")
		if got {
			t.Error("got yes")
		}
		wantAdvice(t, err, "Sure?: nobody is there to answer", "--yes")
	})
}

// The answers of one dialogue come from one reader: what is typed ahead is not lost between two
// questions.
func TestAnswersInOrder(t *testing.T) {
	term := newTerminal("a\nb\ny\n")
	term.step(1, "First")
	term.Say("3 things")
	one, _ := term.Ask(t.Context(), "One", "", "")
	two, _ := term.Secret(t.Context(), "Two", "", "")
	three, err := term.Confirm(t.Context(), "Three?")
	if one != "a" || two != "b" || !three || err != nil {
		t.Errorf("got %q, %q, %v, %v", one, two, three, err)
	}
	if want := "\n1. First\n   3 things\n   One:    Two (not shown): \n   Three? [y/N] "; term.out.String() != want {
		t.Errorf("shows %q, want %q", term.out.String(), want)
	}
}

func TestAdvice(t *testing.T) {
	inside := errors.New("inside")
	err := adviseOn(inside, "do this", "what happened: inside")
	if !errors.Is(err, inside) || err.Error() != "what happened: inside" {
		t.Errorf("got %v", err)
	}
}
