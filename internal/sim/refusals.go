package sim

import "fmt"

// Refusal is an answer that a service was seen to give, for a test to play: w.Fail(r.Fault) plays
// it once. Its fields can be changed first, for instance Times or When.
type Refusal struct {
	Name string
	// Whose says whose fault it is: "file", "text", "thread" (the post that is answered), "account",
	// "app", "x", "edge" (in front of X), "instagram", "host" (the media host), "login" (to X or
	// Instagram), "rule" (of a branch), "race", "rate" (GitHub's secondary limit).
	Whose  string
	Source string
	Fault
}

// Refuse is the refusal of a name, as a fault that is met once. An unknown name panics.
func Refuse(name string) Fault {
	for _, r := range Refusals {
		if r.Name == name {
			return r.Fault
		}
	}
	panic(fmt.Sprintf("sim: no refusal is called %q", name))
}

// The calls that the refusals are answers to.
const (
	callInitialize = "POST /2/media/upload/initialize"
	callAppend     = "POST /2/media/upload/*/append"
	callFinalize   = "POST /2/media/upload/*/finalize"
	callStatus     = "GET /2/media/upload"
	callPost       = "POST /2/tweets"
	callToken      = "POST /2/oauth2/token"
	callList       = "GET /*/*/media"
	callFile       = "GET /file/*"
	callRefs       = "PATCH /repos/*/*/git/refs/**"
)

// onX is an answer of X's API.
func onX(call string, status int, body string) Fault {
	return Fault{Service: "x", Call: call, Status: status, Body: body}
}

// invalidBody is X's envelope for a request whose content it does not take.
func invalidBody(message string) string {
	return fmt.Sprintf(`{"errors":[{"message":%q}],"title":"Invalid Request",`+
		`"detail":"One or more parameters to your request was invalid.",`+
		`"type":"https://api.x.com/2/problems/invalid-request"}`, message)
}

// forbiddenBody is X's envelope for what an account may not do. A code is in a list of errors, as
// the older API has it.
func forbiddenBody(code int, detail string) string {
	list := ""
	if code != 0 {
		list = fmt.Sprintf(`"errors":[{"code":%d,"message":%q}],`, code, detail)
	}
	return fmt.Sprintf(`{%s"title":"Forbidden","detail":%q,"type":"about:blank","status":403}`,
		list, detail)
}

// statusBody is an answer to STATUS; {id} stands for the upload's.
func statusBody(info string) string {
	return `{"data":{"id":"{id}","processing_info":{` + info + `}}}`
}

// Refusals are the answers that were seen, by call. A first part concerns one file, text or thread;
// what follows does not, and no media may pay for it.
var Refusals = []Refusal{
	// One file.
	{"status-failed", "file", "https://github.com/plhery/node-twitter-api-v2/issues/243",
		onX(callStatus, 200, statusBody(`"state":"failed","progress_percent":100,"error":{"code":3,`+
			`"name":"UnsupportedMedia","message":"Duration 1300000 exceeds max duration 1200000"}`))},
	{"status-unfinished", "file", "https://github.com/abraham/twitteroauth/issues/1185",
		onX(callStatus, 200, statusBody(`"state":"in_progress","progress_percent":99,"error":{"code":1,`+
			`"name":"InvalidMedia","message":"file is invalid"}`))},
	{"status-404", "file", "https://github.com/tweepy/tweepy/issues/1851",
		onX(callStatus, 404, `{"title":"Not Found Error","detail":"Not found","status":404,`+
			`"type":"https://api.x.com/2/problems/resource-not-found"}`)},
	{"status-400", "file", "https://github.com/drswork/go-twitter/issues/16",
		onX(callStatus, 400, invalidBody("BadRequest: Not found"))},
	{"finalize-unrecognized", "file", "https://github.com/sferik/x-ruby/issues/54",
		onX(callFinalize, 400, invalidBody("media type unrecognized"))},
	{"finalize-unrecognized-text", "file", "https://github.com/sferik/x-ruby/issues/54",
		Fault{Service: "x", Call: callFinalize, Status: 400, Body: "media type unrecognized",
			Header: map[string]string{"Content-Type": "text/plain"}}},
	{"finalize-duration", "file", "https://github.com/jublo/codebird-php/issues/188",
		onX(callFinalize, 400, invalidBody("Duration too long, maximum:140000, actual:160000"))},
	{"initialize-size", "file", "https://github.com/linvi/tweetinvi/issues/399",
		onX(callInitialize, 400, invalidBody("$.total_bytes: number must be at most 536870912"))},
	{"post-longer-400", "file", "https://docs.x.com/x-api/media/quickstart/best-practices",
		onX(callPost, 400,
			invalidBody("This user is not allowed to post a video longer than 2 minutes."))},
	{"post-longer-324", "file", "https://docs.x.com/x-api/media/quickstart/best-practices",
		onX(callPost, 403, forbiddenBody(324,
			"This user is not allowed to post a video longer than 2 minutes."))},
	{"post-media-ids", "file", "https://github.com/plhery/node-twitter-api-v2/issues/501",
		onX(callPost, 400, invalidBody("Your media IDs are invalid."))},

	// One text.
	{"post-too-long", "text", "https://docs.x.com/fundamentals/counting-characters",
		onX(callPost, 403, forbiddenBody(186, "Tweet needs to be a bit shorter."))},
	{"post-url-400", "text", "https://github.com/gitroomhq/postiz-app, x.provider.ts",
		onX(callPost, 400, invalidBody("The Tweet contains an invalid URL."))},
	{"post-url-403", "text", "https://github.com/gitroomhq/postiz-app, x.provider.ts",
		onX(callPost, 403, forbiddenBody(0, "The Tweet contains an invalid URL."))},
	{"post-cashtags", "text", "https://docs.x.com/x-api/posts/manage-tweets/introduction",
		onX(callPost, 403, forbiddenBody(0, "A Tweet can have a maximum of one cashtag."))},
	{"post-duplicate", "text", "https://github.com/akrherz/iembot/issues/163",
		onX(callPost, 403, forbiddenBody(0,
			"You are not allowed to create a Tweet with duplicate content."))},
	{"post-duplicate-187", "text", "https://developer.x.com/en/support/x-api/error-troubleshooting",
		onX(callPost, 403, forbiddenBody(187, "Status is a duplicate."))},

	// One thread.
	{"reply-gone", "thread", "https://github.com/plhery/node-twitter-api-v2/issues/366",
		onReply(403, forbiddenBody(385,
			"You attempted to reply to a Tweet that is deleted or not visible to you."))},

	// X, the app or the account.
	{"append-content-type", "x", "https://github.com/plhery/node-twitter-api-v2/issues/591",
		onX(callAppend, 400,
			invalidBody("Requests with bodies must have content-type of application/json."))},
	{"post-automated", "account", "https://github.com/sferik/twitter-ruby/issues/692",
		onX(callPost, 403, forbiddenBody(226, "This request looks like it might be automated. To "+
			"protect our users from spam and other malicious activity, we can't complete this action "+
			"right now. Please try again later."))},
	{"post-not-permitted", "account", "https://github.com/twitter-together/action/issues/255",
		onX(callPost, 403, forbiddenBody(0, "You are not permitted to perform this action."))},
	{"post-locked", "account", "a log of 2026-07-24",
		onX(callPost, 403, forbiddenBody(0, "Your account is temporarily locked. Please log in to "+
			"https://x.com to unlock your account."))},
	{"post-suspended", "account", "https://developer.x.com/en/support/x-api/error-troubleshooting",
		onX(callPost, 403, forbiddenBody(64,
			"Your account is suspended and is not permitted to access this feature."))},
	{"post-unknown-auth", "x", "https://github.com/10up/autoshare-for-twitter/issues/387",
		onX(callPost, 403, `{"title":"Unsupported Authentication","detail":"Authenticating with Unknown `+
			`is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User `+
			`Context, OAuth 2.0 User Context].","status":403,`+
			`"type":"https://api.x.com/2/problems/unsupported-authentication"}`)},
	{"post-monthly-cap", "app", "https://github.com/xdevplatform/xdk/issues/25",
		onX(callPost, 429, `{"account_id":"1","product_name":"standard-basic","title":`+
			`"UsageCapExceeded","period":"Monthly","scope":"Product","detail":"Usage cap exceeded: `+
			`Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped"}`)},
	{"post-spend-cap", "app", "https://docs.x.com/x-api/getting-started/pricing",
		onX(callPost, 403, `{"title":"SpendCapReached","detail":"The spending limit of this billing `+
			`cycle is reached.","status":403,"type":"https://api.x.com/2/problems/spend-cap-reached"}`)},
	{"post-no-credit", "app", "https://github.com/koala73/worldmonitor/issues/7156",
		onX(callPost, 402, `{"title":"Payment Required","detail":"credits depleted","status":402,`+
			`"type":"https://api.x.com/2/problems/credits-depleted"}`)},
	{"post-not-enrolled", "app", "https://github.com/xdevplatform/xurl SKILL.md",
		onX(callPost, 403, `{"title":"Client Forbidden","detail":"When authenticating requests to the `+
			`Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is `+
			`attached to a Project.","reason":"client-not-enrolled","status":403,`+
			`"type":"https://api.x.com/2/problems/client-forbidden"}`)},
	{"post-unauthorized", "account", "https://docs.x.com/x-api/fundamentals/response-codes-and-errors",
		onX(callPost, 401, `{"title":"Unauthorized","type":"about:blank","status":401,`+
			`"detail":"Unauthorized"}`)},
	{"post-503", "x", "https://github.com/akrherz/iembot/issues/171",
		onX(callPost, 503, `{"title":"Service Unavailable","detail":"Service Unavailable",`+
			`"type":"about:blank","status":503}`)},
	{"post-429", "x", "https://docs.x.com/x-api/fundamentals/rate-limits",
		onX(callPost, 429, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`)},
	// An answer that X's API did not write says nothing about whether there is a post.
	{"post-403-html", "edge",
		"https://www.rfc-editor.org/rfc/rfc9110, the body is assumed",
		onEdge(callPost, 403, "<!DOCTYPE html><title>Attention Required!</title>")},
	{"post-403-empty", "edge",
		"https://www.rfc-editor.org/rfc/rfc9110, the body is assumed",
		onEdge(callPost, 403, "")},
	{"append-413", "edge", "https://github.com/trypost-it/trypost/issues/31",
		onEdge(callAppend, 413, "")},
	{"reply-not-summoned", "x", "https://docs.x.com/x-api/posts/manage-tweets/introduction",
		onReply(403, forbiddenBody(0, "You are not allowed to reply to this conversation: replies "+
			"need a summoned app."))},
	{"token-invalid", "login", "https://github.com/trypost-it/trypost/issues/126",
		onX(callToken, 400, `{"error":"invalid_request",`+
			`"error_description":"Value passed for the token was invalid."}`)},
	{"token-invalid-grant", "login", "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
		onX(callToken, 400, `{"error":"invalid_grant",`+
			`"error_description":"Value passed for the token was invalid."}`)},
	{"token-other-words", "x", "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
		onX(callToken, 400, `{"error":"invalid_request",`+
			`"error_description":"One or more parameters to your request was invalid."}`)},

	// The media host.
	{"file-403", "host", "https://github.com/oorestisime/gatsby-source-instagram/issues/255",
		onHost(403, "text/plain", "Forbidden")},
	{"file-expired", "host", "https://github.com/oorestisime/gatsby-source-instagram/issues/255",
		onHost(403, "text/plain", "URL signature expired")},
	{"file-bad-hash", "host", "https://github.com/ryanlua/instawebhooks/issues/3",
		onHost(403, "text/plain", "Bad URL hash")},
	{"file-404", "host", "https://www.rfc-editor.org/rfc/rfc9110", onHost(404, "text/plain",
		"Not Found")},
	{"file-410", "host", "https://www.rfc-editor.org/rfc/rfc9110", onHost(410, "text/plain", "Gone")},
	{"file-429", "host", "https://www.rfc-editor.org/rfc/rfc6585",
		onHost(429, "text/plain", "Too Many Requests")},
	{"file-503", "host", "https://www.rfc-editor.org/rfc/rfc9110",
		onHost(503, "text/html", "<html>Service Unavailable</html>")},
	{"file-html", "host", "https://www.rfc-editor.org/rfc/rfc9110",
		onHost(200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sorry</title>")},
	{"file-empty", "host", "https://www.rfc-editor.org/rfc/rfc9110", onHost(200, "image/jpeg", "")},
	{"file-cut", "host", "https://www.rfc-editor.org/rfc/rfc9110",
		Fault{Service: "media", Call: callFile, Reset: Middle}},

	// Instagram's list.
	{"list-expired", "login", "https://github.com/codingbadger/instant-tokens.com/issues/28",
		onList(400, graphBody(190, 0, "OAuthException", "Error validating access token: Session has "+
			"expired on Monday, 23-Nov-26 00:00:00 PST."))},
	{"list-proof", "login", "https://github.com/facebook/facebook-python-business-sdk/issues/528",
		onList(400, graphBody(100, 0, "GraphMethodException",
			"Invalid appsecret_proof provided in the API argument"))},
	{"list-reduce", "instagram", "https://github.com/sns-sdks/python-facebook/issues/49",
		onList(500, graphBody(1, 0, "OAuthException", "Please reduce the amount of data you're asking "+
			"for, then retry your request"))},
	{"list-unsupported", "login", "https://github.com/in2code-de/instagram/issues/25",
		onList(400, graphBody(100, 0, "IGApiException", "Unsupported request - method type: get"))},
	{"list-deactivated", "app", "an issue of WP-Instagram-API, #6",
		onList(200, graphBody(200, 0, "OAuthException",
			"API access deactivated. To reactivate, go to the app dashboard."))},

	// GitHub.
	{"ref-ruleset-409", "rule", "https://github.com/satisfactory-factories/application/issues/67",
		onRefs(409,
			"Repository rule violations found\n\nChanges must be made through a pull request.\n\n")},
	{"ref-ruleset-422", "rule", "https://github.com/satisfactory-factories/application/issues/67",
		onRefs(422, "Repository rule violations found\n\nCannot update this protected ref.\n\n")},
	{"ref-ruleset-403", "rule", "https://docs.github.com/rest/git/refs",
		onRefs(403, "Repository rule violations found\n\nCommits must have verified signatures.\n\n")},
	{"ref-race", "race", "https://github.com/rust-lang/homu/issues/75",
		onRefs(422, "Update is not a fast forward")},
	{"secondary-403", "rate", "https://github.com/apache/devlake/issues/1322", secondary(403)},
	{"secondary-429", "rate",
		"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api",
		secondary(429)},
}

// onEdge is an answer of what stands in front of X's API.
func onEdge(call string, status int, body string) Fault {
	f := onX(call, status, body)
	f.Header = map[string]string{"Content-Type": "text/html"}
	return f
}

// onReply is an answer that only a reply meets.
func onReply(status int, body string) Fault {
	f := onX(callPost, status, body)
	f.When = func(s Subject) bool { return s.InReplyTo != "" }
	return f
}

func onHost(status int, kind, body string) Fault {
	return Fault{Service: "media", Call: callFile, Status: status, Body: body,
		Header: map[string]string{"Content-Type": kind}}
}

func onList(status int, body string) Fault {
	return Fault{Service: "instagram", Call: callList, Status: status, Body: body}
}

func graphBody(code, subcode int, typ, message string) string {
	sub := ""
	if subcode != 0 {
		sub = fmt.Sprintf(`"error_subcode":%d,`, subcode)
	}
	return fmt.Sprintf(`{"error":{"message":%q,"type":%q,"code":%d,%s"fbtrace_id":"ARefusalTrace"}}`,
		message, typ, code, sub)
}

func onRefs(status int, message string) Fault {
	return Fault{Service: "github", Call: callRefs, Status: status, Body: fmt.Sprintf(
		`{"message":%q,"documentation_url":"https://docs.github.com/rest/git/refs#update-a-reference",`+
			`"status":"%d"}`, message, status)}
}

// secondary is GitHub's limit on requests that come too fast. Every call meets it.
func secondary(status int) Fault {
	return Fault{
		Service: "github", Call: "* /repos/**", Status: status,
		Header: map[string]string{"Retry-After": "60"},
		Body: `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before ` +
			`you try again.","documentation_url":"https://docs.github.com/free-pro-team@latest/rest/` +
			`using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`,
	}
}
