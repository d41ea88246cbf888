package cli

import (
	"context"
	"flag"
	"fmt"
	"strconv"

	postferry "github.com/postferry/postferry"
	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/provenance"
	"github.com/postferry/postferry/internal/run"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/workflow"
)

// runSetup takes a person from two accounts to a schedule that runs: in a terminal by a dialogue,
// in a workflow by an issue.
func runSetup(ctx context.Context, p *Process, args []string) error {
	var o options
	var w setup.Wizard
	var yes bool
	err := p.flags("setup", args, func(fs *flag.FlagSet) {
		o.definePath(fs)
		fs.StringVar(&o.Route, "route", "", "cli.flag.setup.route")
		fs.StringVar(&w.Repo, "repo", "", "cli.flag.setup.repo")
		fs.StringVar(&w.Login, "login", "", "cli.flag.setup.login")
		fs.StringVar(&w.Dir, "dir", ".", "cli.flag.setup.dir")
		fs.StringVar(&w.Pin, "pin", "", "cli.flag.setup.pin")
		fs.IntVar(&w.Port, "port", setup.DefaultPort, "cli.flag.setup.port")
		fs.BoolVar(&w.Paste, "paste", false, "cli.flag.setup.paste")
		fs.BoolVar(&yes, "yes", false, "cli.flag.setup.yes")
		fs.BoolVar(&w.KeepToken, "keep-token", false, "cli.flag.setup.keep-token")
		fs.BoolVar(&o.Force, "force", false, "cli.flag.setup.force")
	})
	if err != nil {
		return err
	}
	if p.Getenv("GITHUB_ACTIONS") == "true" {
		return p.guide(ctx, &o, w.Port)
	}
	defer p.keyboard.Release()
	if err := p.prepareWizard(ctx, &w, &o, yes); err != nil {
		return err
	}
	if line := provenance.Sentence(ctx, w.Words, ""); line != "" {
		fmt.Fprintln(w.Out, w.Words.Text("cli.setup.build",
			"Version", build.Version(), "Home", build.Home, "Text", line))
	}
	return w.Run(ctx)
}

// guide sets up by an issue.
func (p *Process) guide(ctx context.Context, o *options, port int) error {
	every := options{path: o.path} // a comment may hold a secret of any route
	all, err := every.loadAll(p)
	if err != nil {
		return err
	}
	if _, err := o.loadAll(p); err != nil {
		return err
	}
	e := p.environment()
	login := setup.Login{AuthorizeURL: e.AuthorizeURL(), Port: port}
	return run.NewSetup(p.run(e), o.Options).Guide(ctx, login, all.Routes)
}

// prepareWizard checks the flags and the environment, and gives the wizard what it works with.
func (p *Process) prepareWizard(
	ctx context.Context, w *setup.Wizard, o *options, yes bool,
) error {
	conf, err := o.loadAll(p)
	if err != nil {
		return err
	}
	e := p.environment()
	w.AuthorizeURL = e.AuthorizeURL()
	if err := e.Err(e.Mistakes); err != nil {
		return err
	}
	switch w.Login {
	case "", instagram.InstagramLogin, instagram.FacebookLogin:
	default:
		return mistake(reader{p}.words().Text("cli.usage.login", "Given", strconv.Quote(w.Login)))
	}
	if _, _, ok := actions.SplitName(w.Repo); w.Repo != "" && !ok {
		return mistake(reader{p}.words().Text("cli.usage.repository", "Given",
			strconv.Quote(w.Repo)))
	}
	if w.Repo == "" && e.Runner.Repo != "" {
		w.Repo = e.Runner.Owner + "/" + e.Runner.Repo
	}
	w.Dialogue = &setup.Dialogue{
		Read: p.ReadLine, Out: p.Stdout, Interactive: p.Interactive, Live: p.ReadLine != nil,
		Yes: yes, Hide: p.secrets.Add, Columns: p.Columns, Words: reader{p}.setupWords(conf),
	}
	if p.ReadLine == nil {
		w.Read = setup.Lines(p.Stdin)
	}
	if conf.File() == "" {
		if err := w.ChooseLanguage(ctx, conf); err != nil {
			return err
		}
	}
	w.Route, w.HasConfig = conf.Routes[0], conf.File() != ""
	w.Getenv, w.Template, w.Open, w.Release = e.Get, postferry.Template, p.Open, build.Release
	if w.Workflows, err = o.workflows(p); err != nil {
		return err
	}
	s := run.NewSetup(p.run(e), o.Options)
	w.Services, w.Now = s.Services(), s.Now
	return nil
}

// setupWords are those of the configuration. Where there is none they are those of the system, or of no
// language if the system names none: set-up asks then.
func (p reader) setupWords(conf *config.Config) message.Words {
	if conf.File() != "" {
		return conf.Words()
	}
	if p.locale() == "" {
		return message.Words{}
	}
	return message.Words{Language: p.language()}
}

// workflows says which secrets a workflow passes: those of all routes, whatever --route says.
func (o *options) workflows(p *Process) (workflow.Options, error) {
	every := options{path: o.path}
	all, err := every.loadAll(p)
	if err != nil {
		return workflow.Options{}, err
	}
	return workflow.Options{
		Secrets: workflow.Secrets(all), Environment: all.SecretsEnvironment,
	}, nil
}
