package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/verdict"
)

// uploader brings the files of a thread to X. Nothing is public yet.
type uploader struct {
	*Run
	*answers
}

// upload makes sure that every file of the posts that are left is on X and ready. The thread is
// composed anew where a file turns out to be of another kind. A signed address that has expired is
// listed again, once.
func (u *uploader) upload(ctx context.Context, t *thread) error {
	if err := u.account.ensureToken(ctx); err != nil {
		return err
	}
	relisted := false
	for {
		err := u.account.authorized(ctx, func() error { return u.posts(ctx, t) })
		var other *kindError
		switch {
		case errors.As(err, &other) && t.kinds[other.child] == "" && len(t.done) == 0:
			t.asOtherKind(other.child, other.kind)
			t.compose(u.compose(t.Media, t.kinds))
		case other != nil:
			// The thread has its places already, and this file fits none of them.
			return &httpx.Error{
				Service: "media", Op: "GET media file", Class: httpx.Invalid, Err: err,
				Message: "the media host sends a file of another kind than before: " +
					other.Error(),
			}
		case errors.Is(err, mediahost.ErrExpired) && !relisted:
			relisted = true
			if err := u.relist(ctx, t); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// posts uploads the files of each post that is left, but for those of an earlier run.
func (u *uploader) posts(ctx context.Context, t *thread) error {
	for k := len(t.done); k < len(t.Posts); k++ {
		if len(t.uploads[k]) == len(t.Posts[k].Files) {
			continue
		}
		ids, err := u.files(ctx, t, k)
		if err != nil {
			return err
		}
		t.uploads[k] = ids
		if t.uploaded.IsZero() && len(ids) > 0 {
			t.uploaded = u.Now().UTC().Truncate(time.Second)
		}
	}
	return u.await(ctx, t)
}

// files uploads the files of one post side by side, in the order of the plan. One that X refuses
// does not stop the others: what X takes meanwhile shows whose fault it is.
func (u *uploader) files(ctx context.Context, t *thread, k int) ([]string, error) {
	files := t.Posts[k].Files
	ids, errs := make([]string, len(files)), make([]error, len(files))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	send := &sender{u.Run, u.answers, t}
	var all sync.WaitGroup
	for i, f := range files {
		all.Go(func() {
			ids[i], errs[i] = send.file(ctx, f)
			if errs[i] != nil && u.refusalOf(t.Thread, errs[i]) == nil && !isHosts(errs[i]) {
				cancel(atFile(t, k, i, errs[i])) // it would meet the others too
			}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err // the others only failed because they were cancelled
	}
	return u.leaveOut(t, k, ids, errs)
}

// atFile says at which file of a post something failed.
func atFile(t *thread, k, i int, err error) error {
	return message.Wrap(err, "mirror.stored.file", "Number", i+1,
		"ID", t.Posts[k].Files[i].MediaID)
}

// leaveOut takes photos that X refused out of a carousel, if another photo was taken in this run:
// then the refusal is about them and not about everything. Whatever else failed is the error.
func (u *uploader) leaveOut(t *thread, k int, ids []string, errs []error) ([]string, error) {
	var refused []int
	for i, err := range errs {
		switch {
		case err == nil:
		case u.refusalOf(t.Thread, err) != nil:
			refused = append(refused, i)
		default:
			return nil, atFile(t, k, i, err)
		}
	}
	if len(refused) == 0 {
		return ids, nil
	}
	if !u.mayLeaveOut(t, k, refused, errs) {
		return nil, refusedFiles(t, k, refused, errs)
	}
	for _, i := range slices.Backward(refused) {
		t.leftOut = append(t.leftOut, t.Posts[k].Files[i].MediaID)
		t.Posts[k].Files = slices.Delete(t.Posts[k].Files, i, i+1)
		ids = slices.Delete(ids, i, i+1)
	}
	u.warn("mirror.stored.without",
		"Permalink", t.Media.Permalink, "Number", len(refused), "Why", errs[refused[0]])
	return ids, nil
}

// refusedFiles says which files of a post X refused. The first one stands for all.
func refusedFiles(t *thread, k int, refused []int, errs []error) error {
	first := refused[0]
	f, e := t.Posts[k].Files[first], httpx.As(errs[first])
	out := &fileError{kind: f.Kind, err: atFile(t, k, first, errs[first]),
		limit: verdict.ExceedsLimit(e.Type, e.Message, t.sizes[f.MediaID])}
	for _, i := range refused {
		out.children = append(out.children, t.Posts[k].Files[i].MediaID)
	}
	return out
}

// leaveOutOption is the value of rejected_photo that posts a carousel without the refused photos.
const leaveOutOption = "leave-out"

// mayLeaveOut reports whether the refused files can be left out at once: they are photos of a
// carousel, each was refused again when written anew, X took another photo at that step, and
// something is left.
func (u *uploader) mayLeaveOut(t *thread, k int, refused []int, errs []error) bool {
	if u.Route.RejectedPhoto != leaveOutOption || t.FileCount()-len(refused) < 1 {
		return false
	}
	for _, i := range refused {
		r := u.refusalOf(t.Thread, errs[i])
		r.kind = string(t.Posts[k].Files[i].Kind)
		try := verdict.Try{Step: r.step, Key: r.key, Kind: r.kind, Album: t.FileCount() > 1,
			Anew: helpsToWriteAnew(errs[i]), Taken: u.tookSame(r) > 0}
		if !try.RefusedAtOnce().Proven {
			return false
		}
	}
	return len(t.Posts[k].Files) > len(refused) || t.Posts[k].Text != ""
}

// relist reads the list again, for fresh addresses of the files. A media that was edited meanwhile
// may have other files; what is uploaded belongs to none of them then.
func (u *uploader) relist(ctx context.Context, t *thread) error {
	this := func(m instagram.Media) bool { return m.ID == t.Media.ID }
	media, err := u.Instagram.List(ctx, func(page []instagram.Media) bool {
		return slices.ContainsFunc(page, this)
	})
	if err != nil {
		return fmt.Errorf("list the media again, for fresh addresses: %w", err)
	}
	i := slices.IndexFunc(media, this)
	if i < 0 {
		return &httpx.Error{Service: "media", Op: "GET media file", Class: httpx.NotFound,
			Message: "its address has expired and Instagram's list does not show it"}
	}
	uploads, uploaded, of := t.uploads, t.uploaded, t.uploadsOf()
	t.compose(u.compose(media[i], t.kinds))
	t.reuse(uploads, uploaded, of)
	return nil
}

// isVideo reports whether X processes the files of a post, and there is one to wait for.
func isVideo(t *thread, k int) bool {
	files := t.Posts[k].Files
	return len(files) == 1 && files[0].Kind != plan.Photo && len(t.uploads[k]) == 1
}
