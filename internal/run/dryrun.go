package run

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/report"
)

// dryRun shows what the next run would post. It writes nothing, anywhere: no document is made, no
// file is uploaded, and what stops a route is printed and opens no issue.
type dryRun struct{ *Job }

// all shows the plans of all routes. The error is a Status if a route has none.
func (j dryRun) all(ctx context.Context) error {
	failed := false
	for _, b := range j.broken {
		failed = true
		err := fmt.Errorf("%s: %w", b.conf.Name, brokenRoutes(j).misconfigured(b))
		j.console.Explain(err, diagnosis.Explain(err).For(nil))
	}
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		planned, err := j.plan(ctx, r)
		if err != nil {
			failed = true
			err = fmt.Errorf("%s: %w", conf.Name, err)
			if !Cancelled(ctx) {
				j.console.Explain(err, diagnosis.Explain(err).For(r.called()))
			}
			continue
		}
		j.print(r, planned)
	}
	if failed {
		return Incident
	}
	return nil
}

// plan lists what is new and makes the plan of a route, as a run would.
func (dryRun) plan(ctx context.Context, r *route) (plan.Result, error) {
	if err := r.open(ctx); err != nil {
		return plan.Result{}, err
	}
	m, _ := r.mirroring()
	return m.Plan(ctx)
}

// print prints the plan of a route, and shows it as cards in the job summary.
func (j dryRun) print(r *route, planned plan.Result) {
	p := report.Preview{
		Words: j.console.Words, Route: r.conf, Plan: planned,
		Spent: r.session.Doc().Spend.In(j.clock.now()),
	}
	if j.options.JSON {
		fmt.Fprintln(j.console.Out, p.JSON())
	} else {
		for _, line := range p.Lines() {
			fmt.Fprintln(j.console.Out, line)
		}
	}
	j.console.Summarize(p.Cards())
}
