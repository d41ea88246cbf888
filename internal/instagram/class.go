package instagram

import (
	"net/http"
	"strings"

	"github.com/postferry/postferry/internal/api"
)

// What api.Error.Type says where Graph has no code of its own for it; else it is Graph's own type ("OAuthException").
const (
	// TypeAppDisabled: Meta has switched the app's access off. No new token helps.
	TypeAppDisabled = "app-disabled"
	// TypeTooMuch: one call asked for more than Graph will compute at once.
	TypeTooMuch = "too-much-data"
)

// row says what a refusal with these codes means. The first row that fits counts.
type row struct {
	from, to int // codes, inclusive
	sub      int // subcode; 0 is any
	class    api.Class
}

// classes is the table of codes. Sources, read 2026-11-23:
//
//	[E] https://developers.facebook.com/docs/graph-api/guides/error-handling
//	[R] https://developers.facebook.com/docs/graph-api/overview/rate-limiting
var classes = []row{
	{1, 1, 0, api.Transient},           // [E] unknown, possibly an outage; listPage asks for less after it
	{2, 2, 0, api.Transient},           // [E] outage
	{3, 3, 0, api.Forbidden},           // [E] the app lacks a capability
	{4, 4, 0, api.RateLimited},         // [E] [R] the app's calls
	{10, 10, 0, api.Forbidden},         // [E] permission not granted, or taken away
	{17, 17, 0, api.RateLimited},       // [E] [R] the person's calls
	{32, 32, 0, api.RateLimited},       // [R] the Page's calls
	{33, 33, 0, api.NotFound},          // as 100/33, said with a code: https://github.com/criso/fbgraph/issues/141
	{100, 100, 33, api.NotFound},       // not there, not shown to this token, or unsupported: https://github.com/jstolpe/blog_code/issues/4
	{100, 100, 0, api.Invalid},         // [E] bad parameter, or a field that does not exist
	{102, 102, 0, api.Unauthorized},    // [E] the session is over
	{190, 190, 0, api.Unauthorized},    // [E] the token is dead; the subcode says of what
	{200, 299, 0, api.Forbidden},       // [E] permission not granted, or taken away
	{341, 341, 0, api.RateLimited},     // [E] the app's limit
	{368, 368, 0, api.Forbidden},       // [E] blocked for a breach of policy
	{613, 613, 0, api.RateLimited},     // [R] a limit of this one call
	{803, 803, 0, api.NotFound},        // no such id or alias: https://github.com/daryasary/instagram-graph-api/issues/1
	{2500, 2500, 0, api.Invalid},       // the path is unknown: https://github.com/restfb/restfb (ig_login_exception.json)
	{9005, 9005, 1452042, api.Invalid}, // the field is not for media of this kind; measured 2026-08, not documented
	{80001, 80014, 0, api.RateLimited}, // [R] business use cases; 80002 is Instagram
}

// texts is the one place where a message's words count: Graph has no code for what they say. They are matched in lower
// case, before the codes, which differ from case to case.
var texts = []struct {
	words string
	class api.Class
	kind  string
}{
	{"data use checkup", api.Forbidden, TypeAppDisabled},       // https://github.com/genxbe/kirby3-instagram/issues/8
	{"api access disrupted", api.Forbidden, TypeAppDisabled},   // https://github.com/codingbadger/instant-tokens.com/issues/27
	{"api access deactivated", api.Forbidden, TypeAppDisabled}, // the app was idle, or the developer is to be verified: https://github.com/companionstudio/instagram-token-agent/issues/35
	{"api access blocked", api.Forbidden, TypeAppDisabled},     // from memory, no source
	// A 500 with code 1, which no repetition cures: https://github.com/singer-io/tap-facebook/issues/65
	{"reduce the amount of data", api.RateLimited, TypeTooMuch},
}

// classify fills in e's class, and its type where the words say more than the code. What no row knows goes by the HTTP
// status.
func classify(e *api.Error, status int, transient bool) {
	words := strings.ToLower(e.Message)
	for _, t := range texts {
		if strings.Contains(words, t.words) {
			e.Class, e.Type = t.class, t.kind
			return
		}
	}
	e.Class = byCode(e.Code, e.Subcode)
	if e.Class == api.Unknown {
		e.Class = byStatus(status)
	}
	if (transient || status >= http.StatusInternalServerError) && e.Class != api.RateLimited {
		e.Class = api.Transient
	}
}

func byCode(code, sub int) api.Class {
	for _, r := range classes {
		if r.from <= code && code <= r.to && (r.sub == 0 || r.sub == sub) {
			return r.class
		}
	}
	return api.Unknown
}

// byStatus: 400 says nothing, Graph gives it to everything.
func byStatus(status int) api.Class {
	switch status {
	case http.StatusUnauthorized:
		return api.Unauthorized
	case http.StatusForbidden:
		return api.Forbidden
	case http.StatusNotFound:
		return api.NotFound
	case http.StatusRequestTimeout:
		return api.Transient
	case http.StatusTooManyRequests:
		return api.RateLimited
	}
	return api.Unknown
}
