package cli

import (
	"context"
	"crypto/rand"
	"flag"
	"net/http"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// job is one command at work: the configuration, the environment, and the clients made from them.
type job struct {
	*environment
	options options
	config  *config.Config
	routes  []string               // all that are configured, whatever --route says
	creds   map[string]credentials // by route
	http    *http.Client
	files   *http.Client // of the media host: it may redirect
	backend state.Backend
	repo    *github.Client // nil with --state-dir and no token
	nonce   string
	alerts  *alert.Run
}

func (o *options) define(fs *flag.FlagSet) {
	fs.StringVar(&o.config, "config", "",
		"read the configuration at `PATH` (default .github/postferry.yml)")
	fs.StringVar(&o.stateDir, "state-dir", "",
		"keep the state in the folder `DIR` instead of the state branch")
	fs.StringVar(&o.route, "route", "", "only the route `R`")
}

// newJob checks everything that can be checked before anything is done.
func (p *Process) newJob(ctx context.Context, o options, n need) (*job, error) {
	conf, err := o.loadConfig()
	e := p.readEnvironment()
	if err != nil {
		e.problems = append([]error{err}, e.problems...)
		return nil, e.err()
	}
	j := &job{
		environment: e, options: o, config: conf, routes: o.routes,
		creds: map[string]credentials{}, nonce: rand.Text()[:10],
	}
	if o.stateDir == "" {
		e.needGitHub()
	}
	for _, r := range conf.Routes {
		j.creds[r.Name] = e.credentials(r, n)
	}
	if err := e.err(); err != nil {
		return nil, err
	}
	j.connect(ctx, n)
	j.alerts = j.newAlerts()
	return j, nil
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
			d.warm(ctx, j.instagram(j.config.Routes[0], "").Base())
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
		HTTP: j.http, Now: j.now, Secrets: j.p.secrets,
	}
}

// instagram reads with a token: the environment's, or one that was renewed since.
func (j *job) instagram(r config.Route, token string) *instagram.Client {
	c := j.creds[r.Name]
	return &instagram.Client{
		BaseURL: j.instagramURL, Login: r.Instagram.Login, Version: r.Instagram.APIVersion,
		UserID: c.instagramUser, Token: token,
		AppID: c.appID, AppSecret: c.appSecret, HTTP: j.http, Now: j.now, Secrets: j.p.secrets,
	}
}

// xClient posts and reads with an access token; "" is set by who finds one.
func (j *job) xClient(access string) *xapi.Client {
	return &xapi.Client{
		BaseURL: j.xURL, AccessToken: access, HTTP: j.http, Now: j.now, Secrets: j.p.secrets,
	}
}

func (j *job) oauth(clientID, clientSecret string) *xapi.OAuth {
	return &xapi.OAuth{
		BaseURL: j.xURL, ClientID: clientID, ClientSecret: clientSecret, HTTP: j.http, Now: j.now,
		Secrets: j.p.secrets,
	}
}

func (j *job) keeper(r config.Route, s *state.Session) *token.Manager {
	c := j.creds[r.Name]
	k := &token.Manager{
		Session: s, Key: j.vaultKey, GivenInstagram: c.instagramToken,
		Instagram:   func(token string) *instagram.Client { return j.instagram(r, token) },
		Given:       token.Pair{Refresh: c.refresh, Access: c.access},
		OAuth:       j.oauth(c.clientID, c.clientSecret),
		RefreshName: r.X.RefreshToken, AccessName: r.X.AccessToken,
		InstagramName: r.Instagram.Token, Mask: j.mask, Note: j.warn, Now: j.now,
		Run: j.runner.RunID, Nonce: j.nonce,
	}
	if s := j.secretStore(); s != nil {
		k.Secrets = s
	}
	return k
}

// session reads a route's document, and has the pages for people written along with it.
func (j *job) session(ctx context.Context, r config.Route) (*state.Session, error) {
	s, err := state.Open(ctx, j.backend, r.Name)
	s.Pages = func(d *state.Document) map[string][]byte {
		p := report.StatusPage{Doc: d, Routes: j.routes, USDCap: r.Limits.USDPerMonth, Now: j.now()}
		if j.runner.Repo != "" {
			p.IssuesURL = j.runner.RepoURL() + "/issues/"
		}
		return p.Files()
	}
	return s, err
}

// secretStore is the repository's secrets, nil without SECRETS_TOKEN.
func (j *job) secretStore() *github.Secrets {
	if j.secretsToken == "" || j.runner.Repo == "" {
		return nil
	}
	return &github.Secrets{
		Client:      github.New(j.repoOptions(j.secretsToken)),
		Environment: j.config.SecretsEnvironment,
	}
}

func (j *job) mirror(r config.Route, s *state.Session) *mirror.Run {
	token := token.InstagramToken(s.Doc(), j.vaultKey, j.creds[r.Name].instagramToken)
	return &mirror.Run{
		Route: r, Session: s, Instagram: j.instagram(r, token), Tokens: j.keeper(r, s), Now: j.now,
		ID: j.runner.RunID, Nonce: j.nonce, Talk: j.talk, Progress: j.p.watch,
		X:     j.xClient(""),
		Files: &mediahost.Client{HTTP: j.files},
	}
}

// newAlerts makes what the routes share when they report failures.
func (j *job) newAlerts() *alert.Run {
	a := &alert.Run{
		Settings: j.config.Incidents, Now: j.now, Secrets: j.p.secrets, ID: j.runner.RunID,
		URL: j.runner.RunURL(), HTTP: j.http, Slack: j.slack, Heartbeat: j.heartbeatURL,
		Warn: j.warn, Explain: j.explain,
	}
	if j.runner.Repo != "" {
		a.RunsURL = j.runner.RepoURL() + "/actions/runs/"
	}
	if j.repo != nil {
		a.Issues = &github.Issues{Client: j.repo}
	}
	return a
}

// alert makes a route's incidents. The session is nil if the state could not be read.
func (j *job) alert(r config.Route, s *state.Session, out *result.Route) *alert.Route {
	return &alert.Route{
		Run: j.alerts, Session: s, Result: out,
		Digest: func(c diagnosis.Component) string { return j.digest(r, c) },
		Examine: func(ctx context.Context, c diagnosis.Component, cause error) diagnosis.Examination {
			return j.doctor(r, s).Of(ctx, c, cause)
		},
	}
}

// digest names the credentials that a component depends on.
func (j *job) digest(r config.Route, component diagnosis.Component) string {
	c := j.creds[r.Name]
	if component == diagnosis.Instagram {
		return vault.Digest(c.instagramToken + c.instagramUser + r.Instagram.Login +
			r.Instagram.APIVersion)
	}
	return vault.Digest(c.clientID + c.clientSecret + c.refresh)
}
