package token

import (
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

const (
	// storeFor is how long a successor is held that no store takes. Writing a secret is idempotent,
	// and losing the token costs a person a login.
	storeFor = 5 * time.Minute
	// vaultGrace is the vault's share of writeGrace in a cancelled run, if the secrets are a store
	// too: a vault that hangs must leave them time for a call.
	vaultGrace = 1500 * time.Millisecond
)

// stores are the two places where the next run finds a pair: the vault and the repository's
// secrets.
type stores struct {
	*Manager
	spent  Pair                  // the pair that the new one replaces
	forced bool                  // because of a 401
	begins bool                  // the new pair is a login's, and replaces none
	also   func(*state.Document) // goes along with the settling; may be nil

	inVault, inSecrets error // nil once the store holds the pair
	secretAt           time.Time
}

const (
	errNoKey     = message.Sentence("token.stored.no-key")
	errNoSecrets = message.Sentence("token.stored.no-secrets")
)

// put stores the new pair: in the vault first, because that commit settles the intent, then in the
// secrets. One store is enough. If neither takes it, the login is lost, and only then there is an
// error.
func (s *stores) put(ctx context.Context, p Pair) error {
	s.inVault, s.inSecrets = errNoKey, errNoSecrets
	// The job's cancellation must not come between X and the store.
	out, cancel := httpx.Grace(ctx, writeGrace)
	defer cancel()
	out, stop := context.WithTimeout(out, storeFor)
	defer stop()
	early, cancelEarly := out, func() {}
	if s.Secrets != nil {
		early, cancelEarly = httpx.Grace(ctx, vaultGrace)
	}
	defer cancelEarly()
	next := s.describe(p)
	_ = persistent.Retry(out, func(int) (httpx.Next, error) { // the errors are those of the stores
		s.tryBoth(early, out, next, p)
		if s.inVault == nil || s.inSecrets == nil || !s.mayPass() {
			return httpx.Stop, nil
		}
		return httpx.Again, nil
	})
	switch {
	case s.inVault != nil && s.inSecrets != nil:
		return &LostError{Err: errors.Join(s.inVault, s.inSecrets)}
	case s.Secrets != nil && s.inSecrets != nil:
		s.note(english.Text("token.stored.secrets-later", "Why", s.inSecrets))
	case s.Secrets != nil:
		s.recordSecrets(out, next, p)
	}
	return nil
}

// tryBoth writes the pair to each store once: to the vault within early, to the secrets within
// late.
func (s *stores) tryBoth(early, late context.Context, next state.XToken, p Pair) {
	if s.Key != nil {
		s.inVault = s.settle(early, next, func(d *state.Document) error { return s.seal(d, p) })
	}
	if s.Secrets != nil {
		s.inSecrets = s.writeSecrets(late, p)
	}
}

// persistent is how a write is repeated that must not fail.
var persistent = httpx.Policy{First: time.Second, Growth: 2, Max: 30 * time.Second}

// mayPass reports whether a store that refused the pair may take it later.
func (s *stores) mayPass() bool {
	return httpx.IsTransient(s.inVault) || httpx.IsTransient(s.inSecrets)
}

// describe makes the record of a new pair.
func (s *stores) describe(p Pair) state.XToken {
	next := state.XToken{
		Refresh: vault.Digest(p.Refresh), Access: vault.Digest(p.Access),
		Expires: seconds(p.Expires), Rotated: seconds(s.Now()),
		Scope: p.scope, Given: vault.Digest(s.Given.Refresh),
	}
	if s.forced {
		next.Forced = next.Rotated
	}
	return next
}

// settle commits the new generation, and what also does to the document. A commit whose answer was
// lost may have been made: it is not made twice.
func (s *stores) settle(
	ctx context.Context, next state.XToken, also func(*state.Document) error,
) error {
	return s.Session.Update(ctx, "rotate: settle", func(d *state.Document) error {
		t := &d.Tokens.X
		// X may keep the refresh token: then only the intent tells that the pair is new.
		ours := t.Intent != nil && t.Intent.Nonce == s.Nonce
		if ours || t.Refresh != next.Refresh {
			next.Login = vault.Digest(s.spent.Refresh)
			switch {
			case s.begins:
				next.Login = next.Refresh
			case t.Refresh == next.Login && t.Generation > 0:
				next.Login = t.Login // the spent token was the chain's own
			}
			t.Rotate(next)
		}
		if s.also != nil {
			s.also(d)
		}
		return also(d)
	})
}

// seal puts the pair into the document's vault.
func (s *stores) seal(d *state.Document, p Pair) error {
	return sealInto(s.Key, d, func(b *vault.Bundle) {
		b.Generation, b.Refresh, b.Access = d.Tokens.X.Generation, p.Refresh, p.Access
		b.Expires, b.Scope = p.Expires, p.scope
	})
}

// writeSecrets writes both secrets, the refresh token first, because it can't be made again, and
// notes when its secret was written.
func (s *stores) writeSecrets(ctx context.Context, p Pair) error {
	if err := s.Secrets.Put(ctx, s.RefreshName, p.Refresh); err != nil {
		return err
	}
	// An access token can be had again with the refresh token, so a failure is only a note.
	if err := s.Secrets.Put(ctx, s.AccessName, p.Access); err != nil {
		s.note(english.Text("token.stored.unwritten", "Name", s.AccessName, "Why", err))
	}
	// A time that is not known is zero, and proves nothing.
	s.secretAt, _ = s.Secrets.UpdatedAt(ctx, s.RefreshName)
	return nil
}

// recordSecrets commits that the secrets hold the new generation. If the vault does not hold it
// yet, this settles the intent. If a commit fails, the token is safe all the same, and the next run
// finds and adopts it.
func (s *stores) recordSecrets(ctx context.Context, next state.XToken, p Pair) {
	record := func(d *state.Document) error {
		t := &d.Tokens.X
		if t.Refresh != next.Refresh {
			return nil
		}
		t.Secret, t.SecretAt = t.Generation, s.secretAt
		if s.Key != nil && s.inVault != nil {
			_ = s.seal(d, p) // a vault that does not open is left alone, and the secrets are enough
		}
		return nil
	}
	err := persistent.Retry(ctx, func(int) (httpx.Next, error) {
		var err error
		if s.inVault == nil {
			err = s.Session.Update(ctx, "rotate: secrets written", record)
		} else {
			err = s.settle(ctx, next, record)
		}
		if err == nil || !httpx.IsTransient(err) {
			return httpx.Stop, err
		}
		return httpx.Again, err
	})
	if err != nil {
		s.note(english.Text("token.stored.unrecorded", "Why", err))
	}
}

// repair writes the newest pair to the secrets if an earlier run could not. Another failure is
// only a note, because the vault holds the pair.
func (s *stores) repair(ctx context.Context, p Pair) {
	t := s.Session.Doc().Tokens.X
	if s.Secrets == nil || t.Generation == 0 || t.Secret == t.Generation || p.Access == "" {
		return
	}
	if err := s.writeSecrets(ctx, p); err != nil {
		s.note(english.Text("token.stored.secrets-still", "Why", err))
		return
	}
	ctx, stop := context.WithTimeout(ctx, writeTime) // what can't be written now is done again
	defer stop()
	s.recordSecrets(ctx, state.XToken{Refresh: t.Refresh}, p)
}
