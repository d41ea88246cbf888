package cli

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// environment holds what the variables of contract §3 say, checked. Nothing else reads them.
type environment struct {
	*console
	*mistakes

	machine      func() time.Time // this machine's clock, or POSTFERRY_NOW's
	clock        *httpx.Clock     // how far it is from the clock of GitHub or Instagram
	githubToken  string
	secretsToken string
	vaultKey     *vault.Key
	instagramURL string // "" for the login type's own host
	xURL         string
	slack        string // SLACK_WEBHOOK_URL
	heartbeatURL string
}

// readEnvironment reads everything that is no route's own. It collects problems, so that a person
// can mend them all at once.
func (p *Process) readEnvironment() *environment {
	e := &environment{console: &console{p: p}, mistakes: &mistakes{}}
	e.machine = e.machineClock()
	e.clock = &httpx.Clock{Machine: e.machine}
	e.githubToken = e.secret("GITHUB_TOKEN")
	e.runner = e.readRunner()
	e.secretsToken = e.secret("SECRETS_TOKEN")
	if key := e.phrase("VAULT_KEY"); key != "" {
		var err error
		if e.vaultKey, err = vault.ParseKey(key); err != nil {
			e.problem("VAULT_KEY %v", err)
			e.withSecret = true
		}
	}
	e.instagramURL = e.address("INSTAGRAM_API_URL", "")
	e.xURL = e.address("X_API_URL", xapi.DefaultURL)
	e.slack = e.secretAddress("SLACK_WEBHOOK_URL")
	e.heartbeatURL = e.secretAddress("HEARTBEAT_URL")
	return e
}

// readRunner reads what GitHub Actions sets.
func (e *environment) readRunner() *actions.Runner {
	r, err := actions.Read(e.get)
	if err != nil {
		e.problem("%w", err)
	}
	r.APIURL = e.checkedAddress("GITHUB_API_URL", r.APIURL)
	r.ServerURL = e.checkedAddress("GITHUB_SERVER_URL", r.ServerURL)
	r.Log, r.Plain, r.Redact = e.p.Stderr, e.p.plain, e.p.secrets.String
	return r
}

// needGitHub reports missing what the state branch can't do without.
func (e *environment) needGitHub() {
	if e.githubToken == "" {
		e.missing("GITHUB_TOKEN",
			"the job's own token; or keep the state in a folder with --state-dir")
	}
	if e.get("GITHUB_REPOSITORY") == "" {
		e.missing("GITHUB_REPOSITORY",
			"owner/name of the repository with the state branch; Actions sets it")
	}
}

// credentials are a route's own.
type credentials struct {
	instagramToken string
	instagramUser  string
	appID          string
	appSecret      string

	clientID     string
	clientSecret string
	refresh      string
	access       string

	keys *xapi.Keys // with x.auth: keys, instead of the four before
}

// xID identifies what X accepts, by its login: a new one closes X's circuit breaker.
func (c credentials) xID(login string) string {
	if c.keys != nil {
		return vault.Digest(fmt.Sprint(*c.keys))
	}
	return vault.Digest(c.clientID + c.clientSecret + login)
}

// need names the services whose credentials a command can't do without.
type need struct{ instagram, x bool }

// routeReader reads a route's own variables.
type routeReader struct {
	*environment
	conf config.Route
}

// credentials reads a route's own variables, and reports those missing that the command needs.
func (e *environment) credentials(r config.Route, n need) credentials {
	return routeReader{e, r}.read(n)
}

func (e routeReader) read(n need) credentials {
	r := e.conf
	c := credentials{
		instagramToken: e.secret(r.Instagram.Token),
		instagramUser:  e.get(r.Instagram.UserID),
		appID:          e.get(r.Instagram.AppID),
		appSecret:      e.secret(r.Instagram.AppSecret),
	}
	e.checkInstagram(c, n.instagram)
	if r.X.Auth == config.Keys {
		c.keys = e.xKeys(n.x)
		return c
	}
	c.clientID, c.clientSecret = e.get(r.X.ClientID), e.secret(r.X.ClientSecret)
	c.refresh, c.access = e.secret(r.X.RefreshToken), e.secret(r.X.AccessToken)
	if n.x && c.clientID == "" {
		e.missingSecret(r.X.ClientID, "the client id of the X app of route "+r.Name)
	}
	// The vault may hold the newest one: see missingLogins.
	if n.x && c.refresh == "" && e.vaultKey == nil {
		e.missingRefresh(r)
	}
	return c
}

// xKeys reads the four values of X's developer portal.
func (e routeReader) xKeys(needed bool) *xapi.Keys {
	r, k := e.conf, &xapi.Keys{}
	for _, one := range []struct {
		value      *string
		name, what string
	}{
		{&k.APIKey, r.X.APIKey, "the X app's API key"},
		{&k.APISecret, r.X.APISecret, "the X app's API key secret"},
		{&k.AccessToken, r.X.AccessToken, "the X account's access token"},
		{&k.AccessSecret, r.X.AccessTokenSecret, "the X account's access token secret"},
	} {
		*one.value = e.secret(one.name)
		if needed && *one.value == "" {
			e.missingSecret(one.name, one.what+", of route "+r.Name)
		}
	}
	return k
}

func (e *environment) missingRefresh(r config.Route) {
	e.missingSecret(r.X.RefreshToken, "the X refresh token of route "+r.Name)
}

// checkInstagram reports what is missing or malformed for Instagram.
func (e routeReader) checkInstagram(c credentials, needed bool) {
	r := e.conf
	if needed && c.instagramToken == "" {
		e.missingSecret(r.Instagram.Token, "the Instagram token of route "+r.Name)
	}
	if needed && r.Instagram.Login == "facebook" && c.instagramUser == "" {
		e.missingSecret(r.Instagram.UserID,
			"the professional account's id, which Facebook Login needs")
	}
	if strings.Trim(c.instagramUser, "0123456789") != "" {
		e.problem("%s must be digits, as 17841400000000000", r.Instagram.UserID)
	}
}

// secretsPage says where a person enters secrets: the page of this repository, if it is known.
func (e *environment) secretsPage() string {
	if page := e.runner.RepoURL(); page != "" {
		return page + "/settings/secrets/actions"
	}
	return "the repository's Settings > Secrets and variables > Actions"
}

// get reads a variable without the spaces around it, which come from pasting.
func (e *environment) get(name string) string {
	if name == "" {
		return ""
	}
	return strings.TrimSpace(e.p.Getenv(name))
}

// secret reads a variable that must never be shown.
func (e *environment) secret(name string) string {
	v := e.get(name)
	e.p.secrets.Add(v)
	if strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }) {
		e.problem("%s holds a space, a line break or a character that no token has: paste it again",
			name)
		e.withSecret = true
	}
	return v
}

// phrase reads a secret that may be words: spaces and every alphabet are part of it.
func (e *environment) phrase(name string) string {
	v := e.get(name)
	e.p.secrets.Add(v)
	if strings.ContainsFunc(v, unicode.IsControl) {
		e.problem("%s holds a line break or a control character: enter it again", name)
		e.withSecret = true
	}
	return v
}

// address reads the address of a service.
func (e *environment) address(name, def string) string {
	return e.checkedAddress(name, cmp.Or(e.get(name), def))
}

// checkedAddress returns an address without its last slash. A bad one is reported under the name of
// its variable, and is not returned: nothing secret may be sent there.
func (e *environment) checkedAddress(name, v string) string {
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err == nil {
		err = httpx.CheckURL(u)
	} else {
		err = errors.New("it is not a URL")
	}
	if err != nil {
		e.problem("%s: %v", name, err)
		return ""
	}
	return strings.TrimSuffix(v, "/")
}

// secretAddress reads an address whose path is a secret.
func (e *environment) secretAddress(name string) string {
	e.p.secrets.Add(e.get(name))
	return e.address(name, "")
}
