package caption

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/twittertext"
)

// clean makes s fit to send: valid UTF-8 in NFC, with \n as the only line break and without control
// characters. It removes the characters that X refuses (U+FFFE, U+FEFF, U+FFFF). It also removes
// U+202A to U+202E, because X once refused them and they can make a URL read backwards; Arabic and
// Hebrew get by with the isolates and marks, which stay. Then it tidies white space.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return tidy(norm.NFC.String(strings.Map(cleanRune, s)))
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n'
	case r == '\t':
		return ' '
	case unicode.IsControl(r), twittertext.IsInvalid(r), 0x202A <= r && r <= 0x202E:
		return -1
	}
	return r
}

// oneLine cleans a value that has no line breaks, such as a user name.
func oneLine(s string) string { return strings.ReplaceAll(clean(s), "\n", " ") }

// cleanTemplate cleans a template but keeps the space at its ends, which separates it from what is
// put there.
func cleanTemplate(s string) string {
	return strings.Map(cleanRune, strings.ReplaceAll(s, "\r\n", "\n"))
}

// tidy removes white space that nobody sees: at the end of each line and around the text. It leaves
// one blank line of three or more. Instagram's users keep blank lines with invisible characters,
// most often the empty braille pattern, so a line of nothing else is blank.
func tidy(s string) string {
	var out strings.Builder
	blank := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRightFunc(line, isBlank)
		if strings.TrimFunc(line, isInvisible) == "" {
			blank++
			continue
		}
		if out.Len() > 0 {
			if blank > 2 {
				blank = 1
			}
			out.WriteString(strings.Repeat("\n", blank+1))
		} else {
			line = strings.TrimLeftFunc(line, isBlank)
		}
		blank = 0
		out.WriteString(line)
	}
	return out.String()
}

const emptyBraille, hangulFiller = '\u2800', '\u3164'

func isBlank(r rune) bool { return unicode.IsSpace(r) || r == emptyBraille }

// isInvisible reports whether a line of r alone looks blank: white space, fillers, joiners and
// direction marks. Not every format character is invisible: the Arabic number sign U+0600 is one.
func isInvisible(r rune) bool {
	switch {
	case 0x200B <= r && r <= 0x200F, 0x2060 <= r && r <= 0x2064, twittertext.IsBidiMark(r):
		return true
	}
	return isBlank(r) || r == hangulFiller || r == 0xAD
}
