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

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// reconcile settles every intent that an earlier run left open, by asking X whether the post is there.
func (r *Run) reconcile(ctx context.Context) error {
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

// settle finds out what became of one intent. Found: it is settled. Not found, and nobody can still be making it: the
// intent is left for the posting to replace.
func (r *Run) settle(ctx context.Context, rec state.Record) error {
	t, err := r.find(ctx, rec)
	if err != nil {
		return err
	}
	if t == nil {
		if rec, err = r.outwait(ctx, rec); err != nil || rec.Intent == nil {
			return err
		}
		if t, err = r.find(ctx, rec); err != nil {
			return err
		}
	}
	if t == nil {
		r.absent = append(r.absent, rec.Intent.Nonce)
		r.talk("media %s: the post that was under way never reached X", rec.MediaID)
		return nil
	}
	r.out.Reconciled++
	r.talk("media %s: found on X as %s", rec.MediaID, t.ID)
	return r.Session.Publish(ctx, r.message("reconciled "+rec.MediaID), func(d *state.Document) error {
		now := d.Find(rec.MediaID)
		if now == nil || now.Intent == nil || now.Intent.Nonce != rec.Intent.Nonce || slices.Contains(now.Posts, t.ID) {
			return nil // another run was faster
		}
		settlePart(d, now, t.ID)
		if len(now.Posts) >= now.Parts {
			d.Settle(now, state.Posted, "", r.Now())
			d.Mirrored(r.Now())
		}
		return nil
	})
}

// outwait gives the process that wrote the intent the time to finish, and X's timeline the time to show the post.
func (r *Run) outwait(ctx context.Context, rec state.Record) (state.Record, error) {
	nonce := rec.Intent.Nonce
	open := func(d *state.Document) *state.Record {
		if now := d.Find(rec.MediaID); now != nil && now.Intent != nil && now.Intent.Nonce == nonce {
			return now
		}
		return nil
	}
	err := r.Session.Outwait(ctx, r.Now().Sub(rec.Intent.At), lease, func(d *state.Document) bool { return open(d) == nil })
	if err != nil {
		return rec, err
	}
	if now := open(r.Session.Doc()); now != nil {
		return *now, nil
	}
	return state.Record{}, nil
}

// find looks for the post of an intent in the account's own timeline.
func (r *Run) find(ctx context.Context, rec state.Record) (*xapi.Tweet, error) {
	tweets, err := r.timeline(ctx)
	if err != nil {
		return nil, err
	}
	known := r.known()
	for _, t := range tweets {
		if !known[t.ID] && r.isPost(t, rec) {
			return &t, nil
		}
	}
	return nil, nil
}

// isPost compares a post of the timeline with an intent. Media ids are ours alone, so they decide. X's text is compared
// only where X does not say what is attached; one that predates the media can't be its mirror.
func (r *Run) isPost(t xapi.Tweet, rec state.Record) bool {
	i := rec.Intent
	if len(i.Media) > 0 && len(t.MediaKeys) > 0 {
		return slices.ContainsFunc(t.MediaKeys, func(key string) bool { return slices.Contains(i.Media, mediaID(key)) })
	}
	if digest(t.PlainText()) != i.Text {
		return false
	}
	return t.CreatedAt.IsZero() || !t.CreatedAt.Before(rec.Timestamp) || !t.CreatedAt.Before(i.At.Add(-lease))
}

// mediaID is the id in a media key: "3_1880028106020515840".
func mediaID(key string) string {
	if _, id, ok := strings.Cut(key, "_"); ok {
		return id
	}
	return key
}

// known is every post that the ledger has settled.
func (r *Run) known() map[string]bool {
	out := map[string]bool{}
	for _, rec := range r.Session.Doc().Ledger {
		for _, id := range rec.Posts {
			out[id] = true
		}
	}
	return out
}

// timeline is the account's newest posts. X bills them one by one, so it is read back only to the newest known post.
func (r *Run) timeline(ctx context.Context) ([]xapi.Tweet, error) {
	user, err := r.user(ctx)
	if err != nil {
		return nil, err
	}
	var newest string
	for id := range r.known() {
		if len(id) > len(newest) || len(id) == len(newest) && id > newest {
			newest = id
		}
	}
	var tweets []xapi.Tweet
	err = r.authorized(ctx, func() error {
		tweets, err = r.X.Timeline(ctx, user, newest)
		return err
	})
	return tweets, err
}

// user is the id of the X account: asked once, then remembered, because X bills the question.
func (r *Run) user(ctx context.Context) (string, error) {
	if err := r.live(ctx); err != nil {
		return "", err
	}
	if id := r.Session.Doc().Account.XUserID; id != "" {
		return id, nil
	}
	var me xapi.User
	err := r.authorized(ctx, func() (err error) {
		me, err = r.X.Me(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	// Not worth failing for: without it the next run asks again.
	_ = r.Session.Update(ctx, r.message("X account"), func(d *state.Document) error {
		d.Account.XUserID, d.Account.XUsername = me.ID, me.Username
		return nil
	})
	return me.ID, nil
}

// duplicate looks into X's "duplicate content": ours says that the post is this very part, made by an attempt that went
// unanswered or by another run. Otherwise the text is another media's, and the caller tells it apart.
func (r *Run) duplicate(ctx context.Context, f *flight, part plan.Post) (id string, ours bool, err error) {
	rec := state.Record{MediaID: f.Media.ID, Timestamp: f.Media.Timestamp, Intent: &state.Intent{
		Media: f.uploads[len(f.done)], Text: digest(part.Text), At: r.Now(),
	}}
	t, err := r.find(ctx, rec)
	if err != nil || t != nil {
		if t != nil {
			id = t.ID
		}
		return id, t != nil, err
	}
	if f.attempt > 0 {
		// An earlier attempt may have made it, and the timeline be behind: telling it apart would post it twice.
		return "", false, r.drop(ctx, f, &httpx.Error{Service: "x", Op: "POST /2/tweets", Status: 403, Class: httpx.Invalid,
			Message: "X says that it has this text already, but the timeline does not show it"})
	}
	return "", false, nil
}

var links = regexp.MustCompile(`https?://\S+`)

// digest names a text by its SHA-256, 16 hex digits: no caption is stored in the clear. Links are left out, because X
// replaces them, and spaces are folded, because X trims them.
func digest(text string) string {
	text = strings.Join(strings.Fields(links.ReplaceAllString(norm.NFC.String(text), " ")), " ")
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
