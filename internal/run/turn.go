package run

import (
	"context"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/environment"
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
	return append(out, brokenRoutes{j}.report(ctx)...)
}

// turn gives the route its turn, and returns what it came to.
func (r *route) turn(ctx context.Context, do work) result.Route {
	out := &result.Route{Name: r.conf.Name, USDCap: r.conf.Limits.USDPerMonth}
	err := r.open(ctx)
	t := &turn{route: r, out: out, incidents: r.alert(out)}
	t.take(ctx, do, err)
	r.stands(out)
	return *out
}

// take asks whether this is the route's first run, and has the work done. What stops the route is
// an incident, and at the end all of its incidents are brought up to date. unread says why the
// route's document can't be read; it is nil if it can.
func (t *turn) take(ctx context.Context, do work, unread error) {
	err := unread
	if err == nil {
		t.configWorks(ctx)
		t.out.Outcome.PutOff, err = t.ready(ctx)
	}
	if t.out.Outcome.PutOff != "" {
		return
	}
	if err != nil {
		t.incidents.Failed(ctx, err)
		return
	}
	defer t.incidents.End(ctx)
	if err := do(t, ctx); err != nil {
		t.incidents.Failed(ctx, err)
	}
}

// configWorks closes the incident of the configuration. A rotation does not need all that mirror
// needs, and is no proof where mirror lacks something.
func (t *turn) configWorks(ctx context.Context) {
	lacks := &environment.Mistakes{}
	t.env.Credentials(t.conf, environment.Everything, lacks)
	if lacks.None() {
		alert.Configuration{Route: t.incidents}.Works(ctx)
	}
}

// stands writes into a result where the state stands at the end of the turn, so that a person can
// put it back there.
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
		j.console.Talk(j.console.Words.Text("run.cancelled"))
	case well:
		j.alerts.Beat(ctx)
	}
	if j.alerts.Red() {
		return Incident
	}
	return nil
}
