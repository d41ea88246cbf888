package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
)

// AttentionTitle is the title of the issue that tells of what will run out.
const AttentionTitle = "postferry: something will run out soon"

// Attention is that body, edited in place while anything is due. It depends on the days alone, so that it is edited
// once a day at most.
func Attention(route string, due []diagnosis.Expiry, now time.Time) string {
	var b strings.Builder
	b.WriteString("Nothing is broken. This will be, unless somebody does something:\n\n")
	for _, e := range due {
		fmt.Fprintf(&b, "- **%s** %s", strings.ToUpper(e.What[:1])+e.Says(now)[1:], e.Fix)
		if e.Link != "" {
			fmt.Fprintf(&b, " (%s)", e.Link)
		}
		b.WriteString("\n")
	}
	b.WriteString("\npostferry looks every six hours, and closes this issue by itself when it is done.\n")
	return b.String() + "\n" + diagnosis.Marker(route, diagnosis.Attention, "attention") + "\n"
}
