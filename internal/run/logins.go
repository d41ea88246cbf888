package run

import (
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

// logins is what a route may log in with: the credentials that it was given, and those that its
// document holds since.
type logins struct{ *route }

// instagramToken is the newest token that the run has.
func (r logins) instagramToken() string {
	given := r.creds.InstagramToken
	newest := token.InstagramToken(r.session.Doc(), r.env.VaultKey, given)
	if newest != given {
		// The runner knows the repository's secrets alone, and not the vault's.
		r.console.Mask(newest)
	}
	return newest
}

// xLogin names the present login.
func (r logins) xLogin() string {
	if r.creds.Keys != nil {
		return r.digest(diagnosis.X)
	}
	return token.Login(r.session.Doc(), r.creds.Refresh)
}

// manager keeps the tokens of both services.
func (r logins) manager() *token.Manager {
	m := &token.Manager{
		Session: r.session, Key: r.env.VaultKey,
		OAuth:          r.oauth(r.creds.ClientID, r.creds.ClientSecret),
		Given:          token.Pair{Refresh: r.creds.Refresh, Access: r.creds.Access},
		GivenInstagram: r.creds.InstagramToken,
		RefreshName:    r.conf.X.RefreshToken, AccessName: r.conf.X.AccessToken,
		InstagramName: r.conf.Instagram.Token, Instagram: r.instagram,
		Mask: r.console.Mask, Note: r.console.Warn, Now: r.clock.now,
		Run: r.env.Runner.RunID, Nonce: r.nonce,
		Guard: r.stateGuard().Check, Guarded: r.stateGuard().Seen,
	}
	if s := r.secretStore(); s != nil {
		m.Secrets = s
	}
	return m
}

// chain keeps X's tokens. It is nil with keys, which nothing rotates.
func (r logins) chain() *token.Manager {
	if r.creds.Keys != nil {
		return nil
	}
	return r.manager()
}

// digest names the credentials that a component depends on.
func (r logins) digest(component diagnosis.Component) string {
	c, conf, d := r.creds, r.conf.Instagram, &state.Document{}
	if r.session != nil {
		d = r.session.Doc()
	}
	// A login and not a token: our own rotations are no change by a person.
	reader := token.InstagramLogin(d, c.InstagramToken) + c.InstagramUser + conf.Login
	poster := c.XID(token.Login(d, c.Refresh))
	switch component {
	case diagnosis.Instagram:
		return vault.Digest(reader + conf.APIVersion)
	case diagnosis.XToken:
		return poster + r.env.VaultKey.Digest(d.Tokens.Vault)
	case diagnosis.Account:
		return vault.Digest(reader + poster + conf.Account + r.conf.X.Account)
	}
	return poster
}
