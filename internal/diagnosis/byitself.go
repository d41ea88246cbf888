package diagnosis

import "slices"

// needsToken are the causes that nothing but another token or key cures.
var needsToken = []string{
	"instagram-token-dead", "instagram-token-expired", "instagram-password-changed",
	"instagram-reconnect", "instagram-flavour", "instagram-data-access", "x-login-again",
	"x-refresh-refused", "x-scope", "x-app-credentials", "x-keys",
	"x-keys-read-only",
}

// ByItself is what the last comment on an incident adds where the tokens are those of its
// beginning: the first cause stays the title, and it was not proven right. It begins with a
// blank, and is "" for a component without a service.
func ByItself(c Component, cause string) string {
	service := ""
	switch c {
	case Instagram:
		service = "Instagram"
	case X, XToken, XReplies:
		service = "X"
	default:
		return ""
	}
	if slices.Contains(needsToken, cause) {
		return " It came back by itself, with the same token, so that the fault was rather " +
			service + "'s."
	}
	return " No token has changed here: unless somebody mended it at " + service +
		", it came back by itself and was rather " + service + "'s."
}
