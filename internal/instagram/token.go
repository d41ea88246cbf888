package instagram

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// Token is a new access token.
type Token struct {
	Access      string
	ExpiresIn   time.Duration // zero if the service did not say: Facebook's may live for ever
	Permissions []string      // none if the service did not say
}

type wireToken struct {
	Access      text  `json:"access_token"`
	ExpiresIn   text  `json:"expires_in"`
	Permissions words `json:"permissions"`
}

func (w wireToken) complete() bool { return w.Access != "" }

// Refresh renews an Instagram Login token for another 60 days. The token must be at least a day
// old and still alive; the new one may be the same string. The old token stays valid, so the call
// may be repeated.
// Source: https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
func (c *Client) Refresh(ctx context.Context) (Token, error) {
	if c.Login == FacebookLogin {
		return Token{}, errors.New(
			"a Facebook Login token can't be refreshed, only exchanged or made again")
	}
	return newToken(ctx, c, call{
		op: "GET /refresh_access_token", path: "/refresh_access_token", version: noVersion,
		query: url.Values{"grant_type": {"ig_refresh_token"}, "access_token": {c.Token}},
	})
}

// ExchangeShort exchanges the client's short-lived token (an hour or two) for one of 60 days. It
// needs AppSecret, and AppID for Facebook Login.
// Sources: https://developers.facebook.com/docs/instagram-platform/reference/access_token,
// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
func (c *Client) ExchangeShort(ctx context.Context) (Token, error) {
	if c.AppSecret == "" || c.Login == FacebookLogin && c.AppID == "" {
		return Token{}, errors.New(
			"exchanging a token needs the app's secret, and its id for Facebook Login")
	}
	if c.Login == FacebookLogin {
		return newToken(ctx, c, call{
			op: "GET /oauth/access_token", path: "/oauth/access_token",
			query: url.Values{
				"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {c.Token},
				"client_id": {c.AppID}, "client_secret": {c.AppSecret},
			},
		})
	}
	return newToken(ctx, c, call{
		op: "GET /access_token", path: "/access_token", version: noVersion,
		query: url.Values{
			"grant_type": {"ig_exchange_token"}, "access_token": {c.Token},
			"client_secret": {c.AppSecret},
		},
	})
}

// newToken makes a call whose query carries the credentials: these endpoints take them nowhere
// else.
func newToken(ctx context.Context, c *Client, q call) (Token, error) {
	q.keyed, q.secret = true, true
	w, err := get[wireToken](ctx, c, q)
	if err != nil {
		return Token{}, err
	}
	c.secrets().Add(string(w.Access))
	return Token{
		Access: string(w.Access), ExpiresIn: seconds(w.ExpiresIn), Permissions: w.Permissions,
	}, nil
}

// seconds converts a span that a service gave; a malformed one is zero.
func seconds(t text) time.Duration {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n < 0 || n > int64(100*365*24*time.Hour/time.Second) {
		return 0
	}
	return time.Duration(n) * time.Second
}

// TokenInfo is what Meta's debugger says of a token. Times are zero for "never" and if it did not
// say.
type TokenInfo struct {
	Valid             bool
	Type              string // USER, PAGE, SYSTEM_USER, APP
	AppID             string
	Application       string
	UserID            string
	Scopes            []string
	Grants            []Grant
	Issued            time.Time
	Expires           time.Time
	DataAccessExpires time.Time    // after it the token is valid and reads nothing
	Err               *httpx.Error // why it is not valid; nil if the service did not say
}

// Grant is a permission and what it reaches: Page ids for pages_*, account ids for instagram_*. No
// targets means all.
type Grant struct {
	Scope   string
	Targets []string
}

// Debug asks Meta's debugger about the client's token, with the app's own credentials if they are
// there. Otherwise the token asks about itself, which works for people with a role in the app.
// Source: https://developers.facebook.com/docs/graph-api/reference/debug_token
func (c *Client) Debug(ctx context.Context) (TokenInfo, error) {
	q := call{
		op: "GET /debug_token", path: "/debug_token", secret: true,
		query: url.Values{"input_token": {c.Token}},
	}
	if c.AppID != "" && c.AppSecret != "" {
		q.bearer = c.AppID + "|" + c.AppSecret
	}
	w, err := get[wireTokenInfo](ctx, c, q)
	if err != nil {
		return TokenInfo{}, err
	}
	return w.info(c.secrets()), nil
}

type wireTokenInfo struct {
	Data *struct {
		AppID       text   `json:"app_id"`
		Type        text   `json:"type"`
		Application text   `json:"application"`
		UserID      text   `json:"user_id"`
		Valid       text   `json:"is_valid"`
		Scopes      []text `json:"scopes"`
		Granular    []struct {
			Scope   text   `json:"scope"`
			Targets []text `json:"target_ids"`
		} `json:"granular_scopes"`
		Issued     text `json:"issued_at"`
		Expires    text `json:"expires_at"`
		DataAccess text `json:"data_access_expires_at"`
		Error      *struct {
			Code    text `json:"code"`
			Subcode text `json:"subcode"`
			Message text `json:"message"`
		} `json:"error"`
	} `json:"data"`
}

func (w wireTokenInfo) complete() bool { return w.Data != nil }

func (w wireTokenInfo) info(hide *httpx.Redactor) TokenInfo {
	d := w.Data
	out := TokenInfo{
		Valid: d.Valid == "true", Type: string(d.Type), AppID: string(d.AppID),
		Application: string(d.Application), UserID: string(d.UserID), Scopes: plain(d.Scopes),
		Issued: unix(d.Issued), Expires: unix(d.Expires), DataAccessExpires: unix(d.DataAccess),
	}
	for _, g := range d.Granular {
		out.Grants = append(out.Grants, Grant{Scope: string(g.Scope), Targets: plain(g.Targets)})
	}
	if d.Error != nil {
		e := &httpx.Error{
			Service: service, Op: "GET /debug_token", Status: 200,
			Code: number(d.Error.Code), Subcode: number(d.Error.Subcode),
			Message: hide.Message(string(d.Error.Message)),
		}
		classify(e, 200, false)
		out.Err = e
	}
	return out
}

// unix converts a moment in seconds since 1970; 0 and a malformed one are the zero time.
func unix(t text) time.Time {
	const year9999 = 253402300799
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n <= 0 || n > year9999 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func plain(in []text) []string {
	var out []string
	for _, t := range in {
		out = append(out, string(t))
	}
	return out
}

// unusual reports whether a character occurs in no token. Such a character comes from pasting.
func unusual(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }

// TokenHint returns what looks wrong with a token for a login, "" if nothing does. It is a hint
// and no gate: Meta promises nothing about the form of its tokens. The prefixes are what has been
// seen: EAA for Facebook Login, IG for Instagram Login, and an app's id with a bar for app tokens.
// The sentence shows nothing of the token. It is a stored message: whoever prints it says it in the
// person's language.
func TokenHint(login, token string) string {
	switch {
	case token == "":
		return message.Words{}.Text("setup.stored.no-token")
	case strings.ContainsFunc(token, unusual):
		return message.Words{}.Text("setup.stored.token-unclean")
	case strings.Contains(token, "|"):
		return message.Words{}.Text("setup.stored.token-of-an-app")
	case login != FacebookLogin && strings.HasPrefix(token, "EAA"):
		return message.Words{}.Text("setup.stored.token-facebook-login", "Login", InstagramLogin)
	case login == FacebookLogin && strings.HasPrefix(token, "IG"):
		return message.Words{}.Text("setup.stored.token-instagram-login", "Login", FacebookLogin)
	}
	return ""
}
