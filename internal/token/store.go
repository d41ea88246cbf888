package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// storeFor is how long a successor is held that no store takes. Writing a secret is idempotent, and
// losing the token costs a person a login.
const storeFor = 5 * time.Minute

// stores are the two places where the next run finds a pair: the vault and the repository's
// secrets.
type stores struct{ *Manager }

// put stores the new pair: in the vault first, because that commit settles the intent, then in the
// secrets. One store is enough. If neither takes it, the login is lost, and only then there is an
// error.
func (s *stores) put(ctx context.Context, p Pair) error {
	// The job's cancellation must not come between X and the store.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeFor)
	defer cancel()
	next := state.XToken{
		Refresh: vault.Digest(p.Refresh), Access: vault.Digest(p.Access),
		Expires: p.Expires.UTC().Truncate(time.Second), Rotated: s.seconds(),
		Scope: p.scope, Given: vault.Digest(s.Given.Refresh),
	}
	var inVault, inSecrets error = errors.New("no VAULT_KEY"), errors.New("no SECRETS_TOKEN")
	if s.Key != nil {
		inVault = s.settle(ctx, next, func(d *state.Document) error { return s.seal(d, p) })
	}
	if s.Secrets != nil {
		var at time.Time
		at, inSecrets = s.writeSecrets(ctx, p, inVault == nil)
		if inSecrets == nil {
			next.SecretAt = at
			s.recordSecrets(ctx, next, inVault == nil)
		}
	}
	if inVault != nil && inSecrets != nil {
		return &LostError{Err: errors.Join(inVault, inSecrets)}
	}
	if s.Secrets != nil && inSecrets != nil {
		s.note("the new token is in the vault; writing it to the secrets failed (%v) and is done again next time",
			inSecrets)
	}
	return nil
}

// settle commits the new generation, and what also does to the document.
func (s *stores) settle(ctx context.Context, next state.XToken, also func(*state.Document) error) error {
	return retryWrite(ctx, func(ctx context.Context) error {
		return s.Session.Update(ctx, "rotate: settle", func(d *state.Document) error {
			if d.Tokens.X.Refresh != next.Refresh {
				d.Tokens.X.Rotate(next)
			}
			return also(d)
		})
	})
}

// seal puts the pair into the document's vault.
func (s *stores) seal(d *state.Document, p Pair) error {
	return s.sealInto(d, func(b *vault.Bundle) {
		b.Generation, b.Refresh, b.Access = d.Tokens.X.Generation, p.Refresh, p.Access
		b.Expires, b.Scope = p.Expires, p.scope
	})
}

// writeSecrets writes both secrets, the refresh token first, because it can't be made again. It
// returns when the refresh token's secret was written, or zero if that is not known.
func (s *stores) writeSecrets(ctx context.Context, p Pair, inVault bool) (time.Time, error) {
	put := func(ctx context.Context) error { return s.Secrets.Put(ctx, s.RefreshName, p.Refresh) }
	var err error
	if inVault {
		err = put(ctx) // the token is safe already: a retry would only delay the run
	} else {
		err = retryWrite(ctx, put)
	}
	if err != nil {
		return time.Time{}, err
	}
	// An access token can be had again with the refresh token, so a failure is only a note.
	if err := s.Secrets.Put(ctx, s.AccessName, p.Access); err != nil {
		s.note("%s could not be written: %v", s.AccessName, err)
	}
	at, err := s.Secrets.UpdatedAt(ctx, s.RefreshName)
	if err != nil {
		return time.Time{}, nil
	}
	return at, nil
}

// recordSecrets commits that the secrets hold the new generation. Without a vault, this settles the
// intent. If a commit fails, the token is safe all the same, and the next run finds and adopts it.
func (s *stores) recordSecrets(ctx context.Context, next state.XToken, inVault bool) {
	if !inVault {
		err := s.settle(ctx, next, func(*state.Document) error { return nil })
		if err != nil {
			s.note("the new token is stored, but the state could not be written: %v", err)
		}
	}
	err := s.Session.Update(ctx, "rotate: secrets written", func(d *state.Document) error {
		if t := &d.Tokens.X; t.Refresh == next.Refresh {
			t.Secret, t.SecretAt = t.Generation, next.SecretAt
		}
		return nil
	})
	if err != nil {
		s.note("the state could not be written: %v", err)
	}
}

// repair writes the newest pair to the secrets if an earlier run could not. Another failure is
// only a note, because the vault holds the pair.
func (s *stores) repair(ctx context.Context, p Pair) {
	t := s.Session.Doc().Tokens.X
	if s.Secrets == nil || t.Generation == 0 || t.Secret == t.Generation || p.Access == "" {
		return
	}
	at, err := s.writeSecrets(ctx, p, true)
	if err != nil {
		s.note("the secrets still can't be written (%v); the vault holds the token", err)
		return
	}
	s.recordSecrets(ctx, state.XToken{Refresh: t.Refresh, SecretAt: at}, true)
}

// persistent is how a write is repeated that must not fail.
var persistent = httpx.Policy{First: time.Second, Growth: 2, Max: 30 * time.Second}

// retryWrite repeats an idempotent write until it succeeds, is refused for good, or ctx ends.
func retryWrite(ctx context.Context, write func(context.Context) error) error {
	err := persistent.Retry(ctx, func(int) (httpx.Next, error) {
		err := write(ctx)
		if err == nil || !httpx.IsTransient(err) {
			return httpx.Stop, err
		}
		return httpx.Again, err
	})
	if httpx.IsTransient(err) {
		return fmt.Errorf("gave up after %v: %w", storeFor, err)
	}
	return err
}
