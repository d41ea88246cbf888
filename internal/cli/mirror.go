package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
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
		routes = append(routes, j.route(r).mirror(ctx))
	}
	routes = append(routes, j.reportBroken(ctx)...)
	return j.finish(ctx, routes)
}

// mirror runs one route: state → circuit breaker → mirror → incidents.
func (r *route) mirror(ctx context.Context) (out result.Route) {
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
	a.Decide(ctx)
	out.Waiting = a.Blocked(ctx, diagnosis.Instagram, diagnosis.XToken, diagnosis.X,
		diagnosis.Undecided, diagnosis.Account)
	if out.Waiting != "" {
		return out
	}
	run := r.mirrorRun()
	if err := r.accounts(run).Pending(ctx); err != nil {
		a.Failed(ctx, err)
		return out
	}
	run.Probe, run.NoReplies = a.Probe(diagnosis.X), a.Tripped(ctx, diagnosis.XReplies)
	run.ProbesReplies = a.Probe(diagnosis.XReplies) > 0
	out.Outcome, err = run.Do(ctx)
	d := r.session.Doc()
	out.Username, out.Tokens = d.Account.XUsername, d.Tokens
	out.USDMonth = d.Spend.In(r.now())
	if r.runner.ByHand() {
		a.Adopt(ctx)
	}
	a.Recovered(ctx, alert.AnswersOf(out.Outcome, err))
	a.Faults(ctx, out.Outcome.Faults)
	if err != nil {
		a.Failed(ctx, err)
		return out
	}
	a.Held(ctx)
	return out
}

// preview is the dry run of all routes.
func (j *job) preview(ctx context.Context) error {
	failed := false
	for _, err := range j.brokenErrors() {
		failed = true
		j.explain(err, diagnosis.Explain(err).For(nil))
	}
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		res, err := r.plan(ctx)
		if err != nil {
			failed = true
			err = fmt.Errorf("%s: %w", conf.Name, err)
			if !cancelled(ctx) {
				j.explain(err, diagnosis.Explain(err).For(r.called()))
			}
			continue
		}
		j.show(report.Preview{
			Words: j.words, Route: conf, Plan: res,
			Spent: r.session.Doc().Spend.In(j.now()),
		})
	}
	if !failed || cancelled(ctx) {
		return nil
	}
	return statusError(exitIncident)
}

// show prints the plan of a route, and shows it as cards in the job summary.
func (j *job) show(p report.Preview) {
	if j.options.json {
		fmt.Fprintln(j.p.Stdout, p.JSON())
	} else {
		for _, line := range p.Lines() {
			fmt.Fprintln(j.p.Stdout, line)
		}
	}
	j.summarize(p.Cards())
}

func (r *route) plan(ctx context.Context) (plan.Result, error) {
	if err := r.open(ctx); err != nil {
		return plan.Result{}, err
	}
	return r.mirrorRun().Plan(ctx)
}

// finish prints the results of all routes and publishes them.
func (j *job) finish(ctx context.Context, routes []result.Route) error {
	for _, r := range routes {
		if j.options.json {
			fmt.Fprintln(j.p.Stdout, report.JSON(r))
			continue
		}
		for _, line := range report.Lines(j.words, r) {
			fmt.Fprintln(j.p.Stdout, line)
		}
	}
	return j.end(ctx, routes)
}

// cancelled reports whether somebody ended the run.
func cancelled(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// end publishes the results of a scheduled run, and gives the exit status. A cancelled run ends well
// as far as it came, but it did not complete, so no heartbeat is sent.
func (j *job) end(ctx context.Context, routes []result.Route) error {
	j.publish(routes)
	unwell := func(r result.Route) bool { return !r.Well }
	switch {
	case cancelled(ctx):
		j.talk("the run was cancelled: the next one goes on where it stopped")
	case !slices.ContainsFunc(routes, unwell) && !j.alerts.Red():
		j.alerts.Beat(ctx)
	}
	if j.alerts.Red() {
		return statusError(exitIncident)
	}
	return nil
}
