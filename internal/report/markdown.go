package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// fence quotes text from outside as a code block. The fence is longer than any run of backticks in
// the text, so the text can't end the block. In a code block nothing is a mention, a link or a
// marker.
func fence(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "<!--", "<! --").Replace(s)
	longest, run := 2, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, Quote(line))
	}
	ticks := strings.Repeat("`", longest+1)
	return ticks + "text\n" + strings.Join(lines, "\n") + "\n" + ticks + "\n"
}

// block quotes text as code that breaks at the edge of a phone's screen, each line by itself: a code
// block would be scrolled sideways there. Nothing in it is a mention, a link or a marker, and all but
// its backticks can be copied as it is.
func block(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "<!--", "<! --", "`", "'").Replace(s)
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(Quote(line)); line == "" {
			b.WriteString(">\n")
			continue
		}
		b.WriteString("> `" + line + "`\n")
	}
	return b.String()
}

// gap is a zero-width space. It takes the meaning out of "@name", "#12" and "https://" and leaves
// them readable. A backslash would not: GitHub looks for them after Markdown was rendered.
const gap = "\u200b"

// mark takes the meaning out of what Markdown and GitHub act on: formatting, HTML, hidden markers,
// mentions, references, addresses and formulas.
var mark = strings.NewReplacer(
	"\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"~", "\\~", "$", "\\$", "|", "\\|",
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	"@", "@"+gap, "#", "\\#"+gap, "://", ":"+gap+"//",
)

// reference matches other words that GitHub links: "GH-12", and "www." without a scheme.
var reference = lazyregexp.New(`(?i)(gh-|www)([0-9.])`)

// opener matches what makes a line a list item, a heading or a rule.
var opener = lazyregexp.New(`^([-+=:]|[0-9]+[.)])`)

// Text gives s as plain words for a sentence of Markdown, on one line. It does so for any s, and
// for any place in the sentence.
func Text(s string) string {
	s = reference.ReplaceAllString(mark.Replace(strings.TrimSpace(Quote(s))), "${1}"+gap+"${2}")
	return opener.ReplaceAllString(s, gap+"${1}")
}

// code gives text from outside as code in a table cell: on one line, without characters that would
// end the cell or the code.
func code(s string) string {
	s = strings.NewReplacer("`", "'", "|", "¦", "<!--", "<! --").Replace(Quote(httpx.Truncate(s, 300)))
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return "`" + s + "`"
}

// Quote makes text from outside safe to print on one line behind words of our own. It replaces
// control characters with blanks, and drops the characters that change the direction of writing,
// which could make a line read as another one. It breaks "##[" everywhere: the runner looks for
// that older form of its commands in the whole line, and for "::" only at the beginning.
// Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
func Quote(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "##[", "##"+gap+"[")
}

// QuoteJSON is Quote for a line of JSON, where a string can spell "##[" in another way.
func QuoteJSON(line []byte) string { return strings.ReplaceAll(string(line), "##[", `##\u005b`) }

// address reports whether s can stand as an address in Markdown.
func address(s string) bool {
	return strings.HasPrefix(s, "https://") && !strings.ContainsAny(Quote(s), " ()<>[]|@`\\\"")
}

// idChars are the characters of user names on X and of ids on Instagram.
const idChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

const instagramPost = "https://www.instagram.com/"

// permalink links to a media if its address, which came from outside, is one of Instagram's.
func permalink(id, address string) string { return mediaLink(message.Words{}, id, address) }

// Capitalize makes the first letter of a sentence a capital. A Japanese sentence has none, and stays
// as it is.
func Capitalize(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(first) {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
