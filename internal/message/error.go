package message

import "strings"

// Sentence is an error that is a stored message without placeholders: the value is its key.
type Sentence string

func (s Sentence) Error() string { return Words{}.Text(string(s)) }

// New returns an error that says a stored message, in English.
func New(key string, args ...any) error { return &wrapped{Words{}.Text(key, args...), nil} }

// Wrap returns an error that says about err what a stored message says, in English. The text of err
// is the message's placeholder Why.
func Wrap(err error, key string, args ...any) error {
	args = append(args[:len(args):len(args)], "Why", err.Error())
	return &wrapped{Words{}.Text(key, args...), err}
}

type wrapped struct {
	text string
	err  error
}

func (w *wrapped) Error() string { return w.text }
func (w *wrapped) Unwrap() error { return w.err }

// Error returns the text of an error in the person's language. Errors are English wherever they are
// passed on, compared or kept: only who prints one calls this. A line that no stored message fits
// keeps what stands before its first ": ", such as a route's name, and the rest of it is looked for.
// What a service said stays as it is.
func (w Words) Error(err error) string { return w.Lines(err.Error()) }

// Lines is Error for a text that was made of one.
func (w Words) Lines(text string) string {
	if w == (Words{}) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = sayLine(w, lines[i])
	}
	return strings.Join(lines, "\n")
}

// sayLine is a line of an error in the person's language.
func sayLine(w Words, text string) string {
	lead, rest := "", text
	for range maxNesting + 1 {
		if said := w.Stored(rest); said != rest {
			return lead + said
		}
		before, after, found := strings.Cut(rest, ": ")
		if !found {
			break
		}
		lead, rest = lead+before+": ", after
	}
	return text
}
