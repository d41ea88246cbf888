package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/run"
)

// defaultConfig is where the configuration is read if no path is given.
var defaultConfig = filepath.Join(".github", "postferry.yml")

// options holds the flags that several commands share.
type options struct {
	run.Options
	path string // of the configuration, "" for the default
}

func (o *options) define(fs *flag.FlagSet) {
	o.definePath(fs)
	fs.StringVar(&o.StateDir, "state-dir", "",
		"cli.flag.state-dir")
	fs.StringVar(&o.Route, "route", "", "cli.flag.route")
}

func (o *options) definePath(fs *flag.FlagSet) {
	fs.StringVar(&o.path, "config", "",
		"cli.flag.config")
}

// load reads the configuration and picks the routes that the command was asked for. Those with
// mistakes in their blocks are among Broken. A file that can't be used is no usage mistake: it is
// ConfigErr, and Config is nil. The mistakes are told in the language of the file, as far as that can
// be read, or else in the system's.
func (o *options) load(p *Process) error {
	c, err := reader{p}.readConfig(o.path)
	if c == nil {
		p.console.Words = wordsOf(err)
		o.ConfigErr = environment.InFile(p.console.Words, err)
		return nil
	}
	p.console.Words = c.Words()
	o.Config, o.Names = c, c.Names()
	if o.Route == "" {
		return nil
	}
	c.Routes = slices.DeleteFunc(c.Routes, func(r config.Route) bool { return r.Name != o.Route })
	c.Broken = slices.DeleteFunc(c.Broken, func(b config.BrokenRoute) bool {
		return b.Name != o.Route
	})
	if len(c.Routes)+len(c.Broken) == 0 {
		w := reader{p}.words()
		unknown := w.Text("cli.usage.no-route", "Route", strconv.Quote(o.Route))
		return mistake(choice(w, unknown, o.Route, o.Names))
	}
	return nil
}

// wordsOf are those of the language in which the mistakes of a configuration file are told.
func wordsOf(err error) message.Words {
	var file config.Problems
	if errors.As(err, &file) && len(file) > 0 {
		return message.Words{Language: file[0].Language}
	}
	return message.Words{}
}

// loadAll is load for commands that need every route that was asked for.
func (o *options) loadAll(p *Process) (*config.Config, error) {
	if err := o.load(p); err != nil {
		return nil, err
	}
	if o.ConfigErr != nil {
		return nil, o.ConfigErr
	}
	var all config.Problems
	for _, b := range o.Config.Broken {
		all = append(all, b.Problems...)
	}
	if len(all) > 0 {
		return nil, environment.InFile(o.Config.Words(), all)
	}
	return o.Config, nil
}

// reader is the person who reads what the process prints: in which language, and where that is said.
type reader struct{ *Process }

// readConfig reads the configuration at path, "" for its usual place, where it may be missing.
func (p reader) readConfig(path string) (*config.Config, error) {
	r := config.Reader{Language: p.language()}
	if path == "" {
		return r.Load(defaultConfig, false)
	}
	return r.Load(path, true)
}

// language is what a person reads where no configuration says it: the system's language. In a
// workflow it is English, because nobody has chosen the runner's system.
func (p reader) language() message.Language {
	if p.inWorkflow() {
		return message.English
	}
	return message.ForLocale(p.locale())
}

// locale names the language of the system, "" if the system does not say it.
func (p reader) locale() string {
	return cmp.Or(p.Getenv("LC_ALL"), p.Getenv("LC_MESSAGES"), p.Getenv("LANG"))
}

func (p reader) inWorkflow() bool { return p.Getenv("GITHUB_ACTIONS") == "true" }

// words are those of the help and of mistakes on the command line, which are found before a command
// reads its configuration. In a workflow the configuration is read for its language alone.
func (p reader) words() message.Words {
	if p.inWorkflow() {
		if c, _ := p.readConfig(p.configFile); c != nil {
			return c.Words()
		}
	}
	return message.Words{Language: p.language()}
}

// environment reads the variables of the process.
func (p *Process) environment() *environment.Environment {
	return environment.Read(p.Getenv, p.secrets, p.Now)
}

func (p *Process) run(e *environment.Environment) run.Process {
	return run.Process{Console: p.console, Environment: e, Transport: p.Transport}
}

// job reads the configuration and the environment, and makes the job of a command.
func (p *Process) job(ctx context.Context, o *options, n environment.Need) (*run.Job, error) {
	if err := o.load(p); err != nil {
		return nil, err // A mistyped flag opens no issue.
	}
	return run.New(ctx, p.run(p.environment()), o.Options, n)
}
