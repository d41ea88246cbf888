package xapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// Types that tell refusals of one class apart: httpx.Error.Type.
const (
	TypeDeadGrant        = "dead-grant"        // the refresh token is spent or revoked
	TypeMediaIDs         = "media-ids"         // an uploaded file is not known, not ready or too old
	TypeProcessingFailed = "processing-failed" // X can't use the video
	TypeVideoTooLong     = "video-too-long"    // this account may not post a video of that length
	TypeNotPermitted     = "not-permitted"     // X will not have this one post
	TypeSpendCap         = "spend-cap"
	TypeNotEnrolled      = "not-enrolled"
	TypeSuspended        = "suspended"
	TypeMissingScope     = "missing-scope"
	TypeUnsupportedAuth  = "unsupported-authentication"
)

// problem is a refusal's body. X has several shapes: RFC 7807, a list of errors, OAuth's own.
type problem struct {
	Title, Detail, Type, Reason string
	Error                       string
	ErrorDescription            string `json:"error_description"`
	Errors                      []struct {
		Code    int
		Message string
	}
}

// text is what a refusal says, its most telling part first.
func (p problem) text() string {
	var parts []string
	for _, e := range p.Errors {
		parts = append(parts, e.Message)
	}
	oauth := p.ErrorDescription
	if p.Error != "" && p.Error != oauth {
		oauth = strings.TrimSuffix(p.Error+": "+oauth, ": ")
	}
	for _, s := range append(parts, p.Detail, oauth, p.Title) {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// row says what a refusal with this status, on this call, with these words means. The first that fits counts.
type row struct {
	status int
	op     string // prefix; "" is any call
	words  string // in the body, lower case; "" is any
	class  httpx.Class
	typ    string
}

// classes: sources are https://docs.x.com/x-api/fundamentals/response-codes-and-errors (problem types),
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (token endpoint), and for bodies that
// the documentation does not show, the threads named beside the rows.
var classes = []row{
	{400, "POST /2/oauth2/token", "invalid_grant", httpx.Unauthorized, TypeDeadGrant},   // github.com/nopara73/LongevityWorldCup/pull/789
	{400, "POST /2/oauth2/token", "invalid_request", httpx.Unauthorized, TypeDeadGrant}, // "Value passed for the token was invalid."
	{400, "POST /2/oauth2/token", "", httpx.Unauthorized, ""},
	{403, "POST /2/oauth2/token", "", httpx.Unauthorized, ""},
	{401, "", "", httpx.Unauthorized, ""}, // at the token endpoint: unauthorized_client, github.com/plhery/node-twitter-api-v2/issues/319
	{402, "", "", httpx.OutOfCredit, ""},  // "CreditsDepleted" and "credits-depleted"
	{403, "", "spendcapreached", httpx.OutOfCredit, TypeSpendCap},
	{403, "", "spend cap", httpx.OutOfCredit, TypeSpendCap},
	{403, "", "duplicate content", httpx.Duplicate, ""}, // github.com/akrherz/iembot/issues/163
	{403, "", "client-not-enrolled", httpx.Forbidden, TypeNotEnrolled},
	{403, "", "client-forbidden", httpx.Forbidden, TypeNotEnrolled},
	{403, "", "suspended", httpx.Forbidden, TypeSuspended},
	{403, "", " locked", httpx.Forbidden, TypeSuspended}, // and not "blocked"
	{403, "", "unsupported-authentication", httpx.Forbidden, TypeUnsupportedAuth},
	{403, "", "longer than", httpx.Invalid, TypeVideoTooLong},      // "This user is not allowed to post a video longer than 2 minutes."
	{403, "POST /2/media/", "", httpx.Forbidden, TypeMissingScope}, // github.com/plhery/node-twitter-api-v2/issues/588
	{403, "GET /2/media/", "", httpx.Forbidden, TypeMissingScope},
	{403, "POST /2/tweets", "not permitted to access this feature", httpx.Forbidden, ""},
	{403, "POST /2/tweets", "", httpx.Invalid, TypeNotPermitted},
	{403, "", "", httpx.Forbidden, ""},
	{400, "GET /2/media/upload", "", httpx.NotFound, ""}, // STATUS of an id that X has forgotten: "BadRequest: Not found"
	{404, "GET /2/media/upload", "", httpx.NotFound, ""},
	{404, "POST /2/media/", "", httpx.Transient, ""},                // outages of 2025-05-28 and 2026-01-29 answered uploads with 404
	{400, "", "media ids are invalid", httpx.Invalid, TypeMediaIDs}, // github.com/plhery/node-twitter-api-v2/issues/501
	{400, "", "", httpx.Invalid, ""},
	{404, "", "", httpx.NotFound, ""},
	{409, "", "", httpx.Invalid, ""},
	{413, "", "", httpx.Invalid, ""},
	{429, "", "", httpx.RateLimited, ""},
}

// refusal reads an answer that is none. It is nil for one that is.
func refusal(op string, r *httpx.Response, now time.Time) *httpx.Error {
	if r.Status < 300 {
		return nil
	}
	var p problem
	_ = json.Unmarshal(r.Body, &p) // an edge answers with HTML or nothing: the status says enough
	e := &httpx.Error{Message: p.text(), TraceID: r.Header.Get("x-transaction-id"), Type: lastSegment(p.Type)}
	// A broken token answer is not quoted. Any other is quoted whole: httpx.Client cuts it when secrets are hidden.
	if e.Message == "" && op != tokenOp {
		e.Message = strings.TrimSpace(string(r.Body))
	}
	if len(p.Errors) > 0 {
		e.Code = p.Errors[0].Code
	}
	means := meaning(op, r)
	e.Class = means.class
	if means.typ != "" {
		e.Type = means.typ
	}
	switch {
	case r.Status >= 500:
		e.Class = httpx.Transient
	case page(r):
		e.Class, e.Type = httpx.Transient, ""
	case e.Class == httpx.RateLimited:
		e.ResetAt = reset(r.Header, now)
	}
	return e
}

// meaning is the first row that fits.
func meaning(op string, r *httpx.Response) row {
	words := strings.ToLower(string(r.Body))
	for _, row := range classes {
		if row.status == r.Status && strings.HasPrefix(op, row.op) && strings.Contains(words, row.words) {
			return row
		}
	}
	return row{class: httpx.Unknown}
}

// lastSegment: the host of a problem type moved from api.twitter.com to api.x.com in 2026, its name did not.
func lastSegment(uri string) string {
	if uri == "about:blank" {
		return ""
	}
	return uri[strings.LastIndex(uri, "/")+1:]
}

// page says whether the answer is an edge's HTML page: X itself was not asked, so that it means nothing that X's own 400,
// 403 or 404 would.
func page(r *httpx.Response) bool {
	switch r.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound:
		return bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("<"))
	}
	return false
}

const (
	window = 15 * time.Minute // of X's limits, where an answer names none
	day    = 24 * time.Hour   // the longest of X's limits: nothing further away is believed
)

// reset is when a limit is lifted, in UTC: Retry-After, or else the latest reset of the limits that have nothing left.
// Source: https://docs.x.com/x-api/fundamentals/rate-limits
func reset(h http.Header, now time.Time) time.Time {
	now = now.UTC()
	at := usedUp(h)
	if wait, ok := httpx.RetryAfter(h, now); ok && wait > 0 {
		at = now.Add(wait)
	}
	switch {
	case at.Before(now):
		return now.Add(window)
	case at.After(now.Add(day)):
		return now.Add(day)
	}
	return at
}

// usedUp is the latest reset of the limits that have nothing left, zero if the answer names none.
func usedUp(h http.Header) (at time.Time) {
	for _, limit := range []string{"x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"} {
		left := h.Get(limit + "-remaining")
		if t := time.Unix(atoi64(h.Get(limit+"-reset")), 0).UTC(); (left == "" || atoi64(left) == 0) && t.After(at) && t.Unix() > 0 {
			at = t
		}
	}
	return at
}

// IsDeadGrant says that X refuses the refresh token for good.
func IsDeadGrant(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Type == TypeDeadGrant
}
