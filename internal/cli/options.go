package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"

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
		"keep the state in the folder `DIR` instead of the state branch")
	fs.StringVar(&o.Route, "route", "", "only the route `R`")
}

func (o *options) definePath(fs *flag.FlagSet) {
	fs.StringVar(&o.path, "config", "",
		"read the configuration at `PATH` (default .github/postferry.yml)")
}

// load reads the configuration and picks the routes that the command was asked for. Those with
// mistakes in their blocks are among Broken. A file that can't be used is no usage mistake: it is
// ConfigErr, and Config is nil. The mistakes are told in the language of the file, as far as that can
// be read, or else in the given one.
func (o *options) load(language message.Language) error {
	path := o.path
	if path == "" {
		path = defaultConfig
	}
	c, err := config.Reader{Language: language}.Load(path, o.path != "")
	if c == nil {
		o.ConfigErr = environment.InFile(wordsOf(err), err)
		return nil
	}
	o.Config, o.Names = c, c.Names()
	if o.Route == "" {
		return nil
	}
	c.Routes = slices.DeleteFunc(c.Routes, func(r config.Route) bool { return r.Name != o.Route })
	c.Broken = slices.DeleteFunc(c.Broken, func(b config.BrokenRoute) bool {
		return b.Name != o.Route
	})
	if len(c.Routes)+len(c.Broken) == 0 {
		return usagef("there is no route %q%s: the configuration has %s", o.Route,
			didYouMean(o.Route, o.Names, "%s"), strings.Join(o.Names, ", "))
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
func (o *options) loadAll(language message.Language) (*config.Config, error) {
	if err := o.load(language); err != nil {
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

// language is what a person at a terminal reads, until a configuration says it.
func (p *Process) language() message.Language {
	return message.ForLocale(p.locale())
}

// locale names the language of the system, "" if the system does not say it.
func (p *Process) locale() string {
	return cmp.Or(p.Getenv("LC_ALL"), p.Getenv("LC_MESSAGES"), p.Getenv("LANG"))
}

// environment reads the variables of contract §3.
func (p *Process) environment() *environment.Environment {
	return environment.Read(p.Getenv, p.secrets, p.Now)
}

func (p *Process) run(e *environment.Environment) run.Process {
	return run.Process{Console: p.console, Environment: e, Transport: p.Transport}
}

// job reads the configuration and the environment, and makes the job of a command.
func (p *Process) job(ctx context.Context, o *options, n environment.Need) (*run.Job, error) {
	if err := o.load(p.language()); err != nil {
		return nil, err // A mistyped flag opens no issue.
	}
	return run.New(ctx, p.run(p.environment()), o.Options, n)
}
