package rendition

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/postferry/postferry/internal/api"
)

// Stream is a file on its way. Read resumes it by Range when the host breaks off.
type Stream struct {
	Size int64
	Type string // by its first bytes: "video/mp4", "image/jpeg", …

	c       *Client
	ctx     context.Context
	address string
	etag    string
	head    []byte // read for the type, not handed out yet
	body    io.ReadCloser
	at      int64 // bytes handed out
	left    int   // resumes left
	timer   *time.Timer
	cancel  context.CancelFunc
}

// Open begins a stream. Its size is known before anything is uploaded: from the answer's head, or, where the host does not
// say, by reading the file once to count. The error is an *api.Error with Service "media"; errors.Is(err, ErrExpired)
// asks for a new address.
func (c *Client) Open(ctx context.Context, address string) (*Stream, error) {
	s := &Stream{c: c, ctx: ctx, address: address, left: resumes}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if s.Size < 0 {
		if err := s.count(); err != nil {
			return nil, err
		}
	}
	head := make([]byte, min(512, s.Size))
	if _, err := io.ReadFull(s, head); err != nil {
		s.Close()
		return nil, s.broken(err)
	}
	s.head, s.at = head, 0
	if s.Type = sniff(head); s.Type == "" {
		s.Close()
		return nil, &api.Error{Service: "media", Op: op, Status: 200, Class: api.Invalid, Message: fmt.Sprintf("what the media host sent is no photo or video: %q", head[:min(len(head), 80)])}
	}
	return s, nil
}

// connect asks for the file from where the stream is.
func (s *Stream) connect() error {
	ctx, cancel := context.WithCancel(s.ctx)
	timer := time.AfterFunc(stall, cancel)
	resp, err := s.c.get(ctx, s.address, s.at, s.etag)
	if err != nil {
		timer.Stop()
		cancel()
		return err
	}
	s.body, s.timer, s.cancel = resp.Body, timer, cancel
	if s.at == 0 {
		s.Size, s.etag = lengthOf(resp), resp.Header.Get("ETag")
		return nil
	}
	if n := lengthOf(resp); n != s.Size {
		s.drop()
		return &api.Error{Service: "media", Op: op, Status: resp.StatusCode, Class: api.Transient, Message: fmt.Sprintf("the file changed from %d to %d bytes while it was read", s.Size, n)}
	}
	if resp.StatusCode == 200 { // the host ignores Range: skip what we have
		if _, err := io.CopyN(io.Discard, s.body, s.at); err != nil {
			s.drop()
			return s.broken(err)
		}
	}
	return nil
}

// count reads the file once for its size.
func (s *Stream) count() error {
	n, err := io.Copy(io.Discard, &watched{s})
	s.drop()
	if err != nil {
		return s.broken(err)
	}
	if err := s.connect(); err != nil {
		return err
	}
	s.Size = n
	return nil
}

// watched is a stream's body under its stall timer.
type watched struct{ s *Stream }

func (w *watched) Read(p []byte) (int, error) {
	w.s.timer.Reset(stall)
	return w.s.body.Read(p)
}

// Read gives the next bytes, resuming the stream as often as is reasonable. io.EOF comes exactly at Size.
func (s *Stream) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head, s.at = s.head[n:], s.at+int64(n)
		return n, nil
	}
	for {
		if s.at >= s.Size {
			return 0, io.EOF
		}
		s.timer.Reset(stall)
		n, err := s.body.Read(p[:min(int64(len(p)), s.Size-s.at)])
		s.at += int64(n)
		if n > 0 || err == nil {
			return n, nil
		}
		if err := s.resume(err); err != nil {
			return 0, err
		}
	}
}

func (s *Stream) resume(cause error) error {
	s.drop()
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if s.left == 0 {
		return s.broken(cause)
	}
	s.left--
	if err := api.Sleep(s.ctx, time.Duration(resumes-s.left)*200*time.Millisecond); err != nil {
		return err
	}
	err := s.connect()
	if err != nil && api.ClassOf(err) == api.Transient && s.left > 0 {
		return s.resume(err)
	}
	return err
}

func (s *Stream) broken(cause error) error {
	if errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		cause = errors.New("the connection ended early")
	}
	if api.As(cause) != nil {
		return cause
	}
	return &api.Error{Service: "media", Op: op, Class: api.Transient, Message: fmt.Sprintf("the file broke off after %d of %d bytes: %s", s.at, s.Size, api.TransportMessage(cause)), Err: cause}
}

func (s *Stream) drop() {
	if s.body != nil {
		s.timer.Stop()
		s.cancel()
		s.body.Close()
		s.body = nil
	}
}

// Close ends the stream.
func (s *Stream) Close() error {
	s.drop()
	return nil
}

// sniff tells a file's type by its first bytes, "" for none that X takes. Content-Type is not asked: hosts get it wrong.
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
	case has(4, "ftyp"):
		return "video/mp4"
	case has(0, "\x1aE\xdf\xa3"):
		return "video/webm"
	}
	return ""
}
