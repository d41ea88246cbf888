package token

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/verdict"
)

// margin is how much life an access token must have left to be used: an upload and its post take
// less.
const margin = 10 * time.Minute

// Pair is one generation of X's tokens. Expires is zero if the access token's life is not known.
type Pair struct {
	Refresh, Access string
	Expires         time.Time
	scope           string
}

// usable reports whether the access token has enough life left. A token whose end is not known came
// from a person and is tried. X's tokens live two hours: one that seems to live for more than a day
// was recorded under a wrong clock.
func (p Pair) usable(now time.Time) bool {
	if p.Access == "" || p.Expires.IsZero() {
		return p.Access != ""
	}
	left := p.Expires.Sub(now)
	return left >= margin && verdict.Believable(p.Expires, now, verdict.LongestRotation)
}

// bundle is a vault that was opened.
type bundle struct {
	sealed string
	vault.Bundle
}

// newest returns the newest pair that this run can read. A vault that does not open stops it, also
// if the environment seems to hold the newest pair: what this run writes would be unreadable for
// the next one.
func (m *Manager) newest() (Pair, error) {
	b, err := m.openVault()
	if err != nil {
		return Pair{}, err
	}
	t, given := m.Session.Doc().Tokens.X, vault.Digest(m.Given.Refresh)
	switch {
	case m.next.Refresh != "" && !slices.Contains(t.Spent, vault.Digest(m.next.Refresh)):
		return m.next, nil // also if the state could not be told of it
	case t.Generation == 0:
		return m.Given, nil
	case given == t.Refresh:
		return current(m.Given, b, t), nil
	case !known(t, given):
		return loggedIn(m.Given, t), nil
	case vault.Digest(b.Refresh) == t.Refresh:
		return Pair{Refresh: b.Refresh, Access: b.Access, Expires: b.Expires, scope: b.Scope}, nil
	}
	return Pair{}, m.outOfReach(t)
}

// loggedIn returns the pair of a person who has logged in again, without an access token that
// belongs to the old login.
func loggedIn(given Pair, t state.XToken) Pair {
	if vault.Digest(given.Access) == t.Access {
		given.Access = ""
	}
	return given
}

// outOfReach says why this run can't read the newest pair.
func (m *Manager) outOfReach(t state.XToken) error {
	if m.Key == nil && m.Session.Doc().Tokens.Vault != "" && t.Secret != t.Generation {
		return &VaultKeyError{}
	}
	return &PutOffError{Why: english.Text("token.stored.queued", "Name", m.RefreshName)}
}

// known reports whether a digest is of a token of the chain, or of none. Any other token was set by
// a person who logged in again, or by a run that stored it and died before it could commit.
func known(t state.XToken, given string) bool {
	return given == "" || given == t.Refresh || given == t.Given || slices.Contains(t.Spent, given)
}

// current completes the pair whose refresh token the environment holds.
func current(given Pair, b vault.Bundle, t state.XToken) Pair {
	p := Pair{Refresh: given.Refresh, Expires: t.Expires, scope: t.Scope}
	switch t.Access {
	case vault.Digest(given.Access):
		p.Access = given.Access
	case vault.Digest(b.Access):
		p.Access = b.Access
	}
	return p
}

// refused returns the error that the state keeps of the pair's refresh token, nil if X has not
// refused it.
func (p Pair) refused(t state.XToken) error {
	dead := verdict.DeadToken(t.Dead)
	if p.Refresh == "" || dead.Digest != vault.Digest(p.Refresh) {
		return nil
	}
	if v := dead.Dead(); v.Proven {
		return &DeadError{Lost: dead.Lost, Err: errors.New(v.Why)}
	}
	return &RefusedError{Err: message.New("token.stored.refused-on", "At", dead.Last)}
}

// openVault opens the sealed bundle. The bundle is empty without a key or a vault. The runner knows
// only the secrets of the repository, so the tokens of the bundle are masked.
func (m *Manager) openVault() (vault.Bundle, error) {
	sealed := m.Session.Doc().Tokens.Vault
	if m.Key == nil || sealed == "" {
		return vault.Bundle{}, nil
	}
	if m.opened.sealed != sealed {
		b, err := vault.Open(m.Key, sealed)
		if err != nil {
			return b, &VaultKeyError{Err: err}
		}
		m.opened = bundle{sealed, b}
		for _, token := range []string{b.Refresh, b.Access, b.Instagram} {
			m.mask(token)
		}
	}
	return m.opened.Bundle, nil
}

// DiscardVault empties a vault that a new key does not open. It is for a person who has no key to
// it any more, and logs in again.
func DiscardVault(ctx context.Context, s *state.Session, key *vault.Key) error {
	if s.First() {
		return nil
	}
	return s.Update(ctx, "setup: a new vault", func(d *state.Document) error {
		if _, err := vault.Open(key, d.Tokens.Vault); err != nil {
			d.Tokens.Vault = ""
		}
		return nil
	})
}

// sealInto puts what change makes of the bundle into the document's vault, and keeps the rest of
// the bundle. A vault that does not open is left alone.
func sealInto(key *vault.Key, d *state.Document, change func(*vault.Bundle)) error {
	b := vault.Bundle{}
	if d.Tokens.Vault != "" {
		var err error
		if b, err = vault.Open(key, d.Tokens.Vault); err != nil {
			return &VaultKeyError{Err: err}
		}
	}
	change(&b)
	sealed, err := vault.Seal(key, b)
	if err == nil {
		d.Tokens.Vault = sealed
	}
	return err
}
