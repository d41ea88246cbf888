package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/message"
)

// usageError is a mistake on the command line. It is found before anything is done.
type usageError struct {
	err error
	fix string // "" for the command's help
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// mistake makes a usageError of a sentence. Its fix is the command's help.
func mistake(sentence string) error { return &usageError{err: errors.New(sentence)} }

// remedy says what to do about the mistake, made in the command c.
func (e *usageError) remedy(w message.Words, c command) string {
	if e.fix != "" {
		return e.fix
	}
	return w.Text("cli.usage.help", "Command", c.name)
}

// near adds to a mistake the candidate nearest to a mistyped name, if one is near. Format shows how
// the candidate is typed.
func near(w message.Words, mistake, name string, candidates []string, format string) string {
	n := config.Nearest(name, candidates)
	if n == "" {
		return mistake
	}
	return w.Text("cli.usage.near", "Mistake", mistake, "Name", fmt.Sprintf(format, n))
}

// choice adds to a mistake which names there are, and the nearest of them.
func choice(w message.Words, mistake, name string, names []string) string {
	if n := config.Nearest(name, names); n != "" {
		return w.Text("cli.usage.near-choice",
			"Mistake", mistake, "Name", n, "Names", w.Join(names...))
	}
	return w.Text("cli.usage.choice", "Mistake", mistake, "Names", w.Join(names...))
}

// commandNamed looks a command up. The error names the nearest one.
func (p *Process) commandNamed(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	w := reader{p}.words()
	unknown := w.Text("cli.usage.no-command", "Name", strconv.Quote(name))
	return command{}, &usageError{
		err: errors.New(near(w, unknown, name, names, "`postferry %s`")),
		fix: w.Text("cli.usage.list"),
	}
}

// flags parses args, which must hold flags only. With --help it prints the help of the command
// instead, and returns flag.ErrHelp.
func (p *Process) flags(name string, args []string, define func(*flag.FlagSet)) error {
	rest, err := p.flagsAndArgs(name, args, define)
	if err == nil && len(rest) > 0 {
		return mistake(reader{p}.words().Text("cli.usage.no-argument",
			"Command", name, "Argument", strconv.Quote(rest[0])))
	}
	return err
}

// flagsAndArgs is flags for a command that takes arguments too, before, between or after its flags.
func (p *Process) flagsAndArgs(
	name string, args []string, define func(*flag.FlagSet),
) (rest []string, err error) {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	define(fs)
	for {
		err := fs.Parse(args)
		if f := fs.Lookup("config"); f != nil {
			p.configFile = f.Value.String()
		}
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, p.help(name, fs)
		case err != nil:
			return nil, usageErrorOf(reader{p}.words(), fs, args, err)
		case fs.NArg() == 0:
			return rest, nil
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// usageErrorOf converts an error of package flag. A flag that does not exist is answered with the
// nearest one.
func usageErrorOf(w message.Words, fs *flag.FlagSet, args []string, err error) error {
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !strings.HasPrefix(arg, "-") || name == "" || fs.Lookup(name) != nil {
			continue
		}
		unknown := w.Text("cli.usage.no-flag", "Command", fs.Name(), "Flag", name)
		return mistake(near(w, unknown, name, names, "--%s"))
	}
	return mistake(wrongValue(w, err.Error()))
}

// wrongValue says in the person's words what package flag says of a flag's value. A sentence that it
// does not know stays as it is.
// Source: https://pkg.go.dev/flag, FlagSet.parseOne of go1.26
func wrongValue(w message.Words, said string) string {
	var value, name string
	if name, ok := strings.CutPrefix(said, "flag needs an argument: -"); ok {
		return w.Text("cli.usage.flag-value", "Flag", name)
	}
	for _, form := range []string{
		"invalid value %q for flag -%s", "invalid boolean value %q for -%s",
	} {
		if n, _ := fmt.Sscanf(said, form, &value, &name); n == 2 {
			return w.Text("cli.usage.wrong-value",
				"Value", strconv.Quote(value), "Flag", strings.TrimSuffix(name, ":"))
		}
	}
	if flag, ok := strings.CutPrefix(said, "bad flag syntax: "); ok {
		return w.Text("cli.usage.malformed-flag", "Flag", strconv.Quote(flag))
	}
	return said
}
