package alert

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// MisconfiguredError is a mistake in the configuration or in a variable. Its text is the one that a
// terminal shows, with file, line and column.
type MisconfiguredError struct {
	Err  error
	Fix  string // what to do about this very mistake
	Link string // where, "" if that is not known
}

func (e *MisconfiguredError) Error() string { return e.Err.Error() }
func (e *MisconfiguredError) Unwrap() error { return e.Err }

// Cause is the key of the diagnosis.
func (e *MisconfiguredError) Cause() string { return "config" }

// misconfigured is the fault of a route, or of noRoute for what stops all routes.
func misconfigured(w message.Words, route string, e *MisconfiguredError) fault {
	f := knownFault(route, diagnosis.Config, e.Cause(), e)
	f.diagnosis = f.diagnosis.In(w)
	f.diagnosis.Fix = sentence(w, e.Fix)
	f.diagnosis.Link = e.Link
	return f
}

// sentence makes a fix, which a terminal shows without a full stop, a sentence of its own.
func sentence(w message.Words, fix string) string {
	if w.Language == message.Japanese {
		return strings.TrimSuffix(fix, "。") + "。"
	}
	return report.Capitalize(strings.TrimSuffix(fix, ".")) + "."
}

// Configuration is the incident of a configuration, as one route meets it.
type Configuration struct{ *Route }

// Failed reports that this route can't run as it is configured. While the incident is known
// and its text is the same, nothing is written anywhere.
func (c Configuration) Failed(ctx context.Context, e *MisconfiguredError) {
	if c.stored() && stopsAll(openConfig(c.Session)) {
		c.Works(ctx) // The mistake that stopped all routes is mended.
	}
	c.report(ctx, misconfigured(c.Words, c.Result.Name, e))
}

// ConfigStopped reports a mistake that stops all routes: nobody can tell what they are called. docs
// are the documents of the state branch that could be found. All of them keep the number of the
// issue, so that the next good run of whichever route closes it.
func (r *Run) ConfigStopped(
	ctx context.Context, docs []*state.Session, e *MisconfiguredError,
) result.Route {
	home := homeOf(docs)
	out := result.Route{Name: noRoute}
	if home != nil && !takesAll(home) {
		out.Name = home.Route // The one route is stopped by another mistake of its own already.
	}
	route := &Route{Run: r, Session: home, Result: &out}
	Configuration{route}.report(ctx, misconfigured(r.Words, out.Name, e))
	if home == nil || !r.news || out.Name != noRoute {
		return out
	}
	if rec := recordOf(home.Doc(), diagnosis.Config); rec != nil && rec.Issue != 0 {
		r.shareConfig(ctx, home, docs, *rec)
	}
	return out
}

// Works closes the incident of the configuration: this run could read the file, and the route
// has all that it needs. An idle run asks nothing for it.
func (c Configuration) Works(ctx context.Context) {
	if c.Issues == nil {
		return
	}
	rec := recordOf(c.Session.Doc(), diagnosis.Config)
	unknown := c.Session.First() && rec == nil
	if !unknown && (rec == nil || !rec.Closed.IsZero()) {
		return
	}
	if err := c.close(ctx, rec); err != nil {
		c.warn(err, "alert.warn.config-not-closed", "Route", c.Result.Name)
		return
	}
	if unknown {
		return
	}
	what := c.Result.Name + ": the configuration works"
	err := c.Session.Update(ctx, what, func(d *state.Document) error {
		recordRecovery(d, diagnosis.Config, c.Now())
		return nil
	})
	if err != nil {
		c.warn(err, "alert.warn.recovery", "Route", c.Result.Name)
	}
}

// A document has one record of the configuration's incident, and the incident is one of two: a
// mistake of its own route, or one that stops all routes. Its fingerprint tells.

// allStopped is the fingerprint of the incident of what stops all routes.
var allStopped = sync.OnceValue(func() string {
	return misconfigured(message.Words{}, noRoute, &MisconfiguredError{Err: errors.New("")}).fingerprint()
})

// openConfig is the open record in a document, nil if there is none.
func openConfig(s *state.Session) *state.Incident {
	if rec := recordOf(s.Doc(), diagnosis.Config); rec != nil && rec.Closed.IsZero() {
		return rec
	}
	return nil
}

// stopsAll reports whether a record is of a mistake that stops all routes.
func stopsAll(rec *state.Incident) bool { return rec != nil && rec.Fingerprint == allStopped() }

// takesAll reports whether a document's record can be of what stops all routes.
func takesAll(s *state.Session) bool {
	rec := openConfig(s)
	return rec == nil || stopsAll(rec)
}

// homeOf picks the document for the incident of what stops all routes: the one that has it, else
// one that has no other incident of the configuration, else the first. It is nil without documents.
func homeOf(docs []*state.Session) *state.Session {
	if len(docs) == 0 {
		return nil
	}
	hasIt := func(s *state.Session) bool { return stopsAll(openConfig(s)) }
	for _, wanted := range []func(*state.Session) bool{hasIt, takesAll} {
		if i := slices.IndexFunc(docs, wanted); i >= 0 {
			return docs[i]
		}
	}
	return docs[0]
}

// shareConfig copies the record of what stops all routes from its home to the other documents.
func (r *Run) shareConfig(
	ctx context.Context, home *state.Session, docs []*state.Session, rec state.Incident,
) {
	for _, s := range docs {
		if s == home || !takesAll(s) {
			continue
		}
		err := s.Update(ctx, s.Route+": incident", func(d *state.Document) error {
			mine := recordOf(d, diagnosis.Config)
			if mine == nil {
				mine = addRecord(d, diagnosis.Config)
			}
			*mine = rec
			return nil
		})
		if err != nil {
			r.warn(err, "alert.warn.not-noted", "Route", s.Route, "Number", rec.Issue)
		}
	}
}

func (c Configuration) report(ctx context.Context, f fault) {
	c.Result.Err, c.Result.Diagnosis = f.err, &f.diagnosis
	if number := c.reportedAlready(ctx, f); number > 0 {
		c.Explain(f.err, f.diagnosis)
		c.redden(edit)
		c.Result.Issue = number
		return
	}
	c.raise(ctx, f)
}

// reportedAlready returns the number of the issue that needs no writing: it is open and shows this
// very text, or a person has closed it for the second time. It returns 0 if there is none, or if a
// comment is due.
func (c Configuration) reportedAlready(ctx context.Context, f fault) int {
	k, issue, err := c.find(ctx, diagnosis.Config)
	if err != nil || !k.exists {
		return 0
	}
	what, comment := decide(k, f, c.Now())
	if what == leave {
		return issue.Number
	}
	shown := k.closed.IsZero() && report.Body(issue.Body).Quotes(c.Secrets.String(c.Words.Error(f.err)))
	if !shown || c.stored() && (!k.recorded(issue.Number) || comment != noComment) {
		return 0
	}
	return issue.Number
}

// close closes the open issues that are about this configuration. rec is its record, nil if there
// is none.
func (c Configuration) close(ctx context.Context, rec *state.Incident) error {
	for _, number := range c.numbers(ctx, rec) {
		issue, err := c.Issues.Get(ctx, number) // The list may be from before it was closed.
		if err != nil && httpx.ClassOf(err) != httpx.NotFound {
			return err
		}
		if err != nil || issue.State != "open" || !c.about(ctx, issue) {
			continue // another route's run has closed it
		}
		since := state.Incident{First: issue.Created}
		if rec != nil {
			since = *rec
		}
		back := report.BackComment(c.Words, c.Now().Sub(since.First), 0, 0)
		if err := c.tracker().close(ctx, issue, back); err != nil {
			return err
		}
		c.note("alert.stored.over", "Number", issue.Number,
			"Component", diagnosis.Config.Name(message.Words{}))
		c.notify(ctx, notification{text: c.Result.Name + ": " + back, link: issue.URL})
	}
	return nil
}

// numbers are the issues to look at: the recorded one, or else those of the list.
func (c Configuration) numbers(ctx context.Context, rec *state.Incident) (out []int) {
	if rec != nil && rec.Issue != 0 {
		return []int{rec.Issue}
	}
	for _, issue := range c.tracker().listOpen(ctx) {
		if c.about(ctx, issue) {
			out = append(out, issue.Number)
		}
	}
	return out
}

// about reports whether an issue is ours and about the configuration of this route or of all.
func (c Configuration) about(ctx context.Context, issue github.Issue) bool {
	route, component, _, ok := report.Body(issue.Body).Marker()
	ofRoute := route == c.Result.Name || route == noRoute
	return ok && component == diagnosis.Config && ofRoute && c.tracker().mine(ctx, issue)
}
