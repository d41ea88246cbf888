package github

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// row says what a refusal with this status and these words means. The first row that fits counts.
type row struct {
	status int    // 0 is any
	text   string // in the message or its details, in lower case; "" is any
	class  httpx.Class
	kind   string // httpx.Error.Type, where a caller has something of its own to do or say
}

// Kinds of refusal: httpx.Error.Type.
const (
	TypeEmptyRepository = "empty-repository"
	TypeIssuesDisabled  = "issues-disabled"
	TypeArchived        = "archived" // the whole repository is read only
	// TypeProtectedBranch is a ruleset or classic branch protection: no race, and no permission
	// that the token lacks.
	TypeProtectedBranch = "protected-branch"
	// TypeUnknownConflict is a 409 in words that no row knows: it may be a race, and may be a
	// refusal that stays.
	TypeUnknownConflict = "unknown-conflict"
)

// classes is matched by text too, since GitHub gives one status to things that call for opposite
// reactions. The rows that name a protected branch stand before the rows without words.
//
// Sources, read 2026-11-25: [T] is
// https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api, [L] is
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api, [G] is
// https://docs.github.com/rest/git/refs, [C] is https://docs.github.com/rest/repos/contents, [R] is
// "Available rules for rulesets"; owner/repository#n is a thread on github.com.
var classes = []row{
	// [T]
	{401, "", httpx.Unauthorized, ""},
	// [L]
	{429, "", httpx.RateLimited, ""},
	// [L] primary and secondary
	{403, "rate limit", httpx.RateLimited, ""},
	// [L] its older name
	{403, "abuse detection", httpx.RateLimited, ""},
	// [R] 403, 409 or 422
	{0, "rule violations", httpx.Forbidden, TypeProtectedBranch},
	// [R]
	{0, "protected ref", httpx.Forbidden, TypeProtectedBranch},
	// [G]
	{0, "protected branch", httpx.Forbidden, TypeProtectedBranch},
	// BobAnkh/auto-generate-changelog#78
	{0, "changes must be made through a pull request", httpx.Forbidden, TypeProtectedBranch},
	{0, "required status check", httpx.Forbidden, TypeProtectedBranch},
	// hub4j/github-api, GHRepository.java
	{403, "archived", httpx.Forbidden, TypeArchived},
	// [T]
	{403, "", httpx.Forbidden, ""},
	{404, "", httpx.NotFound, ""},
	// [G]
	{409, "repository is empty", httpx.Invalid, TypeEmptyRepository},
	// [C] The file or the branch has moved: "<path> does not match <sha>", "is at <x> but expected
	// <y>" (also as 422).
	{409, "does not match", httpx.Conflict, ""},
	{409, "but expected", httpx.Conflict, ""},
	{409, "not a fast forward", httpx.Conflict, ""},
	// https://docs.github.com/rest/actions/variables#create-a-repository-variable
	{409, "already exists", httpx.Conflict, ""},
	{409, "", httpx.Conflict, TypeUnknownConflict},
	// https://docs.github.com/rest/issues/issues#get-an-issue
	{410, "deleted", httpx.NotFound, ""},
	{410, "", httpx.Forbidden, TypeIssuesDisabled},
	// [G]
	{422, "not a fast forward", httpx.Conflict, ""},
	// [C]
	{422, "but expected", httpx.Conflict, ""},
	{422, "does not match", httpx.Conflict, ""},
	// [C] the file was made since we read
	{422, `"sha" wasn't supplied`, httpx.Conflict, ""},
	// [G]
	{422, "already exists", httpx.Conflict, ""},
	// [T]
	{422, "already_exists", httpx.Conflict, ""},
	// [G]
	{422, "reference does not exist", httpx.NotFound, ""},
	// Reads that lag behind our own writes: https://github.com/octokit/octokit.rb/issues/622
	{422, "does not exist", httpx.Transient, ""},
	// [T]
	{422, "", httpx.Invalid, ""},
	{400, "", httpx.Invalid, ""},
	{413, "", httpx.Invalid, ""},
	// https://docs.github.com/rest/repos/repos#get-a-repository
	{451, "", httpx.Forbidden, ""},
}

// classify finds the row for a refusal. A refusal without a row is Transient if its status is 500
// or more, and Unknown otherwise.
func classify(status int, text string) (httpx.Class, string) {
	text = strings.ToLower(text)
	for _, r := range classes {
		if (r.status == 0 || r.status == status) && strings.Contains(text, r.text) {
			return r.class, r.kind
		}
	}
	if status >= 500 || status == http.StatusRequestTimeout {
		return httpx.Transient, ""
	}
	return httpx.Unknown, ""
}

// decoder returns the function that converts an answer to a refusal.
func decoder(now func() time.Time) func(*httpx.Response) *httpx.Error {
	return func(r *httpx.Response) *httpx.Error {
		switch {
		// Only to a call that asked for it by If-None-Match.
		case r.Status == http.StatusNotModified:
			return nil
		case r.Status >= 300:
			return refusal(r, now())
		// 201 and 204 may have no body. 202 means that GitHub is still working; none of our calls
		// is answered so.
		case len(r.Body) == 0 && r.Status != http.StatusOK, json.Valid(r.Body):
			return nil
		}
		return r.Malformed()
	}
}

// fromEdge reports whether a 4xx has no JSON: something in front of GitHub answered, and GitHub's
// API was not asked.
func fromEdge(r *httpx.Response) bool {
	return r.Status >= 400 && r.Status < 500 && !json.Valid(r.Body)
}

func refusal(r *httpx.Response, now time.Time) *httpx.Error {
	e, text := r.Malformed(), string(r.Body)
	if said := words(r); said != "" {
		e, text = &httpx.Error{Message: said}, said
	}
	if r.Status < 400 {
		e = &httpx.Error{Message: "redirected to another host or method, which is not followed"}
	}
	e.TraceID = r.Header.Get("X-GitHub-Request-Id")
	e.Needs = r.Header.Get("X-Accepted-GitHub-Permissions")
	e.Class, e.Type = classify(r.Status, text)
	exhausted := r.Header.Get("X-RateLimit-Remaining") == "0"
	if r.Status == http.StatusForbidden && (exhausted || r.Header.Get("Retry-After") != "") {
		e.Class = httpx.RateLimited
	}
	if fromEdge(r) {
		e.Class, e.Type = httpx.Transient, ""
	}
	e.ResetAt = resetAt(r.Header, e.Class, exhausted, now)
	return e
}

// resetAt returns when to try again: Retry-After, then the reset of a limit that is used up, then a
// minute.
// Source:
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func resetAt(h http.Header, class httpx.Class, exhausted bool, now time.Time) time.Time {
	if wait, ok := httpx.RetryAfter(h, now); ok {
		return now.UTC().Add(wait)
	}
	if class != httpx.RateLimited {
		return time.Time{}
	}
	if unix, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && exhausted {
		return time.Unix(unix, 0).UTC()
	}
	return now.UTC().Add(time.Minute)
}

// words returns GitHub's words: the message, and in brackets what each detail says. It returns ""
// for an answer that is not GitHub's JSON. Shape:
// https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
func words(r *httpx.Response) string {
	var body struct {
		Message string
		Errors  json.RawMessage
	}
	if json.Unmarshal(r.Body, &body) != nil || body.Message == "" {
		return ""
	}
	if details := details(body.Errors); details != "" {
		return body.Message + " (" + details + ")"
	}
	return body.Message
}

// details returns the words of errors[], whose elements are objects at most endpoints and strings
// at some, and which is one string at others.
func details(raw json.RawMessage) string {
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	var out []string
	for _, m := range many {
		var text string
		var d struct{ Field, Code, Message string }
		if json.Unmarshal(m, &text) != nil && json.Unmarshal(m, &d) == nil {
			text = strings.Join(strings.Fields(d.Field+" "+d.Code+" "+d.Message), " ")
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "; ")
}
