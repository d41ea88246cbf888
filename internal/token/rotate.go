package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// errMoved aborts an intent because another run has rotated meanwhile.
var errMoved = errors.New("the chain has moved on")

// probe is the secret that is written to prove that secrets can be written.
const probe = "POSTFERRY_PROBE"

// rotate spends the newest refresh token and stores its successor.
func (k *Manager) rotate(ctx context.Context) (Pair, error) {
	if k.Secrets == nil && k.Key == nil {
		return Pair{}, &NoStoreError{}
	}
	if err := k.outwait(ctx); err != nil {
		return Pair{}, err
	}
	p, err := k.newest()
	if err != nil {
		return Pair{}, err
	}
	secretAt, err := k.preflight(ctx)
	if err != nil {
		return Pair{}, err
	}
	again, err := k.intend(ctx, p, secretAt)
	if errors.Is(err, errMoved) {
		return Pair{}, &PutOffError{Why: "another run rotated the token at the same moment"}
	}
	if err != nil {
		return Pair{}, err
	}
	tok, err := k.OAuth.Refresh(ctx, p.Refresh)
	if err != nil {
		return Pair{}, k.refused(ctx, err, p, secretAt, again)
	}
	// Before anything else: from here on the new tokens exist, and anything might print them.
	k.Mask(tok.Refresh)
	k.Mask(tok.Access)
	next := Pair{Refresh: tok.Refresh, Access: tok.Access, Expires: tok.ExpiresAt, scope: tok.Scope}
	return next, k.store(ctx, next)
}

// outwait gives another process that is rotating right now the time to finish.
func (k *Manager) outwait(ctx context.Context) error {
	i := k.Session.Doc().Tokens.X.Intent
	if i == nil || i.Unanswered || i.Nonce == k.Nonce {
		return nil
	}
	k.outwaited = map[string]bool{i.Nonce: true}
	return k.Session.Outwait(ctx, k.Now().Sub(i.At), lease, func(d *state.Document) bool {
		now := d.Tokens.X.Intent
		return now == nil || now.Unanswered || now.Nonce != i.Nonce
	})
}

// preflight proves that secrets can be written, and reads when the refresh token's secret was.
// With a vault the intent's commit is the proof, and a secret that can't be written is only told.
// The moment is zero without SECRETS_TOKEN.
func (k *Manager) preflight(ctx context.Context) (time.Time, error) {
	if k.Secrets == nil {
		return time.Time{}, nil
	}
	err := k.Secrets.Put(ctx, probe, "written by postferry to see whether it can")
	if err != nil && k.Key == nil {
		return time.Time{}, &NoStoreError{Name: k.RefreshName, Err: err}
	}
	if err != nil {
		k.note("SECRETS_TOKEN can't write secrets (%v): the new token goes into the vault alone", err)
		return time.Time{}, nil
	}
	// Left behind it would puzzle whoever looks at the list of secrets; that it can't be deleted
	// harms nothing.
	_ = k.Secrets.Delete(ctx, probe)
	at, err := k.Secrets.UpdatedAt(ctx, k.RefreshName)
	if httpx.ClassOf(err) == httpx.NotFound {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when %s was written: %w", k.RefreshName, err)
	}
	return at, nil
}

// intend commits that p is about to be spent. again says that it may have been spent before.
func (k *Manager) intend(ctx context.Context, p Pair, secretAt time.Time) (again bool, err error) {
	digest, generation, elsewhere := vault.Digest(p.Refresh), k.Session.Doc().Tokens.X.Generation, false
	err = k.Session.Update(ctx, "rotate: intent", func(d *state.Document) error {
		t := &d.Tokens.X
		again, elsewhere = t.Intent != nil && t.Intent.Refresh == digest, false
		switch {
		case t.Generation != generation, k.underWay(t.Intent):
			return errMoved
		case again && !t.Intent.SecretAt.IsZero() && !secretAt.IsZero() && !t.Intent.SecretAt.Equal(secretAt):
			// The successor may have been stored, and this run queued before. As below: the next
			// run is not put off again.
			elsewhere, t.Intent.SecretAt = true, secretAt
			return nil
		case t.Refresh == digest && t.Secret == t.Generation && !t.SecretAt.IsZero() && !secretAt.IsZero() && !t.SecretAt.Equal(secretAt):
			// Somebody has written the secret since we did. Its new age is remembered, so that
			// the next run, which reads the secret anew, is not put off for the same reason.
			elsewhere, t.SecretAt = true, secretAt
			return nil
		}
		t.Intent = &state.TokenIntent{At: k.second(), Run: k.Run, Nonce: k.Nonce, Refresh: digest, SecretAt: secretAt}
		return nil
	})
	if err == nil && elsewhere {
		err = &PutOffError{Why: k.RefreshName + " has been written by somebody else, this run may hold the older value"}
	}
	return again, err
}

// underWay says that another process is rotating right now.
func (k *Manager) underWay(i *state.TokenIntent) bool {
	return i != nil && i.Nonce != k.Nonce && !i.Unanswered && !k.outwaited[i.Nonce]
}

// refused records what X's refusal means for the chain, and passes it on.
func (k *Manager) refused(ctx context.Context, err error, p Pair, secretAt time.Time, again bool) error {
	digest := vault.Digest(p.Refresh)
	dead := xapi.IsDeadGrant(err)
	if dead && k.Secrets != nil {
		if at, e := k.Secrets.UpdatedAt(ctx, k.RefreshName); e == nil && !at.Equal(secretAt) {
			dead, err = false, &PutOffError{Why: k.RefreshName + " was written by somebody else while this run was using it"}
		}
	}
	// The job may be ending; what is known of the token must still be written.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	settle := k.Session.Update(ctx, "rotate: refused", func(d *state.Document) error {
		t := &d.Tokens.X
		if t.Intent == nil || t.Intent.Nonce != k.Nonce {
			return nil
		}
		switch {
		case dead:
			t.Dead, t.Intent = digest, nil
		case httpx.ClassOf(err) == httpx.Ambiguous || again:
			t.Intent.Unanswered = true // it may be spent: the next run tries it once
		default:
			t.Intent = nil // a plain no: nothing was spent
		}
		return nil
	})
	if dead {
		err = &DeadError{Lost: again, Err: err}
	}
	return errors.Join(err, settle)
}

// second is now as documents keep it.
func (k *Manager) second() time.Time { return k.Now().UTC().Truncate(time.Second) }

// note tells the person something that is no failure.
func (k *Manager) note(format string, args ...any) {
	if k.Note != nil {
		k.Note(fmt.Sprintf(format, args...))
	}
}
