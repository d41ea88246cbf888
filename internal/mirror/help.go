package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/xapi"
)

// What helps without loss, each tried once a part. A key names it in thread.helped.
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

// replyRace is for how long after a post a reply to it may be called "deleted or not visible"
// though the post is there, and replyWait what cures that.
const (
	replyRace = time.Hour
	replyWait = 5 * time.Second
)

// helper tries what helps without loss after X refused the k-th post of a thread.
type helper struct {
	*poster
	thread *thread
	k      int
}

// after reports whether the post is to be made once more. Neither again nor an error says that the
// post turned out to be there.
func (h *helper) after(ctx context.Context, cause error) (again bool, err error) {
	e := httpx.As(cause)
	if e == nil || e.Service+" "+e.Op != "x POST /2/tweets" {
		return false, cause
	}
	switch e.Type {
	case xapi.TypeDuplicate:
		return h.tellApart(ctx, cause)
	case xapi.TypeReplyGone:
		return h.waitForParent(ctx, cause)
	case xapi.TypeMediaIDs:
		return h.uploadAgain(ctx, cause)
	case xapi.TypeVideoTooLong:
		return false, h.refusedFiles(cause, plan.Video, true)
	}
	if h.helps(e.Type) {
		return true, nil
	}
	return false, cause
}

// helps makes the text one that X takes, or only tries once more. It reports whether there is a way
// that was not tried.
func (h *helper) helps(key string) bool {
	post := &h.thread.Posts[h.k]
	switch key {
	case xapi.TypeNotPermitted, xapi.TypeFeature:
		return h.cut(cutTo280, basicLength)
	case xapi.TypeTextTooLong:
		return h.cut(cutFurther, post.Weight()*9/10)
	case xapi.TypeInvalidURL, xapi.TypeCashtags:
		if h.thread.once(madePlain) {
			*post = post.Plain()
			return true
		}
	case xapi.TypeAuthUnknown:
		return h.thread.once(onceMore)
	}
	return false
}

// cut shortens a text that X may find too long, once.
func (h *helper) cut(help string, limit int) bool {
	post := &h.thread.Posts[h.k]
	if post.Weight() <= limit || !h.thread.once(help) {
		return false
	}
	permalink := h.thread.Media.Permalink
	short, ok := post.Cut(limit, permalink)
	if !ok {
		return false
	}
	*post = short
	if help == cutTo280 {
		h.out.CutTo280 = true
		h.warn("mirror.stored.cut", "Permalink", permalink)
	}
	return true
}

// uploadAgain uploads the files of the post anew, photos written anew.
func (h *helper) uploadAgain(ctx context.Context, cause error) (bool, error) {
	if !h.thread.once(uploadAnew) {
		return false, h.refusedFiles(cause, h.thread.Posts[h.k].Kind(), false)
	}
	h.thread.helped[photoAnew] = true
	h.thread.uploads[h.k] = nil
	err := (&uploader{h.Run, h.answers}).upload(ctx, h.thread)
	return err == nil, err
}

// refusedFiles says that the words of a refusal are about the files of the post.
func (h *helper) refusedFiles(cause error, kind plan.Kind, limit bool) error {
	return &fileError{
		err: cause, kind: kind, children: childrenOf(h.thread.Posts[h.k]), limit: limit,
	}
}

// waitForParent cures a race: X may not see a post yet that it has just taken.
func (h *helper) waitForParent(ctx context.Context, cause error) (bool, error) {
	if h.k == 0 || !h.thread.once(waitedAbit) {
		return false, cause
	}
	err := httpx.Sleep(ctx, replyWait)
	return err == nil, err
}

// lastDistinct is the last plain number that tells equal texts apart. Then the media's own time
// does, and for media of the same second a part of the id, of which each try shows more.
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
func (h *helper) tellApart(ctx context.Context, cause error) (bool, error) {
	t, found := h.thread, &finder{h.Run}
	posts, complete, err := found.unrecorded(ctx, t)
	switch {
	case err != nil:
		return false, err
	case !complete:
		return false, cause // nothing is concluded from a timeline that is not read to its end
	}
	if n, err := found.adoptFrom(ctx, t, posts); n > 0 || err != nil {
		return false, err
	}
	if t.distinct > 2*lastDistinct {
		return false, cause
	}
	t.distinct = max(t.distinct, 1) + 1
	post := &t.Posts[h.k]
	if h.k < len(t.planned) {
		post.Text = t.planned[h.k]
	}
	next, ok := post.Distinct(apart(t.distinct, t.Media), h.Route.Text.MaxLength)
	if !ok {
		return false, cause
	}
	*post = next
	return true, nil
}
