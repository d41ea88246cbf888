package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/config"
)

// usageError is a mistake on the command line. It is found before anything is done.
type usageError struct {
	err error
	fix string // "" for the command's help
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usagef makes a usageError whose fix is the command's help.
func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}

// remedy says what to do about the mistake, made in the command c.
func (e *usageError) remedy(c command) string {
	if e.fix != "" {
		return e.fix
	}
	return fmt.Sprintf("`postferry help %s` shows how it is used", c.name)
}

// didYouMean names the candidate nearest to a mistyped name, "" if none is near.
func didYouMean(name string, candidates []string, format string) string {
	if n := config.Nearest(name, candidates); n != "" {
		return fmt.Sprintf("; did you mean "+format+"?", n)
	}
	return ""
}

// commandNamed looks a command up. The error names the nearest one.
func commandNamed(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	return command{}, &usageError{
		err: fmt.Errorf("postferry has no command %q%s", name,
			didYouMean(name, names, "`postferry %s`")),
		fix: "`postferry help` lists the commands",
	}
}

// flags parses args, which must hold flags only. With --help it prints the help of the command
// instead, and returns flag.ErrHelp.
func (p *Process) flags(name string, args []string, define func(*flag.FlagSet)) error {
	rest, err := p.flagsAndArgs(name, args, define)
	if err == nil && len(rest) > 0 {
		return usagef("%s takes no argument %q", name, rest[0])
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
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, p.help(name, fs)
		case err != nil:
			return nil, usageErrorOf(fs, args, err)
		case fs.NArg() == 0:
			return rest, nil
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
}

// usageErrorOf converts an error of package flag. A flag that does not exist is answered with the
// nearest one.
func usageErrorOf(fs *flag.FlagSet, args []string, err error) error {
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !strings.HasPrefix(arg, "-") || name == "" || fs.Lookup(name) != nil {
			continue
		}
		return usagef("%s has no flag --%s%s", fs.Name(), name, didYouMean(name, names, "--%s"))
	}
	return &usageError{err: err}
}
