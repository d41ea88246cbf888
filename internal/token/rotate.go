package token

import (
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// lease is how long a run waits for another one that is rotating.
	lease = 20 * time.Second
	// callGrace is how long X may still answer after the run was cancelled. The answer holds the
	// only copy of the next token.
	callGrace = 4500 * time.Millisecond
	// writeGrace is how long a cancelled run may still write what that answer means. The runner
	// sends SIGTERM 7.5 s after SIGINT.
	writeGrace = 2500 * time.Millisecond
	// writeTime bounds the same write in a run that was not cancelled.
	writeTime = 30 * time.Second
)

// errMoved aborts an intent because another run has rotated meanwhile.
var errMoved = errors.New("the chain has moved on")

// probe is the secret that is written to prove that secrets can be written.
const probe = "POSTFERRY_PROBE"

// rotation is one attempt to spend the newest refresh token.
type rotation struct {
	*Manager
	forced   bool // because of a 401
	pair     Pair
	secretAt time.Time // when the refresh token's secret was written; zero if not known
	legible  bool      // that time can be read
	retried  bool      // an earlier intent may have spent this very token
	before   state.XToken
}

// rotate spends the newest refresh token and stores its successor.
func (m *Manager) rotate(ctx context.Context, forced bool) (Pair, error) {
	r := &rotation{Manager: m, forced: forced}
	if p, err := r.fromAnother(ctx); err != nil || p.Access != "" {
		return p, err
	}
	if err := r.prepare(ctx); err != nil {
		return Pair{}, r.recordFailure(ctx, err)
	}
	err := r.intend(ctx)
	if ended := ctx.Err(); ended != nil {
		return Pair{}, errors.Join(ended, r.takeBack(ctx))
	}
	if err != nil {
		return Pair{}, err
	}
	tok, err := r.refresh(ctx)
	if err != nil {
		return Pair{}, r.recordRefusal(ctx, err)
	}
	// The mask comes first: from here on the new tokens exist, and anything might print them.
	m.mask(tok.Refresh)
	m.mask(tok.Access)
	m.next = Pair{
		Refresh: tok.Refresh, Access: tok.Access, Expires: tok.ExpiresAt, scope: tok.Scope,
	}
	return m.next, (&stores{Manager: m, spent: r.pair, forced: forced}).put(ctx, m.next)
}

// prepare finds the token to spend, and makes sure that it may be spent and that its successor can
// be stored. It has no lasting effect.
func (r *rotation) prepare(ctx context.Context) (err error) {
	if r.storeless() {
		return &NoStoreError{}
	}
	if r.pair, err = r.newest(); err != nil {
		return err
	}
	if r.pair.Refresh == "" {
		return &NoLoginError{Name: r.RefreshName}
	}
	if r.Guard != nil && !r.guarded {
		if err := r.Guard(ctx); err != nil {
			return err
		}
		r.guarded = true
	}
	if err := r.preflight(ctx); err != nil {
		return err
	}
	return ctx.Err()
}

// recordFailure notes that a rotation is due that can't be made for want of a store. It returns
// err.
func (r *rotation) recordFailure(ctx context.Context, err error) error {
	var none *NoStoreError
	if !errors.As(err, &none) || r.Session.First() {
		return err
	}
	failed := r.Session.Update(ctx, "rotate: no store", func(d *state.Document) error {
		d.Tokens.X.Failing = true
		return nil
	})
	return errors.Join(err, failed)
}

// fromAnother gives another process that is rotating right now the time to finish, and returns what
// it got: that is what this run was about to get. The pair is empty if there is nothing to take
// over.
func (r *rotation) fromAnother(ctx context.Context) (Pair, error) {
	i, generation := r.Session.Doc().Tokens.X.Intent, r.Session.Doc().Tokens.X.Generation
	if !r.underWay(i) {
		return Pair{}, nil
	}
	err := r.Session.Outwait(ctx, r.Now().Sub(i.At), lease, func(d *state.Document) bool {
		current := d.Tokens.X.Intent
		return current == nil || current.Unanswered || current.Nonce != i.Nonce
	})
	if err != nil {
		return Pair{}, err
	}
	if t := r.Session.Doc().Tokens.X; r.underWay(t.Intent) {
		return Pair{}, &PutOffError{
			Why: english.Text("token.stored.under-way", "At", t.Intent.At),
		}
	} else if t.Generation == generation {
		return Pair{}, nil
	}
	p, err := r.newest()
	if err == nil && !p.usable(r.Now()) {
		p = Pair{}
	}
	return p, err
}

// underWay reports whether i, which may be nil, is a rotation that another process is making now.
// One that lies ahead of now by more than clocks differ was written under a wrong clock.
func (r *rotation) underWay(i *state.TokenIntent) bool {
	if i == nil || i.Nonce == r.Nonce || i.Unanswered {
		return false
	}
	now := r.Now()
	return !verdict.RunIsDead(i.At, now) && verdict.Believable(i.At, now, verdict.LongestClaim)
}

// preflight proves that secrets can be written, and reads when the refresh token's secret was
// written. With a vault, the intent's commit is the proof, and a secret that can't be written is
// only a note.
func (r *rotation) preflight(ctx context.Context) error {
	if r.Secrets == nil {
		return nil
	}
	err := r.Secrets.Put(ctx, probe, "written by postferry to see whether it can")
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && r.Key == nil:
		return &NoStoreError{Name: r.RefreshName, Err: err}
	case err != nil:
		r.note(english.Text("token.stored.vault-alone", "Why", err))
		return nil
	}
	// The probe would puzzle a person who reads the list of secrets. If it can't be deleted, it
	// does no harm.
	_ = r.Secrets.Delete(ctx, probe)
	r.secretAt, err = r.Secrets.UpdatedAt(ctx, r.RefreshName)
	if err != nil && httpx.ClassOf(err) != httpx.NotFound {
		return message.Wrap(err, "token.stored.written", "Name", r.RefreshName)
	}
	r.legible = true
	return nil
}

// intend commits that the pair is about to be spent.
func (r *rotation) intend(ctx context.Context) error {
	digest, generation := vault.Digest(r.pair.Refresh), r.Session.Doc().Tokens.X.Generation
	elsewhere := false
	err := r.Session.Update(ctx, "rotate: intent", func(d *state.Document) error {
		t := &d.Tokens.X
		if t.Generation != generation || r.underWay(t.Intent) {
			return errMoved
		}
		r.before, r.retried = *t, t.Intent != nil && t.Intent.Refresh == digest
		if elsewhere = r.writtenElsewhere(t, digest); !elsewhere {
			r.writeIntent(d, digest)
		}
		return nil
	})
	switch {
	case errors.Is(err, errMoved):
		return &PutOffError{Why: english.Text("token.stored.same-moment")}
	case err == nil && elsewhere:
		return &PutOffError{Why: english.Text("token.stored.elsewhere", "Name", r.RefreshName)}
	}
	return err
}

// writtenElsewhere reports whether another writer has changed the secret: the successor may have
// been stored after this run was queued. The new time is remembered, so that the next run, which
// reads the secret anew, is not put off for the same reason.
func (r *rotation) writtenElsewhere(t *state.XToken, digest string) bool {
	switch {
	case r.retried && r.rewritten(t.Intent.SecretAt):
		t.Intent.SecretAt = r.secretAt
	case t.Refresh == digest && t.Secret == t.Generation && r.rewritten(t.SecretAt):
		t.SecretAt = r.secretAt
	default:
		return false
	}
	return true
}

// writeIntent writes the intent into the document.
func (r *rotation) writeIntent(d *state.Document, digest string) {
	t := &d.Tokens.X
	t.Intent = &state.TokenIntent{
		At: seconds(r.Now()), Run: r.Run, Nonce: r.Nonce, Refresh: digest, SecretAt: r.secretAt,
	}
	d.Intents++
	if r.forced {
		t.Forced = t.Intent.At
	}
	if r.Guarded != nil {
		r.Guarded(d)
	}
}

// rewritten reports whether the secret was written again since the given time. A zero time is not
// known and proves nothing.
func (r *rotation) rewritten(since time.Time) bool {
	return !since.IsZero() && !r.secretAt.IsZero() && !since.Equal(r.secretAt)
}

// takeBack removes the intent of a run that was cancelled before its call: nothing was sent, and
// the next run must not take the token for spent. The state is read anew, because the intent's
// commit may have been made although its answer was cut off.
func (r *rotation) takeBack(ctx context.Context) error {
	ctx, cancel := httpx.Grace(ctx, writeGrace)
	defer cancel()
	if err := r.Session.Refresh(ctx); err != nil {
		return err
	}
	const message = "rotate: cancelled before the call"
	return r.Session.Update(ctx, message, func(d *state.Document) error {
		if t := &d.Tokens.X; t.Intent != nil && t.Intent.Nonce == r.Nonce {
			t.Intent, t.Forced = r.before.Intent, r.before.Forced
		}
		return nil
	})
}

// refresh spends the token. It outlives the run's cancellation.
func (r *rotation) refresh(ctx context.Context) (xapi.Token, error) {
	ctx, cancel := httpx.Grace(ctx, callGrace)
	defer cancel()
	return r.OAuth.Refresh(ctx, r.pair.Refresh)
}
