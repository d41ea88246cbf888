package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/cli/browser"
	"golang.org/x/term"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/setup"
)

// Exit statuses, contract §2.
const (
	exitDone     = 0 // done, nothing to do, put off, or a known incident still going on
	exitIncident = 1 // a new incident, or one that could not be reported
	exitUsage    = 2 // usage or configuration, found before any posting
)

// Process is all of the outside that the program touches.
type Process struct {
	Args      []string // without the program's name
	Getenv    func(string) string
	Stdin     io.Reader
	Stdout    io.Writer // results
	Stderr    io.Writer // talk
	Now       func() time.Time
	Transport http.RoundTripper // nil is the network
	Terminal  bool              // Stderr is one: colours and progress

	// For set-up. Interactive says that somebody is there to answer; Hidden reads a line without an echo, nil reads Stdin; Open
	// opens a browser, nil only prints the address.
	Interactive bool
	Hidden      func() (string, error)
	Open        func(address string) error

	secrets *httpx.Redactor
}

// OS is the process as the operating system started it.
func OS() *Process {
	in := int(os.Stdin.Fd())
	p := &Process{Args: os.Args[1:], Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Open: openBrowser}
	p.Terminal = term.IsTerminal(int(os.Stderr.Fd()))
	if p.Interactive = term.IsTerminal(in); p.Interactive {
		p.Hidden = func() (string, error) {
			b, err := term.ReadPassword(in)
			return string(b), err
		}
	}
	return p
}

// openBrowser is silent: what a browser prints on its start would end up in the dialogue.
func openBrowser(address string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(address)
}

// usageError is a mistake in what the program was given, found before anything was done.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// Main runs one command and returns its exit status.
func Main(ctx context.Context, p *Process) int {
	p.secrets = &httpx.Redactor{}
	// The second line of defence: whatever is printed, no secret that the program was given is in it.
	p.Stdout, p.Stderr = p.secrets.Writer(p.Stdout), p.secrets.Writer(p.Stderr)
	name, args := "help", p.Args
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if name == "-h" || name == "--help" || name == "-help" {
		name = "help"
	}
	for _, c := range commands() {
		if c.name == name {
			return p.status(c, c.run(ctx, p, args))
		}
	}
	fmt.Fprintf(p.Stderr, "error: postferry has no command %q\nfix: postferry help lists them\n", name)
	return exitUsage
}

// statusError carries an exit status whose reason has been told already.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func (p *Process) status(c command, err error) int {
	var code statusError
	var usage *usageError
	var advice *setup.Advice
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		p.complain(err, usageFix(c, err))
		return exitUsage
	}
	if errors.As(err, &advice) {
		p.complain(err, advice.Fix)
		return exitIncident
	}
	fmt.Fprintf(p.Stderr, "%s %s\n", p.paint(red, "error:"), report.Quote(err.Error()))
	return exitIncident
}

// complain says what is wrong and what to do.
func (p *Process) complain(err error, fix string) {
	fmt.Fprintf(p.Stderr, "%s %v\n%s %s\n", p.paint(red, "error:"), err, p.paint(bold, "fix:"), fix)
}

func usageFix(c command, err error) string {
	var file config.Problems
	if errors.As(err, &file) {
		return "mend the file; docs/setup.md#configuration has every key, and `postferry config` shows what is in force"
	}
	return fmt.Sprintf("postferry help %s shows how it is used", c.name)
}

// command is one verb.
type command struct {
	name    string
	args    string // after the name, for help
	does    string // one line
	example string
	run     func(context.Context, *Process, []string) error
}

// flags parses args, which must hold flags only.
func (p *Process) flags(name string, args []string, define func(*flag.FlagSet)) error {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	define(fs)
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return p.help(name)
	case err != nil:
		return &usageError{err}
	case fs.NArg() > 0:
		return usagef("%s takes no argument %q", name, fs.Arg(0))
	}
	return nil
}
