package mirror

import (
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// uploadLife is how long an uploaded file is reused. X keeps it for 24 hours.
	uploadLife = 22 * time.Hour
	// processingWait is how long a run waits for X to process a video before it leaves the media to
	// the next run.
	processingWait = 3 * time.Minute
)

// upload makes sure that every file of the remaining parts is on X and ready. If a signed address
// has expired, the media is listed again, once.
func (p *publisher) upload(ctx context.Context) error {
	if err := p.account.ensureToken(ctx); err != nil {
		return err
	}
	// A second attempt keeps the parts that are uploaded.
	err := p.account.authorized(ctx, func() error { return p.uploadParts(ctx) })
	if !errors.Is(err, mediahost.ErrExpired) {
		return err
	}
	media, err := (&lister{p.Run}).relist(ctx, p.Media)
	if err != nil {
		return err
	}
	// A media that was edited meanwhile may have another number of parts. The uploads belong to
	// none of them then.
	p.Thread = plan.Compose(p.Route, media, p.Fallback)
	if len(p.Posts) != len(p.uploads) {
		p.uploads, p.uploaded = make([][]string, len(p.Posts)), time.Time{}
	}
	return p.uploadParts(ctx)
}

func (p *publisher) uploadParts(ctx context.Context) error {
	up := &uploader{p.Run}
	for k := len(p.posted); k < len(p.Posts); k++ {
		if len(p.uploads[k]) == len(p.Posts[k].Files) {
			continue // by an earlier run
		}
		ids, err := up.files(ctx, p.Posts[k].Files)
		if err != nil {
			return err
		}
		p.uploads[k] = ids
		if p.uploaded.IsZero() && len(ids) > 0 {
			p.uploaded = p.Now().UTC().Truncate(time.Second)
		}
	}
	return p.awaitVideos(ctx)
}

// awaitVideos waits until X has processed the videos. If that takes too long, the uploads are
// committed for the next run.
func (p *publisher) awaitVideos(ctx context.Context) error {
	until := p.Now().Add(processingWait)
	for k := len(p.posted); k < len(p.Posts); k++ {
		files := p.Posts[k].Files
		if len(files) != 1 || files[0].Kind != plan.Video {
			continue
		}
		up, err := p.X.Await(ctx, p.uploads[k][0], until)
		if err != nil {
			return p.forgetUpload(ctx, k, err)
		}
		if !up.Ready() {
			return p.rememberUploads(ctx)
		}
	}
	return nil
}

// rememberUploads commits the uploads for the next run. It returns errProcessing if that succeeds.
func (p *publisher) rememberUploads(ctx context.Context) error {
	err := p.Session.Update(ctx, p.message("uploaded "+p.Media.ID), func(d *state.Document) error {
		rec, err := p.claim(d)
		if err != nil {
			return err
		}
		rec.Parts = len(p.Posts)
		rec.Uploads, rec.Uploaded = p.keptUploads()
		return nil
	})
	if err != nil {
		return err
	}
	return errProcessing
}

// forgetUpload drops the upload of part k after a failure of its processing, which it returns. If
// X no longer knows the id, the record forgets it too, so that the next run uploads the file
// again.
func (p *publisher) forgetUpload(ctx context.Context, k int, cause error) error {
	p.uploads[k] = nil
	if httpx.ClassOf(cause) == httpx.NotFound {
		_ = p.Session.Update(ctx, p.message("upload expired "+p.Media.ID), func(d *state.Document) error {
			if rec := d.Find(p.Media.ID); rec != nil {
				rec.Uploads, rec.Uploaded = nil, time.Time{}
			}
			return nil
		})
	}
	return cause
}

// keptUploads returns what the ledger remembers of the uploads while parts remain.
func (p *publisher) keptUploads() ([][]string, time.Time) {
	for _, ids := range p.uploads {
		if len(ids) > 0 {
			return p.uploads, p.uploaded
		}
	}
	return nil, time.Time{}
}

// unusableVideo reports whether X has examined a video and refuses it. X is always asked first,
// because what it accepts changes by account and by month.
func unusableVideo(err error) bool {
	e := httpx.As(err)
	return e != nil && (e.Type == xapi.TypeProcessingFailed || e.Type == xapi.TypeVideoTooLong)
}
