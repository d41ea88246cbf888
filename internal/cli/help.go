package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// command is one verb of the program. What it does is the message "cli.does." with its name.
type command struct {
	name    string
	args    string // after the name, for help
	example string
	status  statuses
	run     func(context.Context, *Process, []string) error
}

// statuses are the messages that say what the exit statuses 0, 1 and 2 of a command mean.
type statuses [3]string

// The meanings of the exit statuses. Usage is the same for all commands that need the configuration
// and the environment.
var (
	runStatuses = statuses{
		"cli.status.run-done", "cli.status.incident", "cli.status.before-posting",
	}
	doctorStatuses = statuses{
		"cli.status.well", "cli.status.unwell", "cli.status.before-posting",
	}
	retryStatuses = statuses{
		"cli.status.put-back", "cli.status.unknown-media", "cli.status.before-posting",
	}
	setupStatuses = statuses{
		"cli.status.set-up", "cli.status.step-failed", "cli.status.before-posting",
	}
	showStatuses = statuses{"cli.status.done", "cli.status.failed", "cli.status.mistake"}
)

// commands is the table of all commands, in the order of the help. It is a function because a
// command's own function leads back to it.
func commands() []command {
	const media = "https://www.instagram.com/p/C000000001/"
	return []command{
		{"mirror", "[--route R] [--dry-run] [--json] [--force]", "mirror --dry-run",
			runStatuses, runMirror},
		{"rotate", "[--route R] [--force]", "rotate", runStatuses, runRotate},
		{"doctor", "[--route R] [--json]", "doctor", doctorStatuses, runDoctor},
		{"retry", "[--route R] PERMALINK|ID|all", "retry " + media, retryStatuses, runRetry},
		{"report", "--job-status S", "report --job-status failure", runStatuses, runReport},
		{"setup", "[--repo O/N] [--login L] [--paste] [--yes]", "setup", setupStatuses, runSetup},
		{"routes", "", "routes", showStatuses, runRoutes},
		{"config", "", "config", showStatuses, runConfig},
		{"demo", "[--scenario S] [--list] [--serve] [--language L]", "demo", showStatuses, runDemo},
		{"version", "", "version", showStatuses, runVersion},
		{"help", "[command]", "help mirror", showStatuses, runHelp},
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
	c, err := p.commandNamed(topic)
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
	w := reader{p}.words()
	fmt.Fprintf(p.Stdout, "%s\n\n%s\n\n", w.Text("cli.help.what"),
		w.Text("cli.help.usage", "Line", w.Text("cli.help.overall")))
	for _, c := range commands() {
		fmt.Fprintf(p.Stdout, "  %-9s %s\n", c.name, w.Text("cli.does."+c.name))
	}
	fmt.Fprintf(p.Stdout, "\n%s\n", w.Text("cli.help.more"))
}

// help explains one command. It returns flag.ErrHelp so that the command goes no further.
func (p *Process) help(name string, fs *flag.FlagSet) error {
	c, err := p.commandNamed(name)
	if err != nil {
		return err // Unreachable: the name comes from the table.
	}
	w := reader{p}.words()
	line := strings.TrimSpace("postferry " + c.name + " " + c.args)
	fmt.Fprintf(p.Stdout, "%s: %s\n\n%s\n%s\n", c.name, w.Text("cli.does."+c.name),
		w.Text("cli.help.usage", "Line", line),
		w.Text("cli.help.example", "Line", "postferry "+c.example))
	printFlags(p.Stdout, w, fs)
	fmt.Fprintf(p.Stdout, "\n%s\n", w.Text("cli.help.statuses"))
	for status, means := range c.status {
		fmt.Fprintf(p.Stdout, "  %d  %s\n", status, w.Text(means))
	}
	return flag.ErrHelp
}

// printFlags explains the flags, in two columns. What a flag does is a message, in which the word
// in backquotes stands for the flag's value.
func printFlags(out io.Writer, w message.Words, fs *flag.FlagSet) {
	title := "\n" + w.Text("cli.help.flags") + "\n"
	fs.VisitAll(func(f *flag.Flag) {
		f.Usage = w.Text(f.Usage)
		value, does := flag.UnquoteUsage(f)
		name := strings.TrimSpace("--" + f.Name + " " + value)
		if f.DefValue != "" && f.DefValue != "false" {
			does = w.Text("cli.help.default", "Does", does, "Value", f.DefValue)
		}
		fmt.Fprintf(out, "%s  %-22s %s\n", title, name, does)
		title = ""
	})
}
