package cli

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// runReport is a workflow's last step: a run that died before it could report is reported here, and
// a job that succeeded closes the incident of an earlier dead run.
func runReport(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("report", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.StringVar(&o.jobStatus, "job-status", "",
			"how the job went: `S` is success, failure or cancelled")
		fs.Int64Var(&o.began, "began", 0, "when the job's first step began, in `SECONDS` since 1970")
		fs.IntVar(&o.timeLimit, "time-limit", 15, "the job's time limit in `MINUTES`")
	})
	if err != nil {
		return err
	}
	switch o.jobStatus {
	case "success", "failure", "cancelled":
	default:
		return usagef("--job-status must be success, failure or cancelled, it is %q", o.jobStatus)
	}
	if o.jobStatus == "cancelled" {
		// The clock is the one by which the job noted when it began, in a rehearsal too.
		if !o.ranOut(p.Now()) {
			fmt.Fprintln(p.Stdout, "the job was cancelled: nothing to report")
			return nil
		}
		o.jobStatus = fmt.Sprintf("cancelled at its time limit of %d minutes", o.timeLimit)
	}
	j, err := p.reportJob(ctx, o)
	if err != nil {
		return err
	}
	r := j.route(config.Route{Name: j.names[0]})
	// The state may be what is to be reported. Without it, the issue is found by its marker.
	if s, err := state.Open(ctx, j.backend, r.conf.Name); err == nil {
		r.session = s
	}
	if o.jobStatus == "success" {
		return r.closeDeadRun(ctx)
	}
	return r.reportDeadRun(ctx)
}

// reportJob makes a job that does no more than report. A mistake in the configuration does not stop
// it: that mistake may be what the run died of. The names are then those that can be guessed.
func (p *Process) reportJob(ctx context.Context, o options) (*job, error) {
	conf, _ := o.load(p.language())
	if conf == nil {
		conf = config.Default()
	}
	e := p.readEnvironment()
	if e.githubToken == "" || e.runner.Repo == "" || e.runner.APIURL == "" {
		return nil, usagef("report needs GITHUB_TOKEN and GITHUB_REPOSITORY")
	}
	j := e.newJob(o, conf)
	switch {
	case routeName.MatchString(o.route):
		j.names = []string{o.route}
	case len(j.names) == 0:
		j.names = conf.Names()
	}
	j.connect(ctx, need{})
	j.alerts = j.newAlerts()
	return j, nil
}

// routeName is what a route can be called.
var routeName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,59}$`)

// ranOut reports whether the job ended at its time limit, which GitHub calls cancelled too. The
// runner starts the last steps up to a minute before or after the limit.
func (o *options) ranOut(now time.Time) bool {
	limit := time.Duration(o.timeLimit) * time.Minute
	return o.began > 0 && now.Sub(time.Unix(o.began, 0)) >= limit-time.Minute
}

func (r *route) reportDeadRun(ctx context.Context) error {
	out := result.Route{Name: r.conf.Name}
	err := r.alert(&out).ReportDeadRun(ctx, r.reportDocuments(ctx), r.options.jobStatus)
	if out.Issue > 0 && out.Err == nil {
		fmt.Fprintf(r.p.Stdout, "this run has reported in #%d\n", out.Issue)
	}
	for _, n := range out.Notes {
		fmt.Fprintln(r.p.Stdout, n)
	}
	r.publish([]result.Route{out})
	if err == nil && r.alerts.Red() {
		return statusError(exitIncident)
	}
	return err
}

// reportDocuments are the documents in which the run may have noted an incident: the route's own,
// or for a job that ran all routes all of them.
func (r *route) reportDocuments(ctx context.Context) []*state.Session {
	if r.options.route == "" {
		return r.documents(ctx)
	}
	if r.session == nil {
		return nil
	}
	return []*state.Session{r.session}
}

// closeDeadRun closes the incident of a dead run.
func (r *route) closeDeadRun(ctx context.Context) error {
	number, err := r.alert(&result.Route{Name: r.conf.Name}).CloseDeadRun(ctx)
	if number > 0 {
		fmt.Fprintf(r.p.Stdout, "incident #%d is over\n", number)
	}
	return err
}
