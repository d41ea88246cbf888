package token

import (
	"context"

	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// Begin stores the tokens of a new login, in every store that there is, as the chain's next
// generation. The change also goes into the same commit. X has ended the login before, so the
// cancellation of ctx does not come between X and the store. A *LostError says that no store took
// the tokens.
func (m *Manager) Begin(
	ctx context.Context, granted xapi.Token, also func(*state.Document),
) error {
	m.mask(granted.Refresh)
	m.mask(granted.Access)
	p := Pair{
		Refresh: granted.Refresh, Access: granted.Access, Expires: granted.ExpiresAt,
		scope: granted.Scope,
	}
	if err := (&stores{Manager: m, begins: true, also: also}).put(ctx, p); err != nil {
		return err
	}
	m.next = p
	return nil
}

// VaultOpens reports as an error whether VAULT_KEY is not the key of the vault that is there.
func (m *Manager) VaultOpens() error {
	_, err := m.openVault()
	return err
}

// BeginInstagram stores what a given Instagram token was exchanged for, as the token of Facebook
// Login that has no end: in the vault, which knows it by the given one, and in the secrets. One
// store is enough.
func (m *Manager) BeginInstagram(ctx context.Context, token string) error {
	m.mask(token)
	given := vault.Digest(m.GivenInstagram)
	next := state.InstagramToken{
		Digest: vault.Digest(token), Given: given, Login: given, Seen: seconds(m.Now()),
	}
	return (&renewal{Manager: m}).store(ctx, next, token, m.GivenInstagram)
}
