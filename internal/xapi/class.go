package xapi

import (
	"net/http"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// The keys of X's words: httpx.Error.Type of a refusal whose words the table knows. A refusal with
// other words has the last segment of X's own problem type ("invalid-request"), or "".
const (
	TypeDeadGrant   = "token-invalid" // the refresh token is spent or revoked, if X is right
	TypeCodeInvalid = "code-invalid"  // the code of a login is spent or older than 30 seconds

	TypeMediaUnrecognized = "media-unrecognized" // finalize: no image or video that X knows
	TypeDurationTooLong   = "duration-too-long"  // finalize: the video is too long
	TypeTotalBytes        = "total-bytes"        // initialize, finalize: the file is too large
	TypeUploadForgotten   = "upload-forgotten"   // STATUS: a finalized upload is not there
	TypeProcessingFailed  = "processing-failed"  // STATUS: X can't use the video
	TypeVideoTooLong      = "video-too-long"     // this account may not post a video of that length
	TypeMediaIDs          = "media-ids"          // an uploaded file is not known, not ready or too old

	TypeTextTooLong = "text-too-long"
	TypeInvalidURL  = "invalid-url"
	TypeCashtags    = "cashtags"
	TypeDuplicate   = "duplicate"  // X already has this text
	TypeReplyGone   = "reply-gone" // the post that is answered is deleted or not visible
	TypeReplies     = "replies"    // X does not let this app reply

	TypeAutomated    = "automated" // the account, and more posts make it worse
	TypeNotPermitted = "not-permitted"
	TypeLocked       = "locked" // a person has to log in; it is no suspension
	TypeSuspended    = "suspended"
	TypeFeature      = "feature" // this account's package lacks the feature
	TypeNotEnrolled  = "not-enrolled"
	TypeSpendCap     = "spend-cap" // the limit that the account's owner has set
	TypeUsageCap     = "usage-cap" // the app's monthly limit
	TypeMissingScope = "missing-scope"
	TypeOAuth1       = "oauth1-permissions" // the four keys were made before "Read and write" was set
	TypeAuthUnknown  = "authenticating-unknown"
	TypeUnsupported  = "unsupported-authentication"
	TypeContentType  = "content-type" // X's outage of 2025-05-30
)

// row says what a refusal with this status, on this call, with these words means. The first row
// that fits counts.
type row struct {
	status int    // 0 is any 4xx
	op     string // prefix; "" is any call
	code   int    // in errors[]; 0 is any
	words  string // in lower case; "" is any
	class  httpx.Class
	key    string
}

const (
	postOp   = "POST /2/tweets"
	mediaOps = "/2/media/" // of both methods
)

// classes is the table of X's answers. Forbidden is only for words that it knows: any other 4xx is
// Unknown, and proves nothing.
//
// Sources stand above the rows, owner/repository#n for a thread on github.com. [E] is
// https://docs.x.com/x-api/fundamentals/response-codes-and-errors, [O] is
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, [C] is
// https://developer.x.com/en/support/x-api/error-troubleshooting (the numbered codes).
var classes = []row{
	// The token endpoint.
	// plhery/node-twitter-api-v2#496
	{
		400, tokenOp, 0, "value passed for the authorization code", httpx.Unauthorized,
		TypeCodeInvalid,
	},
	// nopara73/LongevityWorldCup#789
	{400, tokenOp, 0, "value passed for the token was invalid", httpx.Unauthorized, TypeDeadGrant},
	// https://www.rfc-editor.org/rfc/rfc6749#section-5.2
	{400, tokenOp, 0, "invalid_grant", httpx.Unauthorized, TypeDeadGrant},
	{0, tokenOp, 0, "invalid_client", httpx.Unauthorized, ""},
	// plhery/node-twitter-api-v2#319
	{0, tokenOp, 0, "unauthorized_client", httpx.Unauthorized, ""},
	// [E]
	{401, "", 0, "", httpx.Unauthorized, ""},

	// Money.
	// [E]
	{402, "", 0, "", httpx.OutOfCredit, ""},
	// xdevplatform/docs, pricing.mdx
	{0, "", 0, "spendcapreached", httpx.OutOfCredit, TypeSpendCap},
	{0, "", 0, "spend cap", httpx.OutOfCredit, TypeSpendCap},
	// xdevplatform/xdk#25
	{429, "", 0, "period: monthly", httpx.OutOfCredit, TypeUsageCap},
	{429, "", 0, "monthly product cap", httpx.OutOfCredit, TypeUsageCap},
	// [E]
	{429, "", 0, "", httpx.RateLimited, ""},

	// One file.
	// sferik/x-ruby#54
	{400, "POST " + mediaOps, 0, "media type unrecognized", httpx.Invalid, TypeMediaUnrecognized},
	// jublo/codebird-php#188
	{400, "POST " + mediaOps, 0, "duration too long", httpx.Invalid, TypeDurationTooLong},
	// linvi/tweetinvi#399
	{
		400, "POST " + mediaOps, 0, "total_bytes: number must be at most", httpx.Invalid,
		TypeTotalBytes,
	},
	// bear/python-twitter#662, pybamm-team/BattBot#62
	{400, "POST " + mediaOps, 0, "file size exceeds", httpx.Invalid, TypeTotalBytes},
	// gitroomhq/postiz-app, x.provider.ts
	{0, "", 0, "post a video longer than", httpx.Invalid, TypeVideoTooLong},
	// tweepy/tweepy#1851
	{404, "GET " + mediaOps, 0, "", httpx.NotFound, TypeUploadForgotten},
	// xdevplatform/xurl#18
	{400, "GET " + mediaOps, 0, "not found", httpx.NotFound, TypeUploadForgotten},
	// plhery/node-twitter-api-v2#501
	{400, postOp, 0, "media ids are invalid", httpx.Invalid, TypeMediaIDs},

	// One post.
	// [C]
	{0, postOp, 187, "", httpx.Duplicate, TypeDuplicate},
	// akrherz/iembot#163
	{0, postOp, 0, "duplicate content", httpx.Duplicate, TypeDuplicate},
	// [C]
	{0, postOp, 186, "", httpx.Invalid, TypeTextTooLong},
	// gitroomhq/postiz-app, x.provider.ts
	{0, postOp, 0, "invalid url", httpx.Invalid, TypeInvalidURL},
	{0, postOp, 0, "cashtag", httpx.Invalid, TypeCashtags},
	// [C]
	{0, postOp, 385, "", httpx.Invalid, TypeReplyGone},
	// plhery/node-twitter-api-v2#366
	{0, postOp, 0, "deleted or not visible", httpx.Invalid, TypeReplyGone},

	// The account, the app, or X.
	// [C]
	{0, "", 226, "", httpx.Forbidden, TypeAutomated},
	// sferik/twitter-ruby#692
	{0, "", 0, "might be automated", httpx.Forbidden, TypeAutomated},
	// [C]
	{0, "", 326, "", httpx.Forbidden, TypeLocked},
	{0, "", 0, "temporarily locked", httpx.Forbidden, TypeLocked},
	{0, "", 64, "", httpx.Forbidden, TypeSuspended},
	{0, "", 0, "suspended", httpx.Forbidden, TypeSuspended},
	// [E]
	{0, "", 0, "client-not-enrolled", httpx.Forbidden, TypeNotEnrolled},
	{0, "", 0, "client-forbidden", httpx.Forbidden, TypeNotEnrolled},
	// plhery/node-twitter-api-v2#493
	{0, "", 0, "oauth1-permissions", httpx.Forbidden, TypeOAuth1},
	// 10up/autoshare-for-twitter#387
	{0, "", 0, "authenticating with unknown", httpx.Transient, TypeAuthUnknown},
	// [E]
	{0, "", 0, "unsupported-authentication", httpx.Forbidden, TypeUnsupported},
	// gitroomhq/postiz-app, x.provider.ts
	{0, "", 0, "not permitted to access this feature", httpx.Forbidden, TypeFeature},
	// twitter-together/action#255
	{0, "", 0, "not permitted to perform this action", httpx.Forbidden, TypeNotPermitted},
	// plhery/node-twitter-api-v2#591
	{
		400, "POST " + mediaOps, 0, "content-type of application/json", httpx.Unknown,
		TypeContentType,
	},
	// plhery/node-twitter-api-v2#588
	{403, "POST " + mediaOps, 0, "says: forbidden\n", httpx.Forbidden, TypeMissingScope},
	{403, "GET " + mediaOps, 0, "says: forbidden\n", httpx.Forbidden, TypeMissingScope},

	// Words about replies. X lets an app reply only where the author summoned it:
	// https://docs.x.com/x-api/posts/manage-tweets/introduction
	{403, postOp, 0, "reply", httpx.Forbidden, TypeReplies},
	{403, postOp, 0, "replies", httpx.Forbidden, TypeReplies},
	{403, postOp, 0, "conversation", httpx.Forbidden, TypeReplies},
	{403, postOp, 0, "summoned", httpx.Forbidden, TypeReplies},

	// X's uploads answered 404 on 2025-05-28 and 2026-01-29: xdevplatform/docs, incidents.mdx
	{404, "POST " + mediaOps, 0, "", httpx.Transient, ""},
	// [E]
	{404, "", 0, "", httpx.NotFound, ""},
}

// meaning returns the first row that fits.
func meaning(op string, status int, p problem) row {
	said := p.words()
	for _, r := range classes {
		sameStatus := r.status == status || r.status == 0 && status >= 400 && status < 500
		sameCode := r.code == 0 || p.hasCode(r.code)
		if sameStatus && sameCode && strings.HasPrefix(op, r.op) &&
			strings.Contains(said, r.words) {
			return r
		}
	}
	return row{class: httpx.Unknown}
}

// fromEdge reports whether an answer with a 4xx was not written by X's API: it is empty, or it is
// the HTML page of what stands before X. Such an answer means nothing that X's own 400, 403 or 404
// would. A limit is a limit whoever says it, and STATUS answers 404 without a body for an upload
// that is gone.
func fromEdge(op string, r *httpx.Response) bool {
	body := strings.TrimSpace(string(r.Body))
	switch {
	case r.Status < 400 || r.Status >= 500 || r.Status == http.StatusTooManyRequests:
		return false
	case op == statusOp && r.Status == http.StatusNotFound && body == "":
		return false
	}
	return body == "" || strings.HasPrefix(body, "<")
}

// IsDeadGrant reports whether X refuses the value of a refresh token.
func IsDeadGrant(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Type == TypeDeadGrant
}
