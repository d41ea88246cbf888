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
