package actions

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"
)

// Value is one step output.
type Value struct{ Name, Text string }

// AppendSummary adds Markdown to the job summary.
func (r *Runner) AppendSummary(markdown string) error { return r.append(r.Summary, markdown) }

// SetOutputs sets step outputs, in one write.
func (r *Runner) SetOutputs(values []Value) error {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(v.line())
	}
	return r.append(r.Output, b.String())
}

// SetVariable gives a variable to the later steps of the job. Its name is always one of ours: a step
// with a variable such as PATH or NODE_OPTIONS runs what somebody else wants.
func (r *Runner) SetVariable(v Value) error { return r.append(r.Env, v.line()) }

// line is the value as the runner's file takes it. The delimiter of a value of several lines is
// random: a text that knew the delimiter could end its value and set an output of its own.
func (v Value) line() string {
	if !strings.ContainsAny(v.Text, "\r\n") {
		return v.Name + "=" + v.Text + "\n"
	}
	end := rand.Text()
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", v.Name, end, v.Text, end)
}

// append adds text to one of the runner's files. Without a path there is no runner, and nothing to
// do.
func (r *Runner) append(path, text string) error {
	if path == "" {
		return nil
	}
	if r.Redact != nil {
		text = r.Redact(text)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
