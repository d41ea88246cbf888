// Package console is where a run speaks to people: a terminal with colours and progress, or the
// annotations, job summary and step outputs of a workflow. Results go to Out, talk to Err.
//
// It prints what it is given and decides nothing. A text from outside stays on its line, begins no
// line, and gives the runner no order.
package console

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
)

// Console is the two writers of a process and, in a workflow, its runner.
type Console struct {
	Out, Err io.Writer // both behind the redactor
	Plain    io.Writer // Err without the redactor, for the runner's mask command alone
	Secrets  *httpx.Redactor
	Colors   bool // reports whether words have colours
	Progress bool // reports whether Err is a terminal, which shows how far an upload is
	Now      func() time.Time
	Words    message.Words // the zero value until the configuration is read

	runner *actions.Runner // nil outside of a workflow
	masked map[string]bool // what the runner was told to hide
}

// Attach has the console speak to the runner of a workflow too.
func (c *Console) Attach(r *actions.Runner) {
	r.Log, r.Plain, r.Redact = c.Err, c.Plain, c.Secrets.String
	c.runner, c.masked = r, map[string]bool{}
}

// workflow reports whether the console speaks to a workflow's runner.
func (c *Console) workflow() bool { return c.runner != nil && c.runner.InWorkflow }

// Talk prints progress for people.
func (c *Console) Talk(line string) {
	fmt.Fprintf(c.Err, "%s\n", report.Quote(c.Words.Lines(line)))
}

// line prints a text behind a label.
func (c *Console) line(color, label, text string) {
	fmt.Fprintf(c.Err, "%s %s\n", c.paint(color, label), text)
}

// Warn writes an annotation in a workflow, a line elsewhere.
func (c *Console) Warn(text string) {
	text = c.Words.Lines(text)
	if c.workflow() {
		c.runner.Warning(text)
		return
	}
	c.line(yellow, c.Words.Text("console.warning"), report.Quote(text))
}

// Notice is like Warn, for what needs nobody's attention.
func (c *Console) Notice(text string) {
	text = c.Words.Lines(text)
	if c.workflow() {
		c.runner.Notice(text)
		return
	}
	c.line("", c.Words.Text("console.notice"), report.Quote(text))
}

// Fail prints what the program ended with.
func (c *Console) Fail(err error) {
	c.line(red, c.Words.Text("console.error"), report.Quote(c.Words.Error(err)))
}

// Complain prints what is wrong and what to do. The error is a text of ours, which may have several
// lines.
func (c *Console) Complain(err error, fix string) {
	c.line(red, c.Words.Text("console.error"), c.Words.Error(err))
	c.line(bold, c.Words.Text("console.fix"), fix)
}

// Explain shows a failure in three parts: what happened, what it means, what to do.
func (c *Console) Explain(err error, d diagnosis.Diagnosis) {
	if c.workflow() {
		c.runner.Error(fmt.Sprintf("%s\n%s", c.Words.Error(err), d.Title))
	}
	var mistakes *environment.Error
	if errors.As(err, &mistakes) {
		c.Complain(mistakes, mistakes.Fix) // as in a terminal: each mistake on a line of its own
		return
	}
	c.Fail(err)
	c.line(bold, c.Words.Text("console.cause"), d.Cause)
	c.line(bold, c.Words.Text("console.fix"), d.Advice())
	if d.Link != "" {
		c.line("", c.Words.Text("console.where"), d.Link)
	}
}

// Publish writes the annotations, the job summary and the step outputs of a run that ends at now.
func (c *Console) Publish(routes []result.Route, now time.Time) {
	done := report.Run{Words: c.Words, Routes: routes, Now: now}
	warnings, notices := done.Notices()
	for _, text := range warnings {
		c.Warn(text)
	}
	for _, text := range notices {
		c.Notice(text)
	}
	c.Summarize(done.Summary())
	var values []actions.Value
	outputs := done.Outputs()
	for _, name := range []string{"posted", "skipped", "pending", "incident", "route-status"} {
		values = append(values, actions.Value{Name: name, Text: outputs[name]})
	}
	if err := c.runner.SetOutputs(values); err != nil {
		c.Warn(c.Words.Text("console.no-outputs", "Why", err))
	}
}

// Summarize adds Markdown to the job summary.
func (c *Console) Summarize(markdown string) {
	if err := c.runner.AppendSummary(markdown); err != nil {
		c.Warn(c.Words.Text("console.no-summary", "Why", err))
	}
}

// Mask makes a new token unprintable: for the runner's log first, then for this process.
func (c *Console) Mask(token string) {
	if c.workflow() && !c.masked[token] {
		c.masked[token] = true
		c.runner.Mask(token)
	}
	c.Secrets.Add(token)
}
