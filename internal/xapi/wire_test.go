package xapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// now is when these tests take place, if they don't run on a world's clock or a bubble's.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const (
	accessToken  = "accessToken0123456789"
	refreshToken = "refreshToken/with+signs=0123456789"
	clientSecret = "clientSecret0123456789"
)

// sent is a request as it went out.
type sent struct {
	host   string
	op     string // method and path
	query  string
	header http.Header
	body   []byte
}

// wire answers requests and keeps them. It is a stand-in for what the simulator can't say.
type wire struct {
	answer func(sent) *http.Response // nil is a connection that dies

	mu   sync.Mutex
	seen []sent
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	s, err := read(r)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.seen = append(w.seen, s)
	w.mu.Unlock()
	resp := w.answer(s)
	if resp == nil {
		return nil, errors.New("connection reset by peer")
	}
	resp.Request = r
	return resp, nil
}

// read takes a request to pieces.
func read(r *http.Request) (sent, error) {
	s := sent{
		host:   r.URL.Host,
		op:     r.Method + " " + r.URL.Path,
		query:  r.URL.RawQuery,
		header: r.Header,
	}
	if r.Body == nil {
		return s, nil
	}
	defer r.Body.Close()
	s.body = make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, s.body); err != nil {
		return s, err
	}
	if n, err := r.Body.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return s, fmt.Errorf("%s has more than its length of %d bytes, %w", s.op, r.ContentLength,
			err)
	}
	return s, nil
}

// said is a plain answer; pairs are header names and values.
func said(status int, body string, pairs ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// script answers one request after the other; the last answer repeats.
func script(bodies ...string) *wire {
	n := 0
	return &wire{answer: func(sent) *http.Response {
		body := bodies[min(n, len(bodies)-1)]
		n++
		return said(200, body)
	}}
}

// client is an account's client on a wire, with a clock that stands still.
func client(w http.RoundTripper) *Client {
	return &Client{
		AccessToken: accessToken,
		HTTP:        &http.Client{Transport: w},
		Now:         func() time.Time { return now },
	}
}

// app is the token endpoint on a wire.
func app(w http.RoundTripper) *OAuth {
	return &OAuth{
		ClientID:     "clientID",
		ClientSecret: clientSecret,
		HTTP:         &http.Client{Transport: w},
		Now:          func() time.Time { return now },
	}
}

// inWorld is the client of the simulator's account.
func inWorld(w *sim.World, way http.RoundTripper) *Client {
	return &Client{
		AccessToken: w.Env()["X_ACCESS_TOKEN"],
		HTTP:        &http.Client{Transport: way},
		Now:         w.Now,
	}
}

// tap keeps what goes to another transport.
type tap struct {
	to http.RoundTripper

	mu   sync.Mutex
	seen []sent
}

func (t *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	s, err := read(r)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.seen = append(t.seen, s)
	t.mu.Unlock()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(s.body))
	return t.to.RoundTrip(again)
}

// segments are the appends that a tap has seen, by index; times counts how often each came.
func (t *tap) segments(tb testing.TB) (parts map[int][]byte, times map[int]int) {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	parts, times = map[int][]byte{}, map[int]int{}
	for _, s := range t.seen {
		if strings.HasSuffix(s.op, "/append") {
			i, media := s.segment(tb)
			parts[i] = media
			times[i]++
		}
	}
	return parts, times
}

// segment reads the form of an append: the media first, and nothing but its index behind it.
// Whether it is a form at all the simulator knows.
func (s sent) segment(tb testing.TB) (index int, media []byte) {
	tb.Helper()
	_, params, err := mime.ParseMediaType(s.header.Get("Content-Type"))
	if err != nil {
		tb.Fatal(err)
	}
	head, rest, _ := bytes.Cut(s.body, []byte("\r\n\r\n"))
	end := bytes.LastIndex(
		rest[:len(rest)-len(params["boundary"])-10],
		[]byte("\r\n--"+params["boundary"]),
	)
	if end < 0 || !bytes.Contains(head, []byte(`name="media"; filename=`)) {
		tb.Fatalf("no media in %q", head)
	}
	const before = "\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n"
	tail := string(rest[end+len("\r\n--"+params["boundary"]):])
	value, _, _ := strings.Cut(strings.TrimPrefix(tail, before), "\r\n")
	if index, err = strconv.Atoi(value); err != nil || !strings.HasPrefix(tail, before) {
		tb.Fatalf("no index in %q: %v", tail, err)
	}
	return index, rest[:end]
}

// count is how many calls of the log are this one, whose id is left out.
func count(w *sim.World, method, suffix string) int {
	n := 0
	for _, c := range w.Log() {
		if c.Method == method && strings.HasSuffix(c.Path, suffix) {
			n++
		}
	}
	return n
}

func refused(t *testing.T, err error) *httpx.Error {
	t.Helper()
	e := httpx.As(err)
	if e == nil {
		t.Fatalf("got %v, want an httpx.Error", err)
	}
	return e
}

// dump is everything that a program could print of an error.
func dump(err error) string {
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	if e := httpx.As(err); e != nil {
		text += fmt.Sprintf(" %+v %+v", *e, e.Err)
	}
	return text
}

func ids(tweets []Tweet) []string {
	var out []string
	for _, t := range tweets {
		out = append(out, t.ID)
	}
	return out
}

// everyCall is each call of this package, by the name that its errors have.
func everyCall(c *Client, o *OAuth) map[string]func(context.Context) error {
	upload := func(ctx context.Context) error {
		_, err := c.Upload(
			ctx,
			File{
				Body: strings.NewReader("jpg"), Size: 3, MediaType: "image/jpeg",
				Category: "tweet_image",
			},
		)
		return err
	}
	return map[string]func(context.Context) error{
		"POST /2/oauth2/token": func(ctx context.Context) error {
			_, err := o.Refresh(ctx, refreshToken)
			return err
		},
		"POST /2/media/upload/initialize":    upload,
		"POST /2/media/upload/{id}/append":   upload,
		"POST /2/media/upload/{id}/finalize": upload,
		"GET /2/media/upload": func(ctx context.Context) error {
			_, err := c.Status(ctx, "1880028106020515840")
			return err
		},
		"POST /2/media/metadata": func(ctx context.Context) error {
			return c.AltText(ctx,
				"1880028106020515840", "a mug")
		},
		"POST /2/tweets": func(ctx context.Context) error {
			_, err := c.Post(ctx, Post{Text: "hi"})
			return err
		},
		"GET /2/users/me": func(ctx context.Context) error {
			_, err := c.Me(ctx)
			return err
		},
		"GET /2/users/{id}/tweets": func(ctx context.Context) error {
			_, err := c.Timeline(ctx, "1500000000000000001", Bound{})
			return err
		},
	}
}

// answering gives one call an answer, and lets an upload come as far as that call.
func answering(op string, with func() *http.Response) *wire {
	return &wire{answer: func(s sent) *http.Response {
		if resp := uploading(op, s); resp != nil {
			return resp
		}
		return with()
	}}
}

// uploading answers the steps of an upload that are not op.
func uploading(op string, s sent) *http.Response {
	step := s.op[strings.LastIndex(s.op, "/"):]
	if strings.HasSuffix(op, step) ||
		!slices.Contains([]string{"/initialize", "/append", "/finalize"}, step) {
		return nil
	}
	return said(200, `{"data":{"id":"1880028106020515840"}}`)
}

// epoch is a time as X's headers have it.
func epoch(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
