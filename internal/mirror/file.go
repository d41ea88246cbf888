package mirror

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// file brings one file from the media host to X and describes it. A photo is held in memory, a video
// passes through.
func (o *round) file(ctx context.Context, t *thread, f plan.File) (id string, err error) {
	var up xapi.Uploaded
	if f.Kind != plan.Photo {
		up, err = o.video(ctx, t, f)
	} else {
		up, err = o.photo(ctx, t, f)
	}
	if err != nil {
		return "", err
	}
	for _, step := range []verdict.Step{verdict.Initialize, verdict.Append, verdict.Finalize} {
		o.tookStep(step, string(f.Kind))
	}
	return up.ID, o.describe(ctx, f, up.ID)
}

// photo sends a photo as it is, and, if X refuses that, written anew as a JPEG.
func (o *round) photo(ctx context.Context, t *thread, f plan.File) (xapi.Uploaded, error) {
	var refused error
	pic, err := o.Files.Photo(ctx, f.URL)
	switch kind := typeOf(err); {
	case err == nil, kind == mediahost.TypeOtherKind:
		o.fileCame()
	case kind == mediahost.TypeUnreadable:
		o.fileCame()
		return o.asItCame(ctx, t, f)
	default:
		return xapi.Uploaded{}, err
	}
	if kind := kindOf(pic.Type); kind != plan.Photo {
		return xapi.Uploaded{}, &kindError{f.MediaID, kind}
	}
	if pic.From > int64(len(pic.Bytes)) {
		o.talk("  %s was shrunk from %.1f to %.1f MB: X takes 5", f.MediaID,
			float64(pic.From)/1e6, float64(len(pic.Bytes))/1e6)
	}
	anew := t.helped[photoAnew]
	if !anew {
		up, err := o.sendPicture(ctx, t, f, pic)
		if !helpsToWriteAnew(err) {
			return up, err
		}
		refused = err
		o.talk("  %s is written anew as a JPEG: X refused it as it is", f.MediaID)
	}
	rewritten, bad := mediahost.Rewrite(pic)
	switch {
	case bad == nil:
		pic = rewritten
	case !anew:
		return xapi.Uploaded{}, refused // X's refusal tells more than the decoder
	}
	return o.sendPicture(ctx, t, f, pic)
}

func (o *round) sendPicture(
	ctx context.Context, t *thread, f plan.File, pic mediahost.Picture,
) (xapi.Uploaded, error) {
	size := int64(len(pic.Bytes))
	o.noteSize(t, f, size)
	return o.sendFile(ctx, bytes.NewReader(pic.Bytes), size, pic.Type)
}

// asItCame sends a photo that came complete, is too large for X, and can't be decoded here. That is
// the file's own fault, and X may still take it: X's answer decides.
func (o *round) asItCame(ctx context.Context, t *thread, f plan.File) (xapi.Uploaded, error) {
	stream, err := o.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	o.noteSize(t, f, stream.Size)
	return o.sendFile(ctx, stream, stream.Size, stream.Type)
}

// noteSize keeps how large a file is: X may refuse it for that.
func (o *round) noteSize(t *thread, f plan.File, size int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t.sizes[f.MediaID] = size
}

// typeOf is the key of what an error says, "" for one that is no answer of a service.
func typeOf(err error) string {
	if e := httpx.As(err); e != nil {
		return e.Type
	}
	return ""
}

// kindOf is the kind of a file by the type of its bytes.
func kindOf(mediaType string) plan.Kind {
	switch {
	case mediaType == "image/gif":
		return plan.GIF
	case strings.HasPrefix(mediaType, "video/"):
		return plan.Video
	}
	return plan.Photo
}

// helpsToWriteAnew reports whether X's refusal of a photo may be about its bytes.
func helpsToWriteAnew(err error) bool {
	e := httpx.As(err)
	if e == nil || e.Service != "x" || verdict.WhoseFault(e.Type) == verdict.Everybody {
		return false
	}
	return e.Class == httpx.Invalid || e.Class == httpx.Unknown
}

func (o *round) video(ctx context.Context, t *thread, f plan.File) (xapi.Uploaded, error) {
	stream, err := o.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	o.fileCame()
	if kind := kindOf(stream.Type); kind != f.Kind {
		return xapi.Uploaded{}, &kindError{f.MediaID, kind}
	}
	o.noteSize(t, f, stream.Size)
	var body io.Reader = stream
	if o.Progress != nil {
		body = o.Progress(f.MediaID, stream.Size, body)
	}
	return o.sendFile(ctx, body, stream.Size, stream.Type)
}

// fileCame notes that the media host answers.
func (o *round) fileCame() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Works.File = true
}

// sendFile uploads under the category that the bytes call for: what Instagram calls a video is one only
// if the host sends one.
func (o *round) sendFile(
	ctx context.Context, body io.Reader, size int64, mediaType string,
) (xapi.Uploaded, error) {
	category := "tweet_image"
	switch {
	case mediaType == "image/gif":
		category = "tweet_gif"
	case strings.HasPrefix(mediaType, "video/"):
		category = "tweet_video"
	}
	return o.X.Upload(ctx, xapi.File{Body: body, Size: size, MediaType: mediaType, Category: category})
}

// describe sets the alt text. A post without one is better than none, so a plain no to it is only
// told.
func (o *round) describe(ctx context.Context, f plan.File, id string) error {
	if f.AltText == "" || f.Kind == plan.Video {
		return nil
	}
	err := o.X.AltText(ctx, id, f.AltText)
	switch httpx.ClassOf(err) {
	case httpx.Unauthorized, httpx.RateLimited, httpx.OutOfCredit:
		return fmt.Errorf("set the alt text: %w", err)
	}
	if err != nil && ctx.Err() == nil {
		o.warn("the alt text of %s could not be set: %v", f.MediaID, err)
	}
	return ctx.Err()
}
