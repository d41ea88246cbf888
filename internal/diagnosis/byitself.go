package diagnosis

import (
	"slices"

	"github.com/postferry/postferry/internal/message"
)

// needsToken are the causes that nothing but another token or key cures.
var needsToken = []string{
	"instagram-token-dead", "instagram-token-expired", "instagram-password-changed",
	"instagram-reconnect", "instagram-flavour", "instagram-data-access", "x-login-again",
	"x-refresh-refused", "x-scope", "x-app-credentials", "x-keys",
	"x-keys-read-only",
}

// ByItself is the sentence that the last comment on an incident adds where the tokens are those of
// its beginning: the first cause stays the title, and it was not proven right. It is "" for
// a component without a service.
func ByItself(w message.Words, c Component, cause string) string {
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
		return w.Text("diagnosis.by-itself.same-token", "Service", service)
	}
	return w.Text("diagnosis.by-itself.unless-mended", "Service", service)
}
