package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/state"
)

// StatusPage is what the state branch shows a person of one route. It is written along with commits
// that happen anyway, so it is as old as the last of them; nothing in it counts from the moment at
// which it is read.
type StatusPage struct {
	Doc       *state.Document
	Routes    []string // all that are configured: with more than one each has a folder of its own
	USDCap    float64
	IssuesURL string // "https://github.com/o/r/issues/", "" if not known
	Now       time.Time
}

// pagePosts is how many posts the page shows.
const pagePosts = 20

// Files are the page's: README.md, status.svg and badge.json (https://shields.io/badges/endpoint-badge).
func (p StatusPage) Files() map[string][]byte {
	folder := ""
	out := map[string][]byte{}
	if len(p.Routes) > 1 {
		folder = p.Doc.Route + "/"
		out["README.md"] = p.index()
	}
	out[folder+"README.md"] = p.readme()
	out[folder+"status.svg"] = p.chart().svg(p.Doc.Route + ": " + p.verdict())
	out[folder+"badge.json"] = p.badge()
	return out
}

// index leads to the routes' pages.
func (p StatusPage) index() []byte {
	var b strings.Builder
	b.WriteString("# postferry\n\n")
	for _, r := range p.Routes {
		fmt.Fprintf(&b, "## [%s](%s/README.md)\n\n[![how %s "+
			"stands](%s/status.svg)](%s/README.md)\n\n", r, r, r, r, r)
	}
	b.WriteString(pageFoot)
	return []byte(b.String())
}

const pageFoot = "---\n\nWritten by [postferry](https://github.com/postferry/postferry). This " +
	"branch is its memory: `state/` is the machine's, this page is yours.\n"

func (p StatusPage) readme() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", p.Doc.Route, p.verdict())
	p.open(&b)
	fmt.Fprintf(&b, "![%s](status.svg)\n\n", p.chart().says())
	p.stands(&b)
	p.posts(&b)
	b.WriteString(pageFoot)
	return []byte(b.String())
}

func (p StatusPage) chart() chart { return chart{history: p.Doc.History, now: p.Now} }

// troubles say of an area that it is not well, in a few words.
var troubles = map[string]string{
	string(diagnosis.Instagram): "Instagram can't be read", string(diagnosis.X): "X takes no posts", string(diagnosis.XToken): "X's login can't be renewed",
	string(diagnosis.GitHub): "GitHub refuses something", string(diagnosis.State): "the state can't be read", string(diagnosis.Price): "the month's budget is used up",
	string(diagnosis.Job): "a run died",
}

// verdict is how the route stands, in a few words.
func (p StatusPage) verdict() string {
	open := failures(p.Doc)
	switch len(open) {
	case 0:
		return "all is well"
	case 1:
		if says := troubles[open[0].Component]; says != "" {
			return says
		}
		return "something does not work"
	}
	return fmt.Sprintf("%d things do not work", len(open))
}

// failures are the open incidents, without the one that only tells of what will run out.
func failures(d *state.Document) []state.Incident {
	return slices.DeleteFunc(slices.Clone(d.Incidents), func(i state.Incident) bool {
		return !i.Closed.IsZero() || i.Component == string(diagnosis.Attention)
	})
}

func (p StatusPage) open(b *strings.Builder) {
	all := failures(p.Doc)
	for _, i := range all[:min(len(all), maxAreas)] {
		title := Text(cut(i.Cause, 100))
		if d, ok := diagnosis.DiagnosisOf(i.Cause); ok {
			title = upper(d.Title)
		}
		fmt.Fprintf(b, "> [!WARNING]\n> **%s**, since %s. ", title, stamp(i.First))
		if i.Issue > 0 && address(p.IssuesURL) {
			fmt.Fprintf(b, "What to do: [#%d](%s%d). ", i.Issue, p.IssuesURL, i.Issue)
		}
		fmt.Fprintf(b, "Next try: %s. Nothing is lost: what is missed is caught up.\n\n", p.nextTry(i.Component))
	}
}

// nextTry is when an area that failed is asked again.
func (p StatusPage) nextTry(area string) string {
	if next := p.Doc.Breakers[area].NextTry; !next.IsZero() {
		return stamp(next)
	}
	if at := p.Doc.RetryAfter[area]; at.After(p.Now) {
		return stamp(at)
	}
	return "with the next run"
}

// maxAreas is how many open incidents, and days of areas, are shown: there are fewer areas than
// that.
const maxAreas = 10

// stands is the table of what a person may want to know.
func (p StatusPage) stands(b *strings.Builder) {
	d := p.Doc
	fmt.Fprintf(b, "| as of | %s |\n|:--|:--|\n", stamp(p.Now))
	row := func(what, text string) {
		if text != "" {
			fmt.Fprintf(b, "| %s | %s |\n", what, text)
		}
	}
	if name := d.Account.XUsername; handle(name) {
		row("posts as", fmt.Sprintf("[@%s](https://x.com/%s)", gap+strings.ReplaceAll(name, "_", "\\_"), name))
	}
	row("mirrors since", known(d.Baseline))
	row("newest media", known(d.Cursor.Timestamp))
	if n := waiting(d); n > 0 {
		row("on its way", fmt.Sprintf("%d media", n))
	}
	for _, area := range p.waits() {
		row(diagnosis.Component(area).Name()+" asks for a pause", "until "+stamp(d.RetryAfter[area]))
	}
	row("X bills this month", fmt.Sprintf("$%.3f of $%.2f, by postferry's count", d.SpentIn(p.Now), p.USDCap))
	row("X's login", xTokens(d.Tokens.X))
	row("Instagram's token", instagramToken(d.Tokens.Instagram))
	b.WriteString("\n")
}

// waits are the areas that are left alone for a time without being an incident.
func (p StatusPage) waits() (out []string) {
	for area, at := range p.Doc.RetryAfter {
		open := slices.ContainsFunc(failures(p.Doc), func(i state.Incident) bool { return i.Component == area })
		if at.After(p.Now) && !open && diagnosis.Component(area).Name() != "" {
			out = append(out, area)
		}
	}
	slices.Sort(out)
	return out
}

// known is a moment, "" if there is none.
func known(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

// tokenAges tells how old the tokens are and how long they last, a sentence each, without the stop.
func tokenAges(t state.Tokens) []string {
	var out []string
	if x := xTokens(t.X); x != "" {
		out = append(out, "X's login: "+x)
	}
	if i := instagramToken(t.Instagram); i != "" {
		out = append(out, "Instagram's token: "+i)
	}
	return out
}

// unused is how long X keeps a login that nobody renews.
// X's documents do not say. Its developer relations name six months (https://dev.to/xdevs); that a renewal begins them
// again is assumed.
const unusedMonths = 6

func xTokens(t state.XToken) string {
	if t.Generation == 0 {
		return ""
	}
	return fmt.Sprintf("renewed %d times, last %s; access until %s; unused it ends about %s",
		t.Generation, stamp(t.Rotated), stamp(t.Expires), t.Rotated.UTC().AddDate(0, unusedMonths, 0).Format(time.DateOnly))
}

func instagramToken(t state.InstagramToken) string {
	if t.Seen.IsZero() {
		return ""
	}
	text := "first seen " + stamp(t.Seen)
	if !t.Refreshed.IsZero() {
		text = "renewed " + stamp(t.Refreshed)
	}
	if !t.Expires.IsZero() {
		text += ", good until " + stamp(t.Expires)
	}
	if !t.DataAccess.IsZero() {
		text += "; may read until " + stamp(t.DataAccess)
	}
	return text
}

func waiting(d *state.Document) (n int) {
	for _, r := range d.Ledger {
		if r.Status == state.Posting {
			n++
		}
	}
	return n
}

// unbroken is a moment that stays on one line of a narrow column: its blanks are hard ones, and it
// has no hyphens.
const unbroken = "2\u00a0Jan\u00a02006\u00a015:04"

// posts are the last that were mirrored or left out, the newest first.
func (p StatusPage) posts(b *strings.Builder) {
	settled := slices.DeleteFunc(slices.Clone(p.Doc.Ledger), func(r state.Record) bool { return r.Status == state.Posting })
	if len(settled) == 0 {
		return
	}
	b.WriteString("## The last posts\n\n| published (UTC) | Instagram | X | note " +
		"|\n|:--|:--|:--|:--|\n")
	settled = settled[max(0, len(settled)-pagePosts):]
	for _, r := range slices.Backward(settled) {
		to := links(p.Doc.Account.XUsername, r.Posts[:min(len(r.Posts), maxThread)])
		if to == "" {
			to = string(r.Status)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.Timestamp.UTC().Format(unbroken), permalink(r.MediaID, r.Permalink), to, Text(cut(r.Reason, 300)))
	}
	b.WriteString("\n")
}

// maxThread is how many posts of one thread are linked. A carousel of 20 videos has 20.
const maxThread = 30

func (p StatusPage) badge() []byte {
	color := "brightgreen"
	if len(failures(p.Doc)) > 0 {
		color = "orange"
	}
	line, _ := json.Marshal(struct { // strings and numbers always encode
		Version int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, "postferry", p.verdict(), color})
	return append(line, '\n')
}
