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
	"github.com/postferry/postferry/internal/state"
)

// StatusPage is the page of one route that the state branch shows to a person. It is written along
// with commits that happen anyway, so it may be hours old: it gives moments, and never an age.
type StatusPage struct {
	Doc       *state.Document
	Routes    []string // all that are configured: with more than one each has a folder of its own
	USDCap    float64
	IssuesURL string // "https://github.com/o/r/issues/", "" if not known
	Now       time.Time
}

// pagePosts is how many posts the page shows.
const pagePosts = 20

// Files are the files of the page: README.md, status.svg and badge.json.
// Source: https://shields.io/badges/endpoint-badge
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

// index links the pages of all routes.
func (p StatusPage) index() []byte {
	var b strings.Builder
	b.WriteString("# postferry\n\n")
	for _, r := range p.Routes {
		fmt.Fprintf(&b, "## [%s](%s/README.md)\n\n[![how %s "+
			"stands](%s/status.svg)](%s/README.md)\n\n", r, r, r, r, r)
	}
	b.WriteString(pageFoot())
	return []byte(b.String())
}

// pageFoot is a function, because the linker sets the address.
func pageFoot() string {
	return "---\n\nWritten by [postferry](" + build.URL() + "). This branch is its memory: " +
		"`state/` is the machine's, this page is yours.\n"
}

func (p StatusPage) readme() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", p.Doc.Route, p.verdict())
	p.open(&b)
	fmt.Fprintf(&b, "![%s](status.svg)\n\n", p.chart().sentence())
	p.facts(&b)
	p.held(&b)
	p.givenUp(&b)
	p.posts(&b)
	b.WriteString(pageFoot())
	return []byte(b.String())
}

func (p StatusPage) chart() chart { return chart{history: p.Doc.History, now: p.Now} }

// troubles says of each component in a few words that it has failed.
var troubles = map[string]string{
	string(diagnosis.Instagram): "Instagram can't be read",
	string(diagnosis.X):         "X takes no posts",
	string(diagnosis.XToken):    "X's login can't be renewed",
	string(diagnosis.GitHub):    "GitHub refuses something",
	string(diagnosis.State):     "the state can't be read",
	string(diagnosis.Budget):    "the month's budget is used up",
	string(diagnosis.Job):       "a run died",
	string(diagnosis.MediaHost): "the media host gives no files",
	string(diagnosis.XReplies):  "X lets no thread go on",
	string(diagnosis.Undecided): "a post waits for a person",
	string(diagnosis.Account):   "a token is another account's",
	string(diagnosis.Config):    "the configuration is wrong",
	string(diagnosis.GivenUp):   "media were given up",
}

// verdict says in a few words whether the route works.
func (p StatusPage) verdict() string {
	open := failures(p.Doc)
	switch len(open) {
	case 0:
		return p.calm()
	case 1:
		if says := troubles[open[0].Component]; says != "" {
			return says
		}
		return "something does not work"
	}
	return fmt.Sprintf("%d things do not work", len(open))
}

// calm says how a route stands in which nothing fails. All is well only if nothing is held.
func (p StatusPage) calm() string {
	if n := len(p.Doc.Ledger.GivenUp()); n > 0 {
		return fmt.Sprintf("%d media %s given up", n, plural(n, "was", "were"))
	}
	if n := len(p.Doc.Ledger.Held()); n > 0 {
		return fmt.Sprintf("%d media %s held", n, plural(n, "is", "are"))
	}
	return "all is well"
}

// failures lists the open incidents. The reminder of what will expire is not one, and the first
// set-up is not.
func failures(d *state.Document) []state.Incident {
	return slices.DeleteFunc(slices.Clone(d.Incidents), func(i state.Incident) bool {
		return !i.Closed.IsZero() || !diagnosis.Component(i.Component).Failure()
	})
}

func (p StatusPage) open(b *strings.Builder) {
	all := failures(p.Doc)
	for _, i := range all[:min(len(all), maxComponents)] {
		title := Text(httpx.Truncate(i.Cause, 100))
		if d, ok := diagnosis.DiagnosisOf(i.Cause); ok {
			title = Capitalize(d.Title)
		}
		fmt.Fprintf(b, "> [!WARNING]\n> **%s**, since %s. ", title, stamp(i.First))
		if i.Issue > 0 && address(p.IssuesURL) {
			fmt.Fprintf(b, "What to do: [#%d](%s%d). ", i.Issue, p.IssuesURL, i.Issue)
		}
		if i.Component == string(diagnosis.GivenUp) {
			b.WriteString("Everything else is mirrored as always.\n\n")
			continue
		}
		fmt.Fprintf(b, "Next try: %s. ", p.nextTry(i.Component))
		b.WriteString("Nothing is lost: what is missed is caught up.\n\n")
	}
}

// nextTry says when a component that failed is tried again.
func (p StatusPage) nextTry(component string) string {
	if next := p.Doc.Breakers[component].NextTry; !next.IsZero() {
		return stamp(next)
	}
	if at := p.Doc.RetryAfter[component]; at.After(p.Now) {
		return stamp(at)
	}
	return "with the next run"
}

// maxComponents bounds the incidents that are shown. There are fewer components than that, unless
// somebody has edited the document.
const maxComponents = 10

// facts is the table of what a person may want to know.
func (p StatusPage) facts(b *strings.Builder) {
	d := p.Doc
	fmt.Fprintf(b, "| as of | %s |\n|:--|:--|\n", stamp(p.Now))
	row := func(what, text string) {
		if text != "" {
			fmt.Fprintf(b, "| %s | %s |\n", what, text)
		}
	}
	if name := d.Account.XUsername; handle(name) {
		text := gap + strings.ReplaceAll(name, "_", "\\_")
		row("posts as", fmt.Sprintf("[@%s](https://x.com/%s)", text, name))
	}
	row("mirrors since", known(d.Baseline))
	row("newest media", known(d.Cursor.Timestamp))
	if n := waiting(d); n > 0 {
		row("on its way", fmt.Sprintf("%d media", n))
	}
	for _, c := range p.rateLimited() {
		row(diagnosis.Component(c).Name()+" asks for a pause", "until "+stamp(d.RetryAfter[c]))
	}
	spent := d.Spend.In(p.Now)
	row("X bills this month", fmt.Sprintf("$%.3f of $%.2f, by postferry's count", spent, p.USDCap))
	row("X's login", xTokens(d.Tokens.X))
	row("Instagram's token", instagramToken(d.Tokens.Instagram))
	b.WriteString("\n")
}

// rateLimited lists the components that are left alone until their rate limit resets, without an
// incident.
func (p StatusPage) rateLimited() (out []string) {
	open := map[string]bool{}
	for _, i := range failures(p.Doc) {
		open[i.Component] = true
	}
	for c, at := range p.Doc.RetryAfter {
		if at.After(p.Now) && !open[c] && diagnosis.Component(c).Name() != "" {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// known formats a moment; it returns "" for the zero time.
func known(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

// tokenAges says how old each token is and how long it lasts, in sentences without a full stop.
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

// unusedMonths is how long X keeps a login that nobody renews. X's documents do not give a time;
// its developer relations name six months. We assume that each renewal begins them again.
// Source: https://dev.to/xdevs
const unusedMonths = 6

func xTokens(t state.XToken) string {
	if t.Generation == 0 {
		return ""
	}
	return fmt.Sprintf("renewed %d times, last %s; access until %s; unused it ends about %s",
		t.Generation, stamp(t.Rotated), stamp(t.Expires),
		t.Rotated.UTC().AddDate(0, unusedMonths, 0).Format(time.DateOnly))
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

// unbroken formats a moment that stays on one line in a narrow column: with hard blanks and without
// hyphens.
const unbroken = "2\u00a0Jan\u00a02006\u00a015:04"

// posts lists the last media that were mirrored or left out, the newest first.
func (p StatusPage) posts(b *strings.Builder) {
	unsettled := func(r state.Record) bool { return r.Status == state.Posting }
	settled := slices.DeleteFunc(slices.Clone(p.Doc.Ledger), unsettled)
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
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.Timestamp.UTC().Format(unbroken),
			permalink(r.MediaID, r.Permalink), to, Text(httpx.Truncate(r.Reason, 300)))
	}
	b.WriteString("\n")
}

// maxHeld bounds the media of the two lists below.
const maxHeld = 50

// held lists what waits for a proof, with the reason and the next try.
func (p StatusPage) held(b *strings.Builder) {
	all := p.Doc.Ledger.Held()
	if len(all) == 0 {
		return
	}
	b.WriteString("## Held\n\n| published (UTC) | Instagram | why | next try |\n|:--|:--|:--|:--|\n")
	for _, r := range all[:min(len(all), maxHeld)] {
		next := "with the next run"
		if at := r.NextTry(); at.After(p.Now) {
			next = at.UTC().Format(unbroken)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.Timestamp.UTC().Format(unbroken),
			permalink(r.MediaID, r.Permalink), Text(httpx.Truncate(r.Waits(), 300)), next)
	}
	b.WriteString("\n")
}

// givenUp lists what was given up and is not acknowledged.
func (p StatusPage) givenUp(b *strings.Builder) {
	all := p.Doc.Ledger.GivenUp()
	if len(all) == 0 {
		return
	}
	b.WriteString("## Given up\n\n`postferry retry PERMALINK` has one posted again.\n\n" +
		"| published (UTC) | Instagram | why | since |\n|:--|:--|:--|:--|\n")
	for _, r := range all[:min(len(all), maxHeld)] {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.Timestamp.UTC().Format(unbroken),
			permalink(r.MediaID, r.Permalink), Text(httpx.Truncate(r.Reason, 300)),
			r.Settled.UTC().Format(unbroken))
	}
	b.WriteString("\n")
}

// maxThread bounds the posts of one thread that are linked. A carousel of 20 videos has 20 posts.
const maxThread = 30

func (p StatusPage) badge() []byte {
	color := "brightgreen"
	if p.verdict() != "all is well" {
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
