package diagnosis

import (
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
)

// refusals explains the refusals of the services. The first row that matches wins. The fixes are
// what has helped people; docs/operating.md has their sources.
// Sources: https://developers.facebook.com/docs/graph-api/guides/error-handling,
// https://docs.x.com/x-api/fundamentals/response-codes-and-errors
var refusals = []refusalRow{
	{service: "instagram", typ: "app-disabled", Diagnosis: Diagnosis{
		"instagram-app-state", "Meta has switched your app's API access off",
		"This is about the Meta app, not about the token: a new token would not help. Usually " +
			"the yearly Data Use Checkup or a developer verification is due.",
		"Open the App Dashboard, look for alerts and required actions, and complete them. " +
			"postferry comes back by itself.",
		metaApps}},
	{service: "instagram", typ: "app-secret", Diagnosis: Diagnosis{
		"instagram-app-secret", "INSTAGRAM_APP_SECRET is another app's",
		"postferry signs its calls with the secret of the Meta app, and Meta says that the signature " +
			"does not fit the app that the token belongs to.",
		"Copy the app secret again (App Dashboard > App settings > Basic), or leave " +
			"INSTAGRAM_APP_SECRET unset: it is optional.",
		metaApps}},
	{service: "instagram", typ: "too-much-data", Diagnosis: Diagnosis{
		"instagram-too-much", "Instagram finds the list too large",
		"Meta says that too much is asked for at once. It is no rate limit, and no fault of the " +
			"token.",
		"Nothing to do: the list is asked for again, in a smaller page. If it stays, update " +
			"postferry.",
		metaStatus}},
	{service: "instagram", typ: "reconnect", Diagnosis: Diagnosis{
		"instagram-reconnect", "Instagram wants the account to be connected again",
		"Meta calls the request unsupported, which it says where the link between the app and the " +
			"account is broken. The request itself is in order.",
		"Connect the account again and put the new token into the secret INSTAGRAM_TOKEN.",
		metaApps}},
	{service: "instagram", typ: "account-inactive", Diagnosis: Diagnosis{
		"instagram-inactive", "Meta has switched the API off for this account",
		"Meta calls the account not active. This lasts weeks at times, and is lifted by Meta.",
		"Log in to the Instagram app as that account and answer what it asks.", metaStatus}},
	{service: "instagram", code: 190, subcode: 463, Diagnosis: instagramExpired},
	{service: "instagram", typ: "token-expired", Diagnosis: instagramExpired},
	{service: "instagram", code: 190, subcode: 460, Diagnosis: instagramPassword},
	{service: "instagram", typ: "password-changed", Diagnosis: instagramPassword},
	{service: "instagram", code: 190, subcode: 459, Diagnosis: checkpoint},
	{service: "instagram", code: 190, subcode: 464, Diagnosis: checkpoint},
	{service: "instagram", code: 190, subcode: 492, Diagnosis: Diagnosis{
		"instagram-page-role", "the token's owner has lost the role on the Facebook Page",
		"A Page token works only while the person who made it may manage the Page.",
		"Give the person full access to the Page again, or let someone who has it make a new " +
			"token.",
		"https://business.facebook.com/settings/"}},
	{service: "instagram", code: 190, Diagnosis: Diagnosis{
		"instagram-token-dead", "Instagram does not accept the token",
		"The token was revoked, the app was removed from the account, or the secret holds " +
			"something else (a cut-off paste, a token of the other login type).",
		"Make a new token and put it into the secret INSTAGRAM_TOKEN. Check that `login:` in the " +
			"configuration fits it: tokens that begin with IG belong to `instagram`, with EAA to " +
			"`facebook`.",
		metaApps}},
	{service: "instagram", code: 10, Diagnosis: instagramPermission},
	{service: "instagram", codes: [2]int{200, 299}, Diagnosis: instagramPermission},
	{service: "instagram", code: 100, subcode: 33, Diagnosis: instagramID},
	{service: "instagram", code: 803, Diagnosis: instagramID},
	{service: "instagram", code: 102, Diagnosis: Diagnosis{
		"instagram-token-dead",
		"Instagram wants a new login",
		"The session behind the token has ended.",
		"Make a new token and put it into the secret INSTAGRAM_TOKEN.", metaApps}},
	{service: "instagram", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"instagram-throttled", "Instagram's rate limit is used up",
		"The app or the account has made more calls than Meta allows in an hour; other tools " +
			"that use the same app count too.",
		"Nothing to do: postferry waits until the limit is lifted. If it comes back, look for " +
			"another tool on the same app.",
		metaApps}},
	{service: "instagram", class: httpx.Transient, Diagnosis: Diagnosis{
		"instagram-down", "Instagram does not answer properly",
		"Server errors, broken answers or time-outs on Meta's side, in several runs in a row.",
		"Nothing to do: postferry goes on by itself when Meta does. Its status page often lags.",
		metaStatus}},
	{service: "instagram", class: httpx.Invalid, Diagnosis: Diagnosis{
		"instagram-request", "Instagram refuses the request itself",
		"A field or a path is not what this Graph version knows: the version has ended, or " +
			"postferry is out of date.",
		"Set `api_version` to a current version, or update postferry.",
		graphVersions}},
	{service: "x", op: tokenCall, class: httpx.Unauthorized, typ: "token-invalid",
		Diagnosis: refreshRefused},
	{service: "x", op: tokenCall, class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"x-app-credentials", "X does not accept the app's own credentials",
		"This is about X_CLIENT_ID and X_CLIENT_SECRET, not about the login: the refresh token " +
			"was not spent.",
		"Copy both from the app's Keys and tokens page again. An app of the type Native or " +
			"Single page has no secret: leave X_CLIENT_SECRET unset then.",
		xPortal}},
	{service: "x", class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"x-token-refused", "X does not accept the access token",
		"X said 401 although the token was renewed. X has had outages that look like this.",
		"Look at X's status page. If it shows nothing, log in again with `postferry setup`.",
		xStatus}},
	{service: "x", class: httpx.OutOfCredit, typ: "spend-cap", Diagnosis: Diagnosis{
		"x-spend-cap", "the spending limit that you set at X is reached",
		"X refuses every post until the billing cycle ends or the limit is raised. What was " +
			"missed is kept and caught up.",
		"Raise the limit in X's console, or wait for the next cycle.", xBilling}},
	{service: "x", class: httpx.OutOfCredit, typ: "usage-cap", Diagnosis: Diagnosis{
		"x-usage-cap", "the X app's limit for this month is reached",
		"X counts what an app does in a month, and refuses the rest until the month is over. A " +
			"shorter wait does not help. What was missed is kept and caught up.",
		"Move the app to a larger package or to pay-per-use in X's portal, or wait for the next " +
			"month.",
		xPortal}},
	{service: "x", class: httpx.OutOfCredit, Diagnosis: Diagnosis{
		"x-credit", "the X app is out of credit",
		"X bills every post in advance (pay-per-use), and the balance is used up. What was " +
			"missed is kept and caught up.",
		"Buy credit in X's console; auto-recharge is there too.", xBilling}},
	{service: "x", class: httpx.Forbidden, typ: "not-enrolled", Diagnosis: Diagnosis{
		"x-not-enrolled", "the X app is not enrolled for the API",
		"The app exists, but is in no package that may post.",
		"In X's portal put the app into the Pay-per-use package and the Production environment.",
		xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "suspended", Diagnosis: Diagnosis{
		"x-suspended",
		"the X account or app is suspended",
		"X lets a suspended account post nothing.",
		"Log in to x.com as that account and follow what it says.",
		"https://help.x.com/forms/account-access"}},
	{service: "x", class: httpx.Forbidden, typ: "locked", Diagnosis: Diagnosis{
		"x-locked", "the X account is locked until somebody logs in",
		"A lock is not a suspension: X wants to see a person, often after a login from a new " +
			"place. It takes no posts until then.",
		"Log in to x.com as that account and answer what it asks. No new token is needed.",
		"https://x.com/account/access"}},
	{service: "x", class: httpx.Forbidden, typ: "automated", Diagnosis: Diagnosis{
		"x-automated", "X takes the account's posts for automated ones",
		"X holds the account's posts back, for hours or for months, and each further try makes it " +
			"worse. postferry asks rarely, and goes on slowly once X takes posts again: one media " +
			"in the first run, then three a run for a day.",
		"Mark the account as automated (Settings > Your account > Automation), post something by " +
			"hand, and wait. Lower `per_day` and raise `gap` if it comes back.",
		"https://help.x.com/using-x/automated-account-labels"}},
	{service: "x", class: httpx.Forbidden, typ: "not-permitted", Diagnosis: Diagnosis{
		"x-not-permitted", "X does not permit this account to post at present",
		"X says this to accounts that its filters hold back, often for some hours. A text over 280 " +
			"characters of an account without Premium meets the same words; postferry cuts such a " +
			"text once, and that did not help.",
		"Log in to x.com as that account and look whether it can post by hand. If it can, wait; " +
			"set `max_length: 280` if the account has no Premium.",
		"https://x.com/"}},
	{service: "x", class: httpx.Forbidden, typ: "replies", Diagnosis: xReplies},
	{service: "x", class: httpx.Forbidden, typ: "feature", Diagnosis: Diagnosis{
		"x-feature", "the X account's package lacks a feature",
		"X lets this account post, but not in this way: longer texts and longer videos need " +
			"Premium, and some calls need a larger package of the app.",
		"Set `max_length: 280`, or get the package that the words above name.", xPortal}},
	{service: "x", class: httpx.Forbidden, typ: "unsupported-authentication",
		Diagnosis: xUnsupported},
	{service: "x", typ: "authenticating-unknown", Diagnosis: Diagnosis{
		"x-authentication-unknown", "X does not recognize the login of this call",
		"X says that the kind of login is unknown. One such answer in many is X's own mistake and " +
			"passes, and it was tried once more in the same run.",
		"Nothing to do: it is tried again. If it stays, look at X's status page.", xStatus}},
	{service: "x", class: httpx.Forbidden, typ: "missing-scope", Diagnosis: missingScope},
	{service: "x", class: httpx.Forbidden, typ: "oauth1-permissions", Diagnosis: Diagnosis{
		"x-keys-read-only", "X's keys may only read",
		"The access token was made before the app's permissions were set to Read and write. A " +
			"token keeps the permissions that it was made with.",
		"In X's portal set User authentication settings > App permissions to Read and write, " +
			"then regenerate Access Token and Secret on Keys and tokens, and put both into the " +
			"secrets X_ACCESS_TOKEN and X_ACCESS_TOKEN_SECRET.",
		xPortal}},
	{service: "x", class: httpx.Forbidden, Diagnosis: Diagnosis{
		"x-forbidden", "X does not let this app do that",
		"The token is valid, but the app, the account or the package lacks a right: often the " +
			"scope media.write, or app permissions that are read only.",
		"In X's portal set the app's permissions to Read and write, then log in again with " +
			"`postferry setup`.",
		xPortal}},
	{service: "x", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"x-throttled",
		"X's rate limit is used up",
		"More posts or uploads than X allows in 15 minutes or a day.",
		"Nothing to do: postferry waits for the reset. If it comes back, lower `per_run` or " +
			"`per_day`.",
		""}},
	{service: "x", typ: "content-type", Diagnosis: Diagnosis{
		"x-upload-outage", "X refuses every upload: this looks like an outage of X",
		"X complains about the form of the request, which is the one that its documents ask for. It " +
			"gave this answer to everybody's uploads for days in May 2025.",
		"Nothing to do: it is tried again, and what is missed is caught up. X's status page often " +
			"lags.",
		xStatus}},
	{service: "x", typ: "reply-gone", Diagnosis: xReplies},
	{service: "x", class: httpx.Ambiguous, Diagnosis: xDown},
	{service: "x", class: httpx.Transient, Diagnosis: xDown},
	{service: "github", class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"github-token",
		"GitHub does not accept a token",
		"GITHUB_TOKEN or SECRETS_TOKEN is wrong or has expired.",
		"In a workflow leave `github-token` at its default. For SECRETS_TOKEN make a new " +
			"fine-grained token.",
		patSettings}},
	{service: "github", class: httpx.Forbidden, typ: "issues-disabled", Diagnosis: Diagnosis{
		"github-issues-disabled",
		"issues are switched off in this repository",
		"postferry tells of failures by an issue.",
		"Settings > General > Features: switch Issues on.", ""}},
	{service: "github", typ: "protected-branch", Diagnosis: Diagnosis{
		"state-protected", "the state branch is protected against postferry's writes",
		"A ruleset or a branch protection covers the state branch. Without its memory postferry " +
			"posts nothing and spends no token.",
		"Leave the state branch out of it: Settings > Rules > Rulesets (a ruleset for all branches " +
			"needs an exclusion), or Settings > Branches.",
		""}},
	{service: "github", class: httpx.Forbidden, Diagnosis: Diagnosis{
		"github-permission", "GitHub does not let the token do that",
		"The job's token lacks a permission, or a ruleset protects the state branch.",
		"Give the job `permissions: contents: write, issues: write`, and leave the state branch " +
			"out of rulesets (Settings > Rules).",
		""}},
	{service: "github", class: httpx.NotFound, Diagnosis: Diagnosis{
		"github-permission", "GitHub does not show the repository to this token",
		"GitHub says 404 for what a token may not see.",
		"Check GITHUB_REPOSITORY, and that the token is for this repository with Contents: read " +
			"and write.",
		""}},
	{service: "github", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"github-throttled",
		"GitHub's rate limit is used up",
		"A job's own token has 1,000 requests an hour for the whole repository.",
		"Nothing to do: it is lifted within the hour. Look for other workflows that use it up.",
		""}},
	{service: "github", class: httpx.Transient, Diagnosis: Diagnosis{
		"github-down",
		"GitHub does not answer properly",
		"Server errors or time-outs on GitHub's side.",
		"Nothing to do: the next run tries again.", githubStatus}},
	{service: "media", Diagnosis: Diagnosis{
		"media-host", "Instagram's media host gives no files",
		"The list of media can be read, but in several runs in a row not one of the files that it " +
			"names could be had. Their addresses are listed anew each time.",
		"Nothing to do at first: every run tries again. If it stays, open a post in the Instagram " +
			"app and look whether it is shown there.",
		metaStatus}},
	{service: "x", op: "POST /2/tweets", Diagnosis: xRefuses},
	{service: "x", op: "POST /2/media", Diagnosis: xRefuses},
	{service: "x", op: "GET /2/media", Diagnosis: xRefuses},
	{service: "x", op: tokenCall, Diagnosis: Diagnosis{
		"x-token-unknown", "X refuses to renew the login in unknown words",
		"These words do not say that the refresh token is dead: the request may be at fault, or X. " +
			"The token is kept and tried again.",
		"Nothing to do at first. If it stays, read X's own words above, and copy X_CLIENT_ID from " +
			"the app's Keys and tokens page again.",
		xStatus}},
}

// xRefuses is for words that no table knows, once they turned out to be everybody's.
var xRefuses = Diagnosis{
	"x-refuses", "X refuses whatever is posted",
	"X gave answers that no table knows to the posts that were tried, and took none. Where only " +
		"one media waits, the refusal may be about that one alone: the next media shows it. " +
		"Nothing is counted against a media meanwhile.",
	"Read X's own words above, and try to post by hand as that account. If neither helps, open " +
		"an issue at " + build.Issues() + " and paste the words.",
	xStatus}

var xReplies = Diagnosis{
	"x-replies", "X does not let this app reply",
	"A thread is made of replies to its own first post. X's rules let some apps reply only where " +
		"somebody has summoned them. No thread is begun meanwhile; what was begun waits, and " +
		"single posts go on.",
	"Nothing to do at first: the oldest thread is tried again after 1, 2, 4, then every 6 hours. " +
		"Without threads it goes on at once: set `carousel: first` and `long: cut`.",
	"https://docs.x.com/x-api/posts/manage-tweets/introduction"}

var xUnsupported = Diagnosis{
	"x-authentication", "X wants another kind of login for this call",
	"The call was made with a login of an app and not of a person, or with the keys of another app.",
	"Log in again with `postferry setup`; with `auth: keys` copy all four values of one app.",
	xPortal}

var instagramExpired = Diagnosis{
	"instagram-token-expired", "the Instagram token has expired",
	"Long-lived tokens live 60 days and are renewed by `postferry rotate` while they are " +
		"alive. An expired one can't be renewed.",
	"Make a new token (App Dashboard > Instagram > API setup > Generate token) and put it " +
		"into the secret INSTAGRAM_TOKEN.",
	metaApps}

var instagramPassword = Diagnosis{
	"instagram-password-changed", "the Instagram token died with a password change",
	"Meta ends every token of an account when its password changes or when it sees a " +
		"security risk.",
	"Log in again and put the new token into the secret INSTAGRAM_TOKEN.", metaApps}

var checkpoint = Diagnosis{
	"instagram-checkpoint", "Meta wants the account's owner to log in by hand",
	"The account is at a checkpoint (a security question, an unconfirmed login). Every token " +
		"waits until it is answered.",
	"Log in to facebook.com and instagram.com in a browser and answer what is asked. No new " +
		"token is needed.",
	"https://www.facebook.com/"}

var instagramPermission = Diagnosis{
	"instagram-permission", "Instagram does not let the app read the media",
	"The token is alive, but the permission for the media is not granted, was taken away, or " +
		"does not reach this account (a Page in a business portfolio needs business_management).",
	"Log in again and tick everything; for a Page in a business portfolio add " +
		"business_management, or move to Instagram Login (`login: instagram`), which needs no " +
		"Page. `postferry doctor` says which.",
	metaApps}

var instagramID = Diagnosis{
	"instagram-account-id", "Instagram does not find the account",
	"INSTAGRAM_USER_ID is not the professional account's id (17841…), or the account is no " +
		"longer linked to the Page or no longer professional.",
	"Check the id, and in Meta Business Suite that the account is professional and linked.",
	"https://business.facebook.com/settings/"}

// refreshRefused is what a refusal of the refresh token means before it is proven that the token is
// dead.
var refreshRefused = Diagnosis{
	"x-refresh-refused", "X refuses the refresh token, which can pass",
	"X says that the token is invalid. One such answer proves nothing: it may be X's own " +
		"mistake, or the token of a run that another one has overtaken. The token is tried " +
		"again. Posting waits; nothing is lost, and what is missed is caught up.",
	"Nothing to do yet: if X refuses the same token once more, an hour or more after the " +
		"first time, this issue says what to do.",
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
