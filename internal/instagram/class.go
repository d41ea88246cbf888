package instagram

import (
	"net/http"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// The values of httpx.Error.Type for refusals whose words say more than their code. Any other
// refusal has Graph's own type ("OAuthException").
const (
	TypeAppDisabled     = "app-disabled"     // Meta switched the app's access off: no token helps
	TypeTooMuch         = "too-much-data"    // one call asked for more than Graph computes at once
	TypeTokenExpired    = "token-expired"    // as subcode 463, which is not always there
	TypePasswordChanged = "password-changed" // as subcode 460, likewise
	TypeAppSecret       = "app-secret"       // the app's id or its secret is another app's
	TypeReconnect       = "reconnect"        // the account has to be connected to the app again
	TypeInactive        = "account-inactive" // Meta has disabled the account's access for some weeks
)

// row says what a refusal with these codes means. The first row that fits counts.
type row struct {
	from, to int // codes, inclusive
	sub      int // subcode; 0 is any
	class    httpx.Class
}

// classes is the table of codes. Sources, read 2026-11-23:
//
//	[E] https://developers.facebook.com/docs/graph-api/guides/error-handling
//	[R] https://developers.facebook.com/docs/graph-api/overview/rate-limiting
var classes = []row{
	// [E] unknown, possibly an outage; listPage asks for less after it
	{1, 1, 0, httpx.Transient},
	// [E] outage
	{2, 2, 0, httpx.Transient},
	// [E] the app lacks a capability
	{3, 3, 0, httpx.Forbidden},
	// [E] [R] the app's calls
	{4, 4, 0, httpx.RateLimited},
	// [E] permission not granted, or taken away
	{10, 10, 0, httpx.Forbidden},
	// [E] [R] the person's calls
	{17, 17, 0, httpx.RateLimited},
	// [R] the Page's calls
	{32, 32, 0, httpx.RateLimited},
	// as 100/33, said with a code: https://github.com/criso/fbgraph/issues/141
	{33, 33, 0, httpx.NotFound},
	// not there, not shown to this token, or unsupported:
	// https://github.com/jstolpe/blog_code/issues/4
	{100, 100, 33, httpx.NotFound},
	// [E] bad parameter, or a field that does not exist
	{100, 100, 0, httpx.Invalid},
	// [E] the session is over
	{102, 102, 0, httpx.Unauthorized},
	// [E] the token is dead; the subcode says of what
	{190, 190, 0, httpx.Unauthorized},
	// [E] permission not granted, or taken away
	{200, 299, 0, httpx.Forbidden},
	// [E] the app's limit
	{341, 341, 0, httpx.RateLimited},
	// [E] blocked for a breach of policy
	{368, 368, 0, httpx.Forbidden},
	// [R] a limit of this one call
	{613, 613, 0, httpx.RateLimited},
	// no such id or alias: https://github.com/daryasary/instagram-graph-api/issues/1
	{803, 803, 0, httpx.NotFound},
	// the path is unknown: https://github.com/restfb/restfb (ig_login_exception.json)
	{2500, 2500, 0, httpx.Invalid},
	// the field is not for media of this kind; measured 2026-08, not documented
	{9005, 9005, 1452042, httpx.Invalid},
	// [R] business use cases; 80002 is Instagram
	{80001, 80014, 0, httpx.RateLimited},
}

// texts is the one place where a message's words count: Graph has no code for what they say, or
// leaves its code out. They are matched in lower case, before the codes, which differ from case to
// case. Sources are GitHub threads, owner/repository#n.
var texts = []struct {
	words string
	class httpx.Class
	kind  string
}{
	// genxbe/kirby3-instagram#8
	{"data use checkup", httpx.Forbidden, TypeAppDisabled},
	// codingbadger/instant-tokens.com#27
	{"api access disrupted", httpx.Forbidden, TypeAppDisabled},
	// companionstudio/instagram-token-agent#35
	{"api access deactivated", httpx.Forbidden, TypeAppDisabled},
	// from memory, no source
	{"api access blocked", httpx.Forbidden, TypeAppDisabled},
	// singer-io/tap-facebook#65
	{"reduce the amount of data", httpx.Transient, TypeTooMuch},
	// codingbadger/instant-tokens.com#28
	{"session has expired on", httpx.Unauthorized, TypeTokenExpired},
	// stevenschobert/instafeed.js#654
	{"changed their password", httpx.Unauthorized, TypePasswordChanged},
	{"for security reasons", httpx.Unauthorized, TypePasswordChanged},
	// facebook/facebook-python-business-sdk#528
	{"invalid appsecret_proof", httpx.Forbidden, TypeAppSecret},
	// facebookarchive/php-graph-sdk#538, with code 1, which would be an outage
	{"error validating client secret", httpx.Forbidden, TypeAppSecret},
	// sns-sdks/python-facebook#271, with code 101: no app has this id
	{"error validating application", httpx.Forbidden, TypeAppSecret},
	// in2code-de/instagram#25
	{"unsupported request - method type", httpx.Unauthorized, TypeReconnect},
	// seen with code 200; no thread
	{"disabled for non-active accounts", httpx.Forbidden, TypeInactive},
}

// classify sets e's class, and its type where the words say more than the code. A refusal
// without a row goes by its HTTP status.
func classify(e *httpx.Error, status int, transient bool) {
	words := strings.ToLower(e.Message)
	for _, t := range texts {
		if strings.Contains(words, t.words) {
			e.Class, e.Type = t.class, t.kind
			return
		}
	}
	e.Class = byCode(e.Code, e.Subcode)
	if e.Class == httpx.Unknown {
		e.Class = byStatus(status)
	}
	if (transient || status >= http.StatusInternalServerError) && e.Class != httpx.RateLimited {
		e.Class = httpx.Transient
	}
}

func byCode(code, sub int) httpx.Class {
	for _, r := range classes {
		if r.from <= code && code <= r.to && (r.sub == 0 || r.sub == sub) {
			return r.class
		}
	}
	return httpx.Unknown
}

// byStatus: 400 says nothing, Graph gives it to everything.
func byStatus(status int) httpx.Class {
	switch status {
	case http.StatusUnauthorized:
		return httpx.Unauthorized
	case http.StatusForbidden:
		return httpx.Forbidden
	case http.StatusNotFound:
		return httpx.NotFound
	case http.StatusRequestTimeout:
		return httpx.Transient
	case http.StatusTooManyRequests:
		return httpx.RateLimited
	}
	return httpx.Unknown
}
