package diagnosis

import "github.com/postferry/postferry/internal/httpx"

// instagramRefusals explains what the Graph API answers. Words that say more than a code come
// first.
// Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
var instagramRefusals = []refusalRow{
	{service: "instagram", typ: "app-disabled", Diagnosis: appOff},
	// facebook/facebook-python-business-sdk#528
	{service: "instagram", typ: "app-secret",
		Diagnosis: Diagnosis{Key: "instagram-app-secret", Link: metaApps}},
	// sns-sdks/python-facebook#49
	{service: "instagram", typ: "too-much-data",
		Diagnosis: Diagnosis{Key: "instagram-too-much", Link: metaStatus}},
	// in2code-de/instagram#25
	{service: "instagram", typ: "reconnect",
		Diagnosis: Diagnosis{Key: "instagram-reconnect", Link: metaApps}},
	{service: "instagram", typ: "account-inactive",
		Diagnosis: Diagnosis{Key: "instagram-inactive", Link: "https://www.instagram.com/"}},
	{service: "instagram", code: 190, subcode: 463, Diagnosis: instagramExpired},
	// codingbadger/instant-tokens.com#28: the same words, and no subcode
	{service: "instagram", typ: "token-expired", Diagnosis: instagramExpired},
	{service: "instagram", code: 190, subcode: 460, Diagnosis: instagramPassword},
	// stevenschobert/instafeed.js#654
	{service: "instagram", typ: "password-changed", Diagnosis: instagramPassword},
	{service: "instagram", code: 190, subcode: 459, Diagnosis: checkpoint},
	{service: "instagram", code: 190, subcode: 464, Diagnosis: checkpoint},
	{service: "instagram", code: 190, subcode: 492,
		Diagnosis: Diagnosis{Key: "instagram-page-role", Link: metaBusiness}},
	{service: "instagram", code: 190,
		Diagnosis: Diagnosis{Key: "instagram-token-dead", Link: metaApps}},
	{service: "instagram", code: 10, Diagnosis: instagramPermission},
	{service: "instagram", codes: [2]int{200, 299}, Diagnosis: instagramPermission},
	{service: "instagram", code: 100, subcode: 33, Diagnosis: instagramID},
	{service: "instagram", code: 803, Diagnosis: instagramID},
	{service: "instagram", code: 102,
		Diagnosis: Diagnosis{
			Key: "instagram-token-dead", texts: "instagram-new-login", Link: metaApps,
		}},
	{service: "instagram", class: httpx.RateLimited,
		Diagnosis: Diagnosis{Key: "instagram-throttled", Link: metaApps}},
	{service: "instagram", class: httpx.Transient,
		Diagnosis: Diagnosis{Key: "instagram-down", Link: metaStatus}},
	{service: "instagram", class: httpx.Invalid,
		Diagnosis: Diagnosis{Key: "instagram-request", Link: graphVersions}},
}

// appOff is about the Meta app. Meta says so with several codes, and with HTTP 200 too.
// Source: companionstudio/instagram-token-agent#35
var appOff = Diagnosis{Key: "instagram-app-state", Link: metaApps}

var instagramExpired = Diagnosis{Key: "instagram-token-expired", Link: metaApps}

var instagramPassword = Diagnosis{Key: "instagram-password-changed", Link: metaApps}

var checkpoint = Diagnosis{Key: "instagram-checkpoint", Link: "https://www.facebook.com/"}

var instagramPermission = Diagnosis{Key: "instagram-permission", Link: metaApps}

var instagramID = Diagnosis{Key: "instagram-account-id", Link: metaBusiness}
