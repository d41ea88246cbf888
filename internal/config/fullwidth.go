package config

import (
	"regexp"
	"sync"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/message"
)

// wideMistake is a character of a Japanese or Chinese keyboard that YAML reads as a letter.
type wideMistake struct {
	before     *regexp.Regexp // matches the line up to the character
	says, want string         // keys of messages
}

// wideMistakes compiles its expressions on first use, because a good file needs none of them.
var wideMistakes = sync.OnceValue(func() []wideMistake {
	return []wideMistake{
		{regexp.MustCompile(`^[ \t-]*\x{3000}`),
			"config.wide.indent", "config.want.spaces"},
		{regexp.MustCompile(`^[\s\x{3000}-]*["']?[A-Za-z0-9_-]+["']?[\s\x{3000}]*：`),
			"config.wide.colon", "config.want.colon"},
		{regexp.MustCompile(`^[ \t-]*["']?[A-Za-z0-9_-]+["']?[ \t]*:\x{3000}`),
			"config.wide.after", "config.want.space"},
	}
})

// fullWidth describes the full-width character in the structure of a line, or returns nil. A
// full-width character in a value is no mistake.
func fullWidth(line string, words message.Words) *Problem {
	for _, m := range wideMistakes() {
		if found := m.before.FindString(line); found != "" {
			return &Problem{
				Column:  utf8.RuneCountInString(found),
				Message: words.Text(m.says), Want: words.Text(m.want),
			}
		}
	}
	return nil
}

// explainFullWidth replaces the problems of lines with a full-width colon or space, because the
// problem that YAML's reading leads to names something else.
func (d *decoder) explainFullWidth() {
	for i, p := range d.problems {
		if p.Line < 1 || p.Line > len(d.lines) {
			continue
		}
		if wide := fullWidth(d.lines[p.Line-1], d.words); wide != nil {
			p.Column, p.Message, p.Want, p.Nearest = wide.Column, wide.Message, wide.Want, ""
			d.problems[i] = p
		}
	}
}
