package token

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// margin is how much life an access token must have left to be used: an upload and its post
	// take less.
	margin = 10 * time.Minute
	// due is the age at which `rotate` spends the refresh token even if the access token is usable.
	due = 24 * time.Hour
	// lease is how long an unsettled intent of another process is taken for a rotation under way.
	lease = 20 * time.Second
)

// Scopes are what the login must carry.
// Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
var Scopes = []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}

// Pair is one generation of X's tokens. Expires is zero if the access token's life is not known.
type Pair struct {
	Refresh, Access string
	Expires         time.Time
	scope           string
}

// usable reports whether the access token has enough life left. A token whose end is not known came
// from a person and is tried.
func (p Pair) usable(now time.Time) bool {
	return p.Access != "" && (p.Expires.IsZero() || p.Expires.Sub(now) >= margin)
}

// Manager keeps the tokens of one route.
type Manager struct {
	Session   *state.Session
	OAuth     *xapi.OAuth
	Instagram func(token string) *instagram.Client // nil if only X's tokens are kept
	Secrets   *github.Secrets                      // nil without SECRETS_TOKEN
	Key       *vault.Key                           // nil without VAULT_KEY
	Given     Pair                                 // X's tokens in the environment
	// GivenInstagram is Instagram's token in the environment.
	GivenInstagram string
	// The names of the repository secrets.
	RefreshName, AccessName, InstagramName string
	// Mask is called with every new token before anything else is done with it.
	Mask func(string)
	// Note prints what a person should know that is not a failure; it may be nil.
	Note       func(string)
	Now        func() time.Time
	Run, Nonce string
}

// AccessToken returns an access token with at least ten minutes left. It rotates if there is none.
func (m *Manager) AccessToken(ctx context.Context) (string, error) {
	p, err := m.newest()
	if err != nil {
		return "", err
	}
	if !p.usable(m.Now()) {
		if p, err = m.rotate(ctx); err != nil {
			return "", err
		}
	}
	return p.Access, checkScopes(p.scope)
}

// Access returns an access token that may still be alive, or "" if there is none. It spends
// nothing. The error is one that a rotation would meet too.
func (m *Manager) Access() (string, error) {
	p, err := m.newest()
	if err != nil || !p.Expires.IsZero() && !p.Expires.After(m.Now()) {
		return "", err
	}
	return p.Access, nil
}

// ForceRotate rotates although the access token should have life left: X answered 401 to it.
func (m *Manager) ForceRotate(ctx context.Context) (string, error) {
	p, err := m.rotate(ctx)
	return p.Access, err
}

// RotateIfDue rotates if the last rotation is a day old, an earlier one is unsettled, or force is
// set. It reports whether it rotated.
func (m *Manager) RotateIfDue(ctx context.Context, force bool) (bool, error) {
	p, err := m.newest()
	if err != nil {
		return false, err
	}
	t := m.Session.Doc().Tokens.X
	recent := t.Intent == nil && m.Now().Sub(t.Rotated) < due
	if vault.Digest(p.Refresh) == t.Refresh && recent && !force {
		(&stores{m}).repair(ctx, p)
		return false, checkScopes(t.Scope)
	}
	if p, err = m.rotate(ctx); err != nil {
		return false, err
	}
	return true, checkScopes(p.scope)
}

// checkScopes finds at the rotation what the first upload would find otherwise. Only a new login
// adds a missing scope.
func checkScopes(scope string) error {
	if missing := MissingScopes(scope); len(missing) > 0 {
		return &ScopeError{Missing: missing}
	}
	return nil
}

// MissingScopes lists the scopes that a token answer lacks; none if X did not name any.
func MissingScopes(scope string) []string {
	if scope == "" {
		return nil
	}
	has := strings.Fields(scope)
	return slices.DeleteFunc(slices.Clone(Scopes), func(s string) bool {
		return slices.Contains(has, s)
	})
}

// newest returns the newest pair that this run can read.
func (m *Manager) newest() (Pair, error) {
	p, err := m.choose()
	dead := m.Session.Doc().Tokens.X.Dead
	if err == nil && dead != "" && dead == vault.Digest(p.Refresh) {
		refused := fmt.Errorf("%s still holds the token that was refused before", m.RefreshName)
		return Pair{}, &DeadError{Err: refused}
	}
	return p, err
}

func (m *Manager) choose() (Pair, error) {
	t, given := m.Session.Doc().Tokens, vault.Digest(m.Given.Refresh)
	switch {
	case t.X.Generation == 0:
		return m.Given, nil
	case given == t.X.Refresh:
		return m.current(), nil
	case given != "" && given != t.X.Given && !slices.Contains(t.X.Spent, given):
		// The token is new to the state: a person logged in again, or a run stored it and died
		// before it could commit.
		p := m.Given
		if vault.Digest(p.Access) == t.X.Access {
			p.Access = "" // it belongs to the old login
		}
		return p, nil
	}
	b, err := m.openVault()
	if err == nil && vault.Digest(b.Refresh) == t.X.Refresh {
		return Pair{Refresh: b.Refresh, Access: b.Access, Expires: b.Expires, scope: b.Scope}, nil
	}
	if err != nil {
		return Pair{}, err
	}
	why := "this run was queued with an " + m.RefreshName + " that has been rotated since"
	return Pair{}, &PutOffError{Why: why}
}

// current completes the pair whose refresh token the environment holds.
func (m *Manager) current() Pair {
	t := m.Session.Doc().Tokens.X
	p := Pair{Refresh: m.Given.Refresh, Expires: t.Expires, scope: t.Scope}
	if vault.Digest(m.Given.Access) == t.Access {
		p.Access = m.Given.Access
	} else if b, err := m.openVault(); err == nil && vault.Digest(b.Access) == t.Access {
		p.Access = b.Access
	}
	return p
}

// openVault opens the sealed bundle. The bundle is empty without a key or a vault.
func (m *Manager) openVault() (vault.Bundle, error) {
	sealed := m.Session.Doc().Tokens.Vault
	if m.Key == nil || sealed == "" {
		return vault.Bundle{}, nil
	}
	return vault.Open(m.Key, sealed)
}

// sealInto puts what change makes of the bundle into the document's vault, and keeps the rest of
// the bundle.
func (m *Manager) sealInto(d *state.Document, change func(*vault.Bundle)) error {
	b := vault.Bundle{}
	if d.Tokens.Vault != "" {
		b, _ = vault.Open(m.Key, d.Tokens.Vault) // a bundle that does not open is replaced: its key is gone
	}
	change(&b)
	sealed, err := vault.Seal(m.Key, b)
	d.Tokens.Vault = sealed
	return err
}

// seconds returns the time as documents keep it.
func (m *Manager) seconds() time.Time { return m.Now().UTC().Truncate(time.Second) }

func (m *Manager) note(format string, args ...any) {
	if m.Note != nil {
		m.Note(fmt.Sprintf(format, args...))
	}
}
