package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/column"
	"github.com/postferry/postferry/internal/message"
)

// Advice is an error with what to do about it, in a sentence. Both are in the person's language.
type Advice struct {
	Err error
	Fix string
}

func (a *Advice) Error() string { return a.Err.Error() }
func (a *Advice) Unwrap() error { return a.Err }

// advise makes an *Advice of what is wrong and what to do.
func advise(fix, what string) error { return &Advice{errors.New(what), fix} }

// adviseOn is like advise for an error that has a cause. The text names the cause.
func adviseOn(cause error, fix, what string) error { return &Advice{told{what, cause}, fix} }

// told is an error in the person's language that keeps its cause.
type told struct {
	what  string
	cause error
}

func (t told) Error() string { return t.what }
func (t told) Unwrap() error { return t.cause }

// adviceOf returns the advice in an error, if there is one.
func adviceOf(err error) (*Advice, bool) {
	var a *Advice
	return a, errors.As(err, &a)
}

// ErrLeft says that the person left the dialogue, by Ctrl-C or the end of the input.
var ErrLeft = errors.New("the dialogue was left")

// Dialogue talks to the person. Without a terminal every answer must be given beforehand, as a
// variable or a flag.
type Dialogue struct {
	message.Words
	Read        Reader
	Out         io.Writer
	Interactive bool         // reports whether a person is there to answer
	Live        bool         // reports whether lines are typed as they are read, and not piped
	Yes         bool         // answers every question with yes
	Hide        func(string) // gets every secret before it is used
	Columns     func() int   // how wide the terminal is now; nil or 0 breaks no line
}

// indent is the margin of everything below the heading of a step.
const indent = "   "

// Say prints a paragraph below the heading of a step.
func (d *Dialogue) Say(text string) { d.lines(indent, indent+text+"\n") }

// list prints the screens of a portal in the order in which the person sees them.
func (d *Dialogue) list(items ...string) {
	for i, item := range items {
		d.lines(indent+"     ", fmt.Sprintf("%s  %d. %s\n", indent, i+1, item))
	}
}

// copied prints what the person copies. No line of it is broken.
func (d *Dialogue) copied(text string) { fmt.Fprintf(d.Out, "\n%s\n", text) }

// gap prints an empty line.
func (d *Dialogue) gap() { fmt.Fprintln(d.Out) }

// step heads a part of the dialogue.
func (d *Dialogue) step(n int, what string) { fmt.Fprintf(d.Out, "\n%d. %s\n", n, what) }

// prompt prints what stands before an answer.
func (d *Dialogue) prompt(text string) { d.lines(indent, indent+text+" ") }

// lines prints a text in lines that fit the terminal. A line that continues another one begins with
// the margin.
func (d *Dialogue) lines(margin, text string) {
	columns := 0
	if d.Columns != nil {
		columns = d.Columns()
	}
	fmt.Fprint(d.Out, column.Wrap(text, columns, margin))
}

// Ask asks for a text. given is an answer that was given beforehand, "" if there is none; from
// names the variable or the flag that gives it.
func (d *Dialogue) Ask(ctx context.Context, question, given, from string) (string, error) {
	if given != "" {
		d.Say(d.Text("setup.given", "Question", question, "Answer", given, "From", from))
		return given, nil
	}
	return d.ask(ctx, question, question, from, true)
}

// Secret asks for a text that must not be shown.
func (d *Dialogue) Secret(ctx context.Context, question, given, from string) (string, error) {
	if given != "" {
		d.Hide(given)
		d.Say(d.Text("setup.given-secret", "Question", question, "From", from))
		return given, nil
	}
	shown := d.Text("setup.not-shown", "Question", question)
	answer, err := d.ask(ctx, question, shown, from, false)
	d.Hide(answer)
	return answer, err
}

// ask asks a person. shown is the question as the prompt shows it.
func (d *Dialogue) ask(
	ctx context.Context, question, shown, from string, echo bool,
) (string, error) {
	if !d.Interactive {
		return "", advise(d.Text("setup.fix.terminal", "From", from),
			d.Text("setup.unknown", "Question", question))
	}
	d.prompt(shown + ":")
	answer, err := d.Read(ctx, echo)
	if !echo || err != nil {
		d.gap() // The end of the line was not shown.
	}
	if err != nil {
		return "", d.left(question)
	}
	return strings.TrimSpace(answer), nil
}

// enter waits for the person to press Enter. It reports whether that came: the person may leave.
func (d *Dialogue) enter(ctx context.Context, what string) bool {
	d.prompt(what)
	_, err := d.Read(ctx, false)
	d.gap()
	return err == nil
}

// left is the error of a question that got no answer.
func (d *Dialogue) left(question string) error {
	return adviseOn(ErrLeft, d.Text("setup.fix.left"), d.Text("setup.left", "Question", question))
}

// Confirm asks a question that only "y", "yes" or "はい" answers with yes.
func (d *Dialogue) Confirm(ctx context.Context, question string) (bool, error) {
	if d.Yes {
		d.Say(d.Text("setup.answered-yes", "Question", question))
		return true, nil
	}
	if !d.Interactive {
		return false, advise(d.Text("setup.fix.yes"),
			d.Text("setup.unanswered", "Question", question))
	}
	d.prompt(d.Text("setup.prompt-yes", "Question", question))
	answer, err := d.Read(ctx, true)
	if err != nil {
		d.gap()
		return false, d.left(question)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "はい":
		return true, nil
	}
	return false, nil
}
