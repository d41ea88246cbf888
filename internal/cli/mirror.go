package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// runMirror mirrors the new posts of every route.
func runMirror(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("mirror", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.BoolVar(&o.dryRun, "dry-run", false, "show what would be posted, write nothing anywhere")
		fs.BoolVar(&o.json, "json", false, "print JSON, for programs")
		fs.BoolVar(&o.force, "force", false, "try now, whatever the circuit breaker says")
	})
	if err != nil {
		return err
	}
	j, err := p.newJob(ctx, o, need{instagram: true, x: !o.dryRun})
	if err != nil {
		return err
	}
	if o.dryRun {
		return j.preview(ctx)
	}
	var routes []result.Route
	for _, r := range j.config.Routes {
		// One broken route never stops another.
		routes = append(routes, j.route(ctx, r))
	}
	return j.finish(ctx, routes)
}

// route runs one route: state → circuit breaker → mirror → incidents.
func (j *job) route(ctx context.Context, r config.Route) result.Route {
	out := result.Route{Name: r.Name, USDCap: r.Limits.USDPerMonth}
	s, err := j.session(ctx, r)
	if err != nil {
		j.alert(r, nil, &out).Failed(ctx, err)
		return out
	}
	a := j.alert(r, s, &out)
	byHand := j.runner.ByHand()
	if !j.options.force && !byHand {
		if out.Waiting = a.Blocked(ctx); out.Waiting != "" {
			return out
		}
	}
	out.Outcome, err = j.mirror(r, s).Do(ctx)
	d := s.Doc()
	out.Username, out.USDMonth, out.Tokens = d.Account.XUsername, d.SpentIn(j.now()), d.Tokens
	if len(out.Outcome.Posted) > 0 || byHand {
		a.Adopt(ctx)
	}
	a.Recovered(ctx, alert.Works(out.Outcome, err))
	if err != nil {
		a.Failed(ctx, err)
		return out
	}
	a.Held(ctx)
	return out
}

// preview is the dry run of all routes.
func (j *job) preview(ctx context.Context) error {
	var failed []error
	for _, r := range j.config.Routes {
		res, s, err := j.planned(ctx, r)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", r.Name, err))
			continue
		}
		if j.options.json {
			fmt.Fprintln(j.p.Stdout, report.PreviewJSON(r.Name, res))
			continue
		}
		for _, line := range report.Preview(r, res, s.Doc().SpentIn(j.now())) {
			fmt.Fprintln(j.p.Stdout, line)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	for _, err := range failed {
		j.explain(err, diagnosis.Explain(err))
	}
	return statusError(exitIncident)
}

func (j *job) planned(ctx context.Context, r config.Route) (plan.Result, *state.Session, error) {
	s, err := j.session(ctx, r)
	if err != nil {
		return plan.Result{}, nil, err
	}
	res, err := j.mirror(r, s).Plan(ctx)
	return res, s, err
}

// finish prints the results of all routes and publishes them.
func (j *job) finish(ctx context.Context, routes []result.Route) error {
	for _, r := range routes {
		if j.options.json {
			fmt.Fprintln(j.p.Stdout, report.JSON(r))
			continue
		}
		for _, line := range report.Lines(r) {
			fmt.Fprintln(j.p.Stdout, line)
		}
	}
	if err := j.end(ctx, routes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil && errors.Is(err, context.Canceled) {
		return errors.New("the run was cancelled")
	}
	return nil
}

// end publishes the results of a scheduled run, and gives the exit status.
func (j *job) end(ctx context.Context, routes []result.Route) error {
	j.publish(routes)
	j.alerts.Beat(ctx)
	if j.alerts.Red() {
		return statusError(exitIncident)
	}
	return nil
}
