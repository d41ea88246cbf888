package mediahost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// video is a file of n bytes that is an MP4 by its head, and whose every stretch differs from the
// others.
func video(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8 + i>>16)
	}
	copy(b, "\x00\x00\x00\x18ftypisom")
	return b
}

// turn is how one answer goes. The zero value is a reset before anything came.
type turn struct {
	status int   // instead of an answer with a body
	dead   bool  // there is no answer at all
	after  int64 // bytes of the body that come
	slow   bool  // every KiB of them takes 20 s
	err    error // what comes then; nil is silence
}

var errReset = errors.New("connection reset by peer")

func breaks(after int64) turn { return turn{after: after, err: errReset} }

// host is a media host without a socket. Its turns are answered one after the other, then
// everything goes well.
type host struct {
	file    []byte
	noRange bool // answers 200 to everything
	chunked bool // does not say how long the file is
	noTotal bool // says "bytes 10-99/*"
	turns   []turn
	change  func(h *host, n int, answer http.Header) // before the n-th answer (0-based)

	asked []string // Range headers
	ifs   []string // If-Range headers
	open  int      // bodies that nobody closed
}

func (h *host) RoundTrip(r *http.Request) (*http.Response, error) {
	n := len(h.asked)
	h.asked = append(h.asked, r.Header.Get("Range"))
	h.ifs = append(h.ifs, r.Header.Get("If-Range"))
	t := turn{after: 1 << 40}
	if n < len(h.turns) {
		t = h.turns[n]
	}
	header := http.Header{}
	if h.change != nil {
		h.change(h, n, header)
	}
	switch {
	case t.dead && t.err == nil:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case t.dead:
		return nil, t.err
	case t.status != 0:
		return &http.Response{
			StatusCode: t.status,
			Header:     header,
			Body:       io.NopCloser(strings.NewReader("<html>sorry</html>")),
		}, nil
	}
	return h.answer(r, header, t), nil
}

func (h *host) answer(r *http.Request, header http.Header, t turn) *http.Response {
	from, status := 0, http.StatusOK
	if rng := r.Header.Get("Range"); rng != "" && !h.noRange &&
		holds(r.Header.Get("If-Range"), header) {
		status = http.StatusPartialContent
		from, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(rng, "bytes="), "-"))
		total := strconv.Itoa(len(h.file))
		if h.noTotal {
			total = "*"
		}
		if header.Get("Content-Range") == "" {
			header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%s", from, len(h.file)-1, total))
		}
	}
	resp := &http.Response{
		StatusCode:    status,
		Header:        header,
		ContentLength: int64(len(h.file) - from),
	}
	if h.chunked {
		resp.ContentLength = -1
	}
	resp.Body = &body{host: h, ctx: r.Context(), rest: bytes.NewReader(h.file[from:]), turn: t}
	h.open++
	return resp
}

// holds says whether the condition of If-Range is met.
func holds(condition string, header http.Header) bool {
	return condition == "" || condition == header.Get("ETag") ||
		condition == header.Get("Last-Modified")
}

// body is an answer's body that ends as its turn says.
type body struct {
	host *host
	ctx  context.Context
	rest *bytes.Reader
	turn
}

func (b *body) Read(p []byte) (int, error) {
	switch {
	case b.ctx.Err() != nil:
		return 0, b.ctx.Err()
	case b.slow:
		p = p[:min(len(p), 1<<10)]
		select {
		case <-time.After(20 * time.Second):
		case <-b.ctx.Done():
			return 0, b.ctx.Err()
		}
	}
	if b.after > 0 {
		n, err := b.rest.Read(p[:min(int64(len(p)), b.after)])
		b.after -= int64(n)
		return n, err
	}
	if b.err == nil {
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	return 0, b.err
}

// Close is asked for once.
func (b *body) Close() error {
	b.host.open--
	return nil
}

const address = "https://media.test/v.mp4?oe=1&oh=signature"

func (h *host) client() *Client { return &Client{HTTP: &http.Client{Transport: h}} }

// read opens the file and reads it to its end.
func (h *host) read(t *testing.T) (s *Stream, got []byte, err error) {
	s, err = h.client().Open(t.Context(), address)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	got, err = io.ReadAll(s)
	return s, got, err
}

// bubble is a subtest in which waiting takes no time.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
