package cli

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/cli/browser"
	"golang.org/x/term"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/console"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/run"
	"github.com/postferry/postferry/internal/setup"
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
	Columns     func() int                 // how wide the terminal is; 0 if it is none
	Interactive bool                       // reports whether a person is there to answer
	ReadLine    setup.Reader               // reads what is typed; nil reads Stdin
	Open        func(address string) error // opens a browser; nil only prints the address

	configFile string          // the value of --config, "" for the usual place
	keyboard   *setup.Keyboard // behind ReadLine, nil without a terminal
	secrets    *httpx.Redactor
	console    *console.Console
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
	p.Columns = func() int {
		columns, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 with an error: it is no terminal
		return columns
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
	// Everything printed goes through the redactor. Secrets are kept out of texts in the first
	// place; this is the second line of defence.
	p.secrets = &httpx.Redactor{}
	p.console = &console.Console{
		Plain: p.Stderr, Secrets: p.secrets, Now: p.Now,
		Words: message.Words{Language: reader{p}.language()},
	}
	p.Stdout, p.Stderr = p.secrets.Writer(p.Stdout), p.secrets.Writer(p.Stderr)
	p.console.Out, p.console.Err = p.Stdout, p.Stderr
	// A dumb terminal has no colours and can't rewrite a line. NO_COLOR: https://no-color.org
	p.console.Progress = p.Terminal && p.Getenv("TERM") != "dumb"
	p.console.Colors = p.console.Progress && p.Getenv("NO_COLOR") == ""
	name, args := "help", p.Args
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if name == "-h" || name == "--help" || name == "-help" {
		name = "help"
	}
	c, err := p.commandNamed(name)
	if err == nil {
		err = c.run(ctx, p, args)
	}
	return int(p.exitStatus(ctx, c, err))
}

// exitStatus prints the error that a command ended with, and returns the status for it. A cancelled
// run is nobody's fault, whatever it met; only set-up has then not done what it was asked for.
func (p *Process) exitStatus(ctx context.Context, c command, err error) run.Status {
	var status run.Status
	var usage *usageError
	var mistakes *environment.Error
	var advice *setup.Advice
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return run.Done
	case errors.As(err, &usage):
		p.console.Words = reader{p}.words()
		p.complain(err, usage.remedy(p.console.Words, c))
		return run.Usage
	case errors.As(err, &mistakes):
		p.complain(err, mistakes.Fix)
		return run.Usage
	case run.Cancelled(ctx) && c.name != "setup":
		return run.Done
	case errors.As(err, &status):
		return status
	case errors.As(err, &advice):
		p.console.Complain(err, advice.Fix)
		return run.Incident
	}
	p.console.Fail(err)
	return run.Incident
}

// usageEnded is the variable by which a step tells the workflow's step `report` that it ended with a
// mistake that it has told. Nothing else may rely on it.
const usageEnded = "POSTFERRY_USAGE"

// complain tells a mistake that opens no issue. In a workflow it is an annotation too, and `report`
// hears that the job did not die without a word.
func (p *Process) complain(err error, fix string) {
	p.console.Complain(err, fix)
	runner, _ := actions.Read(p.Getenv) // a malformed name of the repository makes no difference
	if !runner.InWorkflow {
		return
	}
	p.console.Attach(runner)
	runner.Error(err.Error())
	ended := actions.Value{Name: usageEnded, Text: strconv.Itoa(int(run.Usage))}
	if err := runner.SetVariable(ended); err != nil {
		p.console.Warn(p.console.Words.Text("cli.report.untold", "Why", err))
	}
}
