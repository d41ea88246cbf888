package actions

import (
	"io"

	githubactions "github.com/sethvargo/go-githubactions"
)

// Mask has the runner hide a secret in everything that this job prints from now on.
func (r *Runner) Mask(secret string) {
	plain := *r
	if r.Plain != nil {
		plain.Log = r.Plain
	}
	plain.commands().AddMask(secret)
}

// Error, Warning and Notice write an annotation. The text may come from outside: the library
// escapes line breaks, so it stays one annotation.
func (r *Runner) Error(text string) { r.commands().Errorf("%s", text) }

// Warning writes an annotation that asks for attention.
func (r *Runner) Warning(text string) { r.commands().Warningf("%s", text) }

// Notice writes an annotation that only informs.
func (r *Runner) Notice(text string) { r.commands().Noticef("%s", text) }

// commands is the library, of which only the escaping methods are used: its Infof prints the text
// as it is, so a caption with a line break could give orders to the runner.
func (r *Runner) commands() *githubactions.Action {
	return githubactions.New(
		githubactions.WithWriter(deaf{r.Log}),
		githubactions.WithGetenv(func(string) string { return "" }),
	)
}

// deaf hides write errors from the library, which would panic: a log that nobody reads any more
// must not end a run between a post and its settling.
type deaf struct{ w io.Writer }

func (d deaf) Write(p []byte) (int, error) {
	_, _ = d.w.Write(p)
	return len(p), nil
}
