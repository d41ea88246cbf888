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

// rotation is one attempt to spend the newest refresh token.
type rotation struct {
	*Manager
	pair      Pair
	secretAt  time.Time // when the refresh token's secret was written; zero if not known
	outwaited string    // nonce of a process that had its time
	retried   bool      // an earlier intent may have spent this very token
}

// rotate spends the newest refresh token and stores its successor.
func (m *Manager) rotate(ctx context.Context) (Pair, error) {
	if m.Secrets == nil && m.Key == nil {
		return Pair{}, &NoStoreError{}
	}
	r := &rotation{Manager: m}
	if err := r.outwait(ctx); err != nil {
		return Pair{}, err
	}
	var err error
	if r.pair, err = m.newest(); err != nil {
		return Pair{}, err
	}
	if err := r.preflight(ctx); err != nil {
		return Pair{}, err
	}
	err = r.intend(ctx)
	if errors.Is(err, errMoved) {
		return Pair{}, &PutOffError{Why: "another run rotated the token at the same moment"}
	}
	if err != nil {
		return Pair{}, err
	}
	tok, err := m.OAuth.Refresh(ctx, r.pair.Refresh)
	if err != nil {
		return Pair{}, r.recordRefusal(ctx, err)
	}
	// The mask comes first: from here on the new tokens exist, and anything might print them.
	m.Mask(tok.Refresh)
	m.Mask(tok.Access)
	next := Pair{Refresh: tok.Refresh, Access: tok.Access, Expires: tok.ExpiresAt, scope: tok.Scope}
	return next, (&stores{m}).put(ctx, next)
}

// outwait gives another process that is rotating right now the time to finish.
func (r *rotation) outwait(ctx context.Context) error {
	i := r.Session.Doc().Tokens.X.Intent
	if !r.underWay(i) {
		return nil
	}
	r.outwaited = i.Nonce
	return r.Session.Outwait(ctx, r.Now().Sub(i.At), lease, func(d *state.Document) bool {
		current := d.Tokens.X.Intent
		return current == nil || current.Unanswered || current.Nonce != i.Nonce
	})
}

// underWay reports whether i, which may be nil, is a rotation that another process is making now.
func (r *rotation) underWay(i *state.TokenIntent) bool {
	return i != nil && i.Nonce != r.Nonce && !i.Unanswered && i.Nonce != r.outwaited
}

// preflight proves that secrets can be written, and reads when the refresh token's secret was
// written. With a vault, the intent's commit is the proof, and a secret that can't be written is
// only a note.
func (r *rotation) preflight(ctx context.Context) error {
	if r.Secrets == nil {
		return nil
	}
	err := r.Secrets.Put(ctx, probe, "written by postferry to see whether it can")
	if err != nil && r.Key == nil {
		return &NoStoreError{Name: r.RefreshName, Err: err}
	}
	if err != nil {
		r.note("SECRETS_TOKEN can't write secrets (%v): the new token goes into the vault alone", err)
		return nil
	}
	// The probe would puzzle a person who reads the list of secrets. If it can't be deleted, it
	// does no harm.
	_ = r.Secrets.Delete(ctx, probe)
	r.secretAt, err = r.Secrets.UpdatedAt(ctx, r.RefreshName)
	if err != nil && httpx.ClassOf(err) != httpx.NotFound {
		return fmt.Errorf("read when %s was written: %w", r.RefreshName, err)
	}
	return nil
}

// intend commits that the pair is about to be spent.
func (r *rotation) intend(ctx context.Context) error {
	digest, generation := vault.Digest(r.pair.Refresh), r.Session.Doc().Tokens.X.Generation
	elsewhere := false // another writer has changed the secret
	err := r.Session.Update(ctx, "rotate: intent", func(d *state.Document) error {
		t := &d.Tokens.X
		if t.Generation != generation || r.underWay(t.Intent) {
			return errMoved
		}
		r.retried, elsewhere = t.Intent != nil && t.Intent.Refresh == digest, false
		// The new time is remembered, so that the next run, which reads the secret anew, is not put
		// off for the same reason.
		switch {
		case r.retried && r.rewritten(t.Intent.SecretAt):
			// The successor may have been stored after this run was queued.
			elsewhere, t.Intent.SecretAt = true, r.secretAt
			return nil
		case t.Refresh == digest && t.Secret == t.Generation && r.rewritten(t.SecretAt):
			elsewhere, t.SecretAt = true, r.secretAt
			return nil
		}
		t.Intent = &state.TokenIntent{
			At: r.seconds(), Run: r.Run, Nonce: r.Nonce, Refresh: digest, SecretAt: r.secretAt,
		}
		return nil
	})
	if err == nil && elsewhere {
		why := r.RefreshName + " has been written by somebody else, this run may hold the older value"
		return &PutOffError{Why: why}
	}
	return err
}

// rewritten reports whether the secret was written again since the given time. A zero time is not
// known and proves nothing.
func (r *rotation) rewritten(since time.Time) bool {
	return !since.IsZero() && !r.secretAt.IsZero() && !since.Equal(r.secretAt)
}

// recordRefusal commits what X's refusal means for the refresh token, and returns the error to
// show.
func (r *rotation) recordRefusal(ctx context.Context, err error) error {
	dead := xapi.IsDeadGrant(err)
	if dead && r.Secrets != nil {
		at, e := r.Secrets.UpdatedAt(ctx, r.RefreshName)
		if e == nil && !at.Equal(r.secretAt) {
			why := r.RefreshName + " was written by somebody else while this run was using it"
			dead, err = false, &PutOffError{Why: why}
		}
	}
	// The job may be ending, but what is known of the token must still be written.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	settle := r.Session.Update(ctx, "rotate: refused", func(d *state.Document) error {
		t := &d.Tokens.X
		if t.Intent == nil || t.Intent.Nonce != r.Nonce {
			return nil
		}
		switch {
		case dead:
			t.Dead, t.Intent = vault.Digest(r.pair.Refresh), nil
		case httpx.ClassOf(err) == httpx.Ambiguous || r.retried:
			t.Intent.Unanswered = true // the token may be spent: the next run tries it once
		default:
			t.Intent = nil // a plain refusal: nothing was spent
		}
		return nil
	})
	if dead {
		err = &DeadError{Lost: r.retried, Err: err}
	}
	return errors.Join(err, settle)
}
