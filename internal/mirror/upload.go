package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// reuse is how long an uploaded file is taken for usable: X keeps it 24 hours.
	reuse = 22 * time.Hour
	// patience is how long a run waits for X to process a video before it leaves it to the next one.
	patience = 3 * time.Minute
)

// upload makes sure that every file of the parts that are left is on X and ready. A signed address that has expired is
// listed again, once.
func (r *Run) upload(ctx context.Context, f *flight) error {
	if err := r.live(ctx); err != nil {
		return err
	}
	// What is uploaded already stays so.
	err := r.authorized(ctx, func() error { return r.uploads(ctx, f) })
	if !errors.Is(err, mediahost.ErrExpired) {
		return err
	}
	if err := r.relist(ctx, f); err != nil {
		return err
	}
	return r.uploads(ctx, f)
}

func (r *Run) uploads(ctx context.Context, f *flight) error {
	for k := len(f.done); k < len(f.Posts); k++ {
		if len(f.uploads[k]) == len(f.Posts[k].Files) {
			continue // by an earlier run
		}
		ids, err := r.files(ctx, f.Posts[k].Files)
		if err != nil {
			return err
		}
		f.uploads[k] = ids
		if f.stamp.IsZero() && len(ids) > 0 {
			f.stamp = r.Now().UTC().Truncate(time.Second)
		}
	}
	return r.await(ctx, f)
}

// files uploads the files of one part side by side. Their order is the plan's, not that in which they are done.
func (r *Run) files(ctx context.Context, files []plan.File) ([]string, error) {
	ids := make([]string, len(files))
	g, gctx := errgroup.WithContext(ctx)
	for i, file := range files {
		g.Go(func() error {
			id, err := r.file(gctx, file)
			if err != nil {
				return fmt.Errorf("file %d (%s): %w", i+1, file.MediaID, err)
			}
			ids[i] = id
			return nil
		})
	}
	return ids, g.Wait()
}

// await waits until X has processed the videos. What is uploaded is written down first: it is worth as much as the time it
// took.
func (r *Run) await(ctx context.Context, f *flight) error {
	until := r.Now().Add(patience)
	for k := len(f.done); k < len(f.Posts); k++ {
		files := f.Posts[k].Files
		if len(files) != 1 || files[0].Kind != plan.Video {
			continue
		}
		up, err := r.X.Await(ctx, f.uploads[k][0], until)
		if err != nil {
			return r.processing(ctx, f, k, err)
		}
		if !up.Ready() {
			return r.remember(ctx, f)
		}
	}
	return nil
}

// remember keeps the uploads for the next run.
func (r *Run) remember(ctx context.Context, f *flight) error {
	err := r.Session.Update(ctx, r.message("uploaded "+f.Media.ID), func(d *state.Document) error {
		rec, err := r.claim(d, f)
		if err != nil {
			return err
		}
		rec.Parts = len(f.Posts)
		rec.Uploads, rec.Uploaded = f.keepUploads()
		return nil
	})
	if err != nil {
		return err
	}
	return errWaiting
}

// processing: an id that X no longer knows is uploaded again by the next run; a video that X can't use is this media's fault.
func (r *Run) processing(ctx context.Context, f *flight, k int, err error) error {
	f.uploads[k] = nil
	if httpx.ClassOf(err) == httpx.NotFound {
		_ = r.Session.Update(ctx, r.message("upload expired "+f.Media.ID), func(d *state.Document) error {
			if rec := d.Find(f.Media.ID); rec != nil {
				rec.Uploads, rec.Uploaded = nil, time.Time{}
			}
			return nil
		})
	}
	return err
}

// fallback says what takes the place of a video that X refuses, as configured. X is asked first, always: what it takes
// changes by account and by month.
func (r *Run) fallback(p plan.Thread, err error) (plan.Thread, bool) {
	if !unusableVideo(err) || p.Fallback != "" || r.Route.RejectedVideo == plan.Skip {
		return p, false
	}
	return plan.Compose(r.Route, p.Media, r.Route.RejectedVideo), true
}

// unusableVideo says that X has looked at a video and will not have it.
func unusableVideo(err error) bool {
	e := httpx.As(err)
	return e != nil && (e.Type == xapi.TypeProcessingFailed || e.Type == xapi.TypeVideoTooLong)
}

// relist reads the list again, for fresh addresses of the files. A media that was edited meanwhile may have another number
// of parts; what is uploaded belongs to none of them then.
func (r *Run) relist(ctx context.Context, f *flight) error {
	media, err := r.Instagram.List(ctx, func(page []instagram.Media) bool {
		for _, m := range page {
			if m.ID == f.Media.ID || m.Timestamp.Before(f.Media.Timestamp) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("list the media again, for fresh addresses: %w", err)
	}
	for _, m := range media {
		if m.ID == f.Media.ID {
			f.Thread = plan.Compose(r.Route, m, f.Fallback)
			if len(f.Posts) != len(f.uploads) {
				f.uploads, f.stamp = make([][]string, len(f.Posts)), time.Time{}
			}
			return nil
		}
	}
	return &httpx.Error{Service: "media", Op: "GET media file", Class: httpx.Invalid, Message: "its address has expired and Instagram no longer lists it"}
}
