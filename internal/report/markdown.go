package report

import (
	"regexp"
	"strings"
)

// fence quotes text from outside as a code block that it can't get out of: the fence is longer than
// any run of backticks in it. In a code block nothing is a mention, a link or a marker.
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

// gap is a zero-width space: it takes the meaning out of "@name", "#12" and "https://" and leaves them readable. A
// backslash does not: GitHub looks for them in what Markdown has left.
const gap = "\u200b"

// mark takes the meaning out of what Markdown and GitHub would act on: formatting, HTML, hidden
// markers, mentions, references, addresses, formulas.
var mark = strings.NewReplacer(
	"\\",
	"\\\\",
	"`",
	"\\`",
	"*",
	"\\*",
	"_",
	"\\_",
	"[",
	"\\[",
	"]",
	"\\]",
	"~",
	"\\~",
	"$",
	"\\$",
	"|",
	"\\|",
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	"@", "@"+gap, "#", "\\#"+gap, "://", ":"+gap+"//",
)

// reference is what else GitHub makes a link of: "GH-12", and "www." without a scheme.
var reference = regexp.MustCompile(`(?i)(gh-|www)([0-9.])`)

// opener is what would make a list, a heading or a rule of a line that begins with it.
var opener = regexp.MustCompile(`^([-+=:]|[0-9]+[.)])`)

// Text is s as plain words in a sentence of Markdown, on one line, whatever is in it and wherever
// it stands.
func Text(s string) string {
	s = reference.ReplaceAllString(mark.Replace(strings.TrimSpace(Quote(s))), "${1}"+gap+"${2}")
	return opener.ReplaceAllString(s, gap+"${1}")
}

// code is text from outside in a table cell, as code: on one line, without what would end the cell
// or the code.
func code(s string) string {
	s = strings.NewReplacer("`", "'", "|", "¦", "<!--", "<! --").Replace(Quote(cut(s, 300)))
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return "`" + s + "`"
}

// Quote makes text from outside safe to print on one line, behind words of our own: control
// characters are blanks, and those that turn the direction of what follows are left out, or a line
// would not read as what it is. The runner looks for "::" at the beginning of a line, blanks aside,
// but for its older "##[" everywhere.
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

// QuoteJSON is the same for a line of JSON, which has a spelling of its own for what is in a
// string.
func QuoteJSON(line []byte) string { return strings.ReplaceAll(string(line), "##[", `##\u005b`) }

// cut is the first n bytes of s, whole characters only.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// address says whether s can stand as an address in Markdown.
func address(s string) bool {
	return strings.HasPrefix(s, "https://") && !strings.ContainsAny(Quote(s), " ()<>[]|@`\\\"")
}

const instagramPost = "https://www.instagram.com/"

// permalink is a media as a link, if its address is one of Instagram: it came from outside.
func permalink(id, address string) string {
	path, ok := strings.CutPrefix(address, instagramPost)
	path = strings.Trim(path, "/")
	if !ok || path == "" || len(path) > 100 || strings.Trim(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/.") != "" {
		return "media " + Text(cut(id, 100))
	}
	return "[" + strings.ReplaceAll(path, "_", "\\_") + "](" + instagramPost + path + "/)"
}

// upper begins a sentence. Only our own words are sentences, and they are ASCII.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
