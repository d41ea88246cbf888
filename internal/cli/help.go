package cli

import (
	"context"
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
)

func commands() []command {
	return []command{
		{"mirror", "[--route R] [--dry-run] [--json] [--force]", "mirror new Instagram posts to X", "postferry mirror --dry-run", runMirror},
		{"rotate", "[--route R] [--force]", "keep the tokens alive", "postferry rotate", runRotate},
		{"doctor", "[--route R] [--json]", "ask the three services what is wrong, read only", "postferry doctor", runDoctor},
		{"report", "--job-status S", "the last step of a workflow: a run that died without a word still ends in an incident", "postferry report --job-status failure", runReport},
		{"setup", "[--repo O/N] [--login L] [--paste] [--yes]", "set everything up, step by step", "postferry setup", runSetup},
		{"routes", "", "print the names of the configured routes as JSON, for a workflow matrix", "postferry routes", runRoutes},
		{"config", "", "print the effective configuration, with where each value came from", "postferry config", runConfig},
		{"demo", "[--scenario S] [--list] [--serve]", "show the main job against built-in stand-ins of Instagram, X and GitHub", "postferry demo", runDemo},
		{"version", "", "print the version", "postferry version", runVersion},
		{"help", "[command]", "explain a command", "postferry help mirror", runHelp},
	}
}

func runHelp(_ context.Context, p *Process, args []string) error {
	if len(args) > 0 {
		return p.help(args[0])
	}
	fmt.Fprint(p.Stdout, "postferry mirrors the new posts of an Instagram account to X, from GitHub Actions.\n\nUsage: postferry <command> [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.Stdout, "  %-9s %s\n", c.name, c.does)
	}
	fmt.Fprint(p.Stdout, "\nEvery command takes --config PATH (default .github/postferry.yml) and --state-dir DIR (a local folder instead of the\nstate branch). Try it without any account: postferry demo\n")
	return nil
}

// help explains one command. It returns flag.ErrHelp so that the command goes no further.
func (p *Process) help(name string) error {
	for _, c := range commands() {
		if c.name == name {
			fmt.Fprintf(p.Stdout, "%s: %s\n\nUsage: %s\nExample: %s\n", c.name, c.does, strings.TrimSpace("postferry "+c.name+" "+c.args), c.example)
			return flag.ErrHelp
		}
	}
	return usagef("postferry has no command %q", name)
}

func runVersion(_ context.Context, p *Process, args []string) error {
	if err := p.flags("version", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	fmt.Fprintln(p.Stdout, "postferry", version())
	return nil
}

// release is the version of a released build, set by scripts/build.sh. The commit can't be in there: the commit holds the
// build's checksum.
var release string

// version is the released one, the module's, or the commit it was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "commit " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "development build"
}
