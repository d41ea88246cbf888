package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// code is a login's code: 30 seconds, once, for one verifier and address.
type code struct {
	ends                time.Time
	challenge, redirect string
	scopes              []string
	account             *xAccount
}

// issue makes a pair for an account and some of the scopes that were asked for. An access token
// lives 7200 s, a refresh token six months, and there is none without offline.access. Callers hold
// the lock, or nobody else knows x yet.
func (x *xSide) issue(as *xAccount, asked []string) (refresh, access string) {
	x.made++
	scopes := slices.DeleteFunc(slices.Clone(asked),
		func(s string) bool { return !slices.Contains(x.scopes, s) })
	access = fmt.Sprintf("simAccess%06d_dGhpcyBpcyBhbiBhY2Nlc3MgdG9rZW4gb2YgWA", x.made)
	x.access[access] = grant{account: as, ends: x.clock().Add(2 * time.Hour), scopes: scopes}
	if slices.Contains(scopes, "offline.access") {
		refresh = fmt.Sprintf("simRefresh%06d_dGhpcyBpcyBhIHJlZnJlc2ggdG9rZW4gb2YgWA", x.made)
		x.refresh[refresh] = grant{account: as, ends: x.clock().AddDate(0, 6, 0), scopes: scopes}
	}
	return refresh, access
}

// forget ends every token of an account: a login ends the one before.
// https://github.com/xdevplatform/xurl auth/auth.go, GetOAuth2Header
func (x *xSide) forget(as *xAccount) {
	for _, tokens := range []map[string]grant{x.refresh, x.access} {
		maps.DeleteFunc(tokens, func(_ string, g grant) bool { return g.account == as })
	}
}

// SetScopes sets the scopes of the tokens that are issued from now on.
func (x X) SetScopes(scopes ...string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.scopes = scopes
}

// Refreshes counts the refresh tokens that were spent.
func (x X) Refreshes() int {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return x.refreshes
}

// RefreshValid reports whether a refresh token can still be spent.
func (x X) RefreshValid(token string) bool {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	g, ok := x.refresh[token]
	return ok && !g.spent && x.clock().Before(g.ends)
}

// ExpireAccess ends every access token at once.
func (x X) ExpireAccess() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.access = map[string]grant{}
}

// token is POST /2/oauth2/token, with a form or the same fields as JSON.
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
func (x *xSide) token(rw http.ResponseWriter, r *http.Request) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	f, ok := fields(r)
	if !ok {
		oauthError(rw, 400, "invalid_request", "Missing required parameter [grant_type].")
		return
	}
	if !x.client(r, f) {
		oauthError(rw, 401, "unauthorized_client", "Missing valid authorization header")
		return
	}
	var g grant
	what := "token"
	switch f.Get("grant_type") {
	case "refresh_token":
		g, ok = x.spend(f.Get("refresh_token"))
	case "authorization_code":
		what = "authorization code"
		if g, ok = x.redeem(f); ok {
			x.forget(g.account)
		}
	default:
		oauthError(rw, 400, "invalid_request", "Missing required parameter [grant_type].")
		return
	}
	if !ok {
		oauthError(rw, 400, "invalid_request", "Value passed for the "+what+" was invalid.")
		return
	}
	x.hand(rw, g, f.Get("refresh_token"))
}

// hand answers with a new pair, or with an access token alone where X keeps the refresh token.
func (x *xSide) hand(rw http.ResponseWriter, g grant, sent string) {
	refresh, access := x.issue(g.account, g.scopes)
	if sent != "" && x.rules.KeepRefresh != "" {
		delete(x.refresh, refresh)
		refresh = map[string]string{"same": sent}[x.rules.KeepRefresh]
	}
	out := object{
		"token_type": "bearer", "expires_in": 7200, "access_token": access,
		"scope": strings.Join(x.access[access].scopes, " "),
	}
	if refresh != "" {
		out["refresh_token"] = refresh
	}
	writeJSON(rw, 200, out)
}

// fields are those of a form, or of a JSON object whose values are all strings.
func fields(r *http.Request) (url.Values, bool) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		err := r.ParseForm()
		return r.PostForm, err == nil
	case "application/json":
		var in map[string]string
		err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in)
		out := url.Values{}
		for name, value := range in {
			out.Set(name, value)
		}
		return out, err == nil
	}
	return nil, false
}

// client reports whether the app itself asks: a confidential client by Basic, a public one by
// client_id in the form.
func (x *xSide) client(r *http.Request, f url.Values) bool {
	if x.w.o.PublicX {
		return r.Header.Get("Authorization") == "" && f.Get("client_id") == x.clientID
	}
	id, secret, ok := r.BasicAuth()
	return ok && id == url.QueryEscape(x.clientID) && secret == url.QueryEscape(x.secret)
}

// spend takes a refresh token, once.
func (x *xSide) spend(token string) (grant, bool) {
	g, known := x.refresh[token]
	if known && g.spent && x.w.o.RevokeReuse {
		x.forget(g.account)
	}
	if !known || g.spent || !x.clock().Before(g.ends) {
		return grant{}, false
	}
	x.refreshes++
	if x.rules.KeepRefresh == "" {
		g.spent = true
		x.refresh[token] = g
	}
	return g, true
}

// redeem takes a login's code, once.
func (x *xSide) redeem(f url.Values) (grant, bool) {
	c, ok := x.codes[f.Get("code")]
	delete(x.codes, f.Get("code"))
	sum := sha256.Sum256([]byte(f.Get("code_verifier")))
	proven := c.challenge == base64.RawURLEncoding.EncodeToString(sum[:])
	ok = ok && proven && !x.clock().After(c.ends) && c.redirect == f.Get("redirect_uri")
	return grant{account: c.account, scopes: c.scopes}, ok
}

func oauthError(rw http.ResponseWriter, status int, code, description string) {
	writeJSON(rw, status, map[string]string{"error": code, "error_description": description})
}

// consent is the page on which a person lets the app act.
func (x *xSide) consent(rw http.ResponseWriter, r *http.Request) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || !x.asksWell(q) {
		http.Error(rw, "Something went wrong. You weren't able to give access to the App.",
			http.StatusBadRequest)
		return
	}
	x.made++
	name := fmt.Sprintf("simcode%06d", x.made)
	x.codes[name] = code{
		ends: x.clock().Add(30 * time.Second), challenge: q.Get("code_challenge"),
		redirect: q.Get("redirect_uri"), account: x.person,
		scopes: strings.Fields(q.Get("scope")),
	}
	link := func(v url.Values) string {
		u := *back
		v.Set("state", q.Get("state"))
		u.RawQuery = v.Encode()
		return html.EscapeString(u.String())
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(rw, `<!DOCTYPE html><title>Authorize app</title><h1>kamo mirror wants to access the X account @%s</h1><p>%s</p>
<p><a id="allow" href="%s">Authorize app</a> <a id="deny" href="%s">Cancel</a></p>`, x.person.username, html.EscapeString(q.Get("scope")),
		link(url.Values{"code": {name}}), link(url.Values{"error": {"access_denied"}}))
}

// asksWell reports whether a login's address is complete and the app's own.
func (x *xSide) asksWell(q url.Values) bool {
	for _, name := range []string{"scope", "state", "code_challenge"} {
		if q.Get(name) == "" {
			return false
		}
	}
	allowed := x.w.o.Callbacks
	return q.Get("client_id") == x.clientID && q.Get("response_type") == "code" &&
		q.Get("code_challenge_method") == "S256" &&
		len(q.Get("state")) <= 500 &&
		(len(allowed) == 0 || slices.Contains(allowed, q.Get("redirect_uri")))
}
