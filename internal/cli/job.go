package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// job is one command at work: the configuration, the environment, and the clients made from them.
type job struct {
	*environment
	options options
	config  *config.Config
	broken  []brokenRoute             // those of the routes that were asked for which can't run
	names   []string                  // of all configured routes, whatever --route says
	creds   map[string]credentials    // by route
	opened  map[string]*state.Session // by route: documents that newJob has read already
	http    *http.Client
	files   *http.Client // for the media host, which may redirect
	backend state.Backend
	history *guard.History // nil until branchHistory has made it
	repo    *github.Client // nil with --state-dir and no token
	nonce   string
	alerts  *alert.Run
}

// newJob checks everything that can be checked before anything is done. The routes that can't run
// are among the job's broken ones. If none can run, the error says why; in a workflow it is
// reported first, and then the error is no more than an exit status.
func (p *Process) newJob(ctx context.Context, o options, n need) (*job, error) {
	conf, err := o.load(p.language())
	e := p.readEnvironment()
	var bad *usageError
	switch {
	case errors.As(err, &bad) && !bad.config:
		return nil, err // A mistyped flag opens no issue.
	case err != nil:
		e.problems = append([]error{err}, e.problems...)
		conf = unread(err)
	case o.stateDir == "":
		e.needGitHub()
	}
	j := e.newJob(o, conf)
	j.sortOut(n)
	if len(j.problems) == 0 {
		j.connect(ctx, n)
		if n.x {
			j.missingLogins(ctx)
		}
	}
	if err := j.stopped(); err != nil {
		return nil, j.reportStopped(ctx, err)
	}
	for _, warning := range conf.Warnings(j.now()) {
		j.warn(warning.Error())
	}
	j.alerts = j.newAlerts()
	return j, nil
}

// newJob makes a job without clients.
func (e *environment) newJob(o options, conf *config.Config) *job {
	e.words = conf.Words()
	return &job{
		environment: e, options: o, config: conf, names: o.routes,
		creds: map[string]credentials{}, opened: map[string]*state.Session{}, nonce: rand.Text()[:10],
	}
}

// connect makes the clients, and opens the connections of an idle run at the same time.
func (j *job) connect(ctx context.Context, n need) {
	var transport http.RoundTripper = j.p.Transport
	if transport == nil {
		t, d := newTransport()
		if j.options.stateDir == "" {
			d.warm(ctx, j.runner.APIURL)
		}
		if n.instagram && len(j.config.Routes) > 0 {
			d.warm(ctx, j.route(j.config.Routes[0]).instagram("").Base())
		}
		transport = t
	}
	j.http = &http.Client{Transport: transport, CheckRedirect: httpx.NoRedirect}
	j.files = &http.Client{Transport: transport}
	if j.githubToken != "" && j.runner.Repo != "" {
		j.repo = github.New(j.repoOptions(j.githubToken))
	}
	j.backend = &github.Dir{Path: j.options.stateDir}
	if j.options.stateDir == "" {
		j.backend = &github.Branch{Client: j.repo, Name: j.config.StateBranch}
	}
}

func (j *job) repoOptions(token string) github.Options {
	return github.Options{
		APIURL: j.runner.APIURL, Token: token, Owner: j.runner.Owner, Repo: j.runner.Repo,
		HTTP: j.http, Now: j.now, Secrets: j.p.secrets, Clock: j.githubClock(),
	}
}

// secretStore writes the repository's secrets. It is nil without SECRETS_TOKEN.
func (j *job) secretStore() *github.Secrets {
	if j.secretsToken == "" || j.runner.Repo == "" {
		return nil
	}
	return &github.Secrets{
		Client: github.New(j.repoOptions(j.secretsToken)), Environment: j.config.SecretsEnvironment,
	}
}

// xClient posts and reads with an access token; "" if a flow sets the token itself.
func (j *job) xClient(access string) *xapi.Client {
	return &xapi.Client{
		BaseURL: j.xURL, AccessToken: access, HTTP: j.http, Now: j.now, Secrets: j.p.secrets,
	}
}

// signed posts and reads with X's own keys.
func (j *job) signed(k xapi.Keys) *xapi.Client {
	c, h := j.xClient(""), *j.http
	h.Transport = k.Transport(h.Transport)
	c.HTTP = &h
	return c
}

func (j *job) oauth(clientID, clientSecret string) *xapi.OAuth {
	return &xapi.OAuth{
		BaseURL: j.xURL, ClientID: clientID, ClientSecret: clientSecret,
		HTTP: j.http, Now: j.now, Secrets: j.p.secrets,
	}
}

// newAlerts makes what the routes share when they report failures.
func (j *job) newAlerts() *alert.Run {
	a := &alert.Run{
		Settings: j.config.Incidents, Now: j.now, Secrets: j.p.secrets, ID: j.runner.RunID,
		URL: j.runner.RunURL(), HTTP: j.http, Slack: j.slack, Heartbeat: j.heartbeatURL,
		Warn: j.warn, Explain: j.explain, OnlyRoute: j.options.route,
	}
	if j.runner.RunAttempt != "1" {
		a.Attempt = j.runner.RunAttempt
	}
	if j.runner.Repo != "" {
		a.RunsURL = j.runner.RepoURL() + "/actions/runs/"
		a.WorkflowsURL = j.runner.RepoURL() + "/actions/workflows/"
	}
	if j.repo != nil {
		a.Issues = &github.Issues{Client: j.repo}
	}
	return a
}
