package mirror

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// What helps without loss, each tried once a thread. A key names it in thread.helped.
const (
	cutTo280    = "cut to 280"
	cutFurther  = "cut further"
	madePlain   = "made plain"
	uploadAnew  = "upload anew"
	photoAnew   = "photo anew"
	onceMore    = "once more"
	waitedAbit  = "waited"
	basicLength = 280 // what every account may post
)

// replyRace is for how long after a post a reply to it may be told "deleted or not visible" though
// the post is there, and replyWait what cures that.
const (
	replyRace = time.Hour
	replyWait = 5 * time.Second
)

// help tries what helps without loss after X refused the k-th post. again reports whether the post
// is to be made once more; neither again nor an error says that the post turned out to be there.
func (o *round) help(ctx context.Context, t *thread, k int, cause error) (again bool, err error) {
	e := httpx.As(cause)
	if e == nil || e.Service != "x" || e.Op != "POST /2/tweets" {
		return false, cause
	}
	switch e.Type {
	case xapi.TypeDuplicate:
		return o.tellApart(ctx, t, k, cause)
	case xapi.TypeNotPermitted, xapi.TypeFeature:
		return o.cut(t, k, cutTo280, basicLength, cause)
	case xapi.TypeTextTooLong:
		return o.cut(t, k, cutFurther, t.Posts[k].Weight()*9/10, cause)
	case xapi.TypeInvalidURL, xapi.TypeCashtags:
		if t.once(madePlain) {
			t.Posts[k] = t.Posts[k].Plain()
			return true, nil
		}
	case xapi.TypeMediaIDs:
		if t.once(uploadAnew) {
			return o.uploadAgain(ctx, t, k)
		}
		return false, &fileError{err: cause, kind: t.Posts[k].Kind(), children: childrenOf(t.Posts[k])}
	case xapi.TypeAuthUnknown:
		if t.once(onceMore) {
			return true, nil
		}
	case xapi.TypeVideoTooLong:
		return false, &fileError{err: cause, kind: plan.Video, children: childrenOf(t.Posts[k]), limit: true}
	case xapi.TypeReplyGone:
		return o.waitForParent(ctx, t, k, cause)
	}
	return false, cause
}

// once reports whether a help has not been tried yet, and marks it as tried.
func (t *thread) once(help string) bool {
	if t.helped[help] {
		return false
	}
	t.helped[help] = true
	return true
}

// cut shortens a text that X may find too long, once.
func (o *round) cut(t *thread, k int, help string, limit int, cause error) (bool, error) {
	if t.Posts[k].Weight() <= limit || !t.once(help) {
		return false, cause
	}
	short, ok := t.Posts[k].Cut(limit, t.Media.Permalink)
	if !ok {
		return false, cause
	}
	t.Posts[k] = short
	if help == cutTo280 {
		o.out.CutTo280 = true
		o.warn("X does not take this text of %s: it is cut to 280. Set text.max_length to 280", t.Media.Permalink)
	}
	return true, nil
}

// uploadAgain uploads the files of a post anew, photos written anew.
func (o *round) uploadAgain(ctx context.Context, t *thread, k int) (bool, error) {
	t.helped[photoAnew] = true
	t.uploads[k] = nil
	if err := o.upload(ctx, t); err != nil {
		return false, err
	}
	return true, nil
}

// waitForParent cures a race: X may not see a post yet that it has just taken.
func (o *round) waitForParent(ctx context.Context, t *thread, k int, cause error) (bool, error) {
	if k == 0 {
		return false, cause
	}
	if !t.once(waitedAbit) {
		return false, cause
	}
	if err := httpx.Sleep(ctx, replyWait); err != nil {
		return false, err
	}
	return true, nil
}

// lastDistinct is the last plain number that tells equal texts apart. Then the media's own time does,
// and for media of the same second a part of the id, of which each try shows more.
const lastDistinct = 4

// apart is the n-th suffix that tells the text of a media from an equal one.
func apart(n int, m instagram.Media) string {
	if n <= lastDistinct {
		return fmt.Sprintf("(%d)", n)
	}
	at := m.Timestamp.UTC().Format("2006-01-02 15:04:05")
	if shown := min(2*(n-lastDistinct-1), len(m.ID)); shown > 0 {
		at += " " + m.ID[len(m.ID)-shown:]
	}
	return "(" + at + ")"
}

// tellApart looks into X's "duplicate content". If the post is this very part, it is settled. Else
// the text is another media's, and this one is told apart from it, however often it comes.
func (o *round) tellApart(ctx context.Context, t *thread, k int, cause error) (bool, error) {
	posts, complete, err := o.unrecorded(ctx, t)
	switch {
	case err != nil:
		return false, err
	case !complete:
		return false, cause // nothing is concluded from a timeline that could not be read to its end
	}
	if found, err := o.adoptFrom(ctx, t, posts); found > 0 || err != nil {
		return false, err
	}
	if t.distinct > 2*lastDistinct {
		return false, cause
	}
	t.distinct = max(t.distinct, 1) + 1
	if k < len(t.planned) {
		t.Posts[k].Text = t.planned[k]
	}
	next, ok := t.Posts[k].Distinct(apart(t.distinct, t.Media), o.Route.Text.MaxLength)
	if !ok {
		return false, cause
	}
	t.Posts[k] = next
	return true, nil
}

// adopt settles a part whose post was found on X without an intent of this run's own.
func (o *round) adopt(ctx context.Context, t *thread, k int, id string) error {
	err := o.Session.Update(ctx, o.message("found "+t.Media.ID), func(d *state.Document) error {
		rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
		if rec.Status != state.Posting || rec.Intent != nil || !slices.Equal(rec.Posts, t.done[:k]) {
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
