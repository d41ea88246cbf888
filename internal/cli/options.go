package cli

import (
	"cmp"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/message"
)

// options holds the flags of all commands. Several share most of them.
type options struct {
	config, stateDir, route          string
	dryRun, json, force, serve, list bool
	readOnly                         bool     // the command writes nothing, not even an issue
	routes                           []string // names, found by load
	every                            time.Duration
	scenario, jobStatus, listen      string
	began                            int64 // of the job, seconds since 1970; 0 if it is not known
	timeLimit                        int   // of the job, minutes
}

func (o *options) define(fs *flag.FlagSet) {
	fs.StringVar(&o.config, "config", "",
		"read the configuration at `PATH` (default .github/postferry.yml)")
	fs.StringVar(&o.stateDir, "state-dir", "",
		"keep the state in the folder `DIR` instead of the state branch")
	fs.StringVar(&o.route, "route", "", "only the route `R`")
}

// load reads the configuration and picks the routes that the command was asked for. Those with
// mistakes in their blocks are among Broken. The error is what stops all routes: a *usageError, in
// the language of the file as far as that can be read, or else in the given one.
func (o *options) load(language message.Language) (*config.Config, error) {
	path := o.config
	if path == "" {
		path = filepath.Join(".github", "postferry.yml")
	}
	c, err := config.Reader{Language: language}.Load(path, o.config != "")
	if c == nil {
		return nil, &usageError{err: err, config: true}
	}
	o.routes = c.Names()
	if o.route == "" {
		return c, nil
	}
	c.Routes = slices.DeleteFunc(c.Routes, func(r config.Route) bool { return r.Name != o.route })
	c.Broken = slices.DeleteFunc(c.Broken, func(b config.BrokenRoute) bool {
		return b.Name != o.route
	})
	if len(c.Routes)+len(c.Broken) == 0 {
		return nil, usagef("there is no route %q%s: the configuration has %s", o.route,
			didYouMean(o.route, o.routes, "%s"), strings.Join(o.routes, ", "))
	}
	return c, nil
}

// language is what a person at a terminal reads, until a configuration says it.
func (p *Process) language() message.Language {
	return message.ForLocale(cmp.Or(p.Getenv("LC_ALL"), p.Getenv("LC_MESSAGES"), p.Getenv("LANG")))
}

// unread stands for a configuration that can't be read: it has no routes, and the language of the
// mistakes.
func unread(err error) *config.Config {
	c := config.Default()
	c.Routes = nil
	var file config.Problems
	if errors.As(err, &file) && len(file) > 0 {
		c.Language = string(file[0].Language)
	}
	return c
}

// loadConfig is load for commands that need every route that was asked for.
func (o *options) loadConfig(language message.Language) (*config.Config, error) {
	c, err := o.load(language)
	if err != nil {
		return nil, err
	}
	var all config.Problems
	for _, b := range c.Broken {
		all = append(all, b.Problems...)
	}
	if len(all) > 0 {
		return nil, &usageError{err: all, config: true}
	}
	return c, nil
}
