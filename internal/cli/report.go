package cli

import (
	"context"
	"flag"
	"fmt"

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
	})
	if err != nil {
		return err
	}
	switch o.jobStatus {
	case "success", "failure", "cancelled":
	default:
		return usagef("--job-status must be success, failure or cancelled, it is %q", o.jobStatus)
	}
	j, err := p.newJob(ctx, o, need{})
	if err != nil {
		return err
	}
	if j.repo == nil {
		return usagef("report needs GITHUB_TOKEN and GITHUB_REPOSITORY")
	}
	s, err := state.Open(ctx, j.backend, j.config.Routes[0].Name)
	if err != nil {
		s = nil // the state may be what is to be reported; the issue is found by its marker
	}
	if o.jobStatus == "success" {
		return j.closeDeadRun(ctx, s)
	}
	return j.reportDeadRun(ctx, s)
}

func (j *job) reportDeadRun(ctx context.Context, s *state.Session) error {
	r := j.config.Routes[0]
	out := result.Route{Name: r.Name}
	err := j.alert(r, s, &out).ReportDeadRun(ctx, j.options.jobStatus)
	if out.Issue > 0 && out.Err == nil {
		fmt.Fprintf(j.p.Stdout, "this run has reported in #%d\n", out.Issue)
	}
	for _, n := range out.Notes {
		fmt.Fprintln(j.p.Stdout, n)
	}
	j.publish([]result.Route{out})
	if err == nil && j.alerts.Red() {
		return statusError(exitIncident)
	}
	return err
}

// closeDeadRun closes the incident of a dead run. The session may be nil.
func (j *job) closeDeadRun(ctx context.Context, s *state.Session) error {
	r := j.config.Routes[0]
	number, err := j.alert(r, s, &result.Route{Name: r.Name}).CloseDeadRun(ctx)
	if number > 0 {
		fmt.Fprintf(j.p.Stdout, "incident #%d is over\n", number)
	}
	return err
}
