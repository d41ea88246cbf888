package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// GivenUp is what the issue of what a route has given up is rendered from.
type GivenUp struct {
	Route       string
	List        []state.Record // oldest first
	Username    string         // of the X account, "" if it is not known
	RunWorkflow string         // the page with the button "Run workflow", "" if it is not known
	Marker      string         // see Marker
}

// Title is the title of the issue.
func (g GivenUp) Title() string {
	return fmt.Sprintf("%s: %d media %s not mirrored any more", g.Route, len(g.List),
		plural(len(g.List), "is", "are"))
}

// Body is the text. It is edited in place while the list changes.
func (g GivenUp) Body() string {
	var b strings.Builder
	b.WriteString("These media were given up: it is proven that trying again does not help. " +
		"Everything else is mirrored as always.\n\n")
	g.media(&b)
	b.WriteString("### What to do\n\n1. Mend what the reason names, if it can be mended.\n")
	b.WriteString("2. Have a media posted again: ")
	if address(g.RunWorkflow) {
		fmt.Fprintf(&b, "press [Run workflow](%s) and put its address into the field *retry*", g.RunWorkflow)
	} else {
		b.WriteString("press *Actions > mirror > Run workflow* and put its address into the field " +
			"*retry*")
	}
	fmt.Fprintf(&b, ", or run\n\n   ```text\n   postferry retry --route %s PERMALINK\n   ```\n\n", g.Route)
	b.WriteString("   The word `all` in place of the address means the whole list.\n")
	b.WriteString("3. Or leave it so: close this issue. What it lists is then acknowledged, and " +
		"can still be posted again later.\n\n")
	b.WriteString("This issue closes by itself when the list is empty. A media that joins it is " +
		"named in a comment, at most once a day.\n")
	return b.String() + "\n" + g.Marker + "\n"
}

// Comment names who joined the list. List holds those alone.
func (g GivenUp) Comment() string {
	var b strings.Builder
	b.WriteString("Given up since the last message:\n\n")
	g.media(&b)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// media lists each media with its proof.
func (g GivenUp) media(b *strings.Builder) {
	for _, r := range g.List {
		fmt.Fprintf(b, "- %s, published %s, given up %s", permalink(r.MediaID, r.Permalink),
			stamp(r.Timestamp), stamp(r.Settled))
		if posts := links(g.Username, r.Posts); posts != "" {
			fmt.Fprintf(b, " (%d of %d parts are on X: %s)", len(r.Posts), max(r.Parts, len(r.Posts)), posts)
		}
		fmt.Fprintf(b, ": %s\n", Text(httpx.Truncate(r.Reason, 600)))
	}
	b.WriteString("\n")
}
