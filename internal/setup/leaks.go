package setup

import (
	"net/url"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// leaks finds secrets in what people write.
type leaks struct {
	words  message.Words
	route  config.Route
	values map[string]string // by secret: every value that was given to the run
	link   func(secret string) string
}

// Shapes of credentials: GitHub's tokens, Meta's, and long words of mixed letters and digits, as
// X's keys and tokens are. A commit's id has no capital letters.
var (
	gitHubToken = lazyregexp.New(`\b(gh[pousr]_|github_pat_)\w{16,}`)
	metaToken   = lazyregexp.New(`\b(IG|EAA)[A-Za-z0-9]{40,}`)
	longWord    = lazyregexp.New(`[A-Za-z0-9+/=_-]{40,}`)
)

// found returns how to renew the secret that a text holds, "" for none.
func (l leaks) found(body string) string {
	for name, value := range l.values {
		if len(value) >= 12 && strings.Contains(body, value) && !l.public(name) {
			return l.words.Text("setup.leak.renew", "Secret", name, "How", l.renewal(name))
		}
	}
	if address, q := returned(body); q != nil {
		// The code of the address looks like a token, and is worthless.
		body = strings.ReplaceAll(body, address, "")
	}
	switch {
	case gitHubToken.MatchString(body):
		return l.words.Text("setup.leak.github")
	case metaToken.MatchString(body):
		return l.words.Text("setup.leak.meta", "How", l.renewal(l.route.Instagram.Token))
	}
	for _, word := range longWord.FindAllString(addresses.ReplaceAllString(body, ""), -1) {
		if mixed(word) {
			return l.words.Text("setup.leak.x", "How", l.renewal(l.route.X.ClientSecret))
		}
	}
	return ""
}

// public reports whether a value is no secret though GitHub keeps it as one.
func (l leaks) public(name string) bool {
	return name == l.route.X.ClientID || name == l.route.Instagram.AppID ||
		name == l.route.Instagram.UserID
}

// mixed reports whether a word has small letters, capital letters and digits.
func mixed(word string) bool {
	return strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz") &&
		strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		strings.ContainsAny(word, "0123456789")
}

// renewal says where a secret is made anew.
func (l leaks) renewal(name string) string {
	x := l.route.X
	switch name {
	case l.route.Instagram.Token, l.route.Instagram.AppSecret:
		return l.words.Text("setup.leak.anew-meta", "Apps", metaApps, "Link", l.link(name))
	case x.ClientSecret, x.APIKey, x.APISecret, x.AccessToken, x.AccessTokenSecret, x.RefreshToken:
		return l.words.Text("setup.leak.anew-x", "Portal", portal, "Link", l.link(name))
	case "VAULT_KEY":
		return l.words.Text("setup.leak.anew-phrase", "Link", l.link(name))
	}
	return l.words.Text("setup.leak.anew", "Link", l.link(name))
}

// addresses finds the addresses of a comment.
var addresses = lazyregexp.New("https?://[^\\s<>\"'`()]+")

// returned finds in a comment the address to which X sends a browser back.
func returned(body string) (address string, q url.Values) {
	for _, a := range addresses.FindAllString(body, -1) {
		u, err := url.Parse(a)
		if err != nil {
			continue
		}
		if q := u.Query(); q.Get("state") != "" && (q.Get("code") != "" || q.Get("error") != "") {
			return a, q
		}
	}
	return "", nil
}
