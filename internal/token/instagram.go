package token

import (
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// renewAfter is the age at which Instagram's 60-day token is renewed. Meta refuses one that is
// younger than a day.
const renewAfter = 7 * 24 * time.Hour

// InstagramToken returns the newest Instagram token that a run can read: the environment's, unless
// that very token was renewed into the vault since.
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

// RenewInstagramIfDue renews the 60-day token of Instagram Login if it is a week old or force is
// set. It reports whether it tried. The old token stays valid, so a failure loses nothing. A
// token of Facebook Login can't be renewed by a program: its dates are read, for the warnings
// ahead of time, if the token is new or X's was rotated.
func (m *Manager) RenewInstagramIfDue(ctx context.Context, rotated, force bool) (bool, error) {
	r, err := renewalOf(ctx, m)
	if r == nil || err != nil {
		return false, err
	}
	switch {
	case r.client.Login == instagram.FacebookLogin && (r.unknown || rotated):
		return false, r.readDates(ctx, r.client)
	case r.client.Login == instagram.FacebookLogin, r.young() && !force:
		return false, nil
	case m.storeless():
		return false, &NoStoreError{}
	}
	return true, r.renew(ctx, r.client)
}

// renewal keeps Instagram's token.
type renewal struct {
	*Manager
	client  *instagram.Client
	unknown bool // the state did not know the token
}

// renewalOf finds the newest token, and begins its record if the state does not know it. It is nil
// for a run that was queued before the token was renewed.
func renewalOf(ctx context.Context, m *Manager) (*renewal, error) {
	if _, err := m.openVault(); err != nil {
		return nil, err
	}
	token := InstagramToken(m.Session.Doc(), m.Key, m.GivenInstagram)
	t, digest := m.Session.Doc().Tokens.Instagram, vault.Digest(token)
	if digest == t.Given && digest != t.Digest {
		return nil, nil
	}
	r := &renewal{m, m.Instagram(token), t.Digest != digest}
	if !r.unknown {
		return r, nil
	}
	return r, r.recordNew(ctx, token)
}

// young reports whether the token is less than a week old.
func (r *renewal) young() bool {
	t := r.Session.Doc().Tokens.Instagram
	return recent(t.Seen, r.Now(), renewAfter) || recent(t.Refreshed, r.Now(), renewAfter)
}

// recordNew begins a token's record. Its age counts from now, because Meta does not tell it.
func (r *renewal) recordNew(ctx context.Context, token string) error {
	message := r.Session.Route + ": a new Instagram token"
	return r.Session.Update(ctx, message, func(d *state.Document) error {
		digest := vault.Digest(token)
		d.Tokens.Instagram = state.InstagramToken{
			Digest: digest, Login: digest, Seen: seconds(r.Now()),
		}
		return nil
	})
}

// renew gets the next token, proves that it works, and stores it.
func (r *renewal) renew(ctx context.Context, c *instagram.Client) error {
	tok, err := c.Refresh(ctx)
	if err != nil {
		err = message.Wrap(err, "token.stored.renew")
		return errors.Join(err, r.recordRefusal(ctx, err))
	}
	r.mask(tok.Access)
	if _, err := r.Instagram(tok.Access).Me(ctx); err != nil {
		err = message.Wrap(err, "token.stored.renewed-broken")
		return errors.Join(err, r.recordRefusal(ctx, err))
	}
	now, old := seconds(r.Now()), r.Session.Doc().Tokens.Instagram
	next := state.InstagramToken{
		Digest: vault.Digest(tok.Access), Given: vault.Digest(r.GivenInstagram), Login: old.Login,
		Seen: old.Seen, Refreshed: now,
	}
	if tok.ExpiresIn > 0 {
		next.Expires = now.Add(tok.ExpiresIn)
	}
	return r.store(ctx, next, tok.Access, c.Token)
}

// recordRefusal counts the runs in a row in which the renewal was refused for good. A token that
// can't be renewed ends after 60 days, though its end may not be known.
func (r *renewal) recordRefusal(ctx context.Context, refused error) error {
	if ctx.Err() != nil || httpx.As(refused) == nil || httpx.IsTransient(refused) {
		return nil
	}
	message := r.Session.Route + ": Instagram token not renewed"
	return r.Session.Update(ctx, message, func(d *state.Document) error {
		d.Tokens.Instagram.RefuseRenewal()
		return nil
	})
}

// store puts the token into both stores. One is enough; if neither takes it, the old token, which
// stays valid, goes on being used.
func (r *renewal) store(ctx context.Context, next state.InstagramToken, token, old string) error {
	var inSecrets error
	if r.Secrets != nil && token != old {
		inSecrets = r.Secrets.Put(ctx, r.InstagramName, token)
	}
	if r.Key == nil && inSecrets != nil {
		return &NoStoreError{Name: r.InstagramName, Err: inSecrets}
	}
	message := r.Session.Route + ": Instagram token renewed"
	err := r.Session.Update(ctx, message, func(d *state.Document) error {
		d.Tokens.Instagram = next
		if r.Key == nil {
			return nil
		}
		return sealInto(r.Key, d, func(b *vault.Bundle) { b.Instagram = token })
	})
	if inSecrets != nil && err == nil {
		r.note(english.Text("token.stored.renewed-in-vault", "Name", r.InstagramName,
			"Why", inSecrets))
	}
	return err
}

// readDates reads how long a token of Facebook Login, and its right to read data, will last.
func (r *renewal) readDates(ctx context.Context, c *instagram.Client) error {
	info, err := c.Debug(ctx)
	if err != nil {
		return message.Wrap(err, "token.stored.ends")
	}
	message := r.Session.Route + ": Instagram token's dates"
	return r.Session.Update(ctx, message, func(d *state.Document) error {
		t := &d.Tokens.Instagram
		t.Expires, t.DataAccess = info.Expires, info.DataAccessExpires
		return nil
	})
}
