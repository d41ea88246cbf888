package rendition

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/api"
)

// ErrExpired says that the signed address has come to its end: list the media again for a new one.
// The host answers 403 with "URL signature expired".
var ErrExpired = errors.New("the address has expired")

const (
	op = "GET media file"
	// resumes is how often one stream is taken up again.
	resumes = 5
	// stall is how long a stream may bring nothing.
	stall = 30 * time.Second
)

// Client reads from the media host.
type Client struct {
	HTTP *http.Client // nil is http.DefaultClient
}

// get asks for the file from an offset on. The answer is 200 or 206.
func (c *Client) get(ctx context.Context, address string, from int64, etag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil {
		err = api.CheckURL(req.URL)
	}
	if err != nil {
		return nil, &api.Error{Service: "media", Op: op, Class: api.Invalid, Message: "its address can't be used: " + api.TransportMessage(err)}
	}
	// A length that is known beforehand needs the file as it is, not compressed on the way.
	req.Header.Set("Accept-Encoding", "identity")
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		if etag != "" && !strings.HasPrefix(etag, "W/") {
			req.Header.Set("If-Range", etag)
		}
	}
	resp, err := c.client().Do(req)
	if err != nil {
		return nil, &api.Error{Service: "media", Op: op, Class: api.Transient, Message: api.TransportMessage(err), Err: err}
	}
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPartialContent {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusal(resp)
}

// client follows redirects, but only to addresses that may be used.
func (c *Client) client() *http.Client {
	base := c.HTTP
	if base == nil {
		base = http.DefaultClient
	}
	out := *base
	out.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("too many redirects")
		}
		return api.CheckURL(r.URL)
	}
	return &out
}

// refusal is an answer that is no file.
func refusal(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
	e := &api.Error{Service: "media", Op: op, Status: resp.StatusCode, Class: api.Invalid, Message: api.StripQueries(strings.TrimSpace(string(body)))}
	switch {
	case resp.StatusCode == http.StatusForbidden && strings.Contains(strings.ToLower(e.Message), "expired"):
		e.Err = ErrExpired
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		e.Class = api.Transient
	}
	return e
}

// lengthOf is how many bytes the whole file has, -1 if the host does not say.
func lengthOf(resp *http.Response) int64 {
	if resp.StatusCode == http.StatusPartialContent {
		if _, total, ok := strings.Cut(resp.Header.Get("Content-Range"), "/"); ok {
			if n, err := strconv.ParseInt(total, 10, 64); err == nil {
				return n
			}
		}
		return -1
	}
	return resp.ContentLength
}
