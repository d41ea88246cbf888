package doctor

import (
	"context"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/api"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/incident"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/repo"
	"github.com/postferry/postferry/internal/rotate"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// questionTime bounds one question, allTime all of them: an incident must be told before the job's time is up.
	questionTime = 10 * time.Second
	allTime      = time.Minute
)

// Doctor examines one route. A nil client is not asked.
type Doctor struct {
	Route     config.Route
	Token     string                                 // the Instagram token in use
	Instagram func(version string) *instagram.Client // a client of that Graph version
	X         *xapi.Client                           // without an access token
	Keeper    *rotate.Keeper
	GitHub    *repo.Client
	Secrets   *repo.Secrets
	Doc       *state.Document
	Now       func() time.Time
}

// Finding is one question and its answer.
type Finding struct {
	Service string `json:"service"` // instagram, x or github
	Probe   string `json:"probe"`   // "P4 GET /{user}"
	Answer  string `json:"answer"`
	Trace   string `json:"trace_id,omitempty"`
	OK      bool   `json:"ok"`
	Asked   bool   `json:"asked"`
}

// Report is what an examination comes to.
type Report struct {
	Findings []Finding
	Causes   []incident.Candidate // the most likely first; none when all is well
	Ruled    []string
}

// All examines all three services side by side: one that hangs does not use up the time of the others, which would then be
// blamed in its place.
func (d *Doctor) All(ctx context.Context) Report {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	var parts [3]Report
	var wg sync.WaitGroup
	wg.Go(func() { parts[0] = d.OfInstagram(ctx, nil) })
	wg.Go(func() { parts[1] = d.OfX(ctx, nil) })
	wg.Go(func() { parts[2] = d.OfGitHub(ctx) })
	wg.Wait()
	var out Report
	for _, r := range parts {
		out.Findings = append(out.Findings, r.Findings...)
		out.Causes = append(out.Causes, r.Causes...)
		out.Ruled = append(out.Ruled, r.Ruled...)
	}
	return out
}

// Of examines the area of a failure, with the failure as the first evidence.
func (d *Doctor) Of(ctx context.Context, area incident.Area, cause error) Report {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	switch {
	case area == incident.Instagram:
		return d.OfInstagram(ctx, cause)
	case area == incident.X || area == incident.XToken:
		return d.OfX(ctx, cause)
	case area == incident.GitHub || area == incident.State:
		return d.OfGitHub(ctx)
	}
	return Report{}
}

// ask puts one question, within its time.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	return question(ctx)
}

// finding is a probe as a line of the report.
func finding(service string, p incident.Probe) Finding {
	f := Finding{Service: service, Probe: p.Name, Answer: p.Answer(), Asked: p.Asked, OK: p.Asked && p.Err == nil}
	if e := api.As(p.Err); e != nil {
		f.Trace = e.TraceID
	}
	return f
}

// explained is the cause that a refusal names by itself.
func explained(err error, why string) incident.Candidate {
	return incident.Candidate{Diagnosis: incident.Explain(err), For: []string{why}, Weight: 50}
}
