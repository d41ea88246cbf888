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

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/setup"
)

// Exit statuses of contract §2.
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
	Terminal  bool              // reports whether Stderr is a terminal: colours and progress

	// The rest is for set-up.
	Interactive bool                       // reports whether a person is there to answer
	ReadLine    setup.Reader               // reads what is typed; nil reads Stdin
	Open        func(address string) error // opens a browser; nil only prints the address

	keyboard *setup.Keyboard // behind ReadLine, nil without a terminal
	secrets  *httpx.Redactor
	plain    io.Writer       // Stderr without redaction, for the runner's mask command alone
	masked   map[string]bool // what the runner was told to hide
}

// OS returns the process as the operating system started it.
func OS() *Process {
	in := int(os.Stdin.Fd())
	p := &Process{
		Args: os.Args[1:], Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout,
		Stderr: os.Stderr, Now: time.Now, Open: openBrowser,
	}
	p.Terminal = term.IsTerminal(int(os.Stderr.Fd()))
	if p.Interactive = term.IsTerminal(in); p.Interactive {
		p.keyboard = setup.NewKeyboard(in)
		p.ReadLine = p.keyboard.Read
	}
	return p
}

// openBrowser silences the browser: its start-up messages would end up in the dialogue.
func openBrowser(address string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(address)
}

// Main runs one command and returns its exit status.
func Main(ctx context.Context, p *Process) int {
	p.secrets, p.plain, p.masked = &httpx.Redactor{}, p.Stderr, map[string]bool{}
	// Everything printed goes through the redactor. Secrets are kept out of texts in the first
	// place; this is the second line of defence.
	p.Stdout, p.Stderr = p.secrets.Writer(p.Stdout), p.secrets.Writer(p.Stderr)
	name, args := "help", p.Args
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if name == "-h" || name == "--help" || name == "-help" {
		name = "help"
	}
	c, err := commandNamed(name)
	if err == nil {
		err = c.run(ctx, p, args)
	}
	return p.exitStatus(c, err)
}

// statusError carries an exit status whose reason has been printed already.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// exitStatus prints the error that a command ended with, and returns the status for it.
func (p *Process) exitStatus(c command, err error) int {
	var status statusError
	var usage *usageError
	var advice *setup.Advice
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		p.complain(err, usage.remedy(c))
		return exitUsage
	case errors.As(err, &advice):
		p.complain(err, advice.Fix)
		return exitIncident
	}
	fmt.Fprintf(p.Stderr, "%s %s\n", p.paint(red, "error:"), report.Quote(err.Error()))
	return exitIncident
}

// complain prints what is wrong and what to do.
func (p *Process) complain(err error, fix string) {
	fmt.Fprintf(p.Stderr, "%s %v\n%s %s\n", p.paint(red, "error:"), err, p.paint(bold, "fix:"), fix)
}
