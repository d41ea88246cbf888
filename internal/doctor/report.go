package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/column"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Report is what `postferry doctor` says of one route, to a person or to a program.
type Report struct {
	Route     string              `json:"route"`
	Healthy   bool                `json:"healthy"`
	Causes    []cause             `json:"causes"`
	Ruled     []string            `json:"ruled_out"`
	Findings  []diagnosis.Finding `json:"findings"`
	Unwell    string              `json:"unwell,omitempty"` // what is wrong beside the causes
	Attention []string            `json:"attention"`        // what rotate would warn of
	Held      []waitingMedia      `json:"held"`
	GivenUp   []waitingMedia      `json:"given_up"`

	Words message.Words `json:"-"` // of the person who reads the report; a program reads English
}

// waitingMedia is a media that is held, or that was given up.
type waitingMedia struct {
	MediaID   string     `json:"media_id"`
	Permalink string     `json:"permalink"`
	Why       string     `json:"why"`
	Since     time.Time  `json:"since"`
	Next      *time.Time `json:"next_try,omitempty"` // null for the next run
}

// Waits adds what the route's document says about media that are not on X.
func (r *Report) Waits(d *state.Document, now time.Time) {
	r.Held, r.GivenUp = []waitingMedia{}, []waitingMedia{}
	for _, rec := range d.Ledger.Held() {
		m := waitingMedia{
			MediaID: rec.MediaID, Permalink: rec.Permalink,
			Why: rec.Waits(r.Words), Since: rec.HeldSince(),
		}
		if next := rec.NextTry(); next.After(now) {
			m.Next = &next
		}
		r.Held = append(r.Held, m)
	}
	for _, rec := range d.Ledger.GivenUp() {
		r.GivenUp = append(r.GivenUp, waitingMedia{
			MediaID: rec.MediaID, Permalink: rec.Permalink, Since: rec.Settled,
			Why: r.Words.Stored(rec.Reason),
		})
	}
	r.Unwell = diagnosis.Unwell(r.Words, d, now)
	r.Healthy = r.Healthy && r.Unwell == ""
}

// Warn adds what rotate would warn of, and what to do. What has ended (over) is wrong; what will
// end is not yet.
func (r *Report) Warn(what, fix string, over bool) {
	r.Attention = append(r.Attention, r.Words.Sentences(what, fix))
	if over && r.Unwell == "" {
		r.Unwell = strings.TrimRight(what, ".。")
	}
	r.Healthy = r.Healthy && r.Unwell == ""
}

// cause is a candidate for what is wrong, the likeliest first.
type cause struct {
	Key      string   `json:"key"`
	Title    string   `json:"title"`
	Cause    string   `json:"cause"`
	Fix      string   `json:"fix"`
	Link     string   `json:"link,omitempty"`
	Evidence []string `json:"evidence"`
	Weight   int      `json:"weight"`
}

// Explain adds what an error says by itself. The fix is the error's own or the diagnosis's.
func (r *Report) Explain(err error, d diagnosis.Diagnosis, fix string) {
	r.Causes = append(r.Causes,
		cause{d.Key, d.Title, d.Cause, fix, d.Link, strings.Split(err.Error(), "\n"), 0})
}

// Add adds what the services answered.
func (r *Report) Add(x diagnosis.Examination) {
	for _, c := range x.Causes {
		d := c.Diagnosis
		r.Causes = append(r.Causes,
			cause{d.Key, d.Title, d.Cause, d.Advice(), d.Link, c.For, c.Weight})
	}
	r.Findings, r.Ruled = append(r.Findings, x.Findings...), append(r.Ruled, x.Ruled...)
	r.Healthy = len(r.Causes) == 0
}

// JSON returns the report for programs, on one line. An empty list is [], not null.
func (r *Report) JSON() string {
	if r.Attention == nil {
		r.Attention = []string{}
	}
	line, _ := json.Marshal(r) // strings and numbers always encode
	return report.QuoteJSON(line)
}

// verdict says how the route stands in one line.
func (r *Report) verdict() string {
	switch {
	case len(r.Causes) > 0:
		return r.Causes[0].Title
	case r.Unwell != "":
		return r.Unwell
	case len(r.Held) > 0:
		return r.Words.Text("doctor.verdict.held", "Count", len(r.Held))
	}
	return r.Words.Text("doctor.verdict.well")
}

// Print shows the report to a person. What the services said is on lines that begin with our
// own words.
func (r *Report) Print(out io.Writer) {
	w := r.Words
	fmt.Fprintf(out, "%s: %s\n", r.Route, r.verdict())
	for _, text := range r.Attention {
		fmt.Fprintln(out, "  "+w.Text("doctor.print.attention", "Text", report.Quote(text)))
	}
	for n, c := range r.Causes {
		fmt.Fprintf(out, "\n  %d. %s\n", n+1, c.Title)
		c.print(out, w)
	}
	r.printMedia(out)
	r.printFindings(out)
	for _, no := range r.Ruled {
		fmt.Fprintln(out, "  "+w.Text("doctor.print.ruled", "Text", report.Quote(no)))
	}
}

// print shows a cause below its title.
func (c cause) print(out io.Writer, w message.Words) {
	line := func(text string) { fmt.Fprintln(out, "     "+text) }
	for _, why := range c.Evidence {
		line(w.Text("doctor.print.because", "Why", report.Quote(why)))
	}
	line(w.Text("doctor.print.cause", "Text", c.Cause))
	line(w.Text("doctor.print.fix", "Text", c.Fix))
	if c.Link != "" {
		line(w.Text("doctor.print.where", "Link", c.Link))
	}
	line(w.Text("doctor.print.more", "Link", "docs/operating.md#"+c.Key))
}

// printMedia lists what is not on X, and why.
func (r *Report) printMedia(out io.Writer) {
	if len(r.Held)+len(r.GivenUp) > 0 {
		fmt.Fprintln(out)
	}
	for _, m := range r.Held {
		next := r.Words.Text("doctor.print.next-run")
		if m.Next != nil {
			next = r.Words.Text("doctor.print.next-at", "At", *m.Next)
		}
		fmt.Fprintln(out, "  "+r.Words.Text("doctor.print.held", "Media", report.Quote(m.Permalink),
			"Since", m.Since, "Why", report.Quote(m.Why), "Next", next))
	}
	for _, m := range r.GivenUp {
		fmt.Fprintln(out, "  "+r.Words.Text("doctor.print.given-up",
			"Media", report.Quote(m.Permalink), "Since", m.Since, "Why", report.Quote(m.Why)))
	}
}

// printFindings lists the probes and their answers.
func (r *Report) printFindings(out io.Writer) {
	fmt.Fprintf(out, "\n  %s\n", r.Words.Text("doctor.print.asked"))
	for _, f := range r.Findings {
		sign := "-"
		switch {
		case f.OK:
			sign = "ok"
		case f.Asked:
			sign = "!!"
		}
		fmt.Fprintf(out, "  %-2s %-9s %s %s\n", sign, f.Service, column.Pad(f.Probe, 36),
			report.Quote(f.Answer))
	}
}
