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
)

// Limits of one call. An answer of an API has a few kilobytes; 8 MiB is a page of 100 carousels
// with room to spare.
const (
	maxBody        = 8 << 20
	defaultTimeout = 20 * time.Second
	// A reset further away than this is left to the next run: a runner that waits costs minutes.
	maxWait = 10 * time.Second
)

// repeats is how a repeatable call is tried.
var repeats = Policy{Tries: 3, First: 300 * time.Millisecond, Growth: 3, Jitter: 0.5}

// Request is one remote call.
type Request struct {
	Op      string           // path template for messages: "POST /2/tweets"
	Method  string           // "" is GET
	URL     string           // complete, with its query
	Header  http.Header      // added to the request
	Body    func() io.Reader // makes a new reader for each try; nil for none
	Length  int64            // of Body
	Once    bool             // sent once and never repeated
	Timeout time.Duration    // of one try; 0 is 20 s
	Into    any              // JSON target; nil when the answer's body does not matter
	Secret  bool             // the answer may hold a token: a malformed one is not quoted
}

// Response is a complete answer.
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
	Clock   *Clock           // observes the Date of every answer; may be nil
	// Decode converts an answer of any status (Graph sends errors with 200) to the refusal that it
	// is; it returns nil for an answer that is no refusal. Do fills in Service, Op and Status.
	Decode func(*Response) *Error
}

// Do sends r and returns its answer. A repeatable call is tried up to three times while the refusal
// is Transient, or RateLimited with a reset no more than ten seconds away. The error is an *Error.
// Unwrap shows the end of ctx, and the time-out of a try as context.DeadlineExceeded; where ctx
// ends between two tries, the error is the last refusal.
func (c *Client) Do(ctx context.Context, r Request) (resp *Response, err error) {
	if r.Once {
		return c.try(ctx, r)
	}
	err = repeats.Retry(ctx, func(int) (next Next, err error) {
		resp, err = c.try(ctx, r)
		return c.next(err), err
	})
	return resp, err
}

// next decides what follows a try that ended with err.
func (c *Client) next(err error) Next {
	e := As(err)
	switch {
	case e == nil:
		return Stop
	case e.Class != Transient && e.Class != RateLimited:
		return Stop
	case e.ResetAt.IsZero() && e.Class == Transient:
		return Again
	case e.ResetAt.IsZero():
		return Stop
	}
	if wait := e.ResetAt.Sub(c.now()); wait <= maxWait {
		return Next(max(wait, 0))
	}
	return Stop
}

// RetryAfter reads the header of that name, which is in seconds or a date, as a wait from now. It
// is at most a day, so that no malformed answer stops the program for longer. ok reports whether
// the header is there.
// Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
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
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	ctx = httptrace.WithClientTrace(ctx, trace)
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
		return nil, c.fail(r, &Error{Class: class, Message: bare(err).Error(), Err: bare(err)},
			resp)
	}
	if e := c.read(r, resp); e != nil {
		return resp, c.fail(r, settleClass(e, r.Once, resp.Status), resp)
	}
	return resp, nil
}

// read decodes an answer into r.Into, or converts it to the refusal that it is.
func (c *Client) read(r Request, resp *Response) *Error {
	if e := c.Decode(resp); e != nil {
		return e
	}
	// An answer of which nothing is needed may be empty. The HTML page of an edge says that the
	// call never arrived.
	page := bytes.HasPrefix(bytes.TrimSpace(resp.Body), []byte("<"))
	if !page && (r.Into == nil || json.Unmarshal(resp.Body, r.Into) == nil) {
		return nil
	}
	if r.Secret {
		return &Error{Class: Transient, Message: notJSON}
	}
	return resp.Malformed()
}

// settleClass makes Ambiguous of what is Transient for a repeatable call: a call that was sent once
// may have worked, unless the service refused it with a 4xx.
func settleClass(e *Error, once bool, status int) *Error {
	if once && e.Class == Transient && (status < 400 || status >= 500) {
		e.Class = Ambiguous
	}
	return e
}

const notJSON = "the answer is not the JSON that was asked for"

// Malformed is the refusal for an answer that is not what was asked for: HTML from a proxy, half a
// JSON document. Its message quotes the complete answer, which Do redacts and then cuts.
func (r *Response) Malformed() *Error {
	return &Error{Class: Transient, Message: fmt.Sprintf("%s: %q", notJSON, r.Body)}
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
	if c.Clock != nil {
		c.Clock.Observe(resp.Header, c.now())
	}
	out := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
	}
	return out, err
}

// fail completes e with what Do knows. All texts of an answer leave through here: they are redacted
// while they are complete, and cut after that, since half a secret is no longer recognized.
func (c *Client) fail(r Request, e *Error, resp *Response) *Error {
	e.Service, e.Op = c.Service, r.Op
	if resp != nil {
		e.Status = resp.Status
	}
	e.Message = c.Secrets.Message(e.Message)
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

// JSON returns r with v as its body.
func (r Request) JSON(v any) Request {
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
