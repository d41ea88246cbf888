package token

import (
	"context"
	"errors"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// refusal is X's answer to a refresh token that X does not take, and what shows whose token it is.
type refusal struct {
	err    error
	grant  bool  // it is about this token, and not about the call
	moved  bool  // the secret was written while this run was using its value
	unread error // whether the secret was written can't be told
	taken  bool  // another run has settled the intent
	dead   verdict.DeadToken
}

// counts reports whether the refusal is one of the newest token, so that it counts against it.
func (no *refusal) counts() bool { return no.grant && !no.moved && no.unread == nil }

// recordRefusal commits what X's refusal means for the refresh token, and returns the error to
// show. The commit is the proof that the refused token is the newest one: it fails if another run
// has written the state since this run has read it.
func (r *rotation) recordRefusal(ctx context.Context, refused error) error {
	// The job may be ending, but what is known of the token must still be written.
	ctx, cancel := httpx.Grace(ctx, writeGrace)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, writeTime)
	defer stop()
	no := &refusal{err: refused, grant: xapi.IsDeadGrant(refused)}
	if no.grant {
		no.moved, no.unread = r.secretMoved(ctx)
	}
	err := r.Session.Update(ctx, "rotate: refused", func(d *state.Document) error {
		r.writeRefusal(&d.Tokens.X, no)
		return nil
	})
	return r.explain(no, err)
}

// writeRefusal writes into the document what a refusal means for the token.
func (r *rotation) writeRefusal(t *state.XToken, no *refusal) {
	no.taken = t.Intent == nil || t.Intent.Nonce != r.Nonce
	switch {
	case no.taken:
	case no.counts():
		no.dead = verdict.DeadToken(t.Dead).Add(t.Intent.Refresh, seconds(r.Now()), r.retried)
		t.Dead, t.Intent, t.Failing = state.RefusedToken(no.dead), nil, false
	case httpx.ClassOf(no.err) == httpx.Ambiguous || r.retried:
		t.Intent.Unanswered = true // the token may be spent: the next run tries it once
	default:
		t.Intent, t.Failing = nil, true // a plain refusal: nothing was spent
	}
}

// explain returns the error that a refusal is shown as. err is that of writing it down.
func (r *rotation) explain(no *refusal, err error) error {
	switch {
	case !no.grant:
		return errors.Join(no.err, err)
	case no.moved:
		why := english.Text("token.stored.moved", "Name", r.RefreshName)
		return errors.Join(&PutOffError{Why: why}, err)
	case no.taken:
		return &PutOffError{Why: english.Text("token.stored.rotated-meanwhile")}
	case err == nil && no.dead.Dead().Proven:
		return &DeadError{Lost: no.dead.Lost, Err: no.err}
	}
	return errors.Join(&RefusedError{Err: no.err}, no.unread, err)
}

// secretMoved reports whether the secret was written while this run was using its value. The error
// says that this can't be told, although it could be told before the call.
func (r *rotation) secretMoved(ctx context.Context) (bool, error) {
	if r.Secrets == nil {
		return false, nil
	}
	at, err := r.Secrets.UpdatedAt(ctx, r.RefreshName)
	switch {
	case err == nil:
		return !at.Equal(r.secretAt), nil
	case httpx.ClassOf(err) == httpx.NotFound || !r.legible:
		return false, nil
	}
	return false, message.Wrap(err, "token.stored.written", "Name", r.RefreshName)
}
