package diagnosis

import "github.com/postferry/postferry/internal/httpx"

const newToken = "Make a new token (App Dashboard > Instagram > API setup > Generate token)."

const intoInstagram = "Put the new token into the secret {INSTAGRAM_TOKEN}. The next run notices " +
	"by itself."

// instagramRefusals explains what the Graph API answers. Words that say more than a code come
// first.
// Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
var instagramRefusals = []refusalRow{
	{service: "instagram", typ: "app-disabled", Diagnosis: appOff},
	// facebook/facebook-python-business-sdk#528
	{service: "instagram", typ: "app-secret", Diagnosis: Diagnosis{
		"instagram-app-secret", "the secret of the Meta app is another app's",
		"postferry signs its calls with {INSTAGRAM_APP_SECRET}, and Meta says that the signature " +
			"does not fit the app that the token belongs to.",
		"Copy the app secret again (App Dashboard > App settings > Basic).\n" +
			"Put it into the secret {INSTAGRAM_APP_SECRET}, or delete that secret: it is " +
			"optional.",
		metaApps}},
	// sns-sdks/python-facebook#49
	{service: "instagram", typ: "too-much-data", Diagnosis: Diagnosis{
		"instagram-too-much", "Instagram finds the list too large",
		"Meta says that too much is asked for at once. It is no rate limit, and no fault of the " +
			"token.",
		"Nothing to do: the list is asked for again, in a smaller page.\n" +
			"If it stays, update postferry.",
		metaStatus}},
	// in2code-de/instagram#25
	{service: "instagram", typ: "reconnect", Diagnosis: Diagnosis{
		"instagram-reconnect", "Instagram wants the account to be connected again",
		"Meta calls the request unsupported, which it says where the link between the app and " +
			"the account is broken. The request itself is in order.",
		"Connect the account again (App Dashboard > Instagram > API setup > Generate token).\n" +
			intoInstagram,
		metaApps}},
	{service: "instagram", typ: "account-inactive", Diagnosis: Diagnosis{
		"instagram-inactive", "Meta has switched the API off for this account",
		"Meta calls the account not active. This lasts weeks at times, and is lifted by Meta.",
		"Log in to the Instagram app as that account and answer what it asks.",
		"https://www.instagram.com/"}},
	{service: "instagram", code: 190, subcode: 463, Diagnosis: instagramExpired},
	// codingbadger/instant-tokens.com#28: the same words, and no subcode
	{service: "instagram", typ: "token-expired", Diagnosis: instagramExpired},
	{service: "instagram", code: 190, subcode: 460, Diagnosis: instagramPassword},
	// stevenschobert/instafeed.js#654
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
		newToken + "\n" + intoInstagram + "\n" +
			"Check that `login:` in the configuration fits it: tokens that begin with IG belong " +
			"to `instagram`, with EAA to `facebook`.",
		metaApps}},
	{service: "instagram", code: 10, Diagnosis: instagramPermission},
	{service: "instagram", codes: [2]int{200, 299}, Diagnosis: instagramPermission},
	{service: "instagram", code: 100, subcode: 33, Diagnosis: instagramID},
	{service: "instagram", code: 803, Diagnosis: instagramID},
	{service: "instagram", code: 102, Diagnosis: Diagnosis{
		"instagram-token-dead", "Instagram wants a new login",
		"The session behind the token has ended.",
		newToken + "\n" + intoInstagram, metaApps}},
	{service: "instagram", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"instagram-throttled", "Instagram's rate limit is used up",
		"The app or the account has made more calls than Meta allows in an hour; other tools " +
			"that use the same app count too.",
		"Nothing to do: postferry waits until the limit is lifted.\n" +
			"If it comes back, look for another tool on the same app.",
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
}

// appOff is about the Meta app. Meta says so with several codes, and with HTTP 200 too.
// Source: companionstudio/instagram-token-agent#35
var appOff = Diagnosis{
	"instagram-app-state", "Meta has switched your app's API access off",
	"This is about the Meta app, not about the token: a new token would not help. Usually the " +
		"yearly Data Use Checkup or a developer verification is due.",
	"Open the App Dashboard and look for alerts and required actions.\n" +
		"Complete them. postferry comes back by itself.",
	metaApps}

var instagramExpired = Diagnosis{
	"instagram-token-expired", "the Instagram token has expired",
	"Long-lived tokens live 60 days and are renewed by `postferry rotate` while they are alive. " +
		"An expired one can't be renewed.",
	newToken + "\n" + intoInstagram,
	metaApps}

var instagramPassword = Diagnosis{
	"instagram-password-changed", "the Instagram token died with a password change",
	"Meta ends every token of an account when its password changes or when it sees a security " +
		"risk.",
	newToken + "\n" + intoInstagram, metaApps}

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
		"business_management. Or move to Instagram Login (`login: instagram`), which needs no " +
		"Page.\n" +
		"Put the new token into the secret {INSTAGRAM_TOKEN}. `postferry doctor` says what is " +
		"missing.",
	metaApps}

var instagramID = Diagnosis{
	"instagram-account-id", "Instagram does not find the account",
	"{INSTAGRAM_USER_ID} is not the professional account's id (17841…), or the account is no " +
		"longer linked to the Page or no longer professional.",
	"Check in Meta Business Suite that the account is professional and linked.\n" +
		"Check the id in {INSTAGRAM_USER_ID}.",
	"https://business.facebook.com/settings/"}
