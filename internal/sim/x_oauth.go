package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
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
}

// issue makes a pair. Callers hold the lock, or nobody else knows x yet.
func (x *xSide) issue() (refresh, access string) {
	x.made++
	refresh = fmt.Sprintf("simRefresh%06d_dGhpcyBpcyBhIHJlZnJlc2ggdG9rZW4gb2YgWA", x.made)
	access = fmt.Sprintf("simAccess%06d_dGhpcyBpcyBhbiBhY2Nlc3MgdG9rZW4gb2YgWA", x.made)
	x.refresh[refresh] = true
	x.access[access] = grant{ends: x.w.clock().Add(2 * time.Hour), scopes: slices.Clone(x.scopes)}
	return refresh, access
}

// Login is a person logging in again: the earlier grant is dead.
func (w *World) Login() (refresh, access string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.refresh, w.x.access = map[string]bool{}, map[string]grant{}
	return w.x.issue()
}

// SetScopes is what tokens carry that are issued from now on.
func (w *World) SetScopes(scopes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.scopes = scopes
}

// Refreshes counts the refresh tokens that were spent.
func (w *World) Refreshes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.x.refreshes
}

// RefreshValid says whether a refresh token can still be spent.
func (w *World) RefreshValid(token string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.x.refresh[token]
}

// ExpireAccess ends every access token at once.
func (w *World) ExpireAccess() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.access = map[string]grant{}
}

// token is POST /2/oauth2/token. https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
func (x *xSide) token(rw http.ResponseWriter, r *http.Request) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if err := r.ParseForm(); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		oauthError(rw, 400, "invalid_request", "Missing required parameter [grant_type].")
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic || id != url.QueryEscape(x.clientID) || secret != url.QueryEscape(x.secret) {
		oauthError(rw, 401, "unauthorized_client", "Missing valid authorization header")
		return
	}
	switch f := r.PostForm; f.Get("grant_type") {
	case "refresh_token":
		if !x.refresh[f.Get("refresh_token")] {
			oauthError(rw, 400, "invalid_request", "Value passed for the token was invalid.")
			return
		}
		x.refresh[f.Get("refresh_token")] = false // single use
		x.refreshes++
	case "authorization_code":
		c, ok := x.codes[f.Get("code")]
		delete(x.codes, f.Get("code"))
		sum := sha256.Sum256([]byte(f.Get("code_verifier")))
		if !ok || x.w.clock().After(c.ends) || c.redirect != f.Get("redirect_uri") || c.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			oauthError(rw, 400, "invalid_request", "Value passed for the authorization code was invalid.")
			return
		}
	default:
		oauthError(rw, 400, "invalid_request", "Missing required parameter [grant_type].")
		return
	}
	refresh, access := x.issue()
	writeJSON(rw, 200, map[string]any{"token_type": "bearer", "expires_in": 7200, "access_token": access, "scope": strings.Join(x.scopes, " "), "refresh_token": refresh})
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
	if q.Get("client_id") != x.clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || err != nil || back.Host == "" {
		http.Error(rw, "Something went wrong. You weren't able to give access to the App.", http.StatusBadRequest)
		return
	}
	x.made++
	name := fmt.Sprintf("simcode%06d", x.made)
	x.codes[name] = code{ends: x.w.clock().Add(30 * time.Second), challenge: q.Get("code_challenge"), redirect: q.Get("redirect_uri")}
	link := func(v url.Values) string {
		u := *back
		v.Set("state", q.Get("state"))
		u.RawQuery = v.Encode()
		return html.EscapeString(u.String())
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(rw, `<!DOCTYPE html><title>Authorize app</title><h1>kamo mirror wants to access the X account @%s</h1><p>%s</p>
<p><a id="allow" href="%s">Authorize app</a> <a id="deny" href="%s">Cancel</a></p>`, xUsername, html.EscapeString(q.Get("scope")),
		link(url.Values{"code": {name}}), link(url.Values{"error": {"access_denied"}}))
}
