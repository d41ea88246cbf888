package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// reconciler settles the intents that earlier runs left open.
type reconciler struct{ *Run }

// reconcile asks X, for every open intent, whether the post is there.
func (r *reconciler) reconcile(ctx context.Context) error {
	for _, rec := range slices.Clone(r.Session.Doc().Ledger) {
		if rec.Intent == nil {
			continue
		}
		if err := r.settle(ctx, rec); err != nil {
			return fmt.Errorf("reconcile media %s: %w", rec.MediaID, err)
		}
	}
	return nil
}

// settle finds out what became of one intent. If the post is on X, the intent is settled. If it is
// not, and no process can still be making it, the intent is left for the publisher to supersede.
func (r *reconciler) settle(ctx context.Context, rec state.Record) error {
	t, err := r.account.find(ctx, rec)
	if err != nil {
		return err
	}
	if t == nil {
		if rec, err = r.outwait(ctx, rec); err != nil || rec.Intent == nil {
			return err
		}
		if t, err = r.account.find(ctx, rec); err != nil {
			return err
		}
	}
	if t == nil {
		r.notOnX = append(r.notOnX, rec.Intent.Nonce)
		r.talk("media %s: the post that was under way never reached X", rec.MediaID)
		return nil
	}
	r.out.Reconciled++
	r.talk("media %s: found on X as %s", rec.MediaID, t.ID)
	return r.record(ctx, rec, t.ID)
}

// record commits that the post of rec's intent is on X.
func (r *reconciler) record(ctx context.Context, rec state.Record, id string) error {
	message := r.message("reconciled " + rec.MediaID)
	return r.Session.Publish(ctx, message, func(d *state.Document) error {
		current := d.Find(rec.MediaID)
		if !hasIntent(current, rec.Intent.Nonce) || slices.Contains(current.Posts, id) {
			return nil // another run was faster
		}
		settlePart(d, current, id)
		if len(current.Posts) >= current.Parts {
			d.Settle(current, state.Posted, "", r.Now())
			d.Mirrored(r.Now())
		}
		return nil
	})
}

// outwait gives the process that wrote the intent the time to finish, and X's timeline the time
// to show the post. It returns the record as it stands then, or a zero record if the intent is
// settled.
func (r *reconciler) outwait(ctx context.Context, rec state.Record) (state.Record, error) {
	nonce := rec.Intent.Nonce
	settled := func(d *state.Document) bool { return !hasIntent(d.Find(rec.MediaID), nonce) }
	if err := r.Session.Outwait(ctx, r.Now().Sub(rec.Intent.At), lease, settled); err != nil {
		return rec, err
	}
	if d := r.Session.Doc(); !settled(d) {
		return *d.Find(rec.MediaID), nil
	}
	return state.Record{}, nil
}

// hasIntent reports whether rec, which may be nil, has the open intent of that nonce.
func hasIntent(rec *state.Record, nonce string) bool {
	return rec != nil && rec.Intent != nil && rec.Intent.Nonce == nonce
}

// isPostOf reports whether t is the post of rec's intent. The media ids decide if X says what is
// attached, because no other post can have them. Otherwise the text decides, and a post that is
// older than the media can't be its mirror.
func isPostOf(t xapi.Tweet, rec state.Record) bool {
	i := rec.Intent
	if len(i.Media) > 0 && len(t.MediaKeys) > 0 {
		return slices.ContainsFunc(t.MediaKeys, func(key string) bool {
			return slices.Contains(i.Media, mediaID(key))
		})
	}
	if digest(t.PlainText()) != i.Text {
		return false
	}
	at := t.CreatedAt
	return at.IsZero() || !at.Before(rec.Timestamp) || !at.Before(i.At.Add(-lease))
}

// mediaID returns the id in a media key such as "3_1880028106020515840".
func mediaID(key string) string {
	if _, id, ok := strings.Cut(key, "_"); ok {
		return id
	}
	return key
}

var links = regexp.MustCompile(`https?://\S+`)

// digest identifies a text by its SHA-256, 16 hex digits, so that no caption is stored in the
// clear. It omits links, because X replaces them, and folds spaces, because X trims them.
func digest(text string) string {
	text = strings.Join(strings.Fields(links.ReplaceAllString(norm.NFC.String(text), " ")), " ")
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
