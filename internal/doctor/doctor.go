package doctor

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// questionTime bounds one question, allTime all of them: an incident must be told before the
	// job's time is up.
	questionTime = 10 * time.Second
	allTime      = time.Minute
)

// Doctor examines one route. A nil client is not asked.
type Doctor struct {
	Route     config.Route
	Token     string                                 // the Instagram token in use
	Instagram func(version string) *instagram.Client // a client of that Graph version
	X         *xapi.Client                           // without an access token
	Keeper    *token.Manager
	GitHub    *github.Client
	Secrets   *github.Secrets
	Doc       *state.Document
	Now       func() time.Time
}

// All examines all three services side by side: one that hangs does not use up the time of the
// others, which would then be blamed in its place.
func (d *Doctor) All(ctx context.Context) diagnosis.Examination {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	var parts [3]diagnosis.Examination
	var wg sync.WaitGroup
	wg.Go(func() { parts[0] = d.OfInstagram(ctx, nil) })
	wg.Go(func() { parts[1] = d.OfX(ctx, nil) })
	wg.Go(func() { parts[2] = d.OfGitHub(ctx, nil) })
	wg.Wait()
	var out diagnosis.Examination
	for _, r := range parts {
		out.Findings = append(out.Findings, r.Findings...)
		out.Causes = append(out.Causes, r.Causes...)
		out.Ruled = append(out.Ruled, r.Ruled...)
	}
	slices.SortStableFunc(out.Causes, func(a, b diagnosis.Candidate) int { return b.Weight - a.Weight })
	return out
}

// Of examines the area of a failure, with the failure as the first evidence.
func (d *Doctor) Of(ctx context.Context, area diagnosis.Component, cause error) diagnosis.Examination {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	switch {
	case area == diagnosis.Instagram:
		return d.OfInstagram(ctx, cause)
	case area == diagnosis.X || area == diagnosis.XToken:
		return d.OfX(ctx, cause)
	case area == diagnosis.GitHub || area == diagnosis.State:
		return d.OfGitHub(ctx, cause)
	}
	return diagnosis.Examination{}
}

// ask puts one question, within its time.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	return question(ctx)
}

// finding is a probe as a line of the report.
func finding(service string, p diagnosis.Probe) diagnosis.Finding {
	f := diagnosis.Finding{Service: service, Probe: p.Name, Answer: p.Answer(), Asked: p.Asked, OK: p.Asked && p.Err == nil}
	if e := httpx.As(p.Err); e != nil {
		f.Trace = e.TraceID
	}
	return f
}

// explained is the cause that a refusal names by itself.
func explained(err error, why string) diagnosis.Candidate {
	return diagnosis.Candidate{Diagnosis: diagnosis.Explain(err), For: []string{why}, Weight: 50}
}

// begin is a report that starts with what a run met: nothing that the probes find besides may take
// its place.
func begin(cause error) diagnosis.Examination {
	if cause == nil {
		return diagnosis.Examination{}
	}
	own := explained(cause, words(cause))
	own.Weight = 90
	return diagnosis.Examination{Causes: []diagnosis.Candidate{own}}
}

// words are the service's own, or the error's.
func words(err error) string {
	if e := httpx.As(err); e != nil && e.Message != "" {
		return names[e.Service] + "'s own words: " + e.Message
	}
	return err.Error()
}

var names = map[string]string{"instagram": "Instagram", "x": "X", "github": "GitHub", "media": "the media host"}

// add puts a probe into the report, and what a refusal says by itself.
func add(x *diagnosis.Examination, service string, p diagnosis.Probe) { addAs(x, service, p, p.Err) }

// addAs is add for a refusal that means more in its place than it says. A cause that several probes
// name is told once.
func addAs(x *diagnosis.Examination, service string, p diagnosis.Probe, means error) {
	x.Findings = append(x.Findings, finding(service, p))
	if !p.Asked || p.Err == nil {
		return
	}
	c := explained(means, p.Name+": "+p.Err.Error())
	known := slices.IndexFunc(x.Causes, func(k diagnosis.Candidate) bool { return k.Diagnosis.Key == c.Diagnosis.Key })
	if known < 0 {
		x.Causes = append(x.Causes, c)
		return
	}
	x.Causes[known].For = append(x.Causes[known].For, c.For...)
}
