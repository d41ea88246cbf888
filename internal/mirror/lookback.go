package mirror

import (
	"context"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// finder finds posts of a thread on X that no intent of this run made: by hand, or before the state
// was put back.
type finder struct{ *Run }

// lookBack looks for the mirror of a media on X before it is posted: a person said to go on from a
// state that was put back, which may have forgotten posts. What is there is adopted, the replies in
// its conversation too; what is missing of a thread is posted.
func (f *finder) lookBack(ctx context.Context, t *thread) error {
	until := f.Session.Doc().LookBack
	if until.IsZero() || len(t.done) > 0 || t.supersedes != "" || !t.Media.Timestamp.Before(until) {
		return nil
	}
	posts, complete, err := f.account.since(ctx, t.Media.Timestamp)
	if err != nil {
		return err
	}
	if !complete {
		return errUnread
	}
	for i, p := range posts {
		// The number that told the text from an earlier one makes no difference.
		posts[i].Text = ownNumber.ReplaceAllString(p.Text, "$2")
	}
	_, err = f.adoptFrom(ctx, t, posts)
	return err
}

// ownNumber is what tells equal texts apart (Post.Distinct), and what X adds behind it for files.
var ownNumber = lazyregexp.New(
	` \((\d+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)((\s*https://t\.co/\w+)*\s*)$`)

// unrecorded reads the own posts that could be the mirror of a media, made by hand or before the
// state was put back: younger than the media, and than what the ledgers have forgotten, and in none
// of them.
func (f *finder) unrecorded(
	ctx context.Context, t *thread,
) (_ []xapi.Tweet, complete bool, err error) {
	if f.Elsewhere == nil {
		return nil, true, nil
	}
	docs, err := f.Elsewhere(ctx)
	if err != nil {
		return nil, false, err
	}
	posts, complete, err := f.account.since(ctx, t.Media.Timestamp)
	for _, d := range append(docs, f.Session.Doc()) {
		settled := settledPosts(d)
		posts = slices.DeleteFunc(posts, func(p xapi.Tweet) bool {
			return settled[p.ID] || !p.CreatedAt.Truncate(time.Second).After(d.Forgotten)
		})
	}
	return posts, complete, err
}

// adoptFrom settles the next parts of a thread that are found among the own posts, in order. It
// returns how many there were.
func (f *finder) adoptFrom(
	ctx context.Context, t *thread, posts []xapi.Tweet,
) (found int, err error) {
	settled := settledPosts(f.Session.Doc())
	for k := len(t.done); k < len(t.Posts); k++ {
		id := mirrorOf(posts, settled, t, k)
		if id == "" {
			break
		}
		t.done = append(t.done, id)
		if err := f.adopt(ctx, t, k, id); err != nil {
			return found, err
		}
		found++
		f.out.Reconciled++
	}
	return found, nil
}

// adopt settles a part whose post was found on X without an intent of this run's own.
func (f *finder) adopt(ctx context.Context, t *thread, k int, id string) error {
	err := f.Session.Update(ctx, f.message("found "+t.Media.ID), func(d *state.Document) error {
		rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
		free := rec.Status == state.Posting && rec.Intent == nil
		if !free || !slices.Equal(rec.Posts, t.done[:k]) {
			return errTaken
		}
		rec.Posts, rec.Parts = append(rec.Posts, id), len(t.Posts)
		rec.Texts = append(rec.Texts, state.TextDigest(t.Posts[k].Text))
		rec.OnX = append(rec.OnX, childrenOf(t.Posts[k])...)
		return nil
	})
	t.unsettled = false
	return err
}

// mirrorOf finds the k-th post of a thread among the account's own: younger than the media, with
// this very text (an empty one too), as many files, in no record, and after the post before it in
// its conversation. posts are newest first.
func mirrorOf(posts []xapi.Tweet, settled map[string]bool, t *thread, k int) string {
	for _, p := range slices.Backward(posts) {
		older := p.CreatedAt.Before(t.Media.Timestamp)
		if settled[p.ID] || older || !follows(p, t.done[:k]) {
			continue
		}
		if sameText(p, t.Posts[k]) && sameFiles(p, t.Posts[k]) {
			return p.ID
		}
	}
	return ""
}

// follows reports whether a post can be the next one of a thread, of which some are found: the
// first one begins a conversation, and the others are later posts of it.
func follows(p xapi.Tweet, found []string) bool {
	if len(found) == 0 {
		return p.Conversation == "" || p.Conversation == p.ID
	}
	last := found[len(found)-1]
	return p.Conversation == found[0] && state.CompareIDs(p.ID, last) > 0
}

func sameText(p xapi.Tweet, planned plan.Post) bool {
	return state.TextDigest(p.PlainText()) == state.TextDigest(planned.Text) &&
		state.LinksDigest(p.Links) == state.LinkDigest(planned.Text)
}

// sameFiles compares how many files there are, or, where X does not name them, whether there are
// any.
func sameFiles(p xapi.Tweet, planned plan.Post) bool {
	if len(p.MediaKeys) > 0 {
		return len(p.MediaKeys) == len(planned.Files)
	}
	return p.HasFiles == (len(planned.Files) > 0)
}

// trimDeleted looks, for a thread that a person had put back, which of its posts are still on X: it
// goes on after the last one that is, or begins anew. A timeline that can't be read to its end
// changes nothing.
func (f *finder) trimDeleted(ctx context.Context, m instagram.Media) error {
	rec := f.Session.Doc().Find(m.ID)
	if !wasPutBack(rec) {
		return nil
	}
	posts, complete, err := f.account.since(ctx, m.Timestamp)
	if err != nil {
		return err
	}
	if !complete {
		return errUnread
	}
	gone := slices.IndexFunc(rec.Posts, func(id string) bool { return !shows(posts, id) })
	before := slices.Clone(rec.Posts)
	return f.Session.Update(ctx, f.message("goes on "+m.ID), func(d *state.Document) error {
		now := d.Find(m.ID)
		if now == nil || now.Status != state.Posting || !slices.Equal(now.Posts, before) {
			return errTaken
		}
		if now.Retried = false; gone >= 0 {
			now.Posts, now.Texts = now.Posts[:gone], now.Texts[:min(gone, len(now.Texts))]
			now.OnX = nil // which of them is gone is not known by part
		}
		return nil
	})
}

// wasPutBack reports whether a person had a media put back of which something was on X. rec may be
// nil.
func wasPutBack(rec *state.Record) bool {
	return rec != nil && rec.Retried && len(rec.Posts) > 0 && rec.Intent == nil
}

func shows(posts []xapi.Tweet, id string) bool {
	return slices.ContainsFunc(posts, func(p xapi.Tweet) bool { return p.ID == id })
}
