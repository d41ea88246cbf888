package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

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
			Why:   rec.Waits(message.Words{}),
			Since: rec.HeldSince(),
		}
		if next := rec.NextTry(); next.After(now) {
			m.Next = &next
		}
		r.Held = append(r.Held, m)
	}
	for _, rec := range d.Ledger.GivenUp() {
		r.GivenUp = append(r.GivenUp, waitingMedia{
			MediaID: rec.MediaID, Permalink: rec.Permalink, Why: rec.Reason, Since: rec.Settled,
		})
	}
	r.Unwell = diagnosis.Unwell(d, now)
	r.Healthy = r.Healthy && r.Unwell == ""
}

// Warn adds what rotate would warn of. What has ended (over) is wrong; what will end is not yet.
func (r *Report) Warn(text string, over bool) {
	r.Attention = append(r.Attention, text)
	if over && r.Unwell == "" {
		r.Unwell, _, _ = strings.Cut(text, ". ")
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
		return fmt.Sprintf("nothing is wrong, and %d media wait for a proof", len(r.Held))
	}
	return "nothing is wrong"
}

// printMedia lists what is not on X, and why.
func (r *Report) printMedia(out io.Writer) {
	for n, m := range append(r.Held, r.GivenUp...) {
		if n == 0 {
			fmt.Fprintln(out)
		}
		what, next := "held", "by the next run"
		switch {
		case n >= len(r.Held):
			what, next = "given up", "with `postferry retry`"
		case m.Next != nil:
			next = "at " + m.Next.UTC().Format("2006-01-02 15:04 UTC")
		}
		fmt.Fprintf(out, "  %-8s %s, since %s: %s (tried again %s)\n", what,
			report.Quote(m.Permalink),
			m.Since.UTC().Format("2006-01-02 15:04 UTC"), report.Quote(m.Why), next)
	}
}

// Print shows the report to a person. What the services said is on lines that begin with our
// own words.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s\n", r.Route, r.verdict())
	for _, w := range r.Attention {
		fmt.Fprintf(out, "  attention: %s\n", report.Quote(w))
	}
	for n, c := range r.Causes {
		fmt.Fprintf(out, "\n  %d. %s\n", n+1, c.Title)
		for _, why := range c.Evidence {
			fmt.Fprintf(out, "     because %s\n", report.Quote(why))
		}
		fmt.Fprintf(out, "     cause: %s\n     fix: %s\n", c.Cause, c.Fix)
		if c.Link != "" {
			fmt.Fprintf(out, "     where: %s\n", c.Link)
		}
		fmt.Fprintf(out, "     more: docs/operating.md#%s\n", c.Key)
	}
	r.printMedia(out)
	fmt.Fprintf(out, "\n  asked:\n")
	for _, f := range r.Findings {
		sign := "-"
		switch {
		case f.OK:
			sign = "ok"
		case f.Asked:
			sign = "!!"
		}
		fmt.Fprintf(out, "  %-2s %-9s %-36s %s\n", sign, f.Service, f.Probe, report.Quote(f.Answer))
	}
	for _, no := range r.Ruled {
		fmt.Fprintf(out, "  ruled out: %s\n", report.Quote(no))
	}
}
