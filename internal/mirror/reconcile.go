package mirror

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// reconciler settles the intents that earlier runs left open.
type reconciler struct{ *Run }

// reconcile asks X, for every open intent, whether the post is there. While one is open this route
// posts nothing else.
func (r *reconciler) reconcile(ctx context.Context) error {
	for _, rec := range slices.Clone(r.Session.Doc().Ledger) {
		if rec.Intent == nil || rec.Status != state.Posting {
			continue
		}
		if err := r.settle(ctx, rec); err != nil {
			return fmt.Errorf("reconcile media %s: %w", rec.MediaID, err)
		}
	}
	return nil
}

// settle finds out what became of one intent. Found: it is settled. Proven not to be on X: the
// publisher supersedes it. Anything else is held.
func (r *reconciler) settle(ctx context.Context, rec state.Record) error {
	s := sought(rec, r.Now())
	look, err := r.account.look(ctx, s)
	if err != nil {
		return err
	}
	r.out.Works.Read = true
	if look.found != "" {
		r.out.Reconciled++
		r.talk("mirror.stored.found",
			"ID", rec.MediaID, "Post", look.found)
		return r.record(ctx, rec, look.found)
	}
	presence, v := s.NotOnX(look.Look)
	if presence == verdict.Absent {
		r.notOnX = append(r.notOnX, rec.Intent.Nonce)
		r.talk("mirror.stored.never",
			"ID", rec.MediaID)
		return nil
	}
	r.blocked = true
	e := entryOf(rec, v.Why)
	e.Next = v.Next
	r.out.Held = append(r.out.Held, e)
	return r.noteLook(ctx, rec, presence == verdict.Undecided, v.Why)
}

// noteLook writes down that a look could not decide. An intent that lies ahead counts from the
// first look.
func (r *reconciler) noteLook(
	ctx context.Context, rec state.Record, undecided bool, why string,
) error {
	ahead := rec.Intent.At.After(r.Now()) && rec.Intent.Looked.IsZero()
	if !undecided && !ahead {
		return nil
	}
	looks := 0
	err := r.Session.Update(ctx, r.message("looked for "+rec.MediaID),
		func(d *state.Document) error {
			current := d.Find(rec.MediaID)
			if !hasIntent(current, rec.Intent.Nonce) {
				return nil
			}
			if current.Intent.Looked.IsZero() {
				current.Intent.Looked = r.Now().UTC().Truncate(time.Second)
			}
			if undecided {
				current.Intent.Looks++
				current.Reason = why
				current.Ev().Hold = state.HeldUndecided
			}
			looks = current.Intent.Looks
			return nil
		})
	if err == nil && verdict.IsUndecided(looks) {
		r.out.Faults = append(r.out.Faults, Fault{Component: "undecided", Err: &UndecidedError{
			MediaID: rec.MediaID, Permalink: rec.Permalink, Part: rec.Intent.Part + 1,
			Of: rec.Parts, Why: why,
		}})
	}
	return err
}

// UndecidedError says that X's timeline can't tell whether a post was made: a person is asked.
type UndecidedError struct {
	MediaID, Permalink string
	Part, Of           int // 1-based
	Why                string
}

func (e *UndecidedError) Error() string {
	return english.Text("mirror.stored.undecided",
		"Part", e.Part, "Of", e.Of, "Permalink", e.Permalink, "Why", e.Why)
}

// Component names the part of the mirror that an incident of this error is about.
func (*UndecidedError) Component() string { return "undecided" }

// Cause is the key of the diagnosis.
func (*UndecidedError) Cause() string { return "undecided" }

// record commits that the post of rec's intent is on X.
func (r *reconciler) record(ctx context.Context, rec state.Record, id string) error {
	message := r.message("reconciled " + rec.MediaID)
	return r.Session.Publish(ctx, message, func(d *state.Document) error {
		current := d.Find(rec.MediaID)
		if !hasIntent(current, rec.Intent.Nonce) || slices.Contains(current.Posts, id) {
			return nil // another run was faster
		}
		settlePart(d, current, id, r.Now())
		if len(current.Posts) >= current.Parts {
			d.Settle(current, state.Posted, leftOut(current), r.Now())
		}
		return nil
	})
}

// hasIntent reports whether rec, which may be nil, has the open intent of that nonce.
func hasIntent(rec *state.Record, nonce string) bool {
	return rec != nil && rec.Intent != nil && rec.Intent.Nonce == nonce
}

// sought is the post of an intent. One that lies ahead was written under a wrong clock: it counts
// from the first look, or from now.
func sought(rec state.Record, now time.Time) verdict.Sought {
	i := rec.Intent
	at := i.At
	if at.After(now) {
		at = now
		if !i.Looked.IsZero() && i.Looked.Before(now) {
			at = i.Looked
		}
	}
	s := verdict.Sought{At: at, Media: i.Media, Text: i.Text, Link: i.Link,
		Files: i.Files || len(i.Media) > 0}
	if i.Link == state.AnyLink && i.Text == "" && !s.Files {
		s.Link = state.LinkDigest(rec.Permalink) // there is nothing else that it could have said
	}
	return s
}
