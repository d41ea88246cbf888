package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Advice is an error with what to do about it, in a sentence.
type Advice struct {
	Err error
	Fix string
}

func (a *Advice) Error() string { return a.Err.Error() }
func (a *Advice) Unwrap() error { return a.Err }

// advise makes an *Advice: an error as fmt.Errorf makes it, and a sentence that says what to do.
func advise(fix, format string, args ...any) error {
	return &Advice{fmt.Errorf(format, args...), fix}
}

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
	Read        Reader
	Out         io.Writer
	Interactive bool         // reports whether a person is there to answer
	Live        bool         // reports whether lines are typed as they are read, and not piped
	Yes         bool         // answers every question with yes
	Hide        func(string) // gets every secret before it is used
}

// Say prints a line.
func (d *Dialogue) Say(format string, args ...any) { fmt.Fprintf(d.Out, format+"\n", args...) }

// Step heads a part of the dialogue.
func (d *Dialogue) Step(n int, what string) { fmt.Fprintf(d.Out, "\n%d. %s\n", n, what) }

// Ask asks for a text. given is an answer that was given beforehand, "" if there is none; from
// names the variable or the flag that gives it.
func (d *Dialogue) Ask(ctx context.Context, question, given, from string) (string, error) {
	if given != "" {
		d.Say("   %s: %s (from %s)", question, given, from)
		return given, nil
	}
	return d.ask(ctx, question, from, true)
}

// Secret asks for a text that must not be shown.
func (d *Dialogue) Secret(ctx context.Context, question, given, from string) (string, error) {
	if given != "" {
		d.Hide(given)
		d.Say("   %s: taken from %s", question, from)
		return given, nil
	}
	answer, err := d.ask(ctx, question+" (not shown)", from, false)
	d.Hide(answer)
	return answer, err
}

// ask asks a person.
func (d *Dialogue) ask(ctx context.Context, question, from string, echo bool) (string, error) {
	if !d.Interactive {
		return "", advise("Run it in a terminal, or set "+from+" beforehand.",
			"%s is not known, and nobody is there to ask", question)
	}
	fmt.Fprintf(d.Out, "   %s: ", question)
	answer, err := d.Read(ctx, echo)
	if !echo || err != nil {
		d.Say("") // The end of the line was not shown.
	}
	if err != nil {
		return "", left(question)
	}
	return strings.TrimSpace(answer), nil
}

// enter waits for the person to press Enter. It reports whether that came: the person may leave.
func (d *Dialogue) enter(ctx context.Context, what string) bool {
	fmt.Fprintf(d.Out, "   %s ", what)
	_, err := d.Read(ctx, false)
	d.Say("")
	return err == nil
}

// left is the error of a question that got no answer.
func left(question string) error {
	return &Advice{
		Err: fmt.Errorf("%w at %q", ErrLeft, question),
		Fix: "What was done so far is kept: run postferry setup again.",
	}
}

// Confirm asks a question that only "y" or "yes" answers with yes.
func (d *Dialogue) Confirm(ctx context.Context, question string) (bool, error) {
	if d.Yes {
		d.Say("   %s yes", question)
		return true, nil
	}
	if !d.Interactive {
		return false, advise("Add --yes if that is what you want.",
			"%s: nobody is there to answer", question)
	}
	fmt.Fprintf(d.Out, "   %s [y/N] ", question)
	answer, err := d.Read(ctx, true)
	if err != nil {
		d.Say("")
		return false, left(question)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "はい":
		return true, nil
	}
	return false, nil
}
