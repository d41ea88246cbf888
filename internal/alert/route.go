package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
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
	// Examine asks the services for the cause of a failure.
	Examine func(context.Context, diagnosis.Component, error) diagnosis.Examination
}

// stored reports whether the route has a document to write to.
func (r *Route) stored() bool { return r.Session != nil && !r.Session.First() }

func (r *Route) note(format string, args ...any) {
	r.Result.Notes = append(r.Result.Notes, fmt.Sprintf(format, args...))
}

// Blocked says why nothing that needs the components can be tried now, "" if something can: a
// circuit breaker is open, or a reset time has not come. Closing the issue by hand lets the run
// through.
func (r *Route) Blocked(ctx context.Context, components ...diagnosis.Component) string {
	d, now := r.Session.Doc(), r.Now()
	for _, c := range components {
		if at := d.RetryAfter[string(c)]; now.Before(at) {
			until := at.Format(time.RFC3339)
			return fmt.Sprintf("the rate limit of %s is used up until %s", c.Name(), until)
		}
		b := d.Breakers[string(c)]
		if letsThrough(b, r.Digest(c), now) || r.closedByHand(ctx, c) {
			continue
		}
		return fmt.Sprintf("%s has failed since %s, next try at %s", c.Name(),
			b.Opened.Format(time.RFC3339), b.NextTry.Format(time.RFC3339))
	}
	return ""
}

// closedByHand reports whether a person has closed the component's issue, which asks for a try.
func (r *Route) closedByHand(ctx context.Context, c diagnosis.Component) bool {
	rec := recordOf(r.Session.Doc(), c)
	if rec == nil || rec.Issue == 0 || !rec.Closed.IsZero() || r.Issues == nil {
		return false
	}
	issue, err := r.Issues.Get(ctx, rec.Issue)
	return err == nil && issue.State == "closed"
}

// Failed reports what stopped the route: a transient failure is counted, and any other failure, or
// the last of several transient ones in a row, is an incident. A cancelled run is nobody's fault:
// what its calls came to says nothing about the services, and what lasts is met by the next run.
func (r *Route) Failed(ctx context.Context, cause error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		r.Result.Outcome.PutOff = "the run was cancelled"
		return
	}
	if held, ok := guard.IsHeld(cause); ok {
		r.heldByQuestion(held)
		return
	}
	f := newFault(r.Result.Name, cause)
	r.Result.Err, r.Result.Diagnosis = cause, &f.diagnosis
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	if f.transient() {
		runs, limit := r.countTransient(ctx, f), r.Settings.TransientAfter
		if runs < limit {
			r.Result.Transient = true
			r.warnf("%s: %v: the next run tries again (%d of %d before it is an incident)",
				f.route, cause, runs, limit)
			return
		}
	}
	r.raise(ctx, f)
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
		if e := httpx.As(f.err); e != nil && e.ResetAt.After(r.Now()) {
			if d.RetryAfter == nil {
				d.RetryAfter = map[string]time.Time{}
			}
			d.RetryAfter[string(f.component)] = e.ResetAt.UTC().Truncate(time.Second)
		}
		return nil
	})
	if err != nil {
		r.warnf("%s: the failure could not be counted: %v", f.route, err)
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
	err := fmt.Errorf("%d media wait: X has billed $%.2f this month by postferry's count, "+
		"and the next post would pass the limit (%s)", o.Pending, r.Result.USDMonth, o.HeldBy)
	r.raise(ctx, knownFault(r.Result.Name, diagnosis.Budget, "budget-held", err))
}

// byBudget reports whether posts wait because the month's budget is used up.
func byBudget(o mirror.Outcome) bool { return strings.HasPrefix(o.HeldBy, "usd_per_month") }
