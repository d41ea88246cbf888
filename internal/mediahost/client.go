package mediahost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// Client reads from the media host.
type Client struct {
	HTTP    *http.Client    // nil is http.DefaultClient
	Secrets *httpx.Redactor // may be nil
}

// part is what of a file is asked for.
type part struct {
	from  int64
	first bool    // only the first byte
	known version // of what was read before
}

// set asks for the part alone. If-Range makes a host send the whole file where it has changed, so
// that two versions are never joined.
func (p part) set(h http.Header) {
	switch {
	case p.first:
		h.Set("Range", "bytes=0-0")
	case p.from > 0:
		h.Set("Range", fmt.Sprintf("bytes=%d-", p.from))
		if v := p.known.strong(); v != "" {
			h.Set("If-Range", v)
		}
	}
}

// get asks for a part of a file. The answer is 200 or 206; the error is an *httpx.Error.
func (c *Client) get(ctx context.Context, address string, p part) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil {
		err = httpx.CheckURL(req.URL)
	} else {
		// NewRequest repeats the address, which holds a signature.
		err = errors.New("it is not a URL")
	}
	if err != nil {
		return nil, &httpx.Error{
			Service: service, Op: op, Class: httpx.Invalid, Type: TypeRefused,
			Message: "its address can't be used: " + err.Error(),
		}
	}
	// A length that is known beforehand needs the file as it is, not compressed on the way.
	req.Header.Set("Accept-Encoding", "identity")
	p.set(req.Header)
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

// client returns a client that follows redirects only to addresses that may be used, and does not
// send them the address that it comes from.
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

// Probe reports, by a nil error, whether the host gives a file: it asks for one byte. A host that
// refuses a range is asked for the file, and cut off after that byte.
func (c *Client) Probe(ctx context.Context, address string) error {
	err := c.probe(ctx, address, part{first: true})
	if e := httpx.As(err); e != nil && (e.Status == 400 || e.Status == 416 || e.Status == 501) {
		err = c.probe(ctx, address, part{})
	}
	return err
}

// probe reads the first byte of a part, and no more: a byte shows that the host has a file.
func (c *Client) probe(ctx context.Context, address string, p part) error {
	l, _, err := c.dial(ctx, address, p, new(meter))
	if err != nil {
		return err
	}
	defer l.close()
	var b [1]byte
	for {
		n, err := l.Read(b[:])
		switch {
		case n == 1 && (b[0] == '<' || b[0] == '{'): // no photo or video begins so, but a page does
			return unusable(TypeNoFile, "what the media host sent is no photo or video: %q", b[:])
		case n == 1:
			return nil
		case err != nil:
			return unusable(TypeNoFile, "the media host sent nothing: %v", err)
		}
	}
}

// lengthOf returns how many bytes the complete file has, -1 if the host does not say.
func lengthOf(resp *http.Response) int64 {
	if resp.StatusCode != http.StatusPartialContent {
		return resp.ContentLength
	}
	_, total, _ := strings.Cut(resp.Header.Get("Content-Range"), "/")
	return number(total)
}

// startOf returns where the bytes of a 206 begin, -1 if it does not say.
func startOf(resp *http.Response) int64 {
	first, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes "), "-")
	return number(first)
}

// number reads a length of a header, -1 where there is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// version tells one version of a file from another, as far as the host sends it.
type version struct{ etag, modified string }

// versionOf reads the version that an answer belongs to.
func versionOf(resp *http.Response) version {
	return version{resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")}
}

// strong returns what If-Range takes, which a weak ETag is not.
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
