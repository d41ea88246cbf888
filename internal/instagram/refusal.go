package instagram

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	// defaultWait is how long to wait after a throttle that gives no figure: Graph counts calls
	// over a rolling hour.
	// Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
	defaultWait = time.Hour
	// longest bounds what a header can make us wait.
	longest = 24 * time.Hour
)

// wireError is Graph's error object. Source:
// https://developers.facebook.com/docs/graph-api/guides/error-handling
type wireError struct {
	Message   text `json:"message"`
	Type      text `json:"type"`
	Code      text `json:"code"`
	Subcode   text `json:"error_subcode"`
	Transient text `json:"is_transient"`
	UserTitle text `json:"error_user_title"`
	UserMsg   text `json:"error_user_msg"`
	Trace     text `json:"fbtrace_id"`
}

// refusal converts an answer of any status to the error that it is, and returns nil for any other:
// Graph has sent errors with 200. secret means that the body may hold a token and is not quoted.
func refusal(r *httpx.Response, now time.Time, secret bool) *httpx.Error {
	if r.Status < 300 && !bytes.Contains(r.Body, []byte(`"error`)) {
		return nil // a page of media is long: it is not read twice
	}
	e, transient := envelope(r.Body)
	switch {
	case e == nil && r.Status < 300:
		return nil
	case e == nil:
		e = broken(r, secret)
		if r.Status == http.StatusTooManyRequests {
			e.Class = httpx.RateLimited
		}
	case e.Class == "":
		classify(e, r.Status, transient)
	}
	e.ResetAt = resetAt(r.Header, e, now)
	return about(e, r)
}

// about adds what the answer's headers say: the version that answered, and the number by which
// Meta finds the call again.
func about(e *httpx.Error, r *httpx.Response) *httpx.Error {
	e.Version = r.Header.Get("Facebook-Api-Version")
	for _, name := range []string{"X-Fb-Trace-Id", "X-Fb-Request-Id"} {
		if e.TraceID == "" {
			e.TraceID = r.Header.Get(name)
		}
	}
	return e
}

// broken is the refusal for an answer that is neither what was asked for nor one of Graph's errors.
func broken(r *httpx.Response, secret bool) *httpx.Error {
	switch {
	case r.Status >= 300 && r.Status < 400:
		return &httpx.Error{
			Class:   httpx.Transient,
			Message: "redirected, which is not followed: the token would go along",
		}
	case secret:
		return &httpx.Error{
			Class: httpx.Transient,
			Message: "the answer is not the JSON that was asked for; " +
				"it may hold a token and is not shown",
		}
	}
	return r.Malformed()
}

// envelope returns the error in a body, or nil. Its class is left open, unless the envelope itself
// decides it.
func envelope(body []byte) (e *httpx.Error, transient bool) {
	var outer struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return nil, false
	}
	if outer.Error == nil || string(outer.Error) == "null" {
		return oauthEnvelope(body), false
	}
	var w wireError
	if json.Unmarshal(outer.Error, &w) != nil {
		var words text
		_ = json.Unmarshal(outer.Error, &words) // a bare string, from a proxy
		w = wireError{Message: words}
	}
	e = w.error()
	if e.Message == "" && e.Code == 0 {
		e.Class, e.Message = httpx.Transient, "an error that says nothing: "+string(outer.Error)
	}
	return e, w.Transient == "true" || w.Transient == "1"
}

func (w wireError) error() *httpx.Error {
	return &httpx.Error{
		Code: number(w.Code), Subcode: number(w.Subcode), Type: string(w.Type),
		TraceID: string(w.Trace), Message: w.words(),
	}
}

// words returns Graph's words for developers, and in brackets those for people, which often say
// more.
func (w wireError) words() string {
	people := strings.Trim(string(w.UserTitle)+": "+string(w.UserMsg), ": ")
	switch {
	case people == "" || strings.Contains(string(w.Message), people):
		return string(w.Message)
	case w.Message == "":
		return people
	}
	return string(w.Message) + " (" + people + ")"
}

// oauthEnvelope reads the other shape, of api.instagram.com, whose code is an HTTP status.
// Source:
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
func oauthEnvelope(body []byte) *httpx.Error {
	var w struct {
		Type    text `json:"error_type"`
		Code    text `json:"code"`
		Message text `json:"error_message"`
	}
	if json.Unmarshal(body, &w) != nil || w.Type == "" && w.Message == "" {
		return nil
	}
	e := &httpx.Error{Type: string(w.Type), Code: number(w.Code), Message: string(w.Message)}
	switch {
	case e.Code == http.StatusBadRequest:
		e.Class = httpx.Invalid
	case e.Code >= http.StatusInternalServerError:
		e.Class = httpx.Transient
	default:
		e.Class = byStatus(e.Code)
	}
	return e
}

func number(t text) int {
	n, err := strconv.Atoi(string(t))
	if err != nil {
		return 0
	}
	return n
}

// resetAt returns when to try again: what Retry-After or Meta's own headers say, an hour after a
// throttle that says nothing, and zero for everything else. Graph has not been seen to send
// Retry-After; a proxy before it may.
func resetAt(h http.Header, e *httpx.Error, now time.Time) time.Time {
	if e.Class != httpx.RateLimited && e.Class != httpx.Transient {
		return time.Time{}
	}
	wait, known := httpx.RetryAfter(h, now)
	if e.Class == httpx.RateLimited {
		wait, known = max(wait, regain(h)), true
		if wait == 0 {
			wait = defaultWait
		}
	}
	if !known {
		return time.Time{}
	}
	return now.UTC().Add(min(wait, longest))
}

// usage is one entry of Meta's usage headers.
type usage struct {
	Minutes text `json:"estimated_time_to_regain_access"`
}

func (u usage) wait() time.Duration {
	return time.Duration(min(max(number(u.Minutes), 0), int(longest/time.Minute))) * time.Minute
}

// regain returns the longest wait that the usage headers name; one answer may carry the entries of
// two accounts.
// Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
func regain(h http.Header) time.Duration {
	var app usage
	_ = json.Unmarshal([]byte(h.Get("X-App-Usage")), &app) // percentages only, so far
	most := app.wait()
	var cases map[string][]usage
	_ = json.Unmarshal([]byte(h.Get("X-Business-Use-Case-Usage")), &cases)
	for _, entries := range cases {
		for _, u := range entries {
			most = max(most, u.wait())
		}
	}
	return most
}
