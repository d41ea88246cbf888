package mediahost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	// progress is how much a resumed stream must bring for its resumes to be counted anew.
	progress = 1 << 20
	// maxUncounted bounds what is read to count it: a host that never ends would hold a run for ever.
	maxUncounted = 16 << 30 // X's limit for a video. https://docs.x.com/x-api/media/quickstart/best-practices
)

// resumes is how often in a row a stream is resumed that makes no progress.
var resumes = httpx.Policy{Tries: 5, First: 600 * time.Millisecond}

var (
	errChanged = errors.New("the file changed while it was read")
	errClosed  = errors.New("the stream was closed")
)

// Stream is a file on its way. Read resumes it by Range when the host breaks off.
type Stream struct {
	Size int64
	Type string // by its first bytes: "video/mp4", "image/jpeg", …

	c       *Client
	ctx     context.Context
	address string
	version version
	line    *line  // nil while there is none
	head    []byte // read for the type, not handed out yet
	at      int64  // where the stream is in the file
	mark    int64  // where it was when the count of resumes began
	resumed int    // resumes since then
	err     error  // how the stream ended, for whoever reads on
}

// Open begins a stream. Its size is known before anything is uploaded: from the answer's head, or,
// where the host does not say, by reading the file once to count. The error is an *httpx.Error with
// Service "media"; errors.Is(err, ErrExpired) asks for a new address.
func (c *Client) Open(ctx context.Context, address string) (*Stream, error) {
	s := &Stream{c: c, ctx: ctx, address: address}
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stream) open() error {
	for err := s.begin(); err != nil; err = s.begin() {
		if err := s.retry(err); err != nil {
			return err
		}
	}
	if s.Size == 0 {
		return unusable("the media host sent an empty file")
	}
	head := make([]byte, min(512, s.Size))
	if _, err := io.ReadFull(s, head); err != nil {
		return err
	}
	s.head, s.at = head, 0
	if s.Type = sniff(head); s.Type == "" {
		return unusable("what the media host sent is no photo or video: %q", s.c.Secrets.Clip(string(head), 80))
	}
	return nil
}

// begin asks for the file from its start, and finds out how long it is.
func (s *Stream) begin() (err error) {
	resp, err := s.dial()
	if err != nil {
		return err
	}
	s.Size, s.version = lengthOf(resp), versionOf(resp)
	if s.Size >= 0 {
		return nil
	}
	s.Size, err = io.Copy(io.Discard, io.LimitReader(s.line, maxUncounted+1))
	s.disconnect()
	if err != nil {
		return err
	}
	if s.Size > maxUncounted {
		return unusable("the file does not end: %d GB and more", maxUncounted>>30)
	}
	return s.rejoin()
}

// rejoin asks for the file from where the stream is.
func (s *Stream) rejoin() error {
	resp, err := s.dial()
	if err != nil {
		return err
	}
	if n := lengthOf(resp); n >= 0 && n != s.Size {
		return changed(resp, fmt.Sprintf("it has %d bytes now, and had %d", n, s.Size))
	}
	if s.version.differs(versionOf(resp)) {
		return changed(resp, "the host says that it is another one")
	}
	if resp.StatusCode == http.StatusPartialContent {
		if from := startOf(resp); from != s.at {
			return changed(resp, fmt.Sprintf("its byte %d was asked for and %d came", s.at, from))
		}
		return nil
	}
	// The host ignores Range: skip what we have.
	_, err = io.CopyN(io.Discard, s.line, s.at)
	return err
}

func changed(resp *http.Response, how string) error {
	return &httpx.Error{Service: "media", Op: op, Status: resp.StatusCode, Class: httpx.Transient, Message: errChanged.Error() + ": " + how, Err: errChanged}
}

func (s *Stream) dial() (resp *http.Response, err error) {
	s.line, resp, err = s.c.dial(s.ctx, s.address, s.at, s.version)
	return resp, err
}

// Read gives the next bytes, resuming the stream as often as is reasonable. io.EOF comes exactly at
// Size.
func (s *Stream) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head, s.at = s.head[n:], s.at+int64(n)
		return n, nil
	}
	for s.err == nil && s.at < s.Size {
		n, err := s.next(p[:min(int64(len(p)), s.Size-s.at)])
		s.at += int64(n)
		if n > 0 || err == nil {
			return n, nil
		}
		s.disconnect()
		s.err = s.retry(err)
	}
	if s.err != nil {
		return 0, s.err
	}
	return 0, io.EOF
}

func (s *Stream) next(p []byte) (int, error) {
	if s.line == nil {
		if err := s.rejoin(); err != nil {
			return 0, err
		}
	}
	return s.line.Read(p)
}

// retry waits before the next try, or returns the error that ends the stream.
func (s *Stream) retry(cause error) error {
	if s.at-s.mark >= progress {
		s.mark, s.resumed = s.at, 0
	}
	refused := httpx.As(cause) != nil && httpx.ClassOf(cause) != httpx.Transient
	if refused || s.resumed == resumes.Tries || errors.Is(cause, errChanged) {
		return s.broken(cause)
	}
	s.resumed++
	if err := httpx.Sleep(s.ctx, resumes.Pause(s.resumed)); err != nil {
		return s.broken(err)
	}
	return nil
}

// broken is cause as an *httpx.Error.
func (s *Stream) broken(cause error) error {
	if httpx.As(cause) != nil {
		return cause
	}
	if errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		cause = errors.New("the connection ended early")
	}
	return &httpx.Error{Service: "media", Op: op, Class: httpx.Transient, Message: fmt.Sprintf("the file broke off after %d of %d bytes: %v", s.at, s.Size, cause), Err: cause}
}

func (s *Stream) disconnect() {
	if s.line != nil {
		s.line.close()
		s.line = nil
	}
}

// Close ends the stream.
func (s *Stream) Close() error {
	s.disconnect()
	if s.head = nil; s.err == nil {
		s.err = s.broken(errClosed)
	}
	return nil
}

// sniff tells a file's type by its first bytes, "" for none that X takes. Content-Type is not
// asked: hosts get it wrong.
func sniff(head []byte) string {
	has := func(at int, s string) bool { return len(head) >= at+len(s) && string(head[at:at+len(s)]) == s }
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "image/gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(4, "ftypqt"):
		return "video/quicktime"
	case has(4, "ftyp") && !isStill(head):
		return "video/mp4"
	case has(0, "\x1aE\xdf\xa3"):
		return "video/webm"
	}
	return ""
}

// isStill says that a file in MP4's container is a photo: HEIC or AVIF, which X does not take.
// Source: https://mp4ra.org/registered-types/brands
func isStill(head []byte) bool {
	return len(head) >= 12 && slices.Contains(strings.Fields("heic heix heim heis hevc hevx mif1 msf1 avif avis"), string(head[8:12]))
}
