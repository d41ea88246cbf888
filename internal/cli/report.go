package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// errDied is what a run that reported nothing has left behind.
var errDied = errors.New("the job ended before postferry could report: a build that failed, a panic, a time-out, or a runner that was lost")

// runReport is a workflow's last step: a run that died without a word still ends in an incident.
func runReport(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("report", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.StringVar(&o.jobStatus, "job-status", "", "success, failure or cancelled")
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
	route := report.Route{Name: j.config.Routes[0].Name}
	s, err := state.Open(ctx, j.backend, route.Name)
	if err != nil {
		s = nil // what is to be reported may be just this; the issue is found by its marker
	}
	if o.jobStatus == "success" {
		return j.revived(ctx, s, route.Name)
	}
	told, err := j.told(ctx)
	if told > 0 || err != nil {
		route.Issue = told
		j.publish([]report.Route{route})
		return err
	}
	return j.died(ctx, s, route, o.jobStatus)
}

// died opens the incident of a run that has told nothing of itself, or brings it up to date.
func (j *job) died(ctx context.Context, s *state.Session, route report.Route, status string) error {
	f := diagnosis.Fault{Route: route.Name, Component: diagnosis.Job, Err: fmt.Errorf("%w (job status: %s)", errDied, status), Diagnosis: diagnosis.Died}
	route.Err, route.Diagnosis = f.Err, &f.Diagnosis
	route = j.open(ctx, s, route, f)
	for _, n := range route.Notes {
		fmt.Fprintln(j.p.Stdout, n)
	}
	j.publish([]report.Route{route})
	if j.red {
		return statusError(exitIncident)
	}
	return nil
}

// told is the issue in which this run has reported by itself, 0 if there is none: one of ours that names the run.
func (j *job) told(ctx context.Context) (int, error) {
	if j.runner.RunID == "" {
		return 0, nil
	}
	issues := &github.Issues{Client: j.repo}
	list, err := issues.List(ctx, diagnosis.Label, "all", j.now().Add(-48*time.Hour))
	if err != nil {
		return 0, fmt.Errorf("look whether this run has reported: %w", err)
	}
	for _, issue := range list {
		if _, _, _, ok := diagnosis.ReadMarker(issue.Body); !ok || !strings.Contains(issue.Body, j.runner.RunID) {
			continue
		}
		if mine, err := issues.Mine(ctx, issue); err == nil && mine {
			fmt.Fprintf(j.p.Stdout, "this run has reported in #%d\n", issue.Number)
			return issue.Number, nil
		}
	}
	return 0, nil
}

// revived closes the incident of a silent death after a job that succeeded.
func (j *job) revived(ctx context.Context, s *state.Session, route string) error {
	known, issue, err := j.known(ctx, s, diagnosis.Fault{Route: route, Component: diagnosis.Job})
	if err != nil || !known.Exists || !known.Closed.IsZero() {
		return err
	}
	rec := state.Incident{Component: string(diagnosis.Job), Issue: issue.Number, First: issue.Created}
	if known.Record != nil {
		rec = *known.Record
	}
	if err := j.complete(ctx, issue.Number, report.BackComment(rec, 0, 0, j.now())); err != nil {
		return err
	}
	fmt.Fprintf(j.p.Stdout, "incident #%d is over\n", issue.Number)
	if s == nil || known.Record == nil {
		return nil
	}
	return s.Update(ctx, route+": back", func(d *state.Document) error {
		diagnosis.Recover(d, diagnosis.Job, j.now())
		return nil
	})
}
