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
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// questionTime bounds one question and allTime all of them: an incident has to be reported
	// before the job's time limit.
	questionTime = 10 * time.Second
	allTime      = time.Minute
)

// Doctor examines one route. A nil client is not asked.
type Doctor struct {
	Route     config.Route
	Token     string                                 // the Instagram token in use
	Instagram func(version string) *instagram.Client // a client of that Graph version
	X         *xapi.Client                           // without an access token
	Signed    bool                                   // reports whether X has its own four keys
	LacksKeys []string                               // the secrets of those keys that are not set
	Keeper    *token.Manager                         // nil if X has its own four keys
	GitHub    *github.Client
	Secrets   *github.Secrets
	Doc       *state.Document
	Names     diagnosis.Names // what the texts call the route's own things
	Now       func() time.Time
	Words     message.Words // of the person who reads what is found
}

// All examines the three services side by side. A service that hangs then does not use up the time
// of the others, which would be blamed in its place.
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
	heavier := func(a, b diagnosis.Candidate) int { return b.Weight - a.Weight }
	slices.SortStableFunc(out.Causes, heavier)
	return out.For(d.Names)
}

// Of examines the service of a component that failed, with the failure as the first evidence.
func (d *Doctor) Of(
	ctx context.Context, c diagnosis.Component, cause error,
) diagnosis.Examination {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	switch c {
	case diagnosis.Instagram:
		return d.OfInstagram(ctx, cause)
	case diagnosis.X, diagnosis.XToken:
		return d.OfX(ctx, cause)
	case diagnosis.GitHub, diagnosis.State:
		return d.OfGitHub(ctx, cause)
	}
	return diagnosis.Examination{}
}

// ask asks one question within its time limit.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	return question(ctx)
}

// speech says what was found in the person's words.
type speech struct{ message.Words }

// speech is how the doctor speaks.
func (d *Doctor) speech() speech { return speech{d.Words} }

// finding gives a probe as it is shown to a person.
func (s speech) finding(service string, p diagnosis.Probe) diagnosis.Finding {
	f := diagnosis.Finding{
		Service: service, Probe: p.Name, Answer: p.Answer(s.Words),
		Asked: p.Asked, OK: p.Asked && p.Err == nil,
	}
	if e := httpx.As(p.Err); e != nil {
		f.Trace = e.TraceID
	}
	return f
}

// explained gives the cause that a refusal names by itself.
func (s speech) explained(err error, why string) diagnosis.Candidate {
	d := diagnosis.Explain(err).In(s.Words)
	return diagnosis.Candidate{Diagnosis: d, For: []string{why}, Weight: 50}
}

// begin starts an examination with the failure of the run, if there is one. Its weight keeps other
// findings of the probes behind it.
func (s speech) begin(cause error) diagnosis.Examination {
	if cause == nil {
		return diagnosis.Examination{}
	}
	own := s.explained(cause, s.quote(cause))
	own.Weight = 90
	return diagnosis.Examination{Causes: []diagnosis.Candidate{own}}
}

// quote quotes what the service said, or else the error.
func (s speech) quote(err error) string {
	if e := httpx.As(err); e != nil && e.Message != "" {
		service := names[e.Service]
		if e.Service == "media" {
			service = s.Text("doctor.media-host")
		}
		return s.Text("doctor.own-words", "Service", service, "Words", e.Message)
	}
	return err.Error()
}

var names = map[string]string{"instagram": "Instagram", "x": "X", "github": "GitHub"}

// answered is a probe that was refused, as evidence.
func (s speech) answered(p diagnosis.Probe) string {
	return s.Text("doctor.answered", "Probe", p.Name, "Words", p.Err.Error())
}

// add puts a probe into the examination, with the cause that a refusal names by itself.
func (s speech) add(x *diagnosis.Examination, service string, p diagnosis.Probe) {
	s.addAs(x, service, p, p.Err)
}

// addAs is add for a refusal that means more in its place than it says. A cause that several probes
// name is listed once, with the evidence of all.
func (s speech) addAs(x *diagnosis.Examination, service string, p diagnosis.Probe, means error) {
	x.Findings = append(x.Findings, s.finding(service, p))
	if !p.Asked || p.Err == nil {
		return
	}
	c := s.explained(means, s.answered(p))
	same := func(k diagnosis.Candidate) bool { return k.Diagnosis.Key == c.Diagnosis.Key }
	known := slices.IndexFunc(x.Causes, same)
	if known < 0 {
		x.Causes = append(x.Causes, c)
		return
	}
	x.Causes[known].For = append(x.Causes[known].For, c.For...)
}
