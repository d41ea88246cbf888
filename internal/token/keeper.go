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
	// fit in.
	margin = 10 * time.Minute
	// due is the age at which `rotate` spends the refresh token although the access token is not
	// needed.
	due = 24 * time.Hour
	// lease is how long an unsettled intent of another process is taken for a rotation under way.
	lease = 20 * time.Second
)

// Scopes are what the chain must carry.
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
var Scopes = []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}

// Pair is one generation of X's tokens. Expires is zero when nothing is known of the access
// token's life.
type Pair struct {
	Refresh, Access string
	Expires         time.Time
	scope           string
}

// Manager keeps the tokens of one route.
type Manager struct {
	Session   *state.Session
	OAuth     *xapi.OAuth
	Instagram func(token string) *instagram.Client // nil keeps X's chain alone
	Secrets   *github.Secrets                      // nil without SECRETS_TOKEN
	Key       *vault.Key                           // nil without VAULT_KEY
	Given     Pair                                 // what the environment holds of X
	// GivenInstagram is the environment's Instagram token.
	GivenInstagram string
	// The names of the repository secrets.
	RefreshName, AccessName, InstagramName string
	Mask                                   func(string) // called with every new token before anything else is done with it
	Note                                   func(string) // tells the person something that is no failure; may be nil
	Now                                    func() time.Time
	Run, Nonce                             string

	outwaited map[string]bool // nonces of processes that had their time
}

// AccessToken gives an access token with at least ten minutes left, rotating if there is none.
func (k *Manager) AccessToken(ctx context.Context) (string, error) {
	p, err := k.newest()
	if err != nil {
		return "", err
	}
	if p.Access == "" || !k.lasts(p) {
		if p, err = k.rotate(ctx); err != nil {
			return "", err
		}
	}
	return p.Access, scoped(p.scope)
}

// Access is an access token that may still be alive, "" if there is none: nothing is spent for
// it. The error says why no token can be got at, which a rotation would meet too.
func (k *Manager) Access() (string, error) {
	p, err := k.newest()
	if err != nil || !p.Expires.IsZero() && !p.Expires.After(k.Now()) {
		return "", err
	}
	return p.Access, nil
}

// lasts: an access token whose end is not known came from a person, and is tried.
func (k *Manager) lasts(p Pair) bool {
	return p.Expires.IsZero() || p.Expires.Sub(k.Now()) >= margin
}

// ForceRotate rotates although the access token should have life left: X said 401 to it.
func (k *Manager) ForceRotate(ctx context.Context) (string, error) {
	p, err := k.rotate(ctx)
	return p.Access, err
}

// RotateIfDue rotates when the last rotation is a day old, an earlier one is unsettled, or force
// is set; it says whether it did.
func (k *Manager) RotateIfDue(ctx context.Context, force bool) (bool, error) {
	p, err := k.newest()
	if err != nil {
		return false, err
	}
	t := k.Session.Doc().Tokens.X
	if current := vault.Digest(p.Refresh) == t.Refresh; current && !force && t.Intent == nil && k.Now().Sub(t.Rotated) < due {
		k.heal(ctx, p)
		return false, scoped(t.Scope)
	}
	if p, err = k.rotate(ctx); err != nil {
		return false, err
	}
	return true, scoped(p.scope)
}

// scoped says at a rotation what would otherwise be found out at the first upload. What is
// missing can't be added without a person, so nothing is tried.
func scoped(scope string) error {
	if missing := MissingScopes(scope); len(missing) > 0 {
		return &ScopeError{Missing: missing}
	}
	return nil
}

// newest finds the newest pair that this run can get at.
func (k *Manager) newest() (Pair, error) {
	p, err := k.choose()
	if d := k.Session.Doc().Tokens.X.Dead; err == nil && d != "" && d == vault.Digest(p.Refresh) {
		return Pair{}, &DeadError{Err: fmt.Errorf("%s still holds the token that was refused before", k.RefreshName)}
	}
	return p, err
}

func (k *Manager) choose() (Pair, error) {
	t, given := k.Session.Doc().Tokens, vault.Digest(k.Given.Refresh)
	switch {
	case t.X.Generation == 0:
		return k.Given, nil
	case given == t.X.Refresh:
		return k.current(), nil
	case given != "" && given != t.X.Given && !slices.Contains(t.X.Spent, given):
		// Never seen: a person logged in again, or a run stored it and died before it could say so.
		p := k.Given
		if vault.Digest(p.Access) == t.X.Access {
			p.Access = "" // of the old chain
		}
		return p, nil
	}
	b, err := k.sealed()
	if err == nil && vault.Digest(b.Refresh) == t.X.Refresh {
		return Pair{Refresh: b.Refresh, Access: b.Access, Expires: b.Expires, scope: b.Scope}, nil
	}
	if k.Key != nil && t.Vault != "" && err != nil {
		return Pair{}, err
	}
	return Pair{}, &PutOffError{Why: "this run was queued with an " + k.RefreshName + " that has been rotated since"}
}

// current completes the pair whose refresh token the environment holds.
func (k *Manager) current() Pair {
	t := k.Session.Doc().Tokens.X
	p := Pair{Refresh: k.Given.Refresh, Expires: t.Expires, scope: t.Scope}
	if vault.Digest(k.Given.Access) == t.Access {
		p.Access = k.Given.Access
	} else if b, err := k.sealed(); err == nil && vault.Digest(b.Access) == t.Access {
		p.Access = b.Access
	}
	return p
}

func (k *Manager) sealed() (vault.Bundle, error) {
	sealed := k.Session.Doc().Tokens.Vault
	if k.Key == nil || sealed == "" {
		return vault.Bundle{}, nil
	}
	return vault.Open(k.Key, sealed)
}

// MissingScopes lists the scopes that a token answer lacks; none when X did not say.
func MissingScopes(scope string) []string {
	if scope == "" {
		return nil
	}
	has := strings.Fields(scope)
	return slices.DeleteFunc(slices.Clone(Scopes), func(s string) bool { return slices.Contains(has, s) })
}
