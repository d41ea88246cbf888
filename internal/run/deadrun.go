package run

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// routeName is what a route can be called.
var routeName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,59}$`)

// Report is a workflow's last step: a run that died before it could report is reported here, and a
// job that succeeded closes the incident of an earlier dead run. jobStatus says how the job went.
// The configuration may be what the run died of, so that nothing of it is needed but the names that
// can be guessed; the state may be it too, and then the issue is found by its marker.
func Report(ctx context.Context, p Process, o Options, jobStatus string) error {
	if o.Config == nil {
		o.Config = config.Default()
	}
	switch {
	case routeName.MatchString(o.Route):
		o.Names = []string{o.Route}
	case len(o.Names) == 0:
		o.Names = o.Config.Names()
	}
	j := newJob(p, o)
	j.connect(ctx, false)
	r := j.route(config.Route{Name: o.Names[0]})
	if s, err := state.Open(ctx, j.backend, r.conf.Name); err == nil {
		s.Zone, r.session = r.console.Words.Zone, s
	}
	if jobStatus == "success" {
		return deadRun{r}.close(ctx)
	}
	return deadRun{r}.report(ctx, jobStatus)
}

// deadRun is the incident of a run that died, kept by the first route.
type deadRun struct{ *route }

func (r deadRun) report(ctx context.Context, jobStatus string) error {
	out := result.Route{Name: r.conf.Name}
	err := alert.DeadRun{Route: r.alert(&out)}.Report(ctx, r.documents(ctx), jobStatus)
	if out.Issue > 0 && out.Err == nil {
		fmt.Fprintln(r.console.Out, r.console.Words.Text("run.dead-run.reported", "Issue", out.Issue))
	}
	for _, n := range out.Notes {
		fmt.Fprintln(r.console.Out, r.console.Words.Stored(n))
	}
	r.console.Publish([]result.Route{out}, r.clock.now())
	if err == nil && r.alerts.Red() {
		return Incident
	}
	return err
}

// documents are the documents in which the run may have noted an incident: the route's own, or for
// a job that ran all routes all of them.
func (r deadRun) documents(ctx context.Context) []*state.Session {
	if r.options.Route == "" {
		return stoppage{brokenRoutes{r.Job}}.documents(ctx)
	}
	if r.session == nil {
		return nil
	}
	return []*state.Session{r.session}
}

// close closes the incident, if there is one.
func (r deadRun) close(ctx context.Context) error {
	out := &result.Route{Name: r.conf.Name}
	number, err := alert.DeadRun{Route: r.alert(out)}.Close(ctx)
	if number > 0 {
		fmt.Fprintln(r.console.Out, r.console.Words.Text("run.dead-run.over", "Issue", number))
	}
	return err
}
