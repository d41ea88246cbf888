package diagnosis

import (
	"slices"

	"github.com/postferry/postferry/internal/httpx"
)

// xRefusals explains what X answers. The words that decide the type are in package xapi, each with
// its source.
// Source of the classes: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
var xRefusals = slices.Concat(xLogin, xMoney, xAccount, xRest)

// xLogin is about the token endpoint, and about what an access token may do.
var xLogin = []refusalRow{
	{service: "x", op: tokenCall, class: httpx.Unauthorized, typ: "token-invalid",
		Diagnosis: refreshRefused},
	{service: "x", op: tokenCall, class: httpx.Unauthorized,
		Diagnosis: Diagnosis{Key: "x-app-credentials", Link: xPortal}},
	{service: "x", class: httpx.Unauthorized,
		Diagnosis: Diagnosis{Key: "x-token-refused", Link: xStatus}},
	{service: "x", class: httpx.Forbidden, typ: "missing-scope", Diagnosis: missingScope},
	{service: "x", class: httpx.Forbidden, typ: "oauth1-permissions",
		Diagnosis: Diagnosis{Key: "x-keys-read-only", Link: xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "unsupported-authentication",
		Diagnosis: Diagnosis{Key: "x-authentication", Link: xPortal}},
	// 10up/autoshare-for-twitter#387
	{service: "x", typ: "authenticating-unknown",
		Diagnosis: Diagnosis{Key: "x-authentication-unknown", Link: xStatus}},
}

// xMoney is about what X bills.
var xMoney = []refusalRow{
	{service: "x", class: httpx.OutOfCredit, typ: "spend-cap",
		Diagnosis: Diagnosis{Key: "x-spend-cap", Link: xBilling}},
	// xdevplatform/xdk#25
	{service: "x", class: httpx.OutOfCredit, typ: "usage-cap",
		Diagnosis: Diagnosis{Key: "x-usage-cap", Link: xPortal}},
	{service: "x", class: httpx.OutOfCredit, Diagnosis: Diagnosis{Key: "x-credit", Link: xBilling}},
	{service: "x", class: httpx.Forbidden, typ: "not-enrolled",
		Diagnosis: Diagnosis{Key: "x-not-enrolled", Link: xPortal}},
}

// xAccount is about what X lets the account do.
var xAccount = []refusalRow{
	{service: "x", class: httpx.Forbidden, typ: "suspended",
		Diagnosis: Diagnosis{Key: "x-suspended", Link: "https://help.x.com/forms/account-access"}},
	{service: "x", class: httpx.Forbidden, typ: "locked",
		Diagnosis: Diagnosis{Key: "x-locked", Link: "https://x.com/account/access"}},
	// sferik/twitter-ruby#692
	{service: "x", class: httpx.Forbidden, typ: "automated",
		Diagnosis: Diagnosis{
			Key: "x-automated", Link: "https://help.x.com/using-x/automated-account-labels",
		}},
	// twitter-together/action#255
	{service: "x", class: httpx.Forbidden, typ: "not-permitted",
		Diagnosis: Diagnosis{Key: "x-not-permitted", Link: "https://x.com/"}},
	{service: "x", class: httpx.Forbidden, typ: "replies", Diagnosis: xReplies},
	{service: "x", typ: "reply-gone", Diagnosis: xReplies},
	{service: "x", class: httpx.Forbidden, typ: "feature",
		Diagnosis: Diagnosis{Key: "x-feature", Link: xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "upload-forbidden",
		Diagnosis: Diagnosis{Key: "x-upload-forbidden", Link: xPortal}},
	{service: "x", class: httpx.Forbidden, Diagnosis: Diagnosis{Key: "x-forbidden", Link: xPortal}},
}

// xRest is about limits, outages, single files and words that no table knows.
var xRest = []refusalRow{
	{service: "x", class: httpx.RateLimited, Diagnosis: Diagnosis{Key: "x-throttled"}},
	// plhery/node-twitter-api-v2#591
	{service: "x", typ: "content-type",
		Diagnosis: Diagnosis{Key: "x-upload-outage", Link: xStatus}},
	{service: "x", class: httpx.Ambiguous, Diagnosis: xDown},
	{service: "x", class: httpx.Transient, Diagnosis: xDown},
	{service: "x", op: "POST /2/tweets", class: httpx.Invalid, Diagnosis: xRefusesPost},
	{service: "x", op: "POST /2/tweets", class: httpx.Duplicate, Diagnosis: xRefusesPost},
	{service: "x", op: "POST /2/media", class: httpx.Invalid, Diagnosis: xRefusesFile},
	{service: "x", op: "GET /2/media", class: httpx.Invalid, Diagnosis: xRefusesFile},
	{service: "x", op: "GET /2/media", class: httpx.NotFound, Diagnosis: xRefusesFile},
	{service: "x", op: "POST /2/tweets", Diagnosis: xRefuses},
	{service: "x", op: "POST /2/media", Diagnosis: xRefuses},
	{service: "x", op: "GET /2/media", Diagnosis: xRefuses},
	{service: "x", op: tokenCall, Diagnosis: Diagnosis{Key: "x-token-unknown", Link: xStatus}},
}

// xRefusesPost is a refusal that names the post, where X has taken no other post since.
var xRefusesPost = Diagnosis{Key: "x-refuses-post", Link: xStatus}

// xRefusesFile is a refusal that names the file, where X has taken no other file since.
var xRefusesFile = Diagnosis{Key: "x-refuses-file", Link: xStatus}

// xRefuses is for words that no table knows, once they turned out to be everybody's.
var xRefuses = Diagnosis{Key: "x-refuses", Link: xStatus}

var xReplies = Diagnosis{
	Key: "x-replies", Link: "https://docs.x.com/x-api/posts/manage-tweets/introduction",
}

// refreshRefused is what a refusal of the refresh token means before it is proven that the token is
// dead.
var refreshRefused = Diagnosis{Key: "x-refresh-refused", Link: xStatus}

var missingScope = Diagnosis{Key: "x-scope", Link: xPortal}

var xDown = Diagnosis{Key: "x-down", Link: xStatus}
