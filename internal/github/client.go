package github

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
)

const service = "github"

// Options say which repository, and how to reach it.
type Options struct {
	// APIURL is GITHUB_API_URL, with or without a slash at its end; "" is https://api.github.com.
	APIURL  string
	Token   string
	Owner   string
	Repo    string
	HTTP    *http.Client     // its Transport and Timeout are used; nil is http.DefaultClient
	Now     func() time.Time // nil is time.Now
	Secrets *httpx.Redactor  // may be nil
	Clock   *httpx.Clock     // observes the Date of every answer; may be nil
}

// Client makes the calls of one token to one repository. Its methods may be called at the same
// time.
type Client struct {
	owner, repo string // escaped for a path
	token       string
	secrets     *httpx.Redactor
	api         *httpx.Client
	gh          *github.Client
	expires     atomic.Pointer[time.Time]
}

// New makes a client. It makes no call; the first call reports an address that is no URL.
func New(o Options) *Client {
	c := &Client{
		owner: url.PathEscape(o.Owner), repo: url.PathEscape(o.Repo),
		token: o.Token, secrets: o.Secrets,
	}
	inner := &http.Client{CheckRedirect: follow}
	if o.HTTP != nil {
		inner.Transport, inner.Timeout = o.HTTP.Transport, o.HTTP.Timeout
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	c.api = &httpx.Client{
		Service: service, HTTP: inner, Now: now, Secrets: o.Secrets, Clock: o.Clock,
		Decode: decoder(now),
	}
	c.gh = github.NewClient(&http.Client{Transport: wire{c}})
	c.gh.UserAgent = "postferry"
	if o.APIURL != "" {
		c.gh.BaseURL = baseURL(o.APIURL)
	}
	return c
}

// baseURL ends in the slash that go-github insists on. WithEnterpriseURLs would add "api/v3/" to
// whatever does not look like api.github.com, and GITHUB_API_URL already has that where it belongs.
func baseURL(s string) *url.URL {
	u, err := url.Parse(strings.TrimSuffix(s, "/") + "/")
	if err != nil {
		return &url.URL{Path: "/"} // has no host, which httpx.CheckURL refuses
	}
	return u
}

// follow follows a redirect that changes neither host nor method: GitHub answers so for a renamed
// repository. Any other would take the token to a stranger, or silently turn a write into a GET.
func follow(req *http.Request, via []*http.Request) error {
	first := via[0]
	sameHost := req.URL.Host == first.URL.Host && req.URL.Scheme == first.URL.Scheme
	if !sameHost || req.Method != first.Method || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// TokenExpires returns when the token ends, as GitHub said with its last answer; zero if it did
// not.
// Source: the header GitHub-Authentication-Token-Expiration, sent for personal access tokens that
// end.
func (c *Client) TokenExpires() time.Time {
	if t := c.expires.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// op is one kind of call.
type op struct {
	name string // path template for messages
	once bool   // not repeatable: sent once, and an answer that does not come is httpx.Ambiguous
}

func repeat(name string) op { return op{name: name} }
func once(name string) op   { return op{name: name, once: true} }

// call is one call on its way. It travels to wire in the request's context, and the refusal comes
// back in it, because go-github does not pass on the errors of a transport as they are.
type call struct {
	op
	status int
	err    error
}

type callKey struct{}

// begin prepares a call by go-github: the context to make it with, and what end is asked with.
func (c *Client) begin(ctx context.Context, o op) (context.Context, *call) {
	sent := &call{op: o}
	return context.WithValue(ctx, callKey{}, sent), sent
}

// end converts what go-github returned to an *httpx.Error, or to nil.
func (c *Client) end(sent *call, resp *github.Response, err error) error {
	switch {
	case sent.err != nil:
		return sent.err
	case sent.status == http.StatusNotModified: // go-github takes it for an error
		return nil
	case err != nil:
		return c.misfit(sent, err)
	}
	if t := resp.TokenExpiration; !t.IsZero() {
		c.expires.Store(&t.Time)
	}
	return nil
}

// byHand makes a call that go-github has no method for, or none that works. path is inside the
// repository.
func (c *Client) byHand(
	ctx context.Context, o op, method, path string, h http.Header, body, into any,
) (*github.Response, error) {
	ctx, sent := c.begin(ctx, o)
	req, err := c.gh.NewRequest(method, "repos/"+c.owner+"/"+c.repo+"/"+path, body)
	if err != nil {
		return nil, c.misfit(sent, err)
	}
	for name, values := range h {
		req.Header[name] = values
	}
	resp, err := c.gh.Do(ctx, req, into)
	return resp, c.end(sent, resp, err)
}

// misfit converts an error of go-github's own: it could not build the request, or the answer is
// JSON of another shape.
func (c *Client) misfit(sent *call, err error) *httpx.Error {
	e := &httpx.Error{
		Service: service, Op: sent.name, Status: sent.status, Class: httpx.Transient, Err: err,
		Message: c.secrets.Message(err.Error()),
	}
	switch {
	case sent.status == 0:
		e.Class = httpx.Invalid
	case sent.once:
		e.Class = httpx.Ambiguous
	}
	return e
}

// wire carries go-github's requests over httpx.Client.
type wire struct{ c *Client }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Context().Value(callKey{}).(*call)
	r := httpx.Request{
		Op: sent.name, Once: sent.once, Method: req.Method, URL: req.URL.String(),
		Header: req.Header.Clone(),
	}
	// Here and not by WithAuthToken, which sends the token wherever a redirect leads.
	if w.c.token != "" {
		r.Header.Set("Authorization", "Bearer "+w.c.token)
	}
	if req.Body != nil {
		defer req.Body.Close()
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err // Unreachable: the body is in memory.
		}
		r.Body, r.Length = func() io.Reader { return bytes.NewReader(body) }, int64(len(body))
	}
	resp, err := w.c.api.Do(req.Context(), r)
	if err != nil {
		sent.err = err
		return nil, err
	}
	sent.status = resp.Status
	return answer(req, resp), nil
}

// limitHeaders are those from which go-github concludes that the next call would be refused.
var limitHeaders = []string{
	"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After",
}

// answer returns resp as go-github wants it, without the headers from which it concludes that it
// must refuse the next call by itself, with a 403 that GitHub never sent.
func answer(req *http.Request, resp *httpx.Response) *http.Response {
	h := resp.Header.Clone()
	for _, name := range limitHeaders {
		h.Del(name)
	}
	return &http.Response{
		StatusCode: resp.Status, Status: http.StatusText(resp.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Request: req,
		Body: io.NopCloser(bytes.NewReader(resp.Body)), ContentLength: int64(len(resp.Body)),
	}
}
