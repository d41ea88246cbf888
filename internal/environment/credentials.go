package environment

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// Credentials are a route's own. A route posts by a login, whose tokens rotate, or by X's own four
// keys.
type Credentials struct {
	InstagramToken, InstagramUser string
	AppID, AppSecret              string
	ClientID, ClientSecret        string
	Refresh, Access               string
	Keys                          *xapi.Keys // instead of the four before; nil for a login
}

// Need names the services whose credentials a command can't do without.
type Need struct{ Instagram, X bool }

// Everything is what `mirror` needs.
var Everything = Need{Instagram: true, X: true}

// XID identifies what X accepts, by its login: a new one closes X's circuit breaker.
func (c Credentials) XID(login string) string {
	if c.Keys != nil {
		return vault.Digest(fmt.Sprint(*c.Keys))
	}
	return vault.Digest(c.ClientID + c.ClientSecret + login)
}

// LacksKeys lists the secrets of the route's four keys that are not set, none for a login. doctor
// asks for none of them.
func (c Credentials) LacksKeys(r config.Route) (out []string) {
	if c.Keys == nil {
		return nil
	}
	for _, k := range keysOf(c.Keys, r) {
		if *k.value == "" {
			out = append(out, k.name)
		}
	}
	return out
}

// key is one of the four values of X's developer portal.
type key struct {
	value *string
	name  string
	what  string // the message that says what it is, for a route
}

func keysOf(k *xapi.Keys, r config.Route) []key {
	return []key{
		{&k.APIKey, r.X.APIKey, "environment.stored.api-key"},
		{&k.APISecret, r.X.APISecret, "environment.stored.api-secret"},
		{&k.AccessToken, r.X.AccessToken, "environment.stored.access-token"},
		{&k.AccessSecret, r.X.AccessTokenSecret, "environment.stored.access-secret"},
	}
}

// routeReader reads a route's own variables.
type routeReader struct {
	reader
	route config.Route
	need  Need
	vault bool // reports whether there is a vault, which may hold a newer token than a variable
}

// Credentials reads a route's own variables. What is malformed, and what is missing that the
// command needs, goes to m.
func (e *Environment) Credentials(r config.Route, n Need, m *Mistakes) Credentials {
	own := reader{e.getenv, e.secrets, m}
	return routeReader{own, r, n, e.VaultKey != nil}.read()
}

func (r routeReader) read() Credentials {
	ig, x := r.route.Instagram, r.route.X
	c := Credentials{
		InstagramToken: r.secret(ig.Token), InstagramUser: r.Get(ig.UserID),
		AppID: r.Get(ig.AppID), AppSecret: r.secret(ig.AppSecret),
	}
	r.checkInstagram(c)
	if x.Auth == config.Keys {
		c.Keys = r.keys()
		return c
	}
	c.ClientID, c.ClientSecret = r.Get(x.ClientID), r.secret(x.ClientSecret)
	c.Refresh, c.Access = r.secret(x.RefreshToken), r.secret(x.AccessToken)
	if r.need.X && c.ClientID == "" {
		r.missingOf(r.route, x.ClientID, "environment.stored.client-id")
	}
	if r.need.X && c.Refresh == "" && !r.vault {
		r.MissingLogin(r.route)
	}
	return c
}

// keys reads the four values of X's developer portal.
func (r routeReader) keys() *xapi.Keys {
	k := &xapi.Keys{}
	for _, one := range keysOf(k, r.route) {
		*one.value = r.secret(one.name)
		if r.need.X && *one.value == "" {
			r.missingOf(r.route, one.name, one.what)
		}
	}
	return k
}

// MissingLogin reports that a route has no refresh token of X, neither in a variable nor in the
// vault.
func (m *Mistakes) MissingLogin(r config.Route) {
	m.missingOf(r, r.X.RefreshToken, "environment.stored.refresh-token")
}

// missingOf reports a secret of a route that is not set. The message what says what it holds.
func (m *Mistakes) missingOf(r config.Route, name, what string) {
	m.missingSecret(name, english.Text(what, "Route", r.Name))
}

// checkInstagram reports what is missing or malformed for Instagram.
func (r routeReader) checkInstagram(c Credentials) {
	ig, needed := r.route.Instagram, r.need.Instagram
	if needed && c.InstagramToken == "" {
		r.missingOf(r.route, ig.Token, "environment.stored.instagram-token")
	}
	if needed && ig.Login == "facebook" && c.InstagramUser == "" {
		r.missingSecret(ig.UserID, english.Text("environment.stored.user-id"))
	}
	if strings.Trim(c.InstagramUser, "0123456789") != "" {
		r.problem("environment.stored.digits", "Name", ig.UserID)
	}
}
