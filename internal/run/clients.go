package run

import (
	"net/http"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/xapi"
)

// clients makes a client of each service, all over one transport.
type clients struct {
	env     *environment.Environment
	secrets *httpx.Redactor
	clock   *clock
	http    *http.Client
	files   *http.Client // for the media host, which may redirect
}

// over sets the transport.
func (c *clients) over(t http.RoundTripper) {
	c.http = &http.Client{Transport: t, CheckRedirect: httpx.NoRedirect}
	c.files = &http.Client{Transport: t}
}

// github is a client of the run's repository with a token; nil without the token or the repository.
func (c *clients) github(token string) *github.Client {
	if token == "" || c.env.Runner.Repo == "" {
		return nil
	}
	return github.New(c.githubOptions(token))
}

func (c *clients) githubOptions(token string) github.Options {
	r := c.env.Runner
	return github.Options{
		APIURL: r.APIURL, Token: token, Owner: r.Owner, Repo: r.Repo,
		HTTP: c.http, Now: c.clock.now, Secrets: c.secrets, Clock: c.clock.github(),
	}
}

// project is a client of the repository that this program comes from.
func (c *clients) project() *github.Client {
	o := c.githubOptions(c.env.GitHubToken)
	o.Owner, o.Repo, _ = actions.SplitName(build.Home)
	return github.New(o)
}

// secretStore writes the repository's secrets, or those of one of its environments. It is nil
// without SECRETS_TOKEN.
func (c *clients) secretStore(environment string) *github.Secrets {
	client := c.github(c.env.SecretsToken)
	if client == nil {
		return nil
	}
	return &github.Secrets{Client: client, Environment: environment}
}

// x posts and reads with an access token; "" if a flow sets the token itself.
func (c *clients) x(access string) *xapi.Client {
	return &xapi.Client{
		BaseURL: c.env.XURL, AccessToken: access, HTTP: c.http, Now: c.clock.now,
		Secrets: c.secrets,
	}
}

// signed posts and reads with X's own keys.
func (c *clients) signed(k xapi.Keys) *xapi.Client {
	x, h := c.x(""), *c.http
	h.Transport = k.Transport(h.Transport)
	x.HTTP = &h
	return x
}

func (c *clients) oauth(clientID, clientSecret string) *xapi.OAuth {
	return &xapi.OAuth{
		BaseURL: c.env.XURL, ClientID: clientID, ClientSecret: clientSecret,
		HTTP: c.http, Now: c.clock.now, Secrets: c.secrets,
	}
}

// instagram reads the account of a route with a token.
func (c *clients) instagram(
	r config.Route, own environment.Credentials, token string,
) *instagram.Client {
	return &instagram.Client{
		BaseURL: c.env.InstagramURL, Login: r.Instagram.Login, Version: r.Instagram.APIVersion,
		UserID: own.InstagramUser, Token: token, AppID: own.AppID, AppSecret: own.AppSecret,
		HTTP: c.http, Now: c.clock.now, Secrets: c.secrets, Clock: c.clock.instagram(),
	}
}
