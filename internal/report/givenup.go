package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/build"
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

// maxNamed is how many media the first screen names. All of them are in the list below.
const maxNamed = 3

// Title is the title of the issue.
func (g GivenUp) Title() string {
	return fmt.Sprintf("%s: %d media %s not mirrored any more", g.Route, len(g.List),
		plural(len(g.List), "is", "are"))
}

// Body is the text. It is edited in place while the list changes.
func (g GivenUp) Body() string {
	return notice{
		lead: g.lead(),
		steps: []string{
			"Mend what the reason in the list names, if it can be mended.",
			fmt.Sprintf("Have a media posted again: press %s and put its address into the field "+
				"*retry*, or run `postferry retry --route %s PERMALINK`. The word `all` means the "+
				"whole list.", runWorkflow(g.RunWorkflow), g.Route),
			"Or leave it so: close this issue.",
		},
		standing: standing{
			safe: "Everything else is mirrored as always, and what is on X stays there.",
			next: "None, until somebody asks for it by *retry*.",
			closing: "It says that the list may stay as it is. What it names counts no more, and can " +
				"still be posted later. The issue closes by itself when the list is empty.",
		},
		folds: []fold{{"Each media, and the proof that trying again does not help", g.media()}},
		more:  build.Doc("docs/operating.md#given-up"), marker: g.Marker,
	}.body()
}

// lead names the first media of the list.
func (g GivenUp) lead() string {
	var named []string
	for _, r := range g.List[:min(len(g.List), maxNamed)] {
		named = append(named, permalink(r.MediaID, r.Permalink))
	}
	s := fmt.Sprintf("%d media %s given up: %s", len(g.List), plural(len(g.List), "was", "were"),
		strings.Join(named, ", "))
	if n := len(g.List) - len(named); n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s + "."
}

// Comment names who joined the list. List holds those alone.
func (g GivenUp) Comment() string { return "Given up since the last message:\n\n" + g.media() }

// media lists each media with its proof.
func (g GivenUp) media() string {
	var b strings.Builder
	for _, r := range g.List {
		fmt.Fprintf(&b, "- %s, published %s, given up %s", permalink(r.MediaID, r.Permalink),
			stamp(r.Timestamp), stamp(r.Settled))
		if posts := links(g.Username, r.Posts); posts != "" {
			fmt.Fprintf(&b, " (%d of %d parts are on X: %s)", len(r.Posts),
				max(r.Parts, len(r.Posts)), posts)
		}
		fmt.Fprintf(&b, ": %s\n", Text(httpx.Truncate(r.Reason, 600)))
	}
	return b.String()
}
