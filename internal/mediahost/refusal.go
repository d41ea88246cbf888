package mediahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	service = "media"
	op      = "GET media file"
)

// The values of httpx.Error.Type in errors of this package. All but the last two are faults of the
// host.
const (
	TypeRefused    = "host-refused" // an answer that is no file, or none
	TypeNoFile     = "no-file"      // 200, and HTML or nothing
	TypeBroken     = "broken-off"   // the file ended early, or changed on its way
	TypeSlow       = "slow"         // it came slower than 64 KiB a second over two minutes
	TypeUnreadable = "unreadable"   // it came, and is no picture that this program can write anew
	TypeOtherKind  = "other-kind"   // a photo was asked for, and it is a video
)

// ErrExpired means that the signed address has come to its end: list the media again for a new one.
// The host answers 403 with "URL signature expired".
var ErrExpired = errors.New("the address has expired")

// HostFault reports whether err is about the media host, and not about what the file holds.
func HostFault(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Service == service && e.Type != TypeUnreadable && e.Type != TypeOtherKind
}

// redirectError says that a redirect was not followed.
type redirectError struct{ why error }

func (e *redirectError) Error() string { return "the host redirects, and " + e.why.Error() }

// unanswered is the error for a call without an answer. The *url.Error around err, which holds the
// signed address, stays here.
func unanswered(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	err = orStalled(ctx, err)
	e := &httpx.Error{
		Service: service, Op: op, Class: httpx.Transient, Type: TypeRefused,
		Message: err.Error(), Err: err,
	}
	if r := (*redirectError)(nil); errors.As(err, &r) {
		e.Class = httpx.Invalid
	}
	return e
}

// refusal converts an answer that is no file to an *httpx.Error.
func (c *Client) refusal(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what came before a break is enough
	text := strings.TrimSpace(string(body))
	e := &httpx.Error{
		Service: service, Op: op, Status: resp.StatusCode, Class: httpx.Invalid, Type: TypeRefused,
		Message: c.Secrets.Message(text),
	}
	switch {
	case resp.StatusCode == http.StatusForbidden &&
		strings.Contains(strings.ToLower(text), "expired"):
		e.Err = ErrExpired
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		// The bytes that were asked for were there before.
		e.Class, e.Err = httpx.Transient, errChanged
	case resp.StatusCode == http.StatusRequestTimeout,
		resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode >= http.StatusInternalServerError:
		e.Class = httpx.Transient
	}
	return e
}

// unusable is the error for a file that came and can't be used.
func unusable(kind, format string, args ...any) error {
	return &httpx.Error{
		Service: service, Op: op, Status: http.StatusOK, Class: httpx.Invalid, Type: kind,
		Message: fmt.Sprintf(format, args...),
	}
}
