package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// Problem is one mistake in a file.
type Problem struct {
	File         string
	Line, Column int              // from 1; 0 if the problem is the file as a whole
	Path         string           // of the key, "routes.main.text.long"; "" if it concerns no key
	Message      string           // what is wrong
	Want         string           // what the value should be; "" if Message says so
	Nearest      string           // the nearest valid value; "" if none is near
	Language     message.Language // of Message and Want
}

// Error returns the problem on one line. The line holds no secret and no line break.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	for _, s := range []string{p.Path, p.Message} {
		if s != "" {
			b.WriteString(": " + s)
		}
	}
	words := message.Words{Language: p.Language}
	if p.Want != "" {
		b.WriteString(words.Text("config.should-be", "Want", p.Want))
	}
	if p.Nearest != "" {
		b.WriteString(words.Text("config.did-you-mean", "Nearest", p.Nearest))
	}
	return b.String()
}

// Problems holds all mistakes of a file, in the file's order.
type Problems []Problem

// Error returns every problem on a line of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
