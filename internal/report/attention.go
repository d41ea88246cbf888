package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
)

// AttentionTitle is the title of the issue that reminds of what will expire soon.
const AttentionTitle = "postferry: something will run out soon"

// Reminder is one thing that will expire soon.
type Reminder struct {
	Text string // "the token behind SECRETS_TOKEN ends on 2026-12-03, in 10 days."
	Fix  string
	Link string // may be empty
}

// Attention is that body. It is edited in place while anything is due.
func Attention(route string, due []Reminder) string {
	var b strings.Builder
	b.WriteString("Nothing is broken. This will be, unless somebody does something:\n\n")
	for _, r := range due {
		fmt.Fprintf(&b, "- **%s** %s", Capitalize(r.Text), r.Fix)
		if r.Link != "" {
			fmt.Fprintf(&b, " (%s)", r.Link)
		}
		b.WriteString("\n")
	}
	b.WriteString("\npostferry looks every six hours, and closes this issue by itself when it is " +
		"done.\n")
	return b.String() + "\n" + Marker(route, diagnosis.Attention, "attention") + "\n"
}
