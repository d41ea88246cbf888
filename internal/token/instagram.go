package token

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// renewAfter is the age at which Instagram's 60-day token is renewed. Meta refuses one that is
// younger than a day.
const renewAfter = 7 * 24 * time.Hour

// InstagramToken gives the newest Instagram token that a run can get at: the environment's,
// unless that very token was renewed into the vault since.
func InstagramToken(d *state.Document, key *vault.Key, given string) string {
	t := d.Tokens.Instagram
	if key == nil || d.Tokens.Vault == "" || t.Given == "" || t.Given != vault.Digest(given) {
		return given
	}
	b, err := vault.Open(key, d.Tokens.Vault)
	if err != nil || vault.Digest(b.Instagram) != t.Digest {
		return given
	}
	return b.Instagram
}

// RenewInstagramIfDue renews the 60-day token of Instagram Login when it is a week old, or with
// force; it says whether it did. The old token stays good, so nothing can be lost and a failure
// is only told. A token of Facebook Login can't be renewed by a program: its dates are read, for
// the warnings ahead of time, when there is a rotation or none is known.
func (k *Manager) RenewInstagramIfDue(ctx context.Context, rotated, force bool) (bool, error) {
	token := InstagramToken(k.Session.Doc(), k.Key, k.GivenInstagram)
	c := k.Instagram(token)
	t := k.Session.Doc().Tokens.Instagram
	fresh := t.Digest != vault.Digest(token)
	if fresh {
		if err := k.seen(ctx, token); err != nil {
			return false, err
		}
		t = k.Session.Doc().Tokens.Instagram
	}
	if c.Login == instagram.FacebookLogin {
		if fresh || rotated {
			return false, k.watch(ctx, c)
		}
		return false, nil
	}
	age := k.Now().Sub(later(t.Seen, t.Refreshed))
	if age < renewAfter && !force {
		return false, nil
	}
	if k.Secrets == nil && k.Key == nil {
		return false, &NoStoreError{}
	}
	return true, k.renew(ctx, c)
}

// seen begins a token's record: its age counts from now, because Meta does not say.
func (k *Manager) seen(ctx context.Context, token string) error {
	return k.Session.Update(ctx, k.Session.Route+": a new Instagram token", func(d *state.Document) error {
		d.Tokens.Instagram = state.InstagramToken{Digest: vault.Digest(token), Seen: k.second()}
		return nil
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// renew gets the next token, proves it, and stores it.
func (k *Manager) renew(ctx context.Context, c *instagram.Client) error {
	tok, err := c.Refresh(ctx)
	if err != nil {
		return fmt.Errorf("renew the Instagram token: %w", err)
	}
	k.Mask(tok.Access)
	if _, err := k.Instagram(tok.Access).Me(ctx); err != nil {
		return fmt.Errorf("the renewed Instagram token does not work, the old one stays: %w", err)
	}
	next := state.InstagramToken{Digest: vault.Digest(tok.Access), Given: vault.Digest(k.GivenInstagram), Seen: k.Session.Doc().Tokens.Instagram.Seen, Refreshed: k.second()}
	if tok.ExpiresIn > 0 {
		next.Expires = k.second().Add(tok.ExpiresIn)
	}
	return k.storeInstagram(ctx, next, tok.Access, tok.Access == c.Token)
}

// storeInstagram puts the token into both stores. One is enough; with none the old token goes on
// being used.
func (k *Manager) storeInstagram(ctx context.Context, next state.InstagramToken, token string, same bool) error {
	var inSecrets error
	if k.Secrets != nil && !same {
		inSecrets = k.Secrets.Put(ctx, k.InstagramName, token)
	}
	if k.Key == nil && inSecrets != nil {
		return &NoStoreError{Name: k.InstagramName, Err: inSecrets}
	}
	err := k.Session.Update(ctx, k.Session.Route+": Instagram token renewed", func(d *state.Document) error {
		d.Tokens.Instagram = next
		if k.Key == nil {
			return nil
		}
		return k.seal(d, func(b *vault.Bundle) { b.Instagram = token })
	})
	if inSecrets != nil && err == nil {
		k.note("the renewed Instagram token is in the vault; %s could not be written: %v", k.InstagramName, inSecrets)
	}
	return err
}

// watch reads how long a token of Facebook Login, and its right to read data, will last.
func (k *Manager) watch(ctx context.Context, c *instagram.Client) error {
	info, err := c.Debug(ctx)
	if err != nil {
		return fmt.Errorf("read when the Instagram token ends: %w", err)
	}
	return k.Session.Update(ctx, k.Session.Route+": Instagram token's dates", func(d *state.Document) error {
		d.Tokens.Instagram.Expires, d.Tokens.Instagram.DataAccess = info.Expires, info.DataAccessExpires
		return nil
	})
}
