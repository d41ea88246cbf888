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
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// reuse is how long a finished upload is used again: X keeps it 24 hours.
	reuse = 22 * time.Hour
	// patience is how long a run waits for X to process a video before it leaves it to the next.
	patience = time.Minute
	// processingFor is how long X may take for a video before that counts as one refusal.
	processingFor = 6 * time.Hour
)

// fileError says which files of a post X refused.
type fileError struct {
	err      error
	kind     plan.Kind
	children []string // by child
	limit    bool     // the words name a limit that this very file exceeds
}

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// kindError says that the bytes of a file are of another kind than Instagram's list says.
type kindError struct {
	child string
	kind  plan.Kind
}

func (e *kindError) Error() string { return fmt.Sprintf("file %s is a %s", e.child, e.kind) }

// upload makes sure that every file of the posts that are left is on X and ready. The thread is
// composed anew where a file turns out to be of another kind. A signed address that has expired is
// listed again, once.
func (o *round) upload(ctx context.Context, t *thread) error {
	if err := o.account.ensureToken(ctx); err != nil {
		return err
	}
	relisted := false
	for {
		err := o.account.authorized(ctx, func() error { return o.uploads(ctx, t) })
		var other *kindError
		switch {
		case errors.As(err, &other) && t.kinds[other.child] == "" && len(t.done) == 0:
			o.asOtherKind(t, other)
		case errors.Is(err, mediahost.ErrExpired) && !relisted:
			relisted = true
			if err := o.relist(ctx, t); err != nil {
				return err
			}
		case other != nil:
			// The thread has its places already, and this file fits none of them.
			return &httpx.Error{Service: "media", Op: "GET media file", Class: httpx.Invalid, Err: err,
				Message: "the media host sends a file of another kind than before: " + other.Error()}
		default:
			return err
		}
	}
}

// asOtherKind composes the thread anew with a file treated as what its bytes are.
func (o *round) asOtherKind(t *thread, other *kindError) {
	kinds := map[string]string{other.child: string(other.kind)}
	for child, kind := range t.kinds {
		kinds[child] = kind
	}
	t.kinds = kinds
	t.compose(o.compose(t.Media, kinds))
}

func (o *round) uploads(ctx context.Context, t *thread) error {
	for k := len(t.done); k < len(t.Posts); k++ {
		if len(t.uploads[k]) == len(t.Posts[k].Files) {
			continue // by an earlier run
		}
		ids, err := o.files(ctx, t, k)
		if err != nil {
			return err
		}
		t.uploads[k] = ids
		if t.uploaded.IsZero() && len(ids) > 0 {
			t.uploaded = o.Now().UTC().Truncate(time.Second)
		}
	}
	return o.await(ctx, t)
}

// files uploads the files of one post side by side, in the order of the plan. One that X refuses
// does not stop the others: what X takes meanwhile shows whose fault it is.
func (o *round) files(ctx context.Context, t *thread, k int) ([]string, error) {
	files := t.Posts[k].Files
	ids, errs := make([]string, len(files)), make([]error, len(files))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for i, f := range files {
		all.Go(func() {
			ids[i], errs[i] = o.file(ctx, t, f)
			if errs[i] != nil && o.refusalOf(t.Thread, errs[i]) == nil && !isHosts(errs[i]) {
				cancel(fmt.Errorf("file %d (%s): %w", i+1, f.MediaID, errs[i])) // it would meet the others too
			}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err // the others only failed because they were cancelled
	}
	return o.leaveOut(t, k, ids, errs)
}

// leaveOut takes photos that X refused out of a carousel, if another photo was taken in this run
// (contract §9.1). Whatever else failed is the error.
func (o *round) leaveOut(t *thread, k int, ids []string, errs []error) ([]string, error) {
	var refused []int
	for i, err := range errs {
		switch {
		case err == nil:
		case o.refusalOf(t.Thread, err) != nil:
			refused = append(refused, i)
		default:
			return nil, fmt.Errorf("file %d (%s): %w", i+1, t.Posts[k].Files[i].MediaID, err)
		}
	}
	if len(refused) == 0 {
		return ids, nil
	}
	if o.mayLeaveOut(t, k, refused, errs) {
		for _, i := range slices.Backward(refused) {
			t.leftOut = append(t.leftOut, t.Posts[k].Files[i].MediaID)
			t.Posts[k].Files = slices.Delete(t.Posts[k].Files, i, i+1)
			ids = slices.Delete(ids, i, i+1)
		}
		o.warn("%s is posted without %d of its photos, which X refuses: %v",
			t.Media.Permalink, len(refused), errs[refused[0]])
		return ids, nil
	}
	first := refused[0]
	f := t.Posts[k].Files[first]
	out := &fileError{kind: f.Kind, limit: exceedsLimit(errs[first], t.sizeOf(f.MediaID)),
		err: fmt.Errorf("file %d (%s): %w", first+1, f.MediaID, errs[first])}
	for _, i := range refused {
		out.children = append(out.children, t.Posts[k].Files[i].MediaID)
	}
	return nil, out
}

// mayLeaveOut reports whether the refused files can be left out at once: they are photos of a
// carousel, each was refused again when written anew, X took another photo at that step, and
// something is left.
func (o *round) mayLeaveOut(t *thread, k int, refused []int, errs []error) bool {
	if o.Route.RejectedPhoto != leaveOutOption || t.FileCount()-len(refused) < 1 {
		return false
	}
	for _, i := range refused {
		r := o.refusalOf(t.Thread, errs[i])
		kind := string(t.Posts[k].Files[i].Kind)
		try := verdict.Try{Step: r.step, Key: r.key, Kind: kind, Album: t.FileCount() > 1,
			Anew: helpsToWriteAnew(errs[i]), Taken: o.taken[took{r.step, kind}] > 0}
		if !try.RefusedAtOnce().Proven {
			return false
		}
	}
	return len(t.Posts[k].Files) > len(refused) || t.Posts[k].Text != ""
}

const leaveOutOption = "leave-out"

// exceedsLimit reports whether X's words name a limit that the refused file exceeds.
func exceedsLimit(err error, size int64) bool {
	e := httpx.As(err)
	return verdict.ExceedsLimit(e.Type, e.Message, size)
}

// await waits, a minute at most, until X has processed the videos. What is uploaded is written down
// first: it is worth as much as the time it took.
func (o *round) await(ctx context.Context, t *thread) error {
	until := o.Now().Add(patience)
	for k := len(t.done); k < len(t.Posts); k++ {
		files := t.Posts[k].Files
		if len(files) != 1 || files[0].Kind == plan.Photo || len(t.uploads[k]) != 1 {
			continue
		}
		up, err := o.X.Await(ctx, t.uploads[k][0], until)
		if err != nil {
			return o.processingFailed(ctx, t, k, err)
		}
		if !up.Ready() {
			return o.stillProcessing(ctx, t, k)
		}
		o.tookStep(verdict.Processing, string(files[0].Kind))
	}
	return nil
}

// stillProcessing keeps the uploads for the next run. A video that X has not finished after six
// hours is refused once; its next try is a new upload.
func (o *round) stillProcessing(ctx context.Context, t *thread, k int) error {
	overdue := false
	err := o.Session.Update(ctx, o.message("uploaded "+t.Media.ID), func(d *state.Document) error {
		o.recordOvertaken(d, t.Media)
		rec, err := o.claim(d, t)
		if err != nil {
			return err
		}
		t.keep(rec)
		ev := rec.Ev()
		if ev.Processing.IsZero() || ev.Processing.After(o.Now()) {
			ev.Processing = o.Now().UTC().Truncate(time.Second)
		}
		if overdue = o.Now().Sub(ev.Processing) > processingFor; overdue {
			ev.Processing = time.Time{}
			rec.ForgetUploads()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !overdue {
		return errProcessing
	}
	return &fileError{kind: plan.Video, children: childrenOf(t.Posts[k]), err: &httpx.Error{
		Service: "x", Op: "GET /2/media/upload", Status: 200, Class: httpx.Invalid,
		Type: xapi.TypeProcessingFailed, Message: "X has not processed the video after 6 hours",
	}}
}

// processingFailed forgets the upload: its next try is a new one.
func (o *round) processingFailed(ctx context.Context, t *thread, k int, err error) error {
	if httpx.IsTransient(err) || o.refusalOf(t.Thread, err) == nil {
		return err
	}
	t.uploads[k] = nil
	_ = o.Session.Update(ctx, o.message("upload lost "+t.Media.ID), func(d *state.Document) error {
		if rec := d.Find(t.Media.ID); rec != nil {
			rec.ForgetUploads()
		}
		return nil
	})
	return &fileError{kind: plan.Video, children: childrenOf(t.Posts[k]), limit: exceedsLimit(err, 0), err: err}
}

func childrenOf(p plan.Post) (ids []string) {
	for _, f := range p.Files {
		ids = append(ids, f.MediaID)
	}
	return ids
}

// relist reads the list again, for fresh addresses of the files. A media that was edited meanwhile
// may have other files; what is uploaded belongs to none of them then.
func (o *round) relist(ctx context.Context, t *thread) error {
	media, err := o.Instagram.List(ctx, func(page []instagram.Media) bool {
		return slices.ContainsFunc(page, func(m instagram.Media) bool { return m.ID == t.Media.ID })
	})
	if err != nil {
		return fmt.Errorf("list the media again, for fresh addresses: %w", err)
	}
	i := slices.IndexFunc(media, func(m instagram.Media) bool { return m.ID == t.Media.ID })
	if i < 0 {
		return &httpx.Error{Service: "media", Op: "GET media file", Class: httpx.NotFound,
			Message: "its address has expired and Instagram's list does not show it"}
	}
	uploads, uploaded, of := t.uploads, t.uploaded, t.uploadsOf()
	t.compose(o.compose(media[i], t.kinds))
	t.reuse(uploads, uploaded, of)
	return nil
}
