package run

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/console"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/state"
)

// Options are what a command was asked for.
type Options struct {
	Config    *config.Config // the routes that were asked for; nil if the file can't be used
	ConfigErr error          // why not: an *environment.Error
	Names     []string       // of all configured routes
	Route     string         // the one route that was asked for, "" for all
	StateDir  string         // "" for the state branch

	DryRun   bool // show what would be posted, write nothing
	ReadOnly bool // the command writes nothing, not even an issue
	JSON     bool // print JSON, for programs
	Force    bool // try now, whatever a circuit breaker or a token's age says
}

// Process is what a run gets from the process that it is in.
type Process struct {
	Console     *console.Console
	Environment *environment.Environment
	Transport   http.RoundTripper // nil is the network
}

// Job is one command at work over the routes.
type Job struct {
	options Options
	config  *config.Config // options.Config without the routes that can't run
	console *console.Console
	network http.RoundTripper // nil until connect, unless the process gave one
	clients
	broken  []broken                           // the routes that were asked for and can't run
	creds   map[string]environment.Credentials // by route
	opened  map[string]*state.Session          // by route: documents that New has read already
	backend state.Backend
	history *guard.History // nil until branchHistory has made it
	repo    *github.Client // nil with --state-dir and no token
	nonce   string
	alerts  *alert.Run
}

// New checks everything that can be checked before anything is done. The routes that can't run are
// reported when the others have run. If none can run, the error says why; in a workflow it is
// reported first, and then the error is no more than a Status.
func New(ctx context.Context, p Process, o Options, n environment.Need) (*Job, error) {
	stop := &environment.Mistakes{}
	switch {
	case o.ConfigErr != nil:
		stop.Add(o.ConfigErr)
		o.Config = unread(o.ConfigErr)
	case o.StateDir == "":
		p.Environment.NeedGitHub()
	}
	stop.Join(p.Environment.Mistakes)
	j := newJob(p, o)
	routes := brokenRoutes{j}
	routes.sortOut(n)
	if stop.None() {
		j.connect(ctx, n.Instagram)
		if n.X {
			routes.missingLogins(ctx)
		}
	}
	all := stoppage{routes}
	if err := all.mistakes(stop); err != nil {
		return nil, all.report(ctx, stop, err)
	}
	for _, warning := range j.config.Warnings(j.clock.now()) {
		j.console.Warn(warning.Error())
	}
	return j, nil
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

// newJob makes a job that is not connected.
func newJob(p Process, o Options) *Job {
	p.Console.Attach(p.Environment.Runner)
	p.Console.Words = o.Config.Words()
	p.Environment.Words = p.Console.Words
	return &Job{
		options: o, config: o.Config, console: p.Console, network: p.Transport,
		clients: clients{
			env: p.Environment, secrets: p.Console.Secrets,
			clock: newClock(p.Environment.Now, o.StateDir != ""),
		},
		creds:  map[string]environment.Credentials{},
		opened: map[string]*state.Session{}, nonce: rand.Text()[:10],
	}
}

// connect makes the clients. It opens the connections of an idle run at the same time: that to
// GitHub, and the one to Instagram if Instagram is asked next.
func (j *Job) connect(ctx context.Context, instagramNext bool) {
	network := j.network
	if network == nil {
		t, d := newTransport()
		if j.options.StateDir == "" {
			d.warm(ctx, j.env.Runner.APIURL)
		}
		if instagramNext && len(j.config.Routes) > 0 {
			d.warm(ctx, j.route(j.config.Routes[0]).instagram("").Base())
		}
		network = t
	}
	j.over(network)
	j.repo = j.github(j.env.GitHubToken)
	j.backend = &github.Dir{Path: j.options.StateDir}
	if j.options.StateDir == "" {
		j.backend = &github.Branch{Client: j.repo, Name: j.config.StateBranch}
	}
	j.alerts = j.newAlerts()
}

// newAlerts makes what the routes share when they report failures.
func (j *Job) newAlerts() *alert.Run {
	r := j.env.Runner
	a := &alert.Run{
		Settings: j.config.Incidents, Now: j.clock.now, Secrets: j.secrets, ID: r.RunID,
		URL: r.RunURL(), HTTP: j.http, Slack: j.env.Slack, Heartbeat: j.env.Heartbeat,
		Warn: j.console.Warn, Explain: j.console.Explain, OnlyRoute: j.options.Route,
		Words: j.console.Words,
	}
	if r.RunAttempt != "1" {
		a.Attempt = r.RunAttempt
	}
	if r.Repo != "" {
		a.RunsURL = r.RepoURL() + "/actions/runs/"
		a.WorkflowsURL = r.RepoURL() + "/actions/workflows/"
	}
	if j.repo != nil {
		a.Issues = &github.Issues{Client: j.repo}
	}
	return a
}
