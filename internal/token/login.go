package token

import (
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// Login names the login that X's tokens come from: the digest of the token with which a person
// began the chain. given is the environment's refresh token. Our own rotations don't change the
// name; another token that a person gives does.
func Login(d *state.Document, given string) string {
	t, digest := d.Tokens.X, vault.Digest(given)
	if t.Generation == 0 || !known(t, digest) {
		return digest
	}
	return t.Login
}

// InstagramLogin is Login for Instagram's token: our own renewals don't change the name.
func InstagramLogin(d *state.Document, given string) string {
	t, digest := d.Tokens.Instagram, vault.Digest(given)
	if digest == t.Digest || digest == t.Given {
		return t.Login
	}
	return digest
}

// OwnerKnown reports whether X was asked whose account the present login is. If it was not, nothing
// may be posted before: another login may be another account's.
func (m *Manager) OwnerKnown() bool {
	d := m.Session.Doc()
	return d.Account.XUserID != "" && d.Tokens.X.Owner == Login(d, m.Given.Refresh)
}

// RecordOwner notes in a document that the owner of the present login was asked. It belongs into
// the commit that records the answer.
func (m *Manager) RecordOwner(d *state.Document) {
	d.Tokens.X.Owner = Login(d, m.Given.Refresh)
}
