package report

import (
	"strings"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// GivenUp is what the issue of what a route has given up is rendered from.
type GivenUp struct {
	Words       message.Words
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
	return g.Route + ": " + g.Words.Text("report.given-up.title", "Count", len(g.List))
}

// Body is the text. It is edited in place while the list changes.
func (g GivenUp) Body() string {
	w := g.Words
	return notice{
		w: w, lead: g.lead(),
		steps: []string{
			w.Text("report.given-up.mend"),
			w.Text("report.given-up.retry", "Run", runWorkflow(w, g.RunWorkflow), "Route", g.Route),
			w.Text("report.given-up.leave"),
		},
		standing: standing{
			safe: w.Text("report.given-up.safe"), next: w.Text("report.given-up.next"),
			closing: w.Text("report.given-up.closing"),
		},
		folds: []fold{{w.Text("report.given-up.fold"), g.media()}},
		more:  build.Doc("docs/operating.md#given-up"), marker: g.Marker,
	}.body()
}

// lead names the first media of the list.
func (g GivenUp) lead() string {
	var named []string
	for _, r := range g.List[:min(len(g.List), maxNamed)] {
		named = append(named, mediaLink(g.Words, r.MediaID, r.Permalink))
	}
	list := g.Words.Join(named...)
	if n := len(g.List) - len(named); n > 0 {
		list = g.Words.Text("report.given-up.more", "List", list, "Count", n)
	}
	return g.Words.Text("report.given-up.lead", "Count", len(g.List), "List", list)
}

// Comment names who joined the list. List holds those alone.
func (g GivenUp) Comment() string {
	return g.Words.Text("report.given-up.since") + "\n\n" + g.media()
}

// media lists each media with its proof.
func (g GivenUp) media() string {
	var b strings.Builder
	w := g.Words
	for _, r := range g.List {
		on := ""
		if posts := postLinks(w, g.Username, r.Posts); posts != "" {
			on = w.Text("report.given-up.on", "Made", len(r.Posts),
				"Parts", max(r.Parts, len(r.Posts)), "Posts", posts)
		}
		b.WriteString("- " + w.Text("report.given-up.media",
			"Media", mediaLink(w, r.MediaID, r.Permalink), "Published", stamp(w, r.Timestamp),
			"At", stamp(w, r.Settled), "On", on,
			"Why", Text(httpx.Truncate(w.Stored(r.Reason), 600))) + "\n")
	}
	return b.String()
}
