package sim

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// keyPair is an access token of OAuth 1.0a with what it may do. It has no end.
type keyPair struct {
	account *xAccount
	secret  string
	write   bool // the app had "Read and write" when the token was made
}

// The app's own two values.
const (
	xAPIKey    = "simApiKey0123456789abcdef"
	xAPISecret = "simApiSecret0123456789abcdefghijklmnopqrstuvwxyz01"
)

// PortalKeys are the four values of the developer portal for the person's own account, by the names
// of their variables. They may only read if the app's permissions were not set to "Read and write"
// before they were made. The account's earlier ones end.
// https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens
func (x X) PortalKeys(write bool) map[string]string {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.revokeKeys(x.person)
	x.made++
	token := fmt.Sprintf("%s-simKeyToken%06d", x.person.id, x.made)
	pair := keyPair{x.person, fmt.Sprintf("simKeySecret%06d_c2VjcmV0", x.made), write}
	x.keys[token] = pair
	return map[string]string{
		"X_API_KEY": xAPIKey, "X_API_SECRET": xAPISecret,
		"X_ACCESS_TOKEN": token, "X_ACCESS_TOKEN_SECRET": pair.secret,
	}
}

// RevokeKeys is the person pressing Revoke in the portal.
func (x X) RevokeKeys() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.revokeKeys(x.person)
}

func (x *xSide) revokeKeys(as *xAccount) {
	maps.DeleteFunc(x.keys, func(_ string, k keyPair) bool { return k.account == as })
}

// byKeys lets a signed call through. Keys that may only read write nothing.
// https://github.com/plhery/node-twitter-api-v2/issues/493
func (x *xSide) byKeys(
	rw http.ResponseWriter, r *http.Request, do func(http.ResponseWriter, xCall),
) {
	pair, ok := x.signed(r)
	switch {
	case !ok:
		problem(rw, 401, "Unauthorized", "Unauthorized", "about:blank")
	case r.Method != http.MethodGet && !pair.write:
		problem(rw, 403, "Forbidden", "Your client app is not configured with the appropriate"+
			" oauth1 app permissions for this endpoint.",
			"https://api.twitter.com/2/problems/oauth1-permissions")
	default:
		do(rw, xCall{r, pair.account})
	}
}

// signed checks the signature of a call, by RFC 5849, and gives whose keys it was made with. X
// takes a nonce once.
func (x *xSide) signed(r *http.Request) (keyPair, bool) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	given, ok := oauthHeader(r.Header.Get("Authorization"))
	pair, known := x.keys[given.Get("oauth_token")]
	nonce := given.Get("oauth_nonce")
	if !ok || !known || pair.account.gone || nonce == "" || x.nonces[nonce] ||
		given.Get("oauth_consumer_key") != xAPIKey || !x.timely(given.Get("oauth_timestamp")) ||
		given.Get("oauth_signature_method") != "HMAC-SHA1" || given.Get("oauth_version") != "1.0" {
		return keyPair{}, false
	}
	x.nonces[nonce] = true
	got := given.Get("oauth_signature")
	given.Del("oauth_signature")
	want := keySignature(r, given, xAPISecret, pair.secret)
	return pair, hmac.Equal([]byte(got), []byte(want))
}

// timely reports whether a timestamp is within five minutes of X's time, if that is the machine's.
func (x *xSide) timely(timestamp string) bool {
	n, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || !x.w.o.Real {
		return err == nil
	}
	return time.Unix(n, 0).Sub(x.clock()).Abs() <= 5*time.Minute
}

// oauthHeader reads an Authorization header of the scheme OAuth.
func oauthHeader(header string) (url.Values, bool) {
	list, ok := strings.CutPrefix(header, "OAuth ")
	out := url.Values{}
	for pair := range strings.SplitSeq(list, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		value, err := url.PathUnescape(strings.Trim(value, `"`))
		if err != nil || out.Has(name) {
			return nil, false
		}
		out.Set(name, value)
	}
	return out, ok
}

// keySignature is the one that a call must bear. No call of X's second API sends a form.
// https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
func keySignature(r *http.Request, oauth url.Values, appSecret, tokenSecret string) string {
	var pairs [][2]string
	for _, values := range []url.Values{r.URL.Query(), oauth} {
		for name, all := range values {
			for _, v := range all {
				pairs = append(pairs, [2]string{percent(name), percent(v)})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	params := make([]string, len(pairs))
	for i, p := range pairs {
		params[i] = p[0] + "=" + p[1]
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if r.URL.Host != "" {
		scheme, host = r.URL.Scheme, r.URL.Host // without a socket the address is whole
	}
	address := scheme + "://" + strings.ToLower(host) + r.URL.EscapedPath()
	base := r.Method + "&" + percent(address) + "&" + percent(strings.Join(params, "&"))
	mac := hmac.New(sha1.New, []byte(percent(appSecret)+"&"+percent(tokenSecret)))
	mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent encodes everything but the unreserved characters of RFC 3986.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
