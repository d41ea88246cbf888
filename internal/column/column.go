// Package column counts the columns that a text takes on a terminal, and breaks lines at them. A
// Japanese character takes two columns.
package column

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Count returns the number of columns of a text without a line break.
func Count(s string) int { return uniseg.StringWidth(s) }

// Pad adds blanks to a text until it takes a number of columns.
func Pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(columns-Count(s), 0))
}

// Wrap breaks the lines of a text so that none takes more than a number of columns. A line that
// continues another begins with the indent. An address, a command's word or any other run of ASCII
// stays in one piece, even if it is too long: people copy it. Wrap changes nothing if the number is
// not above twice the indent's, as it is where nothing is known of the terminal.
func Wrap(text string, columns int, indent string) string {
	if columns <= 2*Count(indent) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, columns, indent)
	}
	return strings.Join(lines, "\n")
}

// wrapLine breaks one line.
func wrapLine(line string, columns int, indent string) string {
	if Count(line) <= columns {
		return line
	}
	var out strings.Builder
	var now string // the line that grows
	for _, piece := range pieces(line) {
		if now != "" && Count(strings.TrimRight(now+piece, " ")) > columns {
			out.WriteString(strings.TrimRight(now, " ") + "\n")
			now = indent
		}
		now += piece
	}
	out.WriteString(now)
	return out.String()
}

// pieces cuts a line where it may be broken. Unicode's rules keep a closing mark from beginning a
// line and an opening one from ending it: https://www.unicode.org/reports/tr14/. Between two ASCII
// characters only a blank is a place to break. The blanks at the begin of a line belong to its first
// piece.
func pieces(line string) (all []string) {
	rest := strings.TrimLeft(line, " ")
	piece := line[:len(line)-len(rest)]
	state := -1
	for rest != "" {
		var segment string
		segment, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		piece += segment
		if rest == "" || !inside(piece[len(piece)-1], rest[0]) {
			all = append(all, piece)
			piece = ""
		}
	}
	return all
}

// inside reports whether a place between two bytes is inside of a run of ASCII.
func inside(before, after byte) bool {
	return before > ' ' && before < 0x80 && after > ' ' && after < 0x80
}
