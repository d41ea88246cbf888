package alert

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// reportTime bounds the report of a failure, which goes on after the run itself was cancelled.
const reportTime = 2 * time.Minute

// Route is one route of a run, with its incidents. The methods write into Result what they did.
type Route struct {
	*Run
	Session *state.Session // nil if the state could not be read
	Result  *result.Route

	// Digest names the credentials that a component depends on: new ones close its breaker at once.
	Digest func(diagnosis.Component) string
	// Force lets every call through, whatever a breaker says. ByHand reports whether a person has
	// started the run, which lets it through once an hour.
	Force, ByHand bool
	// Names are what a person knows the route's things by: its secrets, its file, the branch.
	Names diagnosis.Names
	// Examine asks the services for the cause of a failure.
	Examine func(context.Context, diagnosis.Component, error) diagnosis.Examination
}

// stored reports whether the route has a document to write to.
func (r *Route) stored() bool { return r.Session != nil && !r.Session.First() }

// note adds a stored message to the result. Who prints it says it in the person's language.
func (r *Route) note(key string, args ...any) {
	r.Result.Notes = append(r.Result.Notes, message.Words{}.Text(key, args...))
}

// Faults reports what failed beside what stopped the route.
func (r *Route) Faults(ctx context.Context, faults []mirror.Fault) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	for _, one := range faults {
		f := newFault(r.Result.Name, one.Err).said(r.Words, r.Names)
		f.component = diagnosis.Component(one.Component)
		r.report(ctx, f)
	}
}

// Failed reports what stopped the route: a transient failure is counted, and any other failure, or
// the last of several transient ones in a row, is an incident. A cancelled run is nobody's fault:
// what its calls came to says nothing about the services, and what lasts is met by the next run.
func (r *Route) Failed(ctx context.Context, cause error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		r.Result.Outcome.PutOff = message.Words{}.Text("alert.stored.cancelled")
		return
	}
	if held, ok := guard.IsHeld(cause); ok {
		heldByQuestion(r, held)
		return
	}
	f := newFault(r.Result.Name, cause).said(r.Words, r.Names)
	r.Result.Err, r.Result.Diagnosis = cause, &f.diagnosis
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	r.Result.Transient = !r.report(ctx, f)
}

// report counts a transient failure, and raises the incident of any other, or of the last one of
// several transient ones in a row. It reports whether there is an incident.
func (r *Route) report(ctx context.Context, f fault) bool {
	if f.transient() {
		runs, limit := r.countTransient(ctx, f), r.Settings.TransientAfter
		if runs < limit {
			r.warn(f.err, "alert.warn.transient", "Route", f.route, "Runs", runs, "Limit", limit)
			return false
		}
	}
	r.raise(ctx, f)
	return true
}

// countTransient counts one more run in a row that met a transient failure, and keeps the reset
// time. It returns the count.
func (r *Route) countTransient(ctx context.Context, f fault) (runs int) {
	if !r.stored() {
		return 1
	}
	err := r.Session.Update(ctx, f.route+": transient failure", func(d *state.Document) error {
		if d.TransientRuns == nil {
			d.TransientRuns = map[string]int{}
		}
		d.TransientRuns[string(f.component)]++
		runs = d.TransientRuns[string(f.component)]
		resets := f.component != diagnosis.MediaHost // its files are asked for in every run
		if e := httpx.As(f.err); resets && e != nil && e.ResetAt.After(r.Now()) {
			if d.RetryAfter == nil {
				d.RetryAfter = map[string]time.Time{}
			}
			d.RetryAfter[string(f.component)] = e.ResetAt.UTC().Truncate(time.Second)
		}
		return nil
	})
	if err != nil {
		r.warn(err, "alert.warn.not-counted", "Route", f.route)
		return 1
	}
	return runs
}

// Held reports, once, that the month's budget is used up. The other limits are a matter of hours.
func (r *Route) Held(ctx context.Context) {
	o := r.Result.Outcome
	if !byBudget(o) {
		return
	}
	month := strconv.FormatFloat(r.Result.USDMonth, 'f', 2, 64)
	err := message.New("alert.stored.budget", "Count", o.Pending, "Month", month, "Limit", o.HeldBy)
	f := knownFault(r.Result.Name, diagnosis.Budget, "budget-held", err)
	r.raise(ctx, f.said(r.Words, r.Names))
}

// byBudget reports whether posts wait because the month's budget is used up.
func byBudget(o mirror.Outcome) bool { return strings.HasPrefix(o.HeldBy, "usd_per_month") }
