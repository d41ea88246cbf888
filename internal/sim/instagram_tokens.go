package sim

import (
	"net/http"
	"strings"
	"time"
)

// refresh is GET /refresh_access_token: a token at least 24 hours old gets 60 more days.
// https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
func (g *igSide) refresh(rw http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("access_token")
	login, ok := g.tokens[token]
	switch {
	case r.URL.Query().Get("grant_type") != "ig_refresh_token":
		graphError(rw, 400, "(#100) Invalid grant_type", "IGApiException", 100, 0)
	case !ok || login != "instagram" || g.w.clock().After(g.account.TokenExpires):
		g.deadToken(rw, r, ok)
	case g.w.clock().Sub(g.account.TokenIssued) < 24*time.Hour:
		graphError(rw, 400, "Session key invalid. This could be because the session key has an incorrect format, or because the user has revoked this session", "IGApiException", 452, 0)
	default:
		fresh := g.renew("instagram")
		g.tokens[token] = "instagram" // the old string still works for a while
		writeJSON(rw, 200, map[string]any{"access_token": fresh, "token_type": "bearer", "expires_in": 60 * 24 * 3600, "permissions": "instagram_business_basic"})
	}
}

// exchange is a short-lived token for a long-lived one, of either login.
func (g *igSide) exchange(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("client_secret") != igSecret:
		graphError(rw, 400, "Error validating client secret.", "OAuthException", 1, 0)
	case q.Get("grant_type") == "fb_exchange_token" && strings.HasPrefix(q.Get("fb_exchange_token"), "EAA"):
		writeJSON(rw, 200, map[string]any{"access_token": fbToken, "token_type": "bearer", "expires_in": 5183944})
	case q.Get("grant_type") == "ig_exchange_token" && strings.HasPrefix(q.Get("access_token"), "IG"):
		writeJSON(rw, 200, map[string]any{"access_token": igToken, "token_type": "bearer", "expires_in": 5183944})
	default:
		graphError(rw, 400, "Invalid OAuth access token - Cannot parse access token", "OAuthException", 190, 0)
	}
}

// debug is GET /debug_token. https://developers.facebook.com/docs/graph-api/reference/debug_token
func (g *igSide) debug(rw http.ResponseWriter, r *http.Request, login string) {
	a := g.account
	_, valid := g.tokens[r.URL.Query().Get("input_token")]
	granular := []any{}
	for _, s := range a.Scopes {
		granular = append(granular, map[string]any{"scope": s})
	}
	data := map[string]any{
		"app_id": igAppID, "application": "kamo mirror", "type": "USER", "is_valid": valid, "user_id": "300000000000001",
		"scopes": a.Scopes, "granular_scopes": granular, "issued_at": a.TokenIssued.Unix(), "expires_at": unix(a.TokenExpires),
		"data_access_expires_at": unix(a.DataAccessExpires),
	}
	if login == "instagram" {
		data["type"] = "INSTAGRAM_USER"
	}
	writeJSON(rw, 200, map[string]any{"data": data})
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// accounts is GET /me/accounts. A Page of a business portfolio is not shown without business_management, and that is no
// error: the list is empty. https://developers.facebook.com/docs/graph-api/changelog/non-versioned-changes/nvc-2023
func (g *igSide) accounts(rw http.ResponseWriter) {
	data := []any{}
	if a := g.account; a.PagesShown {
		page := map[string]any{"id": a.PageID, "name": "Kamo Mugs", "tasks": []string{"MANAGE", "CREATE_CONTENT"}, "access_token": fbToken}
		if a.Linked {
			page["instagram_business_account"] = map[string]any{"id": a.ID, "username": a.Username}
		}
		data = append(data, page)
	}
	writeJSON(rw, 200, map[string]any{"data": data})
}

// permissions is GET /me/permissions.
func (g *igSide) permissions(rw http.ResponseWriter) {
	data := []any{}
	for _, s := range g.account.Scopes {
		data = append(data, map[string]string{"permission": s, "status": "granted"})
	}
	writeJSON(rw, 200, map[string]any{"data": data})
}
