package xapi

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// problem is the body of a refusal. X has several shapes: RFC 7807, a list of errors, OAuth's own.
type problem struct {
	Title, Detail, Type, Reason, Period string

	Error            string
	ErrorDescription string `json:"error_description"`

	Errors []struct {
		Code                                 int
		Message, Detail, Title, Type, Reason string
	}

	raw string // the body, where it is no JSON or says nothing
}

// parse reads a body of any kind. An edge answers with HTML or nothing, and X itself with
// text/plain at times.
func parse(body []byte) problem {
	var p problem
	_ = json.Unmarshal(body,
		&p) // a field of another type than here leaves the other fields readable
	if p.text() == "" {
		p.raw = strings.TrimSpace(string(body))
	}
	return p
}

// text returns the part of a refusal that says the most.
func (p problem) text() string {
	for _, e := range p.Errors {
		if s := first(e.Message, e.Detail, e.Title); s != "" {
			return s
		}
	}
	oauth := p.ErrorDescription
	if p.Error != "" && p.Error != oauth {
		oauth = strings.TrimSuffix(p.Error+": "+oauth, ": ")
	}
	return first(p.Detail, oauth, p.Title, p.raw)
}

// words returns all that the table matches, in lower case and a line each: what X says, and not
// what it repeats of the request. The first line is what a person reads.
func (p problem) words() string {
	all := []string{"says: " + p.text(), p.Title, p.Detail, lastSegment(p.Type), p.Reason,
		p.Error, p.ErrorDescription, p.raw}
	if p.Period != "" {
		all = append(all, "period: "+p.Period)
	}
	for _, e := range p.Errors {
		all = append(all, e.Title, e.Detail, e.Message, lastSegment(e.Type), e.Reason)
	}
	return strings.ToLower(strings.Join(all, "\n"))
}

func (p problem) hasCode(code int) bool {
	for _, e := range p.Errors {
		if e.Code == code {
			return true
		}
	}
	return false
}

// kind returns the name of X's problem type, "" if there is none. It may stand in the list's
// element.
func (p problem) kind() string {
	kinds := []string{lastSegment(p.Type)}
	for _, e := range p.Errors {
		kinds = append(kinds, lastSegment(e.Type))
	}
	return first(kinds...)
}

// lastSegment returns the name of a problem type. Its host moved from api.twitter.com to api.x.com
// in 2026; its name did not.
func lastSegment(uri string) string {
	if uri == "about:blank" {
		return ""
	}
	return uri[strings.LastIndex(uri, "/")+1:]
}

func first(texts ...string) string {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// refusal converts an answer from 300 up to an *httpx.Error; it returns nil for any other.
func refusal(op string, r *httpx.Response, now time.Time) *httpx.Error {
	if r.Status < 300 {
		return nil
	}
	p := parse(r.Body)
	if op == tokenOp {
		p.raw = "" // it may hold a token
	}
	means := meaning(op, r.Status, p)
	e := &httpx.Error{
		Message: p.text(), TraceID: r.Header.Get("x-transaction-id"),
		Class: means.class, Type: cmp.Or(means.key, p.kind()),
	}
	if len(p.Errors) > 0 {
		e.Code = p.Errors[0].Code
	}
	switch {
	case r.Status >= 500:
		e.Class = httpx.Transient
	case fromEdge(op, r) && op == postOp:
		// Only a refusal that X's API wrote proves that nothing was posted.
		e.Class, e.Type = httpx.Ambiguous, ""
	case fromEdge(op, r):
		e.Class, e.Type = httpx.Transient, ""
	case e.Class == httpx.RateLimited:
		e.ResetAt = reset(r.Header, now)
	}
	return e
}

const (
	window = 15 * time.Minute // of X's limits, where an answer names none
	day    = 24 * time.Hour   // the longest of X's limits: nothing further away is believed
)

// reset returns when a limit is lifted, in UTC: Retry-After, or else the latest reset of the limits
// that have nothing left.
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

// limits are the prefixes of the headers of X's limits.
var limits = []string{"x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"}

// usedUp returns the latest reset of the limits that have nothing left, zero if the answer names
// none.
func usedUp(h http.Header) time.Time {
	var resets []time.Time
	for _, limit := range limits {
		left := h.Get(limit + "-remaining")
		unix := atoi64(h.Get(limit + "-reset"))
		if unix > 0 && (left == "" || atoi64(left) == 0) {
			resets = append(resets, time.Unix(unix, 0).UTC())
		}
	}
	if len(resets) == 0 {
		return time.Time{}
	}
	return slices.MaxFunc(resets, time.Time.Compare)
}
