package mirror

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/xapi"
)

// uploader brings files from the media host to X.
type uploader struct{ *Run }

// files uploads the files of one part concurrently. The ids are in the order of the files.
func (u *uploader) files(ctx context.Context, files []plan.File) ([]string, error) {
	ids := make([]string, len(files))
	g, gctx := errgroup.WithContext(ctx)
	for i, file := range files {
		g.Go(func() error {
			id, err := u.file(gctx, file)
			if err != nil {
				return fmt.Errorf("file %d (%s): %w", i+1, file.MediaID, err)
			}
			ids[i] = id
			return nil
		})
	}
	return ids, g.Wait()
}

// file uploads one file and describes it. A photo is held in memory; a video is streamed.
func (u *uploader) file(ctx context.Context, f plan.File) (id string, err error) {
	var up xapi.Uploaded
	if f.Kind == plan.Video {
		up, err = u.video(ctx, f)
	} else {
		up, err = u.photo(ctx, f)
	}
	if err != nil {
		return "", err
	}
	return up.ID, u.describe(ctx, f, up.ID)
}

func (u *uploader) photo(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	pic, err := u.Files.Photo(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	size := int64(len(pic.Bytes))
	if pic.From > size {
		u.talk("  %s was shrunk from %.1f to %.1f MB: X takes at most 5 MB",
			f.MediaID, float64(pic.From)/1e6, float64(size)/1e6)
	}
	return u.send(ctx, bytes.NewReader(pic.Bytes), size, pic.Type)
}

func (u *uploader) video(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	stream, err := u.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	var body io.Reader = stream
	if u.Progress != nil {
		body = u.Progress(f.MediaID, stream.Size, body)
	}
	return u.send(ctx, body, stream.Size, stream.Type)
}

// send uploads under the category of the media type that the host sent: Instagram calls some files
// videos that are none.
func (u *uploader) send(
	ctx context.Context, body io.Reader, size int64, mediaType string,
) (xapi.Uploaded, error) {
	category := "tweet_image"
	switch {
	case mediaType == "image/gif":
		category = "tweet_gif"
	case strings.HasPrefix(mediaType, "video/"):
		category = "tweet_video"
	}
	return u.X.Upload(ctx, xapi.File{Body: body, Size: size, MediaType: mediaType, Category: category})
}

// describe sets the alt text. A plain refusal is only a warning, because a post without alt text is
// better than no post.
func (u *uploader) describe(ctx context.Context, f plan.File, id string) error {
	if f.AltText == "" || f.Kind != plan.Photo {
		return nil
	}
	err := u.X.AltText(ctx, id, f.AltText)
	switch httpx.ClassOf(err) {
	case httpx.Unauthorized, httpx.RateLimited, httpx.OutOfCredit:
		return fmt.Errorf("set the alt text: %w", err)
	}
	if err != nil && ctx.Err() == nil {
		u.warn("the alt text of %s could not be set: %v", f.MediaID, err)
	}
	return ctx.Err()
}
