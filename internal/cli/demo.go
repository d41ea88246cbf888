package cli

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/demo"
)

// runDemo shows the main job against the built-in stand-ins: no account, no network.
func runDemo(ctx context.Context, p *Process, args []string) error {
	var serve, list bool
	var listen, scenario string
	var every time.Duration
	err := p.flags("demo", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&serve, "serve", false,
			"keep the stand-ins up, and print the variables that point a run at them")
		fs.StringVar(&listen, "listen", "127.0.0.1:0",
			"with --serve: the stand-ins are at the loopback address `ADDR`")
		fs.DurationVar(&every, "every", 10*time.Minute,
			"with --serve: a photo is published every `T`")
		fs.StringVar(&scenario, "scenario", "", "play the scenario `S` of --list")
		fs.BoolVar(&list, "list", false, "list the scenarios")
	})
	d := &demo.Demo{Main: demoRun, Now: p.Now, Out: p.Stdout, Talk: p.Stderr}
	switch {
	case err != nil:
		return err
	case every <= 0:
		return usagef("--every must be longer than 0s, it is %v", every)
	case list:
		for _, s := range demo.Scenarios() {
			fmt.Fprintf(p.Stdout, "%-20s %s\n", s.Name, s.Does)
		}
		return nil
	case scenario != "":
		return playScenario(ctx, d, scenario)
	case serve:
		return d.Serve(ctx, listen, every)
	}
	return d.Show(ctx, listen)
}

// demoRun runs a command for the demo. The run is a process of its own: it inherits nothing, least
// of all the person's environment.
func demoRun(ctx context.Context, r demo.Run) int {
	return Main(ctx, &Process{
		Args: r.Args, Getenv: atWorldTime(r.Getenv, r.Now), Stdout: r.Out, Stderr: r.Out,
		Now: r.Now, Transport: r.Transport,
	})
}

// playScenario plays the scenario of a name.
func playScenario(ctx context.Context, d *demo.Demo, name string) error {
	var names []string
	for _, s := range demo.Scenarios() {
		if s.Name == name {
			return d.Play(ctx, s)
		}
		names = append(names, s.Name)
	}
	return usagef("there is no scenario %q%s: there are %s", name,
		didYouMean(name, names, "%s"), strings.Join(names, ", "))
}

// atWorldTime is the environment of a rehearsal: its clock is the world's, so that no run waits
// between two media.
func atWorldTime(getenv func(string) string, now func() time.Time) func(string) string {
	return func(name string) string {
		if name == "POSTFERRY_NOW" && now != nil {
			return now().UTC().Format(time.RFC3339)
		}
		return getenv(name)
	}
}
