package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 when it is the file as a whole
	Path         string // of the key, "routes.main.text.long"; "" when it is no key's
	Message      string // what is wrong
	Want         string // what it should be, "" if Message says it
	Nearest      string // the nearest that is valid, "" if nothing is near
}

// Error is the problem on one line. Nothing in it is a secret or holds a line break.
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
	if p.Want != "" {
		b.WriteString("; it should be " + p.Want)
	}
	if p.Nearest != "" {
		b.WriteString("; did you mean " + p.Nearest + "?")
	}
	return b.String()
}

// Problems are all mistakes of a file, in the file's order.
type Problems []Problem

// Error prints every problem, each on a line of its own.
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
