package run

import (
	"context"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/result"
)

// turn is one route at work in a run.
type turn struct {
	*route
	out       *result.Route
	incidents *alert.Route
}

// work is what a turn is for: a flow of the route. Its error stops the route and is reported.
type work func(*turn, context.Context) error

// each gives every route its turn, and reports those that can't run. One broken route never stops
// another.
func (j *Job) each(ctx context.Context, do work) []result.Route {
	var out []result.Route
	for _, conf := range j.config.Routes {
		out = append(out, j.route(conf).turn(ctx, do))
	}
	return append(out, j.reportBroken(ctx)...)
}

// turn opens the route's document, asks whether this is its first run, and has the work done. What
// stops the route is an incident, and at the end all of its incidents are brought up to date.
func (r *route) turn(ctx context.Context, do work) (out result.Route) {
	out = result.Route{Name: r.conf.Name, USDCap: r.conf.Limits.USDPerMonth}
	err := r.open(ctx)
	defer r.stands(&out)
	a := r.alert(&out)
	if err == nil {
		r.configWorks(ctx, a)
		out.Outcome.PutOff, err = r.ready(ctx)
	}
	if out.Outcome.PutOff != "" {
		return out
	}
	if err != nil {
		a.Failed(ctx, err)
		return out
	}
	defer a.End(ctx)
	if err := do(&turn{r, &out, a}, ctx); err != nil {
		a.Failed(ctx, err)
	}
	return out
}

// stands writes into a result where the state stands at the end of the run.
func (r *route) stands(out *result.Route) {
	b, ok := r.backend.(*github.Branch)
	if !ok || r.session == nil {
		return
	}
	out.State = result.State{
		Branch: b.Name, Commit: b.Commit(), Document: r.session.Version(),
	}
}

// end publishes the results of a scheduled run, and gives the exit status. A cancelled run ends well
// as far as it came, but it did not complete, so no heartbeat is sent.
func (j *Job) end(ctx context.Context, routes []result.Route) error {
	j.console.Publish(routes, j.clock.now())
	well := !j.alerts.Red()
	for _, r := range routes {
		well = well && r.Well
	}
	switch {
	case Cancelled(ctx):
		j.console.Talk("the run was cancelled: the next one goes on where it stopped")
	case well:
		j.alerts.Beat(ctx)
	}
	if j.alerts.Red() {
		return Incident
	}
	return nil
}
