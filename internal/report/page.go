package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/incident"
	"github.com/postferry/postferry/internal/state"
)

// Page is what the state branch shows a person of one route. It is written along with commits that happen anyway, so it
// is as old as the last of them; nothing in it counts from the moment at which it is read.
type Page struct {
	Doc       *state.Document
	Routes    []string // all that are configured: with more than one each has a folder of its own
	USDCap    float64
	IssuesURL string // "https://github.com/o/r/issues/", "" if not known
	Now       time.Time
}

// pagePosts is how many posts the page shows.
const pagePosts = 20

// Files are the page's: README.md, status.svg and badge.json (https://shields.io/badges/endpoint-badge).
func (p Page) Files() map[string][]byte {
	folder := ""
	out := map[string][]byte{}
	if len(p.Routes) > 1 {
		folder = p.Doc.Route + "/"
		out["README.md"] = p.index()
	}
	out[folder+"README.md"] = p.readme()
	out[folder+"status.svg"] = chart{p.Doc.History, p.Now}.svg(p.verdict())
	out[folder+"badge.json"] = p.badge()
	return out
}

// index leads to the routes' pages.
func (p Page) index() []byte {
	var b strings.Builder
	b.WriteString("# postferry\n\n")
	for _, r := range p.Routes {
		fmt.Fprintf(&b, "## [%s](%s/README.md)\n\n[![how %s stands](%s/status.svg)](%s/README.md)\n\n", r, r, r, r, r)
	}
	b.WriteString(pageFoot)
	return []byte(b.String())
}

const pageFoot = "\n---\n\nWritten by [postferry](https://github.com/postferry/postferry). This branch is its memory: `state/` is the machine's, this page is yours.\n"

func (p Page) readme() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n![the last 90 days](status.svg)\n\n", p.Doc.Route, p.verdict())
	p.open(&b)
	p.stands(&b)
	p.posts(&b)
	b.WriteString(pageFoot)
	return []byte(b.String())
}

// verdict is how the route stands, in a few words.
func (p Page) verdict() string {
	open := failures(p.Doc)
	switch len(open) {
	case 0:
		return "all is well"
	case 1:
		return upper(string(open[0].Area)) + " does not work"
	}
	return fmt.Sprintf("%d things do not work", len(open))
}

// failures are the open incidents, without the one that only tells of what will run out.
func failures(d *state.Document) []state.Incident {
	return slices.DeleteFunc(slices.Clone(d.Incidents), func(i state.Incident) bool {
		return !i.Closed.IsZero() || i.Area == string(incident.Attention)
	})
}

func (p Page) open(b *strings.Builder) {
	for _, i := range failures(p.Doc) {
		title := i.Cause
		if d, ok := incident.DiagnosisOf(i.Cause); ok {
			title = d.Title
		}
		fmt.Fprintf(b, "> [!WARNING]\n> **%s** since %s (%s).", upper(title), stamp(i.First), p.issue(i.Issue))
		if next := p.Doc.Breakers[i.Area].NextTry; !next.IsZero() {
			fmt.Fprintf(b, " Next try: %s.", stamp(next))
		}
		b.WriteString(" Nothing is lost: what is missed is caught up.\n\n")
	}
}

func (p Page) issue(n int) string {
	if n == 0 || p.IssuesURL == "" {
		return "no issue"
	}
	return fmt.Sprintf("[#%d](%s%d)", n, p.IssuesURL, n)
}

// stands is the table of what a person may want to know.
func (p Page) stands(b *strings.Builder) {
	d := p.Doc
	b.WriteString("| | |\n|---|---|\n")
	row := func(what, text string) {
		if text != "" {
			fmt.Fprintf(b, "| %s | %s |\n", what, text)
		}
	}
	if d.Account.XUsername != "" {
		row("posts as", fmt.Sprintf("[@%s](https://x.com/%s)", d.Account.XUsername, d.Account.XUsername))
	}
	row("mirrors what is newer than", stamp(d.Baseline))
	row("newest mirrored media", stamp(d.Cursor.Timestamp))
	row("this month at X, by postferry's count", fmt.Sprintf("$%.2f of $%.2f", d.SpentIn(p.Now), p.USDCap))
	row("X's tokens", xTokens(d.Tokens.X))
	row("Instagram's token", instagramToken(d.Tokens.Instagram))
	if n := waiting(d); n > 0 {
		row("on its way", fmt.Sprintf("%d media", n))
	}
	row("written", stamp(p.Now))
	b.WriteString("\n")
}

// TokenAges tells how old the tokens are and how long they last, a sentence each, without the stop.
func TokenAges(t state.Tokens) []string {
	var out []string
	if x := xTokens(t.X); x != "" {
		out = append(out, "X's tokens: "+x)
	}
	if i := instagramToken(t.Instagram); i != "" {
		out = append(out, "Instagram's token: "+i)
	}
	return out
}

func xTokens(t state.XToken) string {
	if t.Generation == 0 {
		return ""
	}
	return fmt.Sprintf("generation %d, rotated %s; access until %s", t.Generation, stamp(t.Rotated), stamp(t.Expires))
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

// posts are the last that were mirrored or left out, the newest first.
func (p Page) posts(b *strings.Builder) {
	settled := slices.DeleteFunc(slices.Clone(p.Doc.Ledger), func(r state.Record) bool { return r.Status == state.Posting })
	if len(settled) == 0 {
		return
	}
	b.WriteString("## The last posts\n\n| published | Instagram | X | |\n|---|---|---|---|\n")
	for n, r := range slices.Backward(settled) {
		if n < len(settled)-pagePosts {
			break
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", stamp(r.Timestamp), permalink(r), p.links(r), cell(cut(r.Reason, 300)))
	}
	b.WriteString("\n")
}

// permalink is a link only where it is an Instagram address: it came from outside.
func permalink(r state.Record) string {
	if rest, ok := strings.CutPrefix(r.Permalink, "https://www.instagram.com/"); ok && strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/.") == "" {
		return fmt.Sprintf("[%s](%s)", strings.ReplaceAll(strings.Trim(rest, "/"), "_", "\\_"), r.Permalink)
	}
	return "media " + cell(r.MediaID)
}

func (p Page) links(r state.Record) string {
	if len(r.Posts) == 0 {
		return string(r.Status)
	}
	var out []string
	for n, u := range postURLs(p.Doc.Account.XUsername, r.Posts) {
		out = append(out, fmt.Sprintf("[%d](%s)", n+1, u))
	}
	return strings.Join(out, " ")
}

func (p Page) badge() []byte {
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
