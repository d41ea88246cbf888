package mirror

import (
	"bytes"
	"cmp"
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

// sender brings single files of a thread from the media host to X. Its methods are called
// concurrently.
type sender struct {
	*Run
	*answers
	thread *thread
}

// file brings one file to X and describes it. A photo is held in memory, a video passes through.
func (s *sender) file(ctx context.Context, f plan.File) (id string, err error) {
	send := s.video
	if f.Kind == plan.Photo {
		send = s.photo
	}
	up, err := send(ctx, f)
	if err != nil {
		return "", err
	}
	for _, step := range []verdict.Step{verdict.Initialize, verdict.Append, verdict.Finalize} {
		s.tookStep(step, string(f.Kind))
	}
	return up.ID, s.describe(ctx, f, up.ID)
}

// photo sends a photo as it is, and, if X refuses that, written anew as a JPEG.
func (s *sender) photo(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	pic, err := s.Files.Photo(ctx, f.URL)
	switch kind := typeOf(err); {
	case err == nil, kind == mediahost.TypeOtherKind:
		s.fileCame()
	case kind == mediahost.TypeUnreadable:
		return s.asItCame(ctx, f)
	default:
		return xapi.Uploaded{}, err
	}
	if kind := kindOf(pic.Type); kind != plan.Photo {
		return xapi.Uploaded{}, &kindError{f.MediaID, kind}
	}
	if pic.From > int64(len(pic.Bytes)) {
		s.talk("mirror.stored.shrunk", "ID", f.MediaID,
			"From", megabytes(pic.From), "To", megabytes(int64(len(pic.Bytes))))
	}
	if s.thread.helped[photoAnew] {
		if anew, err := mediahost.Rewrite(pic); err == nil {
			pic = anew
		}
		return s.picture(ctx, f, pic)
	}
	up, err := s.picture(ctx, f, pic)
	if !helpsToWriteAnew(err) {
		return up, err
	}
	anew, bad := mediahost.Rewrite(pic)
	if bad != nil {
		return xapi.Uploaded{}, err // X's refusal tells more than the decoder
	}
	s.talk("mirror.stored.anew", "ID", f.MediaID)
	return s.picture(ctx, f, anew)
}

// megabytes writes a number of bytes in megabytes: "7.3".
func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

// picture sends a photo that is in memory.
func (s *sender) picture(
	ctx context.Context, f plan.File, pic mediahost.Picture,
) (xapi.Uploaded, error) {
	size := int64(len(pic.Bytes))
	s.thread.noteSize(f.MediaID, size)
	return s.send(ctx, bytes.NewReader(pic.Bytes), size, pic.Type)
}

// asItCame sends a photo that came complete, is too large for X, and can't be decoded here. That is
// the file's own fault, and X may still take it: X's answer decides.
func (s *sender) asItCame(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	stream, err := s.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	s.fileCame()
	s.thread.noteSize(f.MediaID, stream.Size)
	return s.send(ctx, stream, stream.Size, stream.Type)
}

// video sends a video or a GIF as it comes from the host.
func (s *sender) video(ctx context.Context, f plan.File) (xapi.Uploaded, error) {
	stream, err := s.Files.Open(ctx, f.URL)
	if err != nil {
		return xapi.Uploaded{}, err
	}
	defer stream.Close()
	s.fileCame()
	if kind := kindOf(stream.Type); kind != f.Kind {
		return xapi.Uploaded{}, &kindError{f.MediaID, kind}
	}
	s.thread.noteSize(f.MediaID, stream.Size)
	var body io.Reader = stream
	if s.Progress != nil {
		body = s.Progress(cmp.Or(s.thread.Media.Permalink, f.MediaID), stream.Size, body)
	}
	return s.send(ctx, body, stream.Size, stream.Type)
}

// send uploads under the category that the bytes call for: what Instagram calls a video is one only
// if the host sends one.
func (s *sender) send(
	ctx context.Context, body io.Reader, size int64, mediaType string,
) (xapi.Uploaded, error) {
	category := map[plan.Kind]string{
		plan.Photo: "tweet_image", plan.GIF: "tweet_gif", plan.Video: "tweet_video",
	}[kindOf(mediaType)]
	file := xapi.File{Body: body, Size: size, MediaType: mediaType, Category: category}
	return s.X.Upload(ctx, file)
}

// describe sets the alt text. A post without one is better than none, so a plain no to it is only a
// warning.
func (s *sender) describe(ctx context.Context, f plan.File, id string) error {
	if f.AltText == "" || f.Kind == plan.Video {
		return nil
	}
	err := s.X.AltText(ctx, id, f.AltText)
	switch httpx.ClassOf(err) {
	case httpx.Unauthorized, httpx.RateLimited, httpx.OutOfCredit:
		return fmt.Errorf("set the alt text: %w", err)
	}
	if err != nil && ctx.Err() == nil {
		s.warn("mirror.stored.alt-text", "ID", f.MediaID, "Why", err)
	}
	return ctx.Err()
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

// typeOf is the key of what an error says, "" for one that is no answer of a service.
func typeOf(err error) string {
	if e := httpx.As(err); e != nil {
		return e.Type
	}
	return ""
}

// helpsToWriteAnew reports whether X's refusal of a photo may be about its bytes.
func helpsToWriteAnew(err error) bool {
	e := httpx.As(err)
	if e == nil || e.Service != "x" || verdict.WhoseFault(e.Type) == verdict.Everybody {
		return false
	}
	return e.Class == httpx.Invalid || e.Class == httpx.Unknown
}
