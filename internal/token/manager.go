package token

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// due is the age at which `rotate` spends the refresh token even if the access token is usable.
const due = 24 * time.Hour

// Scopes are what the login must carry.
// Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
var Scopes = []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}

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
	// Mask is called with every token that the environment does not hold, before anything else is
	// done with it. It may be nil in a process that only looks.
	Mask func(string)
	// Note prints what a person should know that is not a failure; it may be nil.
	Note       func(string)
	Now        func() time.Time
	Run, Nonce string
	// Guard, if set, is asked once, before a run spends its first token. Its error stops the
	// rotation: nothing is spent on a state that may not be the newest.
	Guard func(context.Context) error
	// Guarded, if set, writes what the guard has seen into the document, with the intent.
	Guarded func(*state.Document)

	guarded bool
	opened  bundle // the vault as it was last opened
	next    Pair   // the pair that this process got last; empty before a rotation
}

// storeless reports whether there is nowhere to store a token.
func (m *Manager) storeless() bool { return m.Secrets == nil && m.Key == nil }

// AccessToken returns an access token with at least ten minutes left. It rotates if there is none.
func (m *Manager) AccessToken(ctx context.Context) (string, error) {
	p, err := m.newest()
	if err != nil {
		return "", err
	}
	if !p.usable(m.Now()) {
		if p, err = m.rotate(ctx, false); err != nil {
			return "", err
		}
	}
	return p.Access, checkScopes(p.scope)
}

// Access returns an access token that may still be alive, or "" if there is none. It sends
// nothing. The error is one that a rotation would meet too, as far as the state knows.
func (m *Manager) Access() (string, error) {
	p, err := m.newest()
	if err == nil {
		err = p.refused(m.Session.Doc().Tokens.X)
	}
	if err != nil || !p.Expires.IsZero() && !p.Expires.After(m.Now()) {
		return "", err
	}
	return p.Access, nil
}

// ForceRotate rotates although the access token should have life left: X answered 401 to it, with
// the error refused. A 401 that a new token does not cure would spend one in every run, so a login
// is rotated for that reason once a day. Within that day the error is refused itself.
func (m *Manager) ForceRotate(ctx context.Context, refused error) (string, error) {
	d := m.Session.Doc()
	t := d.Tokens.X
	sameLogin := t.Generation > 0 && Login(d, m.Given.Refresh) == t.Login
	if sameLogin && recent(t.Forced, m.Now(), verdict.LongestRotation) {
		return "", message.Wrap(refused, "token.stored.replaced-today")
	}
	p, err := m.rotate(ctx, true)
	return p.Access, err
}

// RotateIfDue rotates if the last rotation is a day old or did not go well, or if force is set. It
// reports whether it rotated.
func (m *Manager) RotateIfDue(ctx context.Context, force bool) (bool, error) {
	p, err := m.newest()
	if err != nil {
		return false, err
	}
	t := m.Session.Doc().Tokens.X
	fresh := vault.Digest(p.Refresh) == t.Refresh && recent(t.Rotated, m.Now(), due)
	if fresh && t.Sound() && !force {
		(&stores{Manager: m}).repair(ctx, p)
		return false, checkScopes(t.Scope)
	}
	if p, err = m.rotate(ctx, false); err != nil {
		return false, err
	}
	return true, checkScopes(p.scope)
}

// recent reports whether a stored time is less than an age ago. A time that lies further ahead than
// that was written under a wrong clock, and is ignored.
func recent(at, now time.Time, age time.Duration) bool {
	return !at.IsZero() && now.Sub(at) < age && verdict.Believable(at, now, age)
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

// seconds returns the time as documents keep it.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (m *Manager) mask(token string) {
	if m.Mask != nil && token != "" {
		m.Mask(token)
	}
}

func (m *Manager) note(text string) {
	if m.Note != nil {
		m.Note(text)
	}
}
