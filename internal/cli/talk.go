package cli

import (
	"fmt"
	"os"
	"strings"

	githubactions "github.com/sethvargo/go-githubactions"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
)

// annotations writes workflow commands. They go where talk goes: the runner reads both streams. Only its escaping
// methods are used on text from outside; Infof prints raw, and a caption with a line break could give orders.
func (j *job) annotations() *githubactions.Action {
	return githubactions.New(githubactions.WithWriter(j.p.Stderr), githubactions.WithGetenv(j.p.Getenv))
}

// talk is progress for people.
func (j *job) talk(line string) { fmt.Fprintf(j.p.Stderr, "%s\n", report.Quote(line)) }

// warn is an annotation in Actions, a line elsewhere.
func (j *job) warn(text string) {
	if j.github.actions {
		j.annotations().Warningf("%s", text)
		return
	}
	fmt.Fprintf(j.p.Stderr, "%s %s\n", j.p.paint(yellow, "warning:"), report.Quote(text))
}

// notice is a warning's calmer sister.
func (j *job) notice(text string) {
	if j.github.actions {
		j.annotations().Noticef("%s", text)
		return
	}
	fmt.Fprintf(j.p.Stderr, "notice: %s\n", report.Quote(text))
}

// explain shows a failure in three parts: what happened, what it means, what to do.
func (j *job) explain(err error, d diagnosis.Diagnosis) {
	if j.github.actions {
		j.annotations().Errorf("%s\n%s", err, d.Title)
	}
	fmt.Fprintf(j.p.Stderr, "%s %s\n%s %s\n%s %s\n", j.p.paint(red, "error:"), report.Quote(err.Error()), j.p.paint(bold, "cause:"), d.Cause, j.p.paint(bold, "fix:"), d.Fix)
	if d.Link != "" {
		fmt.Fprintf(j.p.Stderr, "where: %s\n", d.Link)
	}
}

// publish writes the annotations, the job summary and the step outputs.
func (j *job) publish(routes []report.Route) {
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
	if err := appendFile(j.github.summary, report.Summary(routes), j); err != nil {
		j.warn("the job summary could not be written: " + err.Error())
	}
	var b strings.Builder
	outputs := report.Outputs(routes)
	for _, name := range []string{"posted", "skipped", "pending", "incident", "route-status"} {
		// Values are numbers and one line of our own JSON, so the plain form is safe; go-githubactions' SetOutput panics
		// where the file is not there and has a fixed delimiter.
		fmt.Fprintf(&b, "%s=%s\n", name, outputs[name])
	}
	if err := appendFile(j.github.output, b.String(), j); err != nil {
		j.warn("the step outputs could not be written: " + err.Error())
	}
}

// appendFile adds text to one of the runner's files. No path means that there is no runner.
func appendFile(path, text string, j *job) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(j.p.secrets.String(text)); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
