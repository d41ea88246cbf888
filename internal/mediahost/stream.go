package mediahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	// progress is how much a resumed stream must bring for its resumes to be counted anew.
	progress = 1 << 20
	// maxUncounted bounds what is read to count it: a host that never ends would hold a run for
	// ever. It is X's limit for a video. https://docs.x.com/x-api/media/quickstart/best-practices
	maxUncounted = 16 << 30
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
	head    []byte // read for the type, not yet returned by Read
	at      int64  // where the stream is in the file
	mark    int64  // where it was when the count of resumes began
	resumed int    // resumes since then
	pace    meter
	err     error // how the stream ended, for whoever reads on
}

// Open begins a stream. Its size is known before anything is uploaded: from the answer's head, or,
// if the host does not say, from reading the file once to count. The error is an *httpx.Error with
// Service "media"; ErrExpired in it asks for a new address.
func (c *Client) Open(ctx context.Context, address string) (*Stream, error) {
	s := &Stream{c: c, ctx: ctx, address: address}
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// open begins the stream, as often as a transient failure allows.
func (s *Stream) open() error {
	for err := s.begin(); err != nil; err = s.begin() {
		if err := s.retry(err); err != nil {
			return err
		}
	}
	if s.Size == 0 {
		return unusable(TypeNoFile, "the media host sent an empty file")
	}
	head := make([]byte, min(512, s.Size))
	if _, err := io.ReadFull(s, head); err != nil {
		return err
	}
	s.head, s.at = head, 0
	if s.Type = sniff(head); s.Type == "" {
		return unusable(TypeNoFile, "what the media host sent is no photo or video: %q",
			s.c.Secrets.Clip(string(head), 80))
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
		return unusable(TypeBroken, "the file does not end: %d GB and more", maxUncounted>>30)
	}
	return s.rejoin()
}

// rejoin asks for the file from where the stream is, and checks that it is the same file.
func (s *Stream) rejoin() error {
	resp, err := s.dial()
	if err != nil {
		return err
	}
	if n := lengthOf(resp); n >= 0 && n != s.Size {
		return changed(resp, fmt.Sprintf("it has %d bytes now, and had %d", n, s.Size))
	}
	if s.version.differs(versionOf(resp)) {
		return changed(resp, "the host says that it is another version")
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

// changed says that the host has another version of the file than the one whose bytes were read.
func changed(resp *http.Response, how string) error {
	return &httpx.Error{
		Service: service, Op: op, Status: resp.StatusCode, Class: httpx.Transient, Type: TypeBroken,
		Message: errChanged.Error() + ": " + how, Err: errChanged,
	}
}

// dial asks for the rest of the file, from where the stream stands.
func (s *Stream) dial() (resp *http.Response, err error) {
	s.line, resp, err = s.c.dial(s.ctx, s.address, part{from: s.at, known: s.version}, &s.pace)
	return resp, err
}

// Read returns the next bytes, and resumes the stream as often as is reasonable. io.EOF comes
// exactly at Size.
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

// next reads from the line, and makes a new one after a failure.
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
	final := errors.Is(cause, errChanged) || errors.Is(cause, errSlow)
	if refused || final || s.resumed == resumes.Tries {
		return s.broken(cause)
	}
	s.resumed++
	if err := httpx.Sleep(s.ctx, resumes.Pause(s.resumed)); err != nil {
		return s.broken(err)
	}
	return nil
}

// broken converts what ended a stream to an *httpx.Error.
func (s *Stream) broken(cause error) error {
	if httpx.As(cause) != nil {
		return cause
	}
	kind := TypeBroken
	switch {
	case errors.Is(cause, errSlow):
		kind = TypeSlow
	case errors.Is(cause, io.EOF), errors.Is(cause, io.ErrUnexpectedEOF):
		cause = errors.New("the connection ended early")
	}
	return &httpx.Error{
		Service: service, Op: op, Class: httpx.Transient, Type: kind, Err: cause,
		Message: fmt.Sprintf("the file broke off after %d of %d bytes: %v", s.at, s.Size, cause),
	}
}

// disconnect drops the line. The stream can go on with another one.
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
