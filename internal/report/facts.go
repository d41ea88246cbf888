package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/state"
)

// facts is the table of what a person may want to know about a route.
type facts struct {
	StatusPage
	b *strings.Builder
}

func (f facts) write() {
	w, d := f.Words, f.Doc
	fmt.Fprintf(f.b, "## %s\n\n", w.Text("report.page.facts"))
	fmt.Fprintf(f.b, "| %s | %s |\n|:--|:--|\n", w.Text("report.row.as-of"), w.Time(f.Now))
	if name := d.Account.XUsername; handle(name) {
		text := gap + strings.ReplaceAll(name, "_", "\\_")
		f.row("posts-as", fmt.Sprintf("[@%s](https://x.com/%s)", text, name))
	}
	f.moment("mirrors-since", d.Baseline)
	f.moment("newest", d.Cursor.Timestamp)
	if n := unsettled(d); n > 0 {
		f.row("on-its-way", w.Text("report.fact.media", "Count", n))
	}
	for _, c := range f.rateLimited() {
		service := diagnosis.Component(c).Name(w)
		fmt.Fprintf(f.b, "| %s | %s |\n", w.Text("report.fact.pause", "Service", service),
			w.Text("report.fact.until", "At", d.RetryAfter[c]))
	}
	f.row("bills", w.Text("report.fact.spent", "Month", usd(d.Spend.In(f.Now)),
		"Cap", limit(f.USDCap)))
	tokens := ages{w, d.Tokens}
	f.row("x-login", tokens.x())
	f.row("instagram-token", tokens.instagram())
	f.schedule()
	f.b.WriteString("\n")
}

// schedule writes when GitHub switches the schedules of this repository off, with the page that has
// the button against it. A day that has passed came to nothing: the page is written by a run.
func (f facts) schedule() {
	ends := f.Doc.Daily.ScheduleEnds()
	if !ends.After(f.Now) {
		return
	}
	text := f.Words.Text("report.fact.schedule", "At", f.Words.Date(ends))
	if repo, ok := strings.CutSuffix(f.IssuesURL, "issues/"); ok && address(repo) {
		text += " [Continue running workflow](" + repo + "actions/workflows/mirror.yml)"
	}
	f.row("schedule", text)
}

// row writes a row, if there is something to say.
func (f facts) row(what, text string) {
	if text != "" {
		fmt.Fprintf(f.b, "| %s | %s |\n", f.Words.Text("report.row."+what), text)
	}
}

// moment writes a row with a moment, if it is known.
func (f facts) moment(what string, t time.Time) {
	if !t.IsZero() {
		f.row(what, f.Words.Time(t))
	}
}

// rateLimited lists the components that are left alone until their rate limit resets, without an
// incident.
func (p StatusPage) rateLimited() (out []string) {
	open := map[string]bool{}
	for _, i := range failures(p.Doc) {
		open[i.Component] = true
	}
	for c, at := range p.Doc.RetryAfter {
		if at.After(p.Now) && !open[c] && diagnosis.Component(c).Name(p.Words) != "" {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// unsettled counts the media that are begun and not ended.
func unsettled(d *state.Document) (n int) {
	for _, r := range d.Ledger {
		if r.Status == state.Posting {
			n++
		}
	}
	return n
}
