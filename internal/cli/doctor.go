package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

// doctor examines a route with the tokens that the run has.
func (j *job) doctor(r config.Route, s *state.Session) *doctor.Doctor {
	token := token.InstagramToken(s.Doc(), j.vaultKey, j.creds[r.Name].instagramToken)
	d := &doctor.Doctor{
		Route: r, Token: token, Doc: s.Doc(), Now: j.now, GitHub: j.repo, Secrets: j.secretStore(),
		Keeper: j.keeper(r, s),
		X:      j.xClient(""),
	}
	if token != "" {
		d.Instagram = func(version string) *instagram.Client {
			c := j.instagram(r, token)
			c.Version = version
			return c
		}
	}
	return d
}

// runDoctor examines all routes. It writes nothing, and ends with 1 if something is wrong.
func runDoctor(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("doctor", args, func(fs *flag.FlagSet) {
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
	sick := false
	for _, r := range j.config.Routes {
		out := examination{Route: r.Name}
		s, err := state.Open(ctx, j.backend, r.Name)
		if err != nil {
			d := diagnosis.Explain(err)
			out.Causes = append(out.Causes,
				cause{
					Key: d.Key, Title: d.Title, Cause: d.Cause, Fix: d.Fix, Link: d.Link,
					Evidence: []string{err.Error()},
				})
			// What can be asked without the state is asked all the same.
			s = &state.Session{Backend: j.backend, Route: r.Name}
			s.Forget()
		}
		out.add(j.doctor(r, s).All(ctx))
		sick = sick || len(out.Causes) > 0
		j.tell(out)
	}
	if sick {
		return statusError(exitIncident)
	}
	return nil
}

// examination is what doctor prints of one route.
type examination struct {
	Route    string              `json:"route"`
	Healthy  bool                `json:"healthy"`
	Causes   []cause             `json:"causes"`
	Ruled    []string            `json:"ruled_out"`
	Findings []diagnosis.Finding `json:"findings"`
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

func (e *examination) add(r diagnosis.Examination) {
	for _, c := range r.Causes {
		d := c.Diagnosis
		e.Causes = append(e.Causes, cause{d.Key, d.Title, d.Cause, d.Fix, d.Link, c.For, c.Weight})
	}
	e.Findings, e.Ruled = append(e.Findings, r.Findings...), append(e.Ruled, r.Ruled...)
	e.Healthy = len(e.Causes) == 0
}

// tell prints an examination. What the services said is on lines that begin with our own words.
func (j *job) tell(e examination) {
	out := j.p.Stdout
	if j.options.json {
		line, err := json.Marshal(e)
		if err != nil {
			return // Unreachable: strings and numbers always encode.
		}
		fmt.Fprintln(out, report.QuoteJSON(line))
		return
	}
	verdict := "nothing is wrong"
	if !e.Healthy {
		verdict = e.Causes[0].Title
	}
	fmt.Fprintf(out, "%s: %s\n", e.Route, verdict)
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
