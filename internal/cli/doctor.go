package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// runDoctor examines all routes. It writes nothing, and ends with 1 if something is wrong.
func runDoctor(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("doctor", args, func(fs *flag.FlagSet) {
		o.readOnly = true
		o.define(fs)
		fs.BoolVar(&o.json, "json", false, "print JSON, for programs")
	})
	if err != nil {
		return err
	}
	j, err := p.newJob(ctx, o, need{instagram: true})
	if err != nil {
		return err
	}
	sick, accounts := false, map[string]string{}
	secrets, _ := alert.SecretsTokenExpiry(ctx, j.secretStore())
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		out := examination{Route: conf.Name}
		if err := r.open(ctx); err != nil {
			out.explain(err, r.called())
			// The services can be asked without the state.
			r.session = &state.Session{Backend: j.backend, Route: conf.Name}
			r.session.Forget()
		}
		accounts[conf.Name] = r.session.Doc().Account.InstagramUsername
		out.add(r.doctor().All(ctx))
		out.waits(r.session.Doc(), r.now())
		ends := append(alert.RouteExpiries(conf, r.session.Doc()), secrets, j.clockReminder())
		out.warn(alert.Warnings(ends, r.now()))
		sick = sick || !out.Healthy
		if o.json {
			fmt.Fprintln(p.Stdout, out.line())
		} else {
			out.print(p.Stdout)
		}
	}
	for _, b := range j.broken {
		out := examination{Route: b.conf.Name}
		out.misconfigured(j.incidentOf(j.usageOf(b.mistakes)))
		sick = true
		if o.json {
			fmt.Fprintln(p.Stdout, out.line())
		} else {
			out.print(p.Stdout)
		}
	}
	for _, warning := range twins(j.config.Routes, func(r string) string { return accounts[r] }) {
		j.warn(warning)
	}
	if !o.json {
		j.printVersion(ctx, p.Stdout)
	}
	if sick && !cancelled(ctx) {
		return statusError(exitIncident)
	}
	return nil
}

// examination is what doctor prints of one route.
type examination struct {
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

// waits adds what the route's document says about media that are not on X.
func (e *examination) waits(d *state.Document, now time.Time) {
	e.Held, e.GivenUp = []waitingMedia{}, []waitingMedia{}
	for _, r := range d.Ledger.Held() {
		m := waitingMedia{MediaID: r.MediaID, Permalink: r.Permalink, Why: r.Waits(), Since: r.HeldSince()}
		if next := r.NextTry(); next.After(now) {
			m.Next = &next
		}
		e.Held = append(e.Held, m)
	}
	for _, r := range d.Ledger.GivenUp() {
		e.GivenUp = append(e.GivenUp, waitingMedia{
			MediaID: r.MediaID, Permalink: r.Permalink, Why: r.Reason, Since: r.Settled,
		})
	}
	e.Unwell = diagnosis.Unwell(d, now)
	e.Healthy = e.Healthy && e.Unwell == ""
}

// warn adds what rotate would warn of. What has ended is wrong; what will end is not yet.
func (e *examination) warn(all []alert.Warning) {
	e.Attention = []string{}
	for _, w := range all {
		e.Attention = append(e.Attention, w.Text)
		if w.Over && e.Unwell == "" {
			e.Unwell, _, _ = strings.Cut(w.Text, ". ")
		}
	}
	e.Healthy = e.Healthy && e.Unwell == ""
}

type cause struct {
	Key      string   `json:"key"`
	Title    string   `json:"title"`
	Cause    string   `json:"cause"`
	Fix      string   `json:"fix"`
	Link     string   `json:"link,omitempty"`
	Evidence []string `json:"evidence"`
	Weight   int      `json:"weight"`
}

// explain adds what an error says by itself.
func (e *examination) explain(err error, names diagnosis.Names) {
	d := diagnosis.Explain(err).For(names)
	e.Causes = append(e.Causes,
		cause{d.Key, d.Title, d.Cause, d.Advice(), d.Link, []string{err.Error()}, 0})
}

// misconfigured adds why a route can't run. Its services are not asked.
func (e *examination) misconfigured(err *alert.MisconfiguredError) {
	d := diagnosis.Explain(err).For(nil)
	why := strings.Split(err.Error(), "\n")
	e.Causes = append(e.Causes, cause{d.Key, d.Title, d.Cause, err.Fix, d.Link, why, 0})
}

func (e *examination) add(r diagnosis.Examination) {
	for _, c := range r.Causes {
		d := c.Diagnosis
		e.Causes = append(e.Causes, cause{d.Key, d.Title, d.Cause, d.Advice(), d.Link, c.For, c.Weight})
	}
	e.Findings, e.Ruled = append(e.Findings, r.Findings...), append(e.Ruled, r.Ruled...)
	e.Healthy = len(e.Causes) == 0
}

// line gives an examination for programs, on one line of JSON.
func (e examination) line() string {
	line, _ := json.Marshal(e) // strings and numbers always encode
	return report.QuoteJSON(line)
}

// verdict says how the route stands in one line.
func (e examination) verdict() string {
	switch {
	case len(e.Causes) > 0:
		return e.Causes[0].Title
	case e.Unwell != "":
		return e.Unwell
	case len(e.Held) > 0:
		return fmt.Sprintf("nothing is wrong, and %d media wait for a proof", len(e.Held))
	}
	return "nothing is wrong"
}

// printMedia lists what is not on X, and why.
func (e examination) printMedia(out io.Writer) {
	for n, m := range append(e.Held, e.GivenUp...) {
		if n == 0 {
			fmt.Fprintln(out)
		}
		what, next := "held", "by the next run"
		switch {
		case n >= len(e.Held):
			what, next = "given up", "with `postferry retry`"
		case m.Next != nil:
			next = "at " + m.Next.UTC().Format("2006-01-02 15:04 UTC")
		}
		fmt.Fprintf(out, "  %-8s %s, since %s: %s (tried again %s)\n", what, report.Quote(m.Permalink),
			m.Since.UTC().Format("2006-01-02 15:04 UTC"), report.Quote(m.Why), next)
	}
}

// print shows an examination to a person. What the services said is on lines that begin with our
// own words.
func (e examination) print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s\n", e.Route, e.verdict())
	for _, w := range e.Attention {
		fmt.Fprintf(out, "  attention: %s\n", report.Quote(w))
	}
	for n, c := range e.Causes {
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
	e.printMedia(out)
	fmt.Fprintf(out, "\n  asked:\n")
	for _, f := range e.Findings {
		sign := "-"
		switch {
		case f.OK:
			sign = "ok"
		case f.Asked:
			sign = "!!"
		}
		fmt.Fprintf(out, "  %-2s %-9s %-36s %s\n", sign, f.Service, f.Probe, report.Quote(f.Answer))
	}
	for _, r := range e.Ruled {
		fmt.Fprintf(out, "  ruled out: %s\n", report.Quote(r))
	}
}
