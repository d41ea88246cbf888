package report

import "strings"

// Fence quotes text from outside as a code block that it can't get out of: the fence is longer than any run of backticks
// in it. In a code block nothing is a mention, a link or a marker.
func Fence(s string) string {
	longest, run := 2, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	return fence + "text\n" + strings.ReplaceAll(s, "<!--", "<! --") + "\n" + fence + "\n"
}

// mark takes the meaning out of what Markdown and GitHub would act on: formatting, HTML, hidden markers, mentions.
var mark = strings.NewReplacer(
	"\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "#", "\\#", "~", "\\~",
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	// A mention needs its name right behind the @: a zero-width space in between keeps it readable and harmless.
	"@", "@\u200b",
)

// Text is s as plain words in a sentence of Markdown.
func Text(s string) string { return mark.Replace(s) }
