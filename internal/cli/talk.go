package cli

import (
	"fmt"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
)

// talk prints progress for people.
func (j *job) talk(line string) { fmt.Fprintf(j.p.Stderr, "%s\n", report.Quote(line)) }

// warn writes an annotation in a workflow, a line elsewhere.
func (j *job) warn(text string) {
	if j.runner.InWorkflow {
		j.runner.Warning(text)
		return
	}
	fmt.Fprintf(j.p.Stderr, "%s %s\n", j.p.paint(yellow, "warning:"), report.Quote(text))
}

// notice is like warn, for what needs nobody's attention.
func (j *job) notice(text string) {
	if j.runner.InWorkflow {
		j.runner.Notice(text)
		return
	}
	fmt.Fprintf(j.p.Stderr, "notice: %s\n", report.Quote(text))
}

// explain shows a failure in three parts: what happened, what it means, what to do.
func (j *job) explain(err error, d diagnosis.Diagnosis) {
	if j.runner.InWorkflow {
		j.runner.Error(fmt.Sprintf("%s\n%s", err, d.Title))
	}
	fmt.Fprintf(j.p.Stderr, "%s %s\n%s %s\n%s %s\n",
		j.p.paint(red, "error:"), report.Quote(err.Error()),
		j.p.paint(bold, "cause:"), d.Cause, j.p.paint(bold, "fix:"), d.Fix)
	if d.Link != "" {
		fmt.Fprintf(j.p.Stderr, "where: %s\n", d.Link)
	}
}

// publish writes the annotations, the job summary and the step outputs.
func (j *job) publish(routes []result.Route) {
	for _, r := range routes {
		for _, w := range r.Outcome.Warnings {
			j.warn(r.Name + ": " + w)
		}
		if r.Outcome.PutOff != "" {
			j.notice(r.Name + ": put off to the next run: " + r.Outcome.PutOff)
		}
		for _, e := range r.Outcome.Skipped {
			j.notice(fmt.Sprintf("%s: %s is not mirrored: %s", r.Name, e.Permalink, e.Why))
		}
	}
	if err := j.runner.AppendSummary(report.Summary(routes)); err != nil {
		j.warn("the job summary could not be written: " + err.Error())
	}
	var values []actions.Value
	outputs := report.Outputs(routes)
	for _, name := range []string{"posted", "skipped", "pending", "incident", "route-status"} {
		values = append(values, actions.Value{Name: name, Text: outputs[name]})
	}
	if err := j.runner.SetOutputs(values); err != nil {
		j.warn("the step outputs could not be written: " + err.Error())
	}
}
