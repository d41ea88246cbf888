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
	kind   string // httpx.Error.Type, where a caller has something of its own to say
}

// kinds of refusal.
const (
	emptyRepository = "empty-repository"
	issuesDisabled  = "issues-disabled"
)

// classes is matched by text too, since GitHub gives one status to things that call for opposite reactions.
// Sources, read 2026-11-23: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (401, 403, 404, 422),
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api (403, 429), the git and contents
// references for 409, and the reports named beside the rows.
var classes = []row{
	{401, "", httpx.Unauthorized, ""},
	{429, "", httpx.RateLimited, ""},
	{403, "rate limit", httpx.RateLimited, ""}, // primary and secondary
	{403, "abuse detection", httpx.RateLimited, ""},
	{403, "", httpx.Forbidden, ""},
	// A ruleset or a protected branch (GH013): 403, 409 or 422. https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
	{0, "rule violations", httpx.Forbidden, "ruleset"},
	{0, "protected branch", httpx.Forbidden, "ruleset"},
	{404, "", httpx.NotFound, ""},
	{409, "repository is empty", httpx.Invalid, emptyRepository},
	// The file or the branch has moved: "<path> does not match <sha>", "is at <x> but expected <y>" (also as 422).
	{409, "", httpx.Conflict, ""},
	{410, "deleted", httpx.NotFound, ""},
	{410, "", httpx.Forbidden, issuesDisabled},
	{422, "not a fast forward", httpx.Conflict, ""},
	{422, "but expected", httpx.Conflict, ""},
	{422, "does not match", httpx.Conflict, ""},
	{422, `"sha" wasn't supplied`, httpx.Conflict, ""}, // the file is there although it was not when we read
	{422, "already exists", httpx.Conflict, ""},
	{422, "already_exists", httpx.Conflict, ""},
	{422, "reference does not exist", httpx.NotFound, ""},
	// Reads that lag behind our own writes: https://github.com/octokit/octokit.rb/issues/622
	{422, "does not exist", httpx.Transient, ""},
	{422, "", httpx.Invalid, ""},
	{400, "", httpx.Invalid, ""},
	{413, "", httpx.Invalid, ""},
	{451, "", httpx.Forbidden, ""},
}

// classify finds the row for a refusal. What no row knows is Transient from 500 up, and Unknown below.
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

// decoder gives the function that reads a refusal out of an answer.
func decoder(now func() time.Time) func(*httpx.Response) *httpx.Error {
	return func(r *httpx.Response) *httpx.Error {
		switch {
		case r.Status >= 300:
			return refusal(r, now())
		// 201 and 204 may have no body. 202 means that GitHub is still at it; none of our calls is answered so.
		case len(r.Body) == 0 && r.Status != http.StatusOK, json.Valid(r.Body):
			return nil
		}
		return httpx.Malformed(r)
	}
}

func refusal(r *httpx.Response, now time.Time) *httpx.Error {
	e, text := httpx.Malformed(r), string(r.Body)
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
	e.ResetAt = resetAt(r.Header, e.Class, exhausted, now)
	return e
}

// resetAt is when to try again: Retry-After, then the reset of a limit that is used up, then a minute.
// Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
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

// words returns GitHub's words: the message, and in brackets what each detail says. It returns "" for
// an answer that is not GitHub's JSON.
// Shape: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
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

// details is errors[], whose elements are objects at most endpoints, strings at some, and which is one string at others.
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
