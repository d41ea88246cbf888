package caption

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes s fit to send: valid UTF-8 in NFC, lines ended by \n and by nothing else, no control characters, none of the
// characters that X refuses (U+FFFE, U+FEFF, U+FFFF), and none of U+202A–U+202E: older X refused those too, and they can
// make an address read backwards. The isolates and marks that Arabic and Hebrew need stay. Lines lose the space at their
// end, the text the space around it, and three or more blank lines become one.
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
	case unicode.IsControl(r), isInvalid(r), 0x202A <= r && r <= 0x202E:
		return -1
	}
	return r
}

// tidy takes away space that nobody sees. Instagram's users hold empty lines open with invisible characters, above all
// the empty braille pattern; a line of nothing else is a blank line.
func tidy(s string) string {
	var out strings.Builder
	blank := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRightFunc(line, isBlank)
		if strings.TrimFunc(line, isUnseen) == "" {
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

// isUnseen: space, fillers, joiners and direction marks, none of which shows where it stands alone. Not all format
// characters: the Arabic number sign U+0600 is one.
func isUnseen(r rune) bool {
	switch {
	case 0x200B <= r && r <= 0x200F, 0x2060 <= r && r <= 0x2064, isBidiMark(r):
		return true
	}
	return isBlank(r) || r == hangulFiller || r == 0xAD
}
