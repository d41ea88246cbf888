package setup

import (
	"bufio"
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

func advise(fix, format string, args ...any) error {
	return &Advice{fmt.Errorf(format, args...), fix}
}

// Dialogue talks to the person. Without a terminal every answer must be given beforehand, as a
// variable or a flag.
type Dialogue struct {
	In          *bufio.Reader
	Out         io.Writer
	Hidden      func() (string, error) // reads a line without echo; nil reads In
	Interactive bool                   // reports whether a person is there to answer
	Yes         bool                   // answers every question with yes
	Hide        func(string)           // gets every secret before it is used
}

// Say prints a line.
func (d *Dialogue) Say(format string, args ...any) { fmt.Fprintf(d.Out, format+"\n", args...) }

// Step heads a part of the dialogue.
func (d *Dialogue) Step(n int, what string) { fmt.Fprintf(d.Out, "\n%d. %s\n", n, what) }

// Ask asks for a text. given is an answer that was given beforehand, "" if there is none; from names
// the variable or the flag that gives it.
func (d *Dialogue) Ask(question, given, from string) (string, error) {
	if given != "" {
		d.Say("   %s: %s (from %s)", question, given, from)
		return given, nil
	}
	return d.ask(question, from, d.line)
}

// Secret asks for a text that must not be shown.
func (d *Dialogue) Secret(question, given, from string) (string, error) {
	if given != "" {
		d.Hide(given)
		d.Say("   %s: taken from %s", question, from)
		return given, nil
	}
	read := d.line
	if d.Hidden != nil {
		read = d.hidden
	}
	answer, err := d.ask(question+" (not shown)", from, read)
	d.Hide(answer)
	return answer, err
}

// ask asks a person.
func (d *Dialogue) ask(question, from string, read func() (string, error)) (string, error) {
	if !d.Interactive {
		return "", advise("Run it in a terminal, or set "+from+" beforehand.",
			"%s is not known, and nobody is there to ask", question)
	}
	fmt.Fprintf(d.Out, "   %s: ", question)
	answer, err := read()
	if err != nil {
		return "", advise("What was done so far is kept: run postferry setup again.",
			"the dialogue was left at %q", question)
	}
	return strings.TrimSpace(answer), nil
}

// hidden reads a line without echo.
func (d *Dialogue) hidden() (string, error) {
	answer, err := d.Hidden()
	d.Say("")
	return answer, err
}

// line reads a line, or what is left before the end of the input.
func (d *Dialogue) line() (string, error) {
	s, err := d.In.ReadString('\n')
	if errors.Is(err, io.EOF) && s != "" {
		err = nil
	}
	return s, err
}

// Confirm asks a question that only "y" or "yes" answers with yes.
func (d *Dialogue) Confirm(question string) (bool, error) {
	if d.Yes {
		d.Say("   %s yes", question)
		return true, nil
	}
	if !d.Interactive {
		return false, advise("Add --yes if that is what you want.", "%s: nobody is there to answer",
			question)
	}
	fmt.Fprintf(d.Out, "   %s [y/N] ", question)
	answer, err := d.line()
	if err != nil {
		return false, advise("What was done so far is kept: run postferry setup again.",
			"the dialogue was left at %q", question)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "はい":
		return true, nil
	}
	return false, nil
}
