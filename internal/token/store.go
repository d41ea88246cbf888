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

// patience is how long a successor that no store takes is held on to. Writing a secret is
// idempotent, and losing the token costs a person a login.
const patience = 5 * time.Minute

// store puts the new pair where the next run finds it: vault first (that commit settles the
// intent), then the secrets. One store is enough; with none the chain is lost, and only then is
// there an error.
func (k *Manager) store(ctx context.Context, p Pair) error {
	// The job's cancellation must not come between X and the store.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	next := state.XToken{
		Refresh: vault.Digest(p.Refresh), Access: vault.Digest(p.Access), Expires: p.Expires.UTC().Truncate(time.Second),
		Rotated: k.second(), Scope: p.scope, Given: vault.Digest(k.Given.Refresh),
	}
	var inVault, inSecrets error = errors.New("no VAULT_KEY"), errors.New("no SECRETS_TOKEN")
	if k.Key != nil {
		inVault = k.settle(ctx, p, next, true)
	}
	if k.Secrets != nil {
		var at time.Time
		at, inSecrets = k.secrets(ctx, p, inVault == nil)
		if inSecrets == nil {
			next.SecretAt = at
			k.stored(ctx, p, next, inVault == nil)
		}
	}
	if inVault != nil && inSecrets != nil {
		return &LostError{Err: errors.Join(inVault, inSecrets)}
	}
	if k.Secrets != nil && inSecrets != nil {
		k.note("the new token is in the vault; writing it to the secrets failed (%v) and is done again next time", inSecrets)
	}
	return nil
}

// settle commits the new generation, with the sealed bundle if it is to go into the vault.
func (k *Manager) settle(ctx context.Context, p Pair, next state.XToken, seal bool) error {
	return k.hard(ctx, func(ctx context.Context) error {
		return k.Session.Update(ctx, "rotate: settle", func(d *state.Document) error {
			if d.Tokens.X.Refresh != next.Refresh {
				d.Tokens.X.Rotate(next)
			}
			if !seal {
				return nil
			}
			return k.seal(d, func(b *vault.Bundle) {
				b.Generation, b.Refresh, b.Access, b.Expires, b.Scope = d.Tokens.X.Generation, p.Refresh, p.Access, p.Expires, p.scope
			})
		})
	})
}

// seal puts what change makes of the bundle into the document's vault, and leaves what else is in
// there.
func (k *Manager) seal(d *state.Document, change func(*vault.Bundle)) error {
	b := vault.Bundle{}
	if d.Tokens.Vault != "" {
		b, _ = vault.Open(k.Key, d.Tokens.Vault) // one that does not open is replaced: its key is gone
	}
	change(&b)
	sealed, err := vault.Seal(k.Key, b)
	d.Tokens.Vault = sealed
	return err
}

// secrets writes both secrets, the refresh token first: it is the one that can't be made again.
func (k *Manager) secrets(ctx context.Context, p Pair, inVault bool) (time.Time, error) {
	put := func(name, value string) error {
		write := func(ctx context.Context) error { return k.Secrets.Put(ctx, name, value) }
		if inVault {
			return write(ctx) // safe already: no need to hold the run up
		}
		return k.hard(ctx, write)
	}
	if err := put(k.RefreshName, p.Refresh); err != nil {
		return time.Time{}, err
	}
	// From here on the chain is safe: an access token can be had again.
	if err := k.Secrets.Put(ctx, k.AccessName, p.Access); err != nil {
		k.note("%s could not be written: %v", k.AccessName, err)
	}
	at, err := k.Secrets.UpdatedAt(ctx, k.RefreshName)
	if err != nil {
		return time.Time{}, nil // not known: nothing is concluded from it later
	}
	return at, nil
}

// stored commits that the secrets hold the new generation; without a vault this is what settles
// the intent. A commit that fails is only told: the token is safe, and the next run finds out.
func (k *Manager) stored(ctx context.Context, p Pair, next state.XToken, inVault bool) {
	if !inVault {
		if err := k.settle(ctx, p, next, false); err != nil {
			// The secret is written: the next run finds a token it does not know, and adopts it.
			k.note("the new token is stored, but the state could not be written: %v", err)
		}
	}
	err := k.Session.Update(ctx, "rotate: secrets written", func(d *state.Document) error {
		if t := &d.Tokens.X; t.Refresh == next.Refresh {
			t.Secret, t.SecretAt = t.Generation, next.SecretAt
		}
		return nil
	})
	if err != nil {
		k.note("the state could not be written: %v", err)
	}
}

// hard repeats an idempotent write until it succeeds, is refused for good, or ctx ends.
func (k *Manager) hard(ctx context.Context, write func(context.Context) error) error {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := write(ctx)
		if err == nil || !httpx.IsTransient(err) {
			return err
		}
		if httpx.Sleep(ctx, wait) != nil {
			return fmt.Errorf("gave up after %v: %w", patience, err)
		}
	}
}

// heal writes the newest pair to the secrets if an earlier run could not. That it can't either is
// only told.
func (k *Manager) heal(ctx context.Context, p Pair) {
	t := k.Session.Doc().Tokens.X
	if k.Secrets == nil || t.Generation == 0 || t.Secret == t.Generation || p.Access == "" {
		return
	}
	at, err := k.secrets(ctx, p, true)
	if err != nil {
		k.note("the secrets still can't be written (%v); the vault holds the token", err)
		return
	}
	k.stored(ctx, p, state.XToken{Refresh: t.Refresh, SecretAt: at}, true)
}
