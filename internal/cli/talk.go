package cli

import (
	"errors"
	"fmt"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
)

// console is where a run speaks to people: Stderr in a terminal, annotations, the job summary and
// step outputs in a workflow.
type console struct {
	p      *Process
	runner *actions.Runner
	words  message.Words // the zero value until the configuration is read
}

// talk prints progress for people.
func (c *console) talk(line string) { fmt.Fprintf(c.p.Stderr, "%s\n", report.Quote(line)) }

// warn writes an annotation in a workflow, a line elsewhere.
func (c *console) warn(text string) {
	if c.runner.InWorkflow {
		c.runner.Warning(text)
		return
	}
	fmt.Fprintf(c.p.Stderr, "%s %s\n", c.p.paint(yellow, "warning:"), report.Quote(text))
}

// notice is like warn, for what needs nobody's attention.
func (c *console) notice(text string) {
	if c.runner.InWorkflow {
		c.runner.Notice(text)
		return
	}
	fmt.Fprintf(c.p.Stderr, "notice: %s\n", report.Quote(text))
}

// explain shows a failure in three parts: what happened, what it means, what to do.
func (c *console) explain(err error, d diagnosis.Diagnosis) {
	if c.runner.InWorkflow {
		c.runner.Error(fmt.Sprintf("%s\n%s", err, d.Title))
	}
	var mistake *alert.MisconfiguredError
	if errors.As(err, &mistake) {
		c.p.complain(mistake, mistake.Fix) // as in a terminal: each mistake on a line of its own
		return
	}
	fmt.Fprintf(c.p.Stderr, "%s %s\n%s %s\n%s %s\n",
		c.p.paint(red, "error:"), report.Quote(err.Error()),
		c.p.paint(bold, "cause:"), d.Cause, c.p.paint(bold, "fix:"), d.Advice())
	if d.Link != "" {
		fmt.Fprintf(c.p.Stderr, "where: %s\n", d.Link)
	}
}

// publish writes the annotations, the job summary and the step outputs.
func (c *environment) publish(routes []result.Route) {
	for _, r := range routes {
		warnings, notices := report.Notices(c.words, r)
		for _, text := range warnings {
			c.warn(text)
		}
		for _, text := range notices {
			c.notice(text)
		}
	}
	c.summarize(report.Summary(c.words, routes, c.now()))
	var values []actions.Value
	outputs := report.Outputs(routes)
	for _, name := range []string{"posted", "skipped", "pending", "incident", "route-status"} {
		values = append(values, actions.Value{Name: name, Text: outputs[name]})
	}
	if err := c.runner.SetOutputs(values); err != nil {
		c.warn("the step outputs could not be written: " + err.Error())
	}
}

// summarize adds to the job summary.
func (c *console) summarize(markdown string) {
	if err := c.runner.AppendSummary(markdown); err != nil {
		c.warn("the job summary could not be written: " + err.Error())
	}
}

// mask makes a new token unprintable: for the runner's log first, then for this process.
func (c *console) mask(token string) {
	if c.runner.InWorkflow && !c.p.masked[token] {
		c.p.masked[token] = true
		c.runner.Mask(token)
	}
	c.p.secrets.Add(token)
}
