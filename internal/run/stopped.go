package run

import (
	"context"
	"slices"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// stoppage is what stops every route of a run before any of them has had its turn.
type stoppage struct{ brokenRoutes }

// mistakes returns the mistakes if no route can run, else nil: those that stop all routes, and the
// routes' own.
func (j stoppage) mistakes(stop *environment.Mistakes) error {
	all := &environment.Mistakes{}
	all.Join(stop)
	if !stop.None() || len(j.config.Routes) == 0 {
		for _, b := range j.broken {
			all.Join(b.Mistakes)
		}
	}
	return j.env.Err(all)
}

// report reports that no route can run. In a terminal the error is the answer. In a workflow
// the issue is: the status is 2 in the run that opens it and 0 while it is known, so that the
// workflow is red once and not every ten minutes.
func (j stoppage) report(ctx context.Context, stop *environment.Mistakes, err error) error {
	silent := j.options.ReadOnly || j.options.DryRun || j.env.Get("GITHUB_ACTIONS") != "true"
	if silent || !j.env.CanReport() {
		return err
	}
	j.connect(ctx, false)
	var routes []result.Route
	if stop.None() {
		routes = j.brokenRoutes.report(ctx)
	} else {
		routes = append(routes, j.alerts.ConfigStopped(ctx, j.documents(ctx), j.incidentOf(err)))
	}
	j.console.Publish(routes, j.clock.now())
	switch {
	case j.alerts.News():
		return Usage
	case j.alerts.Red():
		return Incident
	}
	return Done
}

// documents opens what documents can be found, without a configuration that names the routes.
func (j stoppage) documents(ctx context.Context) (out []*state.Session) {
	names := slices.Clone(j.options.Names)
	if b, ok := j.backend.(interface {
		Routes(ctx context.Context) ([]string, error)
	}); ok {
		found, err := b.Routes(ctx)
		if err != nil {
			j.console.Warn(j.console.Words.Text("run.documents-unlisted", "Why", err))
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		names = append(names, config.Default().Routes[0].Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		s, err := state.Open(ctx, j.backend, name)
		if err == nil && !s.First() {
			out = append(out, s)
		}
	}
	return out
}
