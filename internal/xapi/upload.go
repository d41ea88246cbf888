package xapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	// segment is what one append carries, unless the file would then need too many: X's own client
	// sends 4 MiB, and its edge has refused 5 MB. Two, eight at a time, overlap reading and sending
	// better than four, four at a time.
	segment     = 2 << 20
	maxSegment  = 4 << 20
	maxSegments = 1000
	// inFlight bounds the connections of one upload.
	inFlight = 8
	// segmentTimeout is for a slow line: 4 MiB at 100 kB/s.
	segmentTimeout = 60 * time.Second
)

// File is what is uploaded. Body is read once, to Size.
type File struct {
	Body      io.Reader
	Size      int64
	MediaType string // "image/jpeg", "video/mp4"
	Category  string // tweet_image, tweet_video, tweet_gif
}

// Uploaded is a file on X. It can be attached to a post until Expires, once it is Ready.
type Uploaded struct {
	ID, Key    string
	State      string // "" or succeeded: ready; pending, in_progress, failed
	CheckAfter time.Duration
	Expires    time.Time
}

// Ready reports whether X has nothing left to process.
func (u Uploaded) Ready() bool { return u.State == "" || u.State == "succeeded" }

// processingError is why X can't use a video. X has sent it with the state in_progress too:
// https://github.com/abraham/twitteroauth/issues/1185
type processingError struct{ Name, Message string }

type uploadJSON struct {
	Data struct {
		ID         string
		MediaKey   string `json:"media_key"`
		Expires    int64  `json:"expires_after_secs"`
		Processing struct {
			State      string
			CheckAfter int              `json:"check_after_secs"`
			Error      *processingError `json:"error"`
		} `json:"processing_info"`
	}
}

func (u uploadJSON) complete() bool { return u.Data.ID != "" }

// statusJSON may lack the id, which was in the question.
type statusJSON struct{ uploadJSON }

func (s statusJSON) complete() bool { return s.Data.ID != "" || s.Data.Processing.State != "" }

func (u uploadJSON) uploaded(now time.Time) Uploaded {
	p := u.Data.Processing
	out := Uploaded{
		ID: u.Data.ID, Key: u.Data.MediaKey, State: p.State,
		CheckAfter: time.Duration(p.CheckAfter) * time.Second,
	}
	if u.Data.Expires > 0 {
		out.Expires = now.Add(time.Duration(u.Data.Expires) * time.Second)
	}
	return out
}

const initializeOp = "POST /2/media/upload/initialize"

// Upload sends a file in segments, several at a time, straight from its reader: memory is bounded
// by the budget, whatever the size. A segment that fails is repeated by itself. Videos are not
// Ready yet: Await them. A body that ends before Size is an *httpx.Error of Service "media".
// Source: https://docs.x.com/x-api/media/quickstart/media-upload-chunked
func (c *Client) Upload(ctx context.Context, f File) (Uploaded, error) {
	if f.Size > maxSegment*maxSegments {
		return Uploaded{}, &httpx.Error{
			Service: "media", Op: "GET media file", Class: httpx.Invalid, Type: TypeTotalBytes,
			Message: fmt.Sprintf("the file has %d bytes, more than X's %d segments hold",
				f.Size, maxSegments),
		}
	}
	begun, err := c.initialize(ctx, f)
	if err != nil {
		return Uploaded{}, err
	}
	t := transfer{c, begun}
	if err := t.segments(ctx, f); err != nil {
		return Uploaded{}, err
	}
	return t.finalize(ctx)
}

// MayWrite returns X's refusal if the credentials may only read. It begins an upload of a byte,
// which X forgets within a day: no file and no post comes of it, and X's price list has no such
// call.
func (c *Client) MayWrite(ctx context.Context) error {
	_, err := c.initialize(ctx, File{Size: 1, MediaType: "image/jpeg", Category: "tweet_image"})
	return err
}

// initialize begins an upload.
func (c *Client) initialize(ctx context.Context, f File) (uploadJSON, error) {
	body := struct {
		Type     string `json:"media_type"`
		Size     int64  `json:"total_bytes"`
		Category string `json:"media_category"`
	}{f.MediaType, f.Size, f.Category}
	var begun checked[uploadJSON]
	_, err := c.do(ctx, httpx.Request{
		Op: initializeOp, Method: http.MethodPost, URL: "/2/media/upload/initialize", Into: &begun,
	}.JSON(body))
	return begun.v, err
}

// transfer is an upload that has begun.
type transfer struct {
	*Client
	begun uploadJSON
}

// path is a call about the upload.
func (t transfer) path(call string) string {
	return "/2/media/upload/" + url.PathEscape(t.begun.Data.ID) + "/" + call
}

const finalizeOp = "POST /2/media/upload/{id}/finalize"

// finalize sends `{}`: without a body X has answered "Request body must be a JSON object."
func (t transfer) finalize(ctx context.Context) (Uploaded, error) {
	out := uploadJSON{Data: t.begun.Data}
	_, err := t.do(ctx, httpx.Request{
		Op: finalizeOp, Method: http.MethodPost, URL: t.path("finalize"), Into: &out,
	}.JSON(struct{}{}))
	if err != nil {
		return Uploaded{}, err
	}
	return out.uploaded(t.clock()), t.failure(finalizeOp, out)
}

func (c *Client) clock() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// segments reads f into buffers and sends them side by side. The first fatal refusal stops the
// rest.
func (t transfer) segments(ctx context.Context, f File) error {
	size := segmentSize(f.Size)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(inFlight)
	for n, at := 0, int64(0); at < f.Size && gctx.Err() == nil; n++ {
		want := min(size, f.Size-at)
		buf, err := t.budget().take(gctx, want)
		if err != nil {
			break // gctx ended: the reason is below
		}
		if got, err := io.ReadFull(f.Body, buf.b[:want]); err != nil {
			t.budget().give(buf)
			g.Go(func() error { return short(err, at+int64(got), f.Size) })
			break
		}
		at += want
		g.Go(func() error {
			defer t.budget().give(buf)
			return t.append(gctx, n, buf.b[:want])
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &httpx.Error{
			Service: "x", Op: appendOp, Class: httpx.Transient, Message: err.Error(), Err: err,
		}
	}
	return nil
}

// segmentSize keeps a file within X's thousand segments.
func segmentSize(total int64) int64 {
	size := int64(segment)
	for size < maxSegment && total > size*maxSegments {
		size += 1 << 20
	}
	return size
}

// short is the error for a file that ended early. It keeps the error of the reader.
func short(err error, got, want int64) error {
	if httpx.As(err) != nil {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ended early")
	}
	return &httpx.Error{
		Service: "media", Op: "GET media file", Class: httpx.Transient, Err: err,
		Message: fmt.Sprintf("the file broke off after %d of %d bytes: %v", got, want, err),
	}
}

const appendOp = "POST /2/media/upload/{id}/append"

// append sends one segment. Its form is built around the buffer, which is not copied.
func (t transfer) append(ctx context.Context, index int, b []byte) error {
	head, tail, contentType := form(index)
	length := int64(len(head) + len(b) + len(tail))
	media := &lease{b: b}
	defer media.end()
	r := httpx.Request{
		Op: appendOp, Method: http.MethodPost, Timeout: segmentTimeout,
		URL:    t.path("append"),
		Header: http.Header{"Content-Type": {contentType}}, Length: length,
		Body: func() io.Reader {
			return io.MultiReader(bytes.NewReader(head), media.reader(), bytes.NewReader(tail))
		},
	}
	_, err := t.do(ctx, r)
	return err
}

// form returns what stands before and behind a segment's bytes: X's own client sends the media
// first.
func form(index int) (head, tail []byte, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="media"; filename="media"`)
	h.Set("Content-Type", "application/octet-stream")
	_, _ = w.CreatePart(h) // a buffer takes everything
	head = bytes.Clone(b.Bytes())
	b.Reset()
	_ = w.WriteField("segment_index", strconv.Itoa(index))
	_ = w.Close()
	return head, b.Bytes(), w.FormDataContentType()
}

// failure converts a processing that failed to an *httpx.Error; it returns nil for any other. An
// error object counts whatever the state is.
func (c *Client) failure(op string, u uploadJSON) error {
	p := u.Data.Processing
	if p.State != "failed" && p.Error == nil {
		return nil
	}
	said := ""
	if p.Error != nil {
		said = ": " + strings.Trim(p.Error.Name+": "+p.Error.Message, ": ")
	}
	message := hide(c.Secrets, c.AccessToken).Message("X can't use the video" + said)
	return &httpx.Error{
		Service: "x", Op: op, Status: 200, Class: httpx.Invalid, Type: TypeProcessingFailed,
		Message: message,
	}
}

// longestCheck is the longest pause between two looks at a video that X processes.
const longestCheck = time.Minute

// Await asks how far X is with a video until it is ready, has failed, or until has come. A video
// that is not ready is no error: a later run can await the id again, for 24 hours. If X says to
// ask again in more than a minute, Await returns at once. httpx.NotFound with TypeUploadForgotten means
// that X does not find the upload; a video that X can't use is Invalid with TypeProcessingFailed.
func (c *Client) Await(ctx context.Context, id string, until time.Time) (u Uploaded, err error) {
	err = httpx.Policy{}.Retry(ctx, func(int) (next httpx.Next, err error) {
		u, err = c.Status(ctx, id)
		wait := max(u.CheckAfter, time.Second)
		if err != nil || u.Ready() || wait > longestCheck || c.clock().Add(wait).After(until) {
			return httpx.Stop, err
		}
		return httpx.Next(wait), nil
	})
	return u, err
}

const statusOp = "GET /2/media/upload"

// Status asks once. X answers 400 for an image, which needs no processing: ask for videos only.
// Source: https://docs.x.com/x-api/media/get-media-upload-status
func (c *Client) Status(ctx context.Context, id string) (Uploaded, error) {
	var out checked[statusJSON]
	q := url.Values{"command": {"STATUS"}, "media_id": {id}}
	_, err := c.do(ctx,
		httpx.Request{Op: statusOp, URL: "/2/media/upload?" + q.Encode(), Into: &out})
	if err != nil {
		return Uploaded{}, err
	}
	return out.v.uploaded(c.clock()), c.failure(statusOp, out.v.uploadJSON)
}

// AltText describes an uploaded image: at most 1,000 characters, more is cut. X bills it ($0.005).
// Source: https://docs.x.com/x-api/media/create-media-metadata
func (c *Client) AltText(ctx context.Context, mediaID, text string) error {
	if r := []rune(text); len(r) > maxAltText {
		text = string(r[:maxAltText-1]) + "…"
	}
	type alt struct {
		Text string `json:"text"`
	}
	type metadata struct {
		Alt alt `json:"alt_text"`
	}
	body := struct {
		ID       string   `json:"id"`
		Metadata metadata `json:"metadata"`
	}{mediaID, metadata{alt{text}}}
	_, err := c.do(ctx, httpx.Request{
		Op: "POST /2/media/metadata", Method: http.MethodPost, URL: "/2/media/metadata",
	}.JSON(body))
	return err
}

const maxAltText = 1000
