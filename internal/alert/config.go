package alert

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
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
func misconfigured(route string, e *MisconfiguredError) fault {
	f := knownFault(route, diagnosis.Config, e.Cause(), e)
	f.diagnosis.Fix = report.Capitalize(strings.TrimSuffix(e.Fix, ".")) + "."
	f.diagnosis.Link = e.Link
	return f
}

// ConfigFailed reports that this route can't run as it is configured. While the incident is known
// and its text is the same, nothing is written anywhere.
func (r *Route) ConfigFailed(ctx context.Context, e *MisconfiguredError) {
	if r.stored() && !r.aboutRoute() {
		r.ConfigWorks(ctx) // The mistake that stopped all routes is mended.
	}
	r.misconfigured(ctx, misconfigured(r.Result.Name, e))
}

func (r *Route) misconfigured(ctx context.Context, f fault) {
	r.Result.Err, r.Result.Diagnosis = f.err, &f.diagnosis
	if number := r.reportedAlready(ctx, f); number > 0 {
		r.Explain(f.err, f.diagnosis)
		r.redden(edit)
		r.Result.Issue = number
		return
	}
	r.raise(ctx, f)
}

// reportedAlready returns the number of the issue that needs no writing: it is open and shows this
// very text, or a person has closed it for the second time. It returns 0 if there is none, or if a
// comment is due.
func (r *Route) reportedAlready(ctx context.Context, f fault) int {
	k, issue, err := r.find(ctx, diagnosis.Config)
	if err != nil || !k.exists {
		return 0
	}
	what, comment := decide(k, f, r.Now())
	if what == leave {
		return issue.Number
	}
	shown := k.closed.IsZero() && report.Quotes(issue.Body, r.redacted(f))
	if !shown || r.stored() && (!k.recorded(issue.Number) || comment != noComment) {
		return 0
	}
	return issue.Number
}

func (r *Run) redacted(f fault) string { return r.Secrets.String(f.err.Error()) }

// aboutRoute reports whether the record of the configuration's incident, if it is open, is about
// this route alone.
func (r *Route) aboutRoute() bool {
	rec := recordOf(r.Session.Doc(), diagnosis.Config)
	return rec == nil || !rec.Closed.IsZero() || rec.Fingerprint != allStopped
}

// allStopped is the fingerprint of the incident of what stops all routes. It tells in a route's
// document which of the two incidents the record is about.
var allStopped = misconfigured(noRoute, &MisconfiguredError{Err: errors.New("")}).fingerprint()

// ConfigStopped reports a mistake that stops all routes: nobody can tell what they are called. docs
// are the documents of the state branch that could be found. All of them keep the number of the
// issue, so that the next good run of whichever route closes it.
func (r *Run) ConfigStopped(
	ctx context.Context, docs []*state.Session, e *MisconfiguredError,
) result.Route {
	home := r.home(docs)
	out := result.Route{Name: noRoute}
	route := &Route{Run: r, Session: home, Result: &out}
	if home != nil && !route.unclaimed() {
		out.Name = home.Route // The one route is stopped by another mistake of its own already.
	}
	route.misconfigured(ctx, misconfigured(out.Name, e))
	if home == nil || !r.news || out.Name != noRoute {
		return out
	}
	rec := recordOf(home.Doc(), diagnosis.Config)
	if rec == nil || rec.Issue == 0 {
		return out
	}
	for _, s := range docs {
		other := &Route{Run: r, Session: s, Result: &out}
		if s == home || !other.unclaimed() {
			continue
		}
		if err := other.copyRecord(ctx, *rec); err != nil {
			r.warnf("%s: incident #%d could not be noted: %v", s.Route, rec.Issue, err)
		}
	}
	return out
}

// home picks the document for the incident of what stops all routes: the one that has it, else one
// that has no other incident of the configuration, else the first.
func (r *Run) home(docs []*state.Session) *state.Session {
	if len(docs) == 0 {
		return nil
	}
	for _, wanted := range []func(*Route) bool{
		func(x *Route) bool { return !x.aboutRoute() }, (*Route).unclaimed,
	} {
		i := slices.IndexFunc(docs, func(s *state.Session) bool { return wanted(&Route{Session: s}) })
		if i >= 0 {
			return docs[i]
		}
	}
	return docs[0]
}

// unclaimed reports whether the document's record can be that of what stops all routes.
func (r *Route) unclaimed() bool {
	rec := recordOf(r.Session.Doc(), diagnosis.Config)
	return rec == nil || !rec.Closed.IsZero() || rec.Fingerprint == allStopped
}

func (r *Route) copyRecord(ctx context.Context, rec state.Incident) error {
	what := r.Session.Route + ": incident"
	return r.Session.Update(ctx, what, func(d *state.Document) error {
		mine := recordOf(d, diagnosis.Config)
		if mine == nil {
			mine = addRecord(d, diagnosis.Config)
		}
		*mine = rec
		return nil
	})
}

// ConfigWorks closes the incident of the configuration: this run could read the file, and the route
// has all that it needs. An idle run asks nothing for it.
func (r *Route) ConfigWorks(ctx context.Context) {
	if r.Issues == nil {
		return
	}
	rec := recordOf(r.Session.Doc(), diagnosis.Config)
	unknown := r.Session.First() && rec == nil
	if !unknown && (rec == nil || !rec.Closed.IsZero()) {
		return
	}
	number := 0
	if rec != nil {
		number = rec.Issue
	}
	if err := r.closeConfig(ctx, number, rec); err != nil {
		r.warnf("%s: the incident of the configuration could not be closed: %v", r.Result.Name, err)
		return
	}
	if unknown {
		return
	}
	what := r.Result.Name + ": the configuration works"
	err := r.Session.Update(ctx, what, func(d *state.Document) error {
		recordRecovery(d, diagnosis.Config, r.Now())
		return nil
	})
	if err != nil {
		r.warnf("%s: the recovery could not be written to the state: %v", r.Result.Name, err)
	}
}

// closeConfig closes the open issue with the number, or for 0 those of the list. Another route's
// run may have closed it.
func (r *Route) closeConfig(ctx context.Context, number int, rec *state.Incident) error {
	numbers := []int{number}
	if number == 0 {
		numbers = nil
		for _, issue := range r.listOpen(ctx) {
			if r.aboutConfig(ctx, issue) {
				numbers = append(numbers, issue.Number)
			}
		}
	}
	for _, number := range numbers {
		issue, err := r.Issues.Get(ctx, number) // The list may be from before it was closed.
		if err != nil && httpx.ClassOf(err) != httpx.NotFound {
			return err
		}
		if err != nil || issue.State != "open" || !r.aboutConfig(ctx, issue) {
			continue
		}
		since := state.Incident{First: issue.Created}
		if rec != nil {
			since = *rec
		}
		back := report.BackComment(since, 0, 0, r.Now())
		if err := r.closeIssue(ctx, issue, back); err != nil {
			return err
		}
		r.note("incident #%d is over: %s", issue.Number, diagnosis.Config.Name())
		r.notify(ctx, message{text: r.Result.Name + ": " + back, link: issue.URL})
	}
	return nil
}

// aboutConfig reports whether an issue is ours and about the configuration of this route or of all.
func (r *Route) aboutConfig(ctx context.Context, issue github.Issue) bool {
	route, c, _, ok := report.ReadMarker(issue.Body)
	ofRoute := route == r.Result.Name || route == noRoute
	return ok && c == diagnosis.Config && ofRoute && r.mine(ctx, issue)
}
