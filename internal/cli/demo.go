package cli

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/demo"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/message"
)

// runDemo shows the main job against the built-in stand-ins: no account, no network.
func runDemo(ctx context.Context, p *Process, args []string) error {
	var serve, list bool
	var listen, scenario, language string
	var o options
	var every time.Duration
	err := p.flags("demo", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&serve, "serve", false, "cli.flag.demo.serve")
		fs.StringVar(&listen, "listen", "127.0.0.1:0", "cli.flag.demo.listen")
		fs.DurationVar(&every, "every", 10*time.Minute, "cli.flag.demo.every")
		fs.StringVar(&scenario, "scenario", "", "cli.flag.demo.scenario")
		fs.BoolVar(&list, "list", false, "cli.flag.demo.list")
		fs.StringVar(&language, "language", "", "cli.flag.demo.language")
		o.definePath(fs)
	})
	if err != nil {
		return err
	}
	d := &demo.Demo{Main: demoRun, Now: p.Now, Out: p.Stdout, Talk: p.Stderr}
	d.Words, err = reader{p}.demoWords(language, o.path)
	if err != nil {
		return err
	}
	p.console.Words = d.Words
	switch {
	case every <= 0:
		return mistake(reader{p}.words().Text("cli.usage.every", "Given", every))
	case list:
		for _, s := range demo.Scenarios() {
			fmt.Fprintf(p.Stdout, "%-20s %s\n", s.Name, s.Does(d.Words))
		}
		return nil
	case scenario != "":
		return p.playScenario(ctx, d, scenario)
	case serve:
		return d.Serve(ctx, listen, every)
	}
	return d.Show(ctx, listen)
}

// demoWords returns the words of the demo: those of a language that was asked for, or of the
// configuration that is there, or of the terminal's locale.
func (p reader) demoWords(language, path string) (message.Words, error) {
	conf := config.Default()
	conf.Language = language
	switch language {
	case "en", "ja":
	case "":
		conf.Language = string(p.language())
		c, err := config.Load(cmp.Or(path, defaultConfig), true)
		if c != nil {
			return c.Words(), nil
		}
		if path != "" {
			return message.Words{}, environment.InFile(wordsOf(err), err)
		}
	default:
		return message.Words{}, mistake(p.words().Text("cli.usage.language", "Given", strconv.Quote(language)))
	}
	if conf.Language == string(message.Japanese) {
		conf.Timezone = "Asia/Tokyo"
	}
	return conf.Words(), nil
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
func (p *Process) playScenario(ctx context.Context, d *demo.Demo, name string) error {
	var names []string
	for _, s := range demo.Scenarios() {
		if s.Name == name {
			return d.Play(ctx, s)
		}
		names = append(names, s.Name)
	}
	w := reader{p}.words()
	unknown := w.Text("cli.usage.no-scenario", "Name", strconv.Quote(name))
	return mistake(choice(w, unknown, name, names))
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
