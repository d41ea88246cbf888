package mirror

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// patience is how long a run waits for X to process a video before it leaves it to the next.
	patience = time.Minute
	// processingFor is how long X may take for a video before that counts as one refusal.
	processingFor = 6 * time.Hour
)

// await waits, a minute at most, until X has processed the videos. What is uploaded is written down
// first: it is worth as much as the time it took.
func (u *uploader) await(ctx context.Context, t *thread) error {
	until := u.Now().Add(patience)
	for k := len(t.done); k < len(t.Posts); k++ {
		if !isVideo(t, k) {
			continue
		}
		up, err := u.X.Await(ctx, t.uploads[k][0], until)
		if err != nil {
			return u.processingFailed(ctx, t, k, err)
		}
		if !up.Ready() {
			return u.stillProcessing(ctx, t, k)
		}
		u.tookStep(verdict.Processing, string(t.Posts[k].Kind()))
	}
	return nil
}

// stillProcessing keeps the uploads for the next run. A video that X has not finished after six
// hours is refused once; its next try is a new upload.
func (u *uploader) stillProcessing(ctx context.Context, t *thread, k int) error {
	overdue := false
	what := u.message("uploaded " + t.Media.ID)
	err := u.Session.Update(ctx, what, func(d *state.Document) error {
		u.selected.recordOvertaken(d, t.Media)
		rec, err := t.claim(d, u.Run)
		if err != nil {
			return err
		}
		t.keep(rec)
		ev := rec.Ev()
		if ev.Processing.IsZero() || ev.Processing.After(u.Now()) {
			ev.Processing = u.Now().UTC().Truncate(time.Second)
		}
		if overdue = u.Now().Sub(ev.Processing) > processingFor; overdue {
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

// processingFailed forgets the upload: its next try is a new one. If that can't be written, X says
// the same of the old upload again.
func (u *uploader) processingFailed(ctx context.Context, t *thread, k int, err error) error {
	if httpx.IsTransient(err) || u.refusalOf(t.Thread, err) == nil {
		return err
	}
	t.uploads[k] = nil
	what := u.message("upload lost " + t.Media.ID)
	_ = u.Session.Update(ctx, what, func(d *state.Document) error {
		if rec := d.Find(t.Media.ID); rec != nil {
			rec.ForgetUploads()
		}
		return nil
	})
	e := httpx.As(err)
	return &fileError{kind: plan.Video, children: childrenOf(t.Posts[k]), err: err,
		limit: verdict.ExceedsLimit(e.Type, e.Message, 0)}
}
