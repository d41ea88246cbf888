package httpx

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class is what a caller may do about a refusal.
type Class string

// The classes. Each client has a table from its service's answers to one of these, with the source
// of each row.
const (
	Transient    Class = "transient"     // passes by itself: 5xx, reset, malformed body
	RateLimited  Class = "rate-limited"  // nothing before Error.ResetAt
	Ambiguous    Class = "ambiguous"     // sent once and unanswered: never resend, ask
	Duplicate    Class = "duplicate"     // X already has this text
	Unauthorized Class = "unauthorized"  // the token is dead or wrong
	Forbidden    Class = "forbidden"     // the token is valid and lacks the right
	OutOfCredit  Class = "out-of-credit" // X's billing
	Invalid      Class = "invalid"       // this request is at fault, the next one may pass
	NotFound     Class = "not-found"     // the thing is not there, or is hidden from this token
	Conflict     Class = "conflict"      // somebody else wrote first
	Unknown      Class = "unknown"       // no table knows the answer, which proves nothing
)

// maxMessage is the most bytes of Error.Message.
const maxMessage = 300

// Error is a remote refusal. Each layer passes it on as it is, and never flattens it to a string.
type Error struct {
	Service string // "instagram", "x", "github", "media"
	Op      string // "GET /{user}/media": the path template, never the query
	Status  int    // HTTP status; 0 when there was no answer
	Code    int    // the service's own code: Graph error.code, X error code; 0 if none
	Subcode int    // Graph error_subcode; 0 elsewhere
	Type    string // Graph error.type, or the last path segment of an X problem type
	Message string // the service's words, redacted, at most 300 bytes
	TraceID string // fbtrace_id, x-transaction-id, X-GitHub-Request-Id
	Version string // facebook-api-version that answered; empty elsewhere
	Needs   string // X-Accepted-GitHub-Permissions; empty elsewhere
	Class   Class
	ResetAt time.Time // when to try again; zero if the service did not say
	Err     error     // the transport's error when there was no answer
}

// Error returns one line: service, call, status, codes, the service's words, trace id.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Service, e.Op)
	if e.Status == 0 {
		b.WriteString("no answer")
	} else {
		fmt.Fprintf(&b, "%d", e.Status)
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, " code %d", e.Code)
	}
	if e.Subcode != 0 {
		fmt.Fprintf(&b, "/%d", e.Subcode)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.TraceID != "" {
		fmt.Fprintf(&b, " (trace %s)", e.TraceID)
	}
	return b.String()
}

// Unwrap returns the transport's error, so that errors.Is still recognizes a cancelled context.
func (e *Error) Unwrap() error { return e.Err }

// As returns the refusal inside err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// ClassOf returns the class of the refusal inside err: "" for nil, Unknown for an error that is no
// refusal.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	if e := As(err); e != nil {
		return e.Class
	}
	return Unknown
}

// IsTransient reports whether err goes away without anybody doing something.
func IsTransient(err error) bool {
	switch ClassOf(err) {
	case Transient, RateLimited, Ambiguous:
		return true
	}
	return false
}
