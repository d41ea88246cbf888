package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/run"
)

// command is one verb of the program.
type command struct {
	name    string
	args    string // after the name, for help
	does    string // one line
	example string
	status  statuses
	run     func(context.Context, *Process, []string) error
}

// statuses says what the exit statuses 0, 1 and 2 of a command mean.
type statuses [3]string

var (
	runStatuses = statuses{
		"done, nothing to do, put off to the next run, or a known incident still going on",
		"a new incident, or one that could not be reported",
		"a mistake in the command line, the configuration or the environment," +
			" found before any posting",
	}
	doctorStatuses = statuses{
		"nothing is wrong", "something is wrong", runStatuses[run.Usage],
	}
	retryStatuses = statuses{
		"put back, or it waits already", "nothing is known of that media", runStatuses[run.Usage],
	}
	setupStatuses = statuses{
		"done, or left switched off", "a step failed; what was done is kept",
		runStatuses[run.Usage],
	}
	showStatuses = statuses{
		"done", "it could not be done", "a mistake in the command line or the configuration",
	}
)

// commands lists all commands in the order of the help.
func commands() []command {
	return []command{
		{
			"mirror", "[--route R] [--dry-run] [--json] [--force]",
			"mirror new Instagram posts to X", "postferry mirror --dry-run", runStatuses, runMirror,
		},
		{
			"rotate", "[--route R] [--force]",
			"keep the tokens alive", "postferry rotate", runStatuses, runRotate,
		},
		{
			"doctor", "[--route R] [--json]",
			"ask the three services what is wrong, read only", "postferry doctor", doctorStatuses,
			runDoctor,
		},
		{
			"retry", "[--route R] PERMALINK|ID|all",
			"have media posted that were given up", "postferry retry " +
				"https://www.instagram.com/p/C000000001/", retryStatuses, runRetry,
		},
		{
			"report", "--job-status S",
			"the last step of a workflow: a run that died without a word still ends in an incident",
			"postferry report --job-status failure", runStatuses, runReport,
		},
		{
			"setup", "[--repo O/N] [--login L] [--paste] [--yes]",
			"set everything up, step by step", "postferry setup", setupStatuses, runSetup,
		},
		{
			"routes", "",
			"print the names of the configured routes as JSON, for a workflow matrix",
			"postferry routes", showStatuses, runRoutes,
		},
		{
			"config", "",
			"print the effective configuration, with where each value came from",
			"postferry config", showStatuses, runConfig,
		},
		{
			"demo", "[--scenario S] [--list] [--serve] [--language L]",
			"show the main job against built-in stand-ins of Instagram, X and GitHub",
			"postferry demo", showStatuses, runDemo,
		},
		{
			"version", "", "print the version", "postferry version", showStatuses, runVersion,
		},
		{
			"help", "[command]", "explain a command", "postferry help mirror", showStatuses,
			runHelp,
		},
	}
}

// runHelp explains one command, or lists all of them.
func runHelp(ctx context.Context, p *Process, args []string) error {
	if len(args) == 0 {
		p.listCommands()
		return nil
	}
	topic := args[0]
	if strings.HasPrefix(topic, "-") && strings.Trim(topic, "-") == "help" || topic == "-h" {
		topic = "help"
	}
	c, err := commandNamed(topic)
	if err != nil {
		return err
	}
	if c.name == "help" {
		return p.help(c.name, flag.NewFlagSet(c.name, flag.ContinueOnError))
	}
	return c.run(ctx, p, []string{"--help"}) // The command knows its flags.
}

// listCommands prints the overview.
func (p *Process) listCommands() {
	fmt.Fprint(p.Stdout, "postferry mirrors the new posts of an Instagram account to X,"+
		" from GitHub Actions.\n\nUsage: postferry <command> [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.Stdout, "  %-9s %s\n", c.name, c.does)
	}
	fmt.Fprint(p.Stdout, "\n`postferry help <command>` explains its flags and exit statuses."+
		" Try it without any account: postferry demo\n")
}

// help explains one command. It returns flag.ErrHelp so that the command goes no further.
func (p *Process) help(name string, fs *flag.FlagSet) error {
	c, err := commandNamed(name)
	if err != nil {
		return err // Unreachable: the name comes from the table.
	}
	fmt.Fprintf(p.Stdout, "%s: %s\n\nUsage: %s\nExample: %s\n", c.name, c.does,
		strings.TrimSpace("postferry "+c.name+" "+c.args), c.example)
	printFlags(p.Stdout, fs)
	fmt.Fprint(p.Stdout, "\nExit status:\n")
	for status, means := range c.status {
		fmt.Fprintf(p.Stdout, "  %d  %s\n", status, means)
	}
	return flag.ErrHelp
}

// printFlags explains the flags, in two columns.
func printFlags(out io.Writer, fs *flag.FlagSet) {
	title := "\nFlags:\n"
	fs.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		name := strings.TrimSpace("--" + f.Name + " " + value)
		if f.DefValue != "" && f.DefValue != "false" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(out, "%s  %-22s %s\n", title, name, usage)
		title = ""
	})
}
