package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// StatusPage is the page of one route that the state branch shows to a person. It is written along
// with commits that happen anyway, so it may be hours old: it gives moments, and never an age.
type StatusPage struct {
	Words     message.Words
	Doc       *state.Document
	Routes    []string // all that are configured: with more than one each has a folder of its own
	USDCap    float64
	Delay     time.Duration // the configuration's
	IssuesURL string        // "https://github.com/o/r/issues/", "" if not known
	Now       time.Time
}

// Files are the files of the page: README.md, status.svg and badge.json.
// Source: https://shields.io/badges/endpoint-badge
func (p StatusPage) Files() map[string][]byte {
	folder := ""
	out := map[string][]byte{}
	if len(p.Routes) > 1 {
		folder = p.Doc.Route + "/"
		out["README.md"] = p.index()
	}
	verdict, well := p.verdict()
	out[folder+"README.md"] = p.readme(verdict)
	out[folder+"status.svg"] = p.chart().svg(p.Doc.Route + ": " + verdict)
	out[folder+"badge.json"] = badge(verdict, well)
	return out
}

// index links the pages of all routes.
func (p StatusPage) index() []byte {
	var b strings.Builder
	b.WriteString("# postferry\n\n")
	for _, r := range p.Routes {
		fmt.Fprintf(&b, "## [%s](%s/README.md)\n\n[![%s](%s/status.svg)](%s/README.md)\n\n",
			r, r, p.Words.Text("report.page.stands", "Route", r), r, r)
	}
	return []byte(b.String() + pageFoot(p.Words))
}

// pageFoot is a function, because the linker sets the address.
func pageFoot(w message.Words) string {
	return "---\n\n" +
		w.Text("report.page.foot", "Link", "[postferry]("+build.URL()+")") + "\n"
}

// readme is the page. It begins with whatever needs a person, and goes on with the news.
func (p StatusPage) readme(verdict string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", p.Doc.Route, verdict)
	p.open(&b)
	fmt.Fprintf(&b, "![%s](status.svg)\n\n", p.chart().sentence())
	lists := pageLists{p.Words, p.Doc, p.Now, &b}
	lists.held()
	lists.givenUp()
	lists.posts()
	b.WriteString(p.late().text())
	facts{p, &b}.write()
	b.WriteString(pageFoot(p.Words))
	return []byte(b.String())
}

func (p StatusPage) chart() chart {
	return chart{w: p.Words, history: p.Doc.History, now: p.Now}
}

// verdict says in a few words whether the route works, and reports whether all is well.
func (p StatusPage) verdict() (text string, well bool) {
	open := failures(p.Doc)
	switch len(open) {
	case 0:
		return p.calm()
	case 1:
		if diagnosis.Component(open[0].Component).Name(p.Words) != "" {
			return p.Words.Text("report.trouble." + open[0].Component), false
		}
		return p.Words.Text("report.trouble.other"), false
	}
	return p.Words.Text("report.troubles", "Count", len(open)), false
}

// calm says how a route stands in which nothing fails. All is well only if nothing is held.
func (p StatusPage) calm() (text string, well bool) {
	if n := len(p.Doc.Ledger.GivenUp()); n > 0 {
		return p.Words.Text("report.calm.given-up", "Count", n), false
	}
	if n := len(p.Doc.Ledger.Held()); n > 0 {
		return p.Words.Text("report.calm.held", "Count", n), false
	}
	return p.Words.Text("report.calm.well"), true
}

// failures lists the open incidents. The reminder of what will expire is not one, and the first
// set-up is not.
func failures(d *state.Document) []state.Incident {
	return slices.DeleteFunc(slices.Clone(d.Incidents), func(i state.Incident) bool {
		return !i.Closed.IsZero() || !diagnosis.Component(i.Component).Failure()
	})
}

// maxComponents bounds the incidents that are shown. There are fewer components than that, unless
// somebody has edited the document.
const maxComponents = 10

// open writes a warning for each open incident.
func (p StatusPage) open(b *strings.Builder) {
	w := p.Words
	all := failures(p.Doc)
	for _, i := range all[:min(len(all), maxComponents)] {
		title := Text(httpx.Truncate(i.Cause, 100))
		if d, ok := diagnosis.DiagnosisOf(i.Cause); ok {
			title = Capitalize(d.In(w).Title)
		}
		parts := []string{w.Text("report.page.since", "Title", title, "At", i.First)}
		if i.Issue > 0 && address(p.IssuesURL) {
			link := fmt.Sprintf("[#%d](%s%d)", i.Issue, p.IssuesURL, i.Issue)
			parts = append(parts, w.Text("report.page.issue", "Link", link))
		}
		if i.Component == string(diagnosis.GivenUp) {
			parts = append(parts, w.Text("report.page.else-mirrored"))
		} else {
			parts = append(parts, w.Text("report.page.next-try", "When", p.nextTry(i.Component)))
		}
		fmt.Fprintf(b, "> [!WARNING]\n> %s\n\n", w.Sentences(parts...))
	}
}

// nextTry says when a component that failed is tried again.
func (p StatusPage) nextTry(component string) string {
	if next := p.Doc.Breakers[component].NextTry; !next.IsZero() {
		return p.Words.Time(next)
	}
	if at := p.Doc.RetryAfter[component]; at.After(p.Now) {
		return p.Words.Time(at)
	}
	return p.Words.Text("report.page.next-run")
}

// badge is the page's verdict for a badge on another page.
func badge(verdict string, well bool) []byte {
	color := "orange"
	if well {
		color = "brightgreen"
	}
	line, _ := json.Marshal(struct { // strings and numbers always encode
		Version int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, "postferry", verdict, color})
	return append(line, '\n')
}
