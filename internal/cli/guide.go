package cli

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/setup"
)

// guideSetup takes a person through set-up in a workflow, by one issue.
func (p *Process) guideSetup(ctx context.Context, o options, port int) error {
	conf, err := o.loadConfig(p.language())
	if err != nil {
		return err
	}
	e := p.readEnvironment()
	authorize := cmp.Or(e.address("X_AUTHORIZE_URL", ""), authorizeURL)
	e.needGitHub()
	j := e.newJob(o, conf)
	r := conf.Routes[0]
	j.creds[r.Name] = e.credentials(r, need{})
	malformed, rest := e.malformed()
	if len(rest) > 0 {
		return &usageError{err: errors.Join(rest...)}
	}
	j.connect(ctx, need{})
	j.alerts = j.newAlerts()
	w := wiring{j}
	g := &setup.Guide{
		Services: w.services(), Route: r, Given: givenOf(j.creds[r.Name]), Malformed: malformed,
		Key: j.vaultKey, Secrets: j.secretStore(), Values: j.values(),
		Issues: &github.Issues{Client: j.repo}, Hide: p.secrets.String,
		Login: setup.Login{AuthorizeURL: authorize, Port: port},
		Home:  j.runner.RepoURL(), Actor: j.runner.Actor,
		Run:   cmp.Or(j.runner.RunID, "1") + "." + cmp.Or(j.runner.RunAttempt, "1"),
		Again: o.force, Now: j.now, Talk: j.talk,
	}
	err = g.Take(ctx)
	if errors.Is(err, context.Canceled) {
		return nil // the newer run goes on
	}
	return err
}

// malformed splits the problems of the environment into those of secrets, by name, and all others.
func (e *environment) malformed() (bySecret map[string]string, rest []error) {
	bySecret = map[string]string{}
	for _, err := range e.problems {
		name, what, _ := strings.Cut(err.Error(), " ")
		if strings.HasPrefix(name, "GITHUB_") || strings.HasSuffix(name, ":") {
			rest = append(rest, err)
			continue
		}
		bySecret[name] = what
	}
	return bySecret, rest
}

// values are the secrets of all routes, and those of the repository.
func (j *job) values() map[string]string {
	out := map[string]string{}
	add := func(name string) {
		if v := j.get(name); v != "" && name != "" {
			out[name] = v
		}
	}
	for _, name := range []string{
		"VAULT_KEY", "SECRETS_TOKEN", "GITHUB_TOKEN", "SLACK_WEBHOOK_URL", "HEARTBEAT_URL",
	} {
		add(name)
	}
	for _, r := range j.config.Routes {
		for _, v := range r.Variables() {
			add(v.Name)
		}
		// The values of both kinds of login: the configuration may name the other one.
		for _, name := range []string{r.X.ClientID, r.X.ClientSecret, r.X.RefreshToken, r.X.APIKey,
			r.X.APISecret, r.X.AccessToken, r.X.AccessTokenSecret} {
			add(name)
		}
	}
	return out
}

func givenOf(c credentials) setup.Credentials {
	return setup.Credentials{
		InstagramToken: c.instagramToken, InstagramUser: c.instagramUser,
		AppID: c.appID, AppSecret: c.appSecret,
		ClientID: c.clientID, ClientSecret: c.clientSecret,
		Refresh: c.refresh, Access: c.access, Keys: c.keys,
	}
}
