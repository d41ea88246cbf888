package diagnosis

import (
	"slices"

	"github.com/postferry/postferry/internal/build"
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
	{service: "x", op: tokenCall, class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"x-app-credentials", "X does not accept the app's own credentials",
		"This is about {X_CLIENT_ID} and {X_CLIENT_SECRET}, not about the login: the refresh " +
			"token was not spent.",
		"Copy both from the app's Keys and tokens page into the secrets {X_CLIENT_ID} and " +
			"{X_CLIENT_SECRET} again.\n" +
			"An app of the type Native or Single page has no secret: delete {X_CLIENT_SECRET} " +
			"then.",
		xPortal}},
	{service: "x", class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"x-token-refused", "X does not accept the access token",
		"X said 401 to a token that it has issued itself. X has had outages that look like this, " +
			"and accounts that were locked some hours later. It does not show that the login is " +
			"dead.",
		"Open x.com as that account and answer what it asks, if it asks anything.\n" +
			"Look at X's status page.\n" +
			"Else wait: postferry renews the token once a day because of this answer, and says " +
			"so if the login has to be made again.",
		xStatus}},
	{service: "x", class: httpx.Forbidden, typ: "missing-scope", Diagnosis: missingScope},
	{service: "x", class: httpx.Forbidden, typ: "oauth1-permissions", Diagnosis: Diagnosis{
		"x-keys-read-only", "X's keys may only read",
		"The access token was made before the app's permissions were set to Read and write. A " +
			"token keeps the permissions that it was made with.",
		"In X's portal set User authentication settings > App permissions to Read and write.\n" +
			"Regenerate Access Token and Secret on Keys and tokens.\n" +
			"Put both into the secrets {X_ACCESS_TOKEN} and {X_ACCESS_TOKEN_SECRET}.",
		xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "unsupported-authentication", Diagnosis: Diagnosis{
		"x-authentication", "X wants another kind of login for this call",
		"The call was made with a login of an app and not of a person, or with the keys of " +
			"another app.",
		"Log in again with `postferry setup`; with `auth: keys` copy all four values of one app.",
		xPortal}},
	// 10up/autoshare-for-twitter#387
	{service: "x", typ: "authenticating-unknown", Diagnosis: Diagnosis{
		"x-authentication-unknown", "X does not recognize the login of this call",
		"X says that the kind of login is unknown. One such answer in many is X's own mistake " +
			"and passes, and the call was made once more in the same run.",
		"Nothing to do: it is tried again.\nIf it stays, look at X's status page.", xStatus}},
}

// xMoney is about what X bills.
var xMoney = []refusalRow{
	{service: "x", class: httpx.OutOfCredit, typ: "spend-cap", Diagnosis: Diagnosis{
		"x-spend-cap", "the spending limit that you set at X is reached",
		"X refuses every post until the billing cycle ends or the limit is raised.",
		"Raise the limit in X's console, or wait for the next cycle.", xBilling}},
	// xdevplatform/xdk#25
	{service: "x", class: httpx.OutOfCredit, typ: "usage-cap", Diagnosis: Diagnosis{
		"x-usage-cap", "the X app's limit for this month is reached",
		"X counts what an app does in a month, and refuses the rest until the month is over. A " +
			"shorter wait does not help.",
		"Move the app to a larger package or to pay-per-use in X's portal, or wait until the " +
			"month is over.",
		xPortal}},
	{service: "x", class: httpx.OutOfCredit, Diagnosis: Diagnosis{
		"x-credit", "the X app is out of credit",
		"X bills every post in advance (pay-per-use), and the balance is used up.",
		"Buy credit in X's console; auto-recharge is there too.", xBilling}},
	{service: "x", class: httpx.Forbidden, typ: "not-enrolled", Diagnosis: Diagnosis{
		"x-not-enrolled", "the X app is not enrolled for the API",
		"The app exists, but is in no package that may post.",
		"In X's portal put the app into the Pay-per-use package and the Production environment.",
		xPortal}},
}

// xAccount is about what X lets the account do.
var xAccount = []refusalRow{
	{service: "x", class: httpx.Forbidden, typ: "suspended", Diagnosis: Diagnosis{
		"x-suspended", "the X account or app is suspended",
		"X lets a suspended account post nothing.",
		"Log in to x.com as that account and follow what it says.",
		"https://help.x.com/forms/account-access"}},
	{service: "x", class: httpx.Forbidden, typ: "locked", Diagnosis: Diagnosis{
		"x-locked", "the X account is locked until somebody logs in",
		"A lock is no suspension: X wants to see a person, often after a login from a new place. " +
			"It takes no posts until then.",
		"Log in to x.com as that account and answer what it asks. No new token is needed.",
		"https://x.com/account/access"}},
	// sferik/twitter-ruby#692
	{service: "x", class: httpx.Forbidden, typ: "automated", Diagnosis: Diagnosis{
		"x-automated", "X takes the account's posts for automated ones",
		"X holds the account's posts back, for hours or for months, and each further try makes " +
			"it worse. postferry asks rarely, and goes on slowly once X takes posts again: one " +
			"media in the first run, then three a run for a day.",
		"Mark the account as automated (Settings > Your account > Automation).\n" +
			"Post something by hand, and wait.\n" +
			"Lower `per_day` and raise `gap` if it comes back.",
		"https://help.x.com/using-x/automated-account-labels"}},
	// twitter-together/action#255
	{service: "x", class: httpx.Forbidden, typ: "not-permitted", Diagnosis: Diagnosis{
		"x-not-permitted", "X does not permit this account to post at present",
		"X says this to accounts that its filters hold back, often for some hours. A text over " +
			"280 characters of an account without Premium meets the same words; postferry cuts " +
			"such a text once, and that did not help.",
		"Log in to x.com as that account and look whether it can post by hand.\n" +
			"If it can, wait. Set `max_length: 280` if the account has no Premium.",
		"https://x.com/"}},
	{service: "x", class: httpx.Forbidden, typ: "replies", Diagnosis: xReplies},
	{service: "x", typ: "reply-gone", Diagnosis: xReplies},
	{service: "x", class: httpx.Forbidden, typ: "feature", Diagnosis: Diagnosis{
		"x-feature", "the X account's package lacks a feature",
		"X lets this account post, but not in this way: longer texts and longer videos need " +
			"Premium, and some calls need a larger package of the app.",
		"Set `max_length: 280`, or get the package that X's words name.", xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "upload-forbidden", Diagnosis: Diagnosis{
		"x-upload-forbidden", "X refuses the upload and does not say why",
		"X says no more than \"Forbidden\" to an upload, which it does where a login lacks the " +
			"scope media.write. This login has that scope.",
		"Log in to x.com as that account and look whether it can post a picture by hand.\n" +
			"If it can, look at the app in X's portal: its package and its permissions.",
		xPortal}},
	{service: "x", class: httpx.Forbidden, Diagnosis: Diagnosis{
		"x-forbidden", "X does not let this app do that",
		"The token is valid, but the app, the account or the package lacks a right: often the " +
			"scope media.write, or app permissions that are read only.",
		"In X's portal set the app's permissions to Read and write.\n" +
			"Log in again with `postferry setup`.",
		xPortal}},
}

// xRest is about limits, outages, single files and words that no table knows.
var xRest = []refusalRow{
	{service: "x", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"x-throttled", "X's rate limit is used up",
		"More posts or uploads than X allows in 15 minutes or a day.",
		"Nothing to do: postferry waits for the reset.\n" +
			"If it comes back, lower `per_run` or `per_day`.",
		""}},
	// plhery/node-twitter-api-v2#591
	{service: "x", typ: "content-type", Diagnosis: Diagnosis{
		"x-upload-outage", "X refuses every upload: this looks like an outage of X",
		"X complains about the form of the request, which is the one that its documents ask for. " +
			"It gave this answer to everybody's uploads for days in May 2025.",
		"Nothing to do: it is tried again. X's status page often lags.",
		xStatus}},
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
	{service: "x", op: tokenCall, Diagnosis: Diagnosis{
		"x-token-unknown", "X refuses to renew the login in unknown words",
		"These words do not say that the refresh token is dead: the request may be at fault, or " +
			"X. The token is kept and tried again.",
		"Nothing to do at first.\n" +
			"If it stays, read X's own words, and copy {X_CLIENT_ID} from the app's Keys and " +
			"tokens page again.",
		xStatus}},
}

// xRefusesPost is a refusal that names the post, where X has taken no other post since.
var xRefusesPost = Diagnosis{
	"x-refuses-post", "X refuses each post that was tried",
	"X's words are about a single post, but X took no other one either. Nothing is counted " +
		"against a media until X takes another one.",
	"Read X's own words.\n" +
		"If they name something in the caption, edit the caption on Instagram.",
	xStatus}

// xRefusesFile is a refusal that names the file, where X has taken no other file since.
var xRefusesFile = Diagnosis{
	"x-refuses-file", "X refuses each file that was tried",
	"X's words are about a single photo or video, but X took no other file either. Nothing is " +
		"counted against a media until X takes another file.",
	"Nothing to do at first: the next file shows whose fault it is.\n" +
		"If it stays, read X's own words.",
	xStatus}

// xRefuses is for words that no table knows, once they turned out to be everybody's.
var xRefuses = Diagnosis{
	"x-refuses", "X refuses whatever is posted",
	"X gave an answer that no table knows to the posts that were tried, and took none. Nothing " +
		"is counted against a media meanwhile.",
	"Read X's own words, and try to post by hand as that account.\n" +
		"If neither helps, open an issue at " + build.Issues() + " and paste the words.",
	xStatus}

var xReplies = Diagnosis{
	"x-replies", "X does not let this app reply",
	"A thread is made of replies to its own first post. X's rules let some apps reply only where " +
		"somebody has summoned them. No thread is begun meanwhile; what was begun waits, and " +
		"single posts go on.",
	"Nothing to do at first: the oldest thread is tried again after 1, 2, 4, then every 6 " +
		"hours.\n" +
		"Without threads it goes on at once: set `carousel: first` and `long: cut`.",
	"https://docs.x.com/x-api/posts/manage-tweets/introduction"}

// refreshRefused is what a refusal of the refresh token means before it is proven that the token is
// dead.
var refreshRefused = Diagnosis{
	"x-refresh-refused", "X refuses the refresh token, which can pass",
	"X says that the token is invalid. One such answer proves nothing: it may be X's own " +
		"mistake, or the token of a run that another one has overtaken. The token is tried " +
		"again, and posting waits.",
	"Nothing to do yet: if X refuses the same token once more, an hour or more after the first " +
		"time, this issue says what to do.",
	xStatus,
}

var missingScope = Diagnosis{
	"x-scope", "the X login lacks a right",
	"Posting and uploading need the scopes tweet.read, tweet.write, users.read, media.write and " +
		"offline.access. Scopes are fixed at the login.",
	"Log in again with all of them: `postferry setup` asks for them.", xPortal}

var xDown = Diagnosis{
	"x-down", "X does not answer properly",
	"Server errors, resets or time-outs on X's side, in several runs in a row. Nothing is posted " +
		"twice: what was under way is looked up on the timeline first.",
	"Nothing to do: postferry goes on by itself when X does.", xStatus}
