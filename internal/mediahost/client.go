package mediahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// ErrExpired says that the signed address has come to its end: list the media again for a new one.
// The host answers 403 with "URL signature expired".
var ErrExpired = errors.New("the address has expired")

const op = "GET media file"

// Client reads from the media host.
type Client struct {
	HTTP    *http.Client    // nil is http.DefaultClient
	Secrets *httpx.Redactor // may be nil
}

// get asks for the file from an offset on. The answer is 200 or 206; the error an *httpx.Error.
func (c *Client) get(ctx context.Context, address string, from int64, known version) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil {
		err = httpx.CheckURL(req.URL)
	}
	if err != nil {
		return nil, &httpx.Error{Service: "media", Op: op, Class: httpx.Invalid, Message: "its address can't be used: " + httpx.TransportMessage(err)}
	}
	// A length that is known beforehand needs the file as it is, not compressed on the way.
	req.Header.Set("Accept-Encoding", "identity")
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		if v := known.strong(); v != "" {
			req.Header.Set("If-Range", v)
		}
	}
	resp, err := c.client().Do(req)
	if err != nil {
		return nil, unanswered(ctx, err)
	}
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.refusal(resp)
}

// client follows redirects, but only to addresses that may be used, and does not tell them where it comes from.
func (c *Client) client() *http.Client {
	base := c.HTTP
	if base == nil {
		base = http.DefaultClient
	}
	out := *base
	out.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		r.Header.Del("Referer")
		err := httpx.CheckURL(r.URL)
		if len(via) >= 5 {
			err = errors.New("too many redirects")
		}
		if err != nil {
			return &redirectError{err}
		}
		return nil
	}
	return &out
}

// redirectError says that a redirect was not followed.
type redirectError struct{ why error }

func (e *redirectError) Error() string { return "the host redirects, and " + e.why.Error() }

// unanswered is a call without an answer. The *url.Error around it, which holds the signed address, stays here.
func unanswered(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	err = orStalled(ctx, err)
	e := &httpx.Error{Service: "media", Op: op, Class: httpx.Transient, Message: err.Error(), Err: err}
	if r := (*redirectError)(nil); errors.As(err, &r) {
		e.Class = httpx.Invalid
	}
	return e
}

// refusal converts an answer that is no file to an *httpx.Error.
func (c *Client) refusal(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	text := strings.ToValidUTF8(strings.TrimSpace(string(body)), "")
	e := &httpx.Error{Service: "media", Op: op, Status: resp.StatusCode, Class: httpx.Invalid, Message: c.Secrets.Clip(text, httpx.MaxMessage)}
	switch {
	case resp.StatusCode == http.StatusForbidden && strings.Contains(strings.ToLower(text), "expired"):
		e.Err = ErrExpired
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		e.Class, e.Err = httpx.Transient, errChanged // the bytes that were asked for were there before
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
		e.Class = httpx.Transient
	}
	return e
}

// lengthOf is how many bytes the whole file has, -1 if the host does not say.
func lengthOf(resp *http.Response) int64 {
	if resp.StatusCode != http.StatusPartialContent {
		return resp.ContentLength
	}
	_, total, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
	return number(total)
}

// startOf is where the bytes of a 206 begin, -1 if it does not say.
func startOf(resp *http.Response) int64 {
	first, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes "), "-")
	return number(first)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// version is what tells one version of a file from another, as far as the host sends it.
type version struct{ etag, modified string }

func versionOf(resp *http.Response) version {
	return version{resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")}
}

// strong is what If-Range takes: no weak ETag.
func (v version) strong() string {
	if v.etag == "" || strings.HasPrefix(v.etag, "W/") {
		return v.modified
	}
	return v.etag
}

// differs compares what both have: a host may leave out in a 206 what it said before.
func (v version) differs(w version) bool {
	if v.etag != "" && w.etag != "" {
		return v.etag != w.etag
	}
	return v.modified != "" && w.modified != "" && v.modified != w.modified
}
