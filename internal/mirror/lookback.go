package mirror

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// lookBack looks for the mirror of a media on X before it is posted: a person said to go on from a
// state that was put back, which may have forgotten posts. What is there is adopted, the replies in
// its conversation too; what is missing of a thread is posted.
func (o *round) lookBack(ctx context.Context, t *thread) error {
	until := o.Session.Doc().LookBack
	if until.IsZero() || len(t.done) > 0 || t.supersedes != "" || !t.Media.Timestamp.Before(until) {
		return nil
	}
	posts, complete, err := o.account.since(ctx, t.Media.Timestamp)
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
	_, err = o.adoptFrom(ctx, t, posts)
	return err
}

// ownNumber is what tells equal texts apart (Post.Distinct), and what X adds behind it for files.
var ownNumber = regexp.MustCompile(
	` \((\d+|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)((\s*https://t\.co/\w+)*\s*)$`)

// unrecorded reads the own posts that could be the mirror of a media, made by hand or before the state
// was put back: younger than the media, and than what the ledgers have forgotten, and in none of them.
func (o *round) unrecorded(ctx context.Context, t *thread) (_ []xapi.Tweet, complete bool, err error) {
	if o.Elsewhere == nil {
		return nil, true, nil
	}
	docs, err := o.Elsewhere(ctx)
	if err != nil {
		return nil, false, err
	}
	posts, complete, err := o.account.since(ctx, t.Media.Timestamp)
	for _, d := range append(docs, o.Session.Doc()) {
		settled := settledPosts(d)
		posts = slices.DeleteFunc(posts, func(p xapi.Tweet) bool {
			return settled[p.ID] || !p.CreatedAt.Truncate(time.Second).After(d.Forgotten)
		})
	}
	return posts, complete, err
}

// adoptFrom settles the next parts of a thread that are found among the own posts, in order. It returns
// how many there were.
func (o *round) adoptFrom(ctx context.Context, t *thread, posts []xapi.Tweet) (found int, err error) {
	settled := settledPosts(o.Session.Doc())
	for k := len(t.done); k < len(t.Posts); k++ {
		id := mirrorOf(posts, settled, t, k)
		if id == "" {
			break
		}
		t.done = append(t.done, id)
		if err := o.adopt(ctx, t, k, id); err != nil {
			return found, err
		}
		found++
		o.out.Reconciled++
	}
	return found, nil
}

// since reads the account's own posts from a moment on, and reports whether that was all of them.
func (a *account) since(ctx context.Context, at time.Time) ([]xapi.Tweet, bool, error) {
	user, err := a.userID(ctx)
	if err != nil {
		return nil, false, err
	}
	var line xapi.Timeline
	err = a.authorized(ctx, func() error {
		line, err = a.x.Timeline(ctx, user, xapi.Bound{Since: at})
		return err
	})
	a.usd += plan.USDRead * float64(line.Read)
	return line.Posts, line.Complete, err
}

// mirrorOf finds the k-th post of a thread among the account's own: younger than the media, with this
// very text (an empty one too), as many files, in no record, and after the post before it in its
// conversation. posts are newest first.
func mirrorOf(posts []xapi.Tweet, settled map[string]bool, t *thread, k int) string {
	for _, p := range slices.Backward(posts) {
		if settled[p.ID] || p.CreatedAt.Before(t.Media.Timestamp) || !follows(p, t.done[:k]) {
			continue
		}
		if sameText(p, t.Posts[k]) && sameFiles(p, t.Posts[k]) {
			return p.ID
		}
	}
	return ""
}

// follows reports whether a post can be the next one of a thread, of which some are found: the first
// one begins a conversation, and the others are later posts of it.
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

// sameFiles compares how many files there are, or, where X does not name them, whether there are any.
func sameFiles(p xapi.Tweet, planned plan.Post) bool {
	if len(p.MediaKeys) > 0 {
		return len(p.MediaKeys) == len(planned.Files)
	}
	return p.HasFiles == (len(planned.Files) > 0)
}

// trimDeleted looks, for a thread that a person had put back, which of its posts are still on X: it
// goes on after the last one that is, or begins anew. A timeline that can't be read to its end
// changes nothing.
func (o *round) trimDeleted(ctx context.Context, m instagram.Media) error {
	rec := o.Session.Doc().Find(m.ID)
	if rec == nil || !rec.Retried || len(rec.Posts) == 0 || rec.Intent != nil {
		return nil
	}
	posts, complete, err := o.account.since(ctx, m.Timestamp)
	if err != nil {
		return err
	}
	if !complete {
		return errUnread
	}
	kept := 0
	for kept < len(rec.Posts) && shown(posts, rec.Posts[kept]) {
		kept++
	}
	return o.Session.Update(ctx, o.message("goes on "+m.ID), func(d *state.Document) error {
		now := d.Find(m.ID)
		if now == nil || now.Status != state.Posting || !slices.Equal(now.Posts, rec.Posts) {
			return errTaken
		}
		now.Retried, now.Posts = false, now.Posts[:kept]
		now.Texts = now.Texts[:min(kept, len(now.Texts))]
		if kept < len(rec.Posts) {
			now.OnX = nil // which of them is gone is not known by part
		}
		return nil
	})
}

func shown(posts []xapi.Tweet, id string) bool {
	return slices.ContainsFunc(posts, func(p xapi.Tweet) bool { return p.ID == id })
}
