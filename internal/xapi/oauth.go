package xapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

const tokenOp = "POST /2/oauth2/token"

// OAuth is X's token endpoint. It is a form POST by our own hand: golang.org/x/oauth2 hides the
// status and the body of a refusal, and its search for a client's way to authenticate sends a
// single-use token twice.
type OAuth struct {
	BaseURL      string // "" is DefaultURL
	ClientID     string
	ClientSecret string           // "" for a public client
	HTTP         *http.Client     // nil is http.DefaultClient
	Now          func() time.Time // nil is time.Now
	Secrets      *httpx.Redactor  // may be nil
}

// Token is what the endpoint gives. Access lives two hours.
type Token struct {
	Access, Refresh, Scope string
	ExpiresAt              time.Time
}

type tokenJSON struct {
	Access  string          `json:"access_token"`
	Refresh string          `json:"refresh_token"`
	Expires json.RawMessage `json:"expires_in"` // of any type: a new token is not lost over this
	Scope   string          `json:"scope"`
}

func (t tokenJSON) complete() bool { return t.Access != "" }

// accessLife is how long an access token lives where the answer does not say.
const accessLife = 2 * time.Hour

func (t tokenJSON) life() time.Duration {
	seconds := atoi64(strings.Trim(string(t.Expires), `"`))
	if seconds <= 0 || seconds > int64(day/time.Second) {
		return accessLife
	}
	return time.Duration(seconds) * time.Second
}

// Refresh spends a refresh token. The call is sent once, because X accepts a token once:
// httpx.Ambiguous says that the token may be spent. [IsDeadGrant] recognizes a refusal of the token
// itself; any other Unauthorized is about the app's own credentials.
// Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
func (o *OAuth) Refresh(ctx context.Context, refreshToken string) (Token, error) {
	t, err := o.token(ctx, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refreshToken},
	})
	if err == nil && t.Refresh == "" {
		t.Refresh = refreshToken // RFC 6749 §6: none given means that the old one stays
	}
	return t, err
}

// Exchange makes tokens of a login's code, which can be used once, within 30 seconds.
func (o *OAuth) Exchange(ctx context.Context, code, verifier, redirectURI string) (Token, error) {
	return o.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {redirectURI}, "code_verifier": {verifier},
	})
}

func (o *OAuth) token(ctx context.Context, form url.Values) (Token, error) {
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if o.ClientSecret != "" {
		req := http.Request{Header: h}
		req.SetBasicAuth(url.QueryEscape(o.ClientID), url.QueryEscape(o.ClientSecret))
	} else {
		form.Set("client_id", o.ClientID)
	}
	body := form.Encode()
	secrets := hide(o.Secrets)
	for _, name := range []string{"refresh_token", "code", "code_verifier"} {
		secrets.Add(form.Get(name))
	}
	secrets.Add(o.ClientSecret)
	secrets.Add(strings.TrimPrefix(h.Get("Authorization"), "Basic "))
	var out checked[tokenJSON]
	_, err := caller(o.HTTP, o.Now, secrets, tokenOp).Do(ctx, httpx.Request{
		Op: tokenOp, Method: http.MethodPost, URL: base(o.BaseURL) + "/2/oauth2/token", Header: h,
		Once: true, Into: &out, Secret: true,
		Body: func() io.Reader { return strings.NewReader(body) }, Length: int64(len(body)),
	})
	if err != nil {
		return Token{}, err
	}
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	t := out.v
	return Token{
		Access: t.Access, Refresh: t.Refresh, Scope: t.Scope, ExpiresAt: now().Add(t.life()),
	}, nil
}

// AuthorizeURL is the page on which a person lets the app act for the account. PKCE is S256.
func AuthorizeURL(base, clientID, redirectURI, state, challenge string, scopes []string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirectURI},
		"scope": {strings.Join(scopes, " ")},
		"state": {state}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	return base + "?" + strings.ReplaceAll(q.Encode(), "+", "%20") // X wants %20 between scopes
}
