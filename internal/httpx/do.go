package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Limits of one call. An answer of an API is a few kilobytes; 8 MiB is a page of 100 carousels with room to spare.
const (
	maxBody        = 8 << 20
	defaultTimeout = 20 * time.Second
	maxTries       = 3
	// A reset further away than this is left to the next run: a waiting runner costs minutes.
	maxWait = 10 * time.Second
)

// Request is one remote call.
type Request struct {
	Op      string           // path template for messages: "POST /2/tweets"
	Method  string           // defaults to GET
	URL     string           // whole, with its query
	Header  http.Header      // added to the request
	Body    func() io.Reader // a fresh reader for each try; nil for none
	Length  int64            // of Body
	Once    bool             // sent once, never repeated, whatever happens
	Timeout time.Duration    // of one try; 20 s if zero
	Into    any              // JSON target; nil when the answer's body does not matter
	Secret  bool             // the answer may hold a token: a broken one is not quoted
}

// Response is a whole answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Client sends the requests of one service.
type Client struct {
	Service string
	HTTP    *http.Client     // nil is http.DefaultClient
	Now     func() time.Time // nil is time.Now
	Secrets *Redactor        // may be nil
	// Decode reads a refusal out of an answer of any status (Graph sends errors with 200), or returns nil when the
	// answer is none. It sets Status-independent fields only; Service, Op and Status are filled in by Do.
	Decode func(*Response) *Error
}

// Do sends r and returns its answer. Repeatable calls are tried up to three times while the refusal is Transient, or
// RateLimited with a reset no more than ten seconds away. The error is an *Error. The end of ctx shows through Unwrap, and so
// does a try's own time-out, as context.DeadlineExceeded; where ctx ends between two tries, the error is the last refusal.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if r.Once {
		return c.try(ctx, r)
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.Multiplier = 300*time.Millisecond, 3
	for n := 1; ; n++ {
		resp, err := c.try(ctx, r)
		if err == nil || n == maxTries || ctx.Err() != nil {
			return resp, err
		}
		d, again := c.pause(err, wait)
		if !again || Sleep(ctx, d) != nil {
			return resp, err
		}
	}
}

// pause says how long to wait before the next try, and whether there should be one.
func (c *Client) pause(err error, wait backoff.BackOff) (time.Duration, bool) {
	e := As(err)
	if e == nil || (e.Class != Transient && e.Class != RateLimited) {
		return 0, false
	}
	if e.ResetAt.IsZero() {
		return wait.NextBackOff(), e.Class == Transient
	}
	d := max(e.ResetAt.Sub(c.now()), 0)
	return d, d <= maxWait
}

// RetryAfter reads the header of that name, seconds or a date: how long to wait from now, a day at most, so that no broken
// answer can stop the program for longer. It is false where there is none.
// Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	const longest = 24 * time.Hour
	v := h.Get("Retry-After")
	if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
		return time.Duration(min(n, int64(longest/time.Second))) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(at.Sub(now), 0), longest), true
	}
	return 0, false
}

// try sends r once.
func (c *Client) try(ctx context.Context, r Request) (*Response, error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var sent atomic.Bool
	// GotConn and not WroteHeaders: a header that was half written may have arrived.
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	req, err := newRequest(ctx, r)
	if err != nil {
		return nil, c.fail(r, &Error{Class: Invalid, Message: err.Error(), Err: err}, nil)
	}
	resp, err := c.roundTrip(req)
	if err != nil {
		class := Transient
		if r.Once && (sent.Load() || resp != nil) {
			class = Ambiguous
		}
		return nil, c.fail(r, &Error{Class: class, Message: TransportMessage(err), Err: bare(err)}, resp)
	}
	if e := c.read(r, resp); e != nil {
		return resp, c.fail(r, settleClass(e, r.Once, resp.Status), resp)
	}
	return resp, nil
}

// read decodes an answer, or gives the refusal that it is.
func (c *Client) read(r Request, resp *Response) *Error {
	if e := c.Decode(resp); e != nil {
		return e
	}
	// Where nothing is to be read from the answer it may be empty, but an edge's HTML page says that the call never arrived.
	page := bytes.HasPrefix(bytes.TrimSpace(resp.Body), []byte("<"))
	if !page && (r.Into == nil || json.Unmarshal(resp.Body, r.Into) == nil) {
		return nil
	}
	e := Broken(&Response{Body: []byte(c.Secrets.String(string(resp.Body)))}) // before half of a secret is cut off
	if r.Secret {
		e.Message = "the answer is not the JSON that was asked for"
	}
	return e
}

// settleClass: what is passing for a repeatable call leaves a call that was sent once in doubt, unless the service
// said no in so many words (a 4xx).
func settleClass(e *Error, once bool, status int) *Error {
	if once && e.Class == Transient && (status < 400 || status >= 500) {
		e.Class = Ambiguous
	}
	return e
}

// Broken is the refusal for an answer that is not what was asked for: HTML from a proxy, half a JSON document.
func Broken(resp *Response) *Error {
	return &Error{Class: Transient, Message: fmt.Sprintf("the answer is not the JSON that was asked for: %q", head(resp.Body, 200))}
}

func (c *Client) roundTrip(req *http.Request) (*Response, error) {
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	out := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
	}
	return out, err
}

// fail completes e with what Do knows. Nothing leaves here unredacted.
func (c *Client) fail(r Request, e *Error, resp *Response) *Error {
	e.Service, e.Op = c.Service, r.Op
	if resp != nil {
		e.Status = resp.Status
	}
	e.Message = head([]byte(c.Secrets.String(StripQueries(e.Message))), 300)
	return e
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func newRequest(ctx context.Context, r Request) (*http.Request, error) {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if r.Body != nil {
		body = r.Body()
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, body)
	if err != nil {
		return nil, errors.New("the address is not a URL")
	}
	if err := CheckURL(req.URL); err != nil {
		return nil, err
	}
	if r.Body != nil {
		req.ContentLength = r.Length
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	return req, nil
}

// JSON gives a Request's Body, Length and content type for v.
func JSON(r Request, v any) Request {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // Unreachable: only our own plain structs come here.
	}
	r.Body, r.Length = func() io.Reader { return bytes.NewReader(b) }, int64(len(b))
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// Sleep waits for d, or returns ctx's error if that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
