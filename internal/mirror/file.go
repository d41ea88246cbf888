package mirror

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/xapi"
)

// file brings one file from the media host to X and describes it. A photo is held in memory, a video passes through.
func (r *Run) file(ctx context.Context, f plan.File) (id string, err error) {
	var up xapi.Uploaded
	if f.Kind == plan.Video {
		up, err = r.video(ctx, f)
	} else {
		up, err = r.photo(ctx, f)
	}
	if err != nil {
		return "", err
	}
	return up.ID, r.describe(ctx, f, up.ID)
}

func (r *Run) photo(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	pic, err := r.Files.Photo(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	if pic.From > int64(len(pic.Bytes)) {
		r.talk("  %s was shrunk from %.1f to %.1f MB: X takes 5", f.MediaID, float64(pic.From)/1e6, float64(len(pic.Bytes))/1e6)
	}
	return r.send(ctx, bytes.NewReader(pic.Bytes), int64(len(pic.Bytes)), pic.Type)
}

func (r *Run) video(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	stream, err := r.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	var body io.Reader = stream
	if r.Watch != nil {
		body = r.Watch(f.MediaID, stream.Size, body)
	}
	return r.send(ctx, body, stream.Size, stream.Type)
}

// send uploads under the category that the bytes call for: what Instagram calls a video is one only if the host sends one.
func (r *Run) send(ctx context.Context, body io.Reader, size int64, mediaType string) (xapi.Uploaded, error) {
	category := "tweet_image"
	switch {
	case mediaType == "image/gif":
		category = "tweet_gif"
	case strings.HasPrefix(mediaType, "video/"):
		category = "tweet_video"
	}
	return r.X.Upload(ctx, xapi.File{Body: body, Size: size, MediaType: mediaType, Category: category})
}

// describe sets the alt text. A post without one is better than none, so a plain no to it is only told.
func (r *Run) describe(ctx context.Context, f plan.File, id string) error {
	if f.AltText == "" || f.Kind != plan.Photo {
		return nil
	}
	err := r.X.AltText(ctx, id, f.AltText)
	switch httpx.ClassOf(err) {
	case httpx.Unauthorized, httpx.RateLimited, httpx.OutOfCredit:
		return fmt.Errorf("set the alt text: %w", err)
	}
	if err != nil && ctx.Err() == nil {
		r.warn("the alt text of %s could not be set: %v", f.MediaID, err)
	}
	return ctx.Err()
}
