package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const facebookUser = "300000000000001"

// refresh is GET /refresh_access_token: a token at least 24 hours old gets 60 more days.
// https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
func (g *igSide) refresh(rw http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("access_token")
	grant, alive := g.grant(r, token)
	switch {
	case r.URL.Query().Get("grant_type") != "ig_refresh_token":
		graphError(rw, 400, "(#100) Invalid grant_type", "IGApiException", 100, 0)
	case !alive || grant.login != "instagram":
		g.deadToken(rw, r, token)
	case !slices.Contains(grant.of.Scopes, "instagram_business_basic"):
		graphError(rw, 403, "(#10) Application does not have permission for this action",
			"IGApiException", 10, 0)
	case !grant.ends.IsZero() || g.clock().Sub(grant.of.TokenIssued) < 24*time.Hour:
		sessionInvalid(rw)
	default:
		// the old string still works for a while
		answerToken(rw, g.renew("instagram", grant.of), "instagram_business_basic")
	}
}

func sessionInvalid(rw http.ResponseWriter) {
	graphError(rw, 400, "Session key invalid. This could be because the session key has an "+
		"incorrect format, or because the user has revoked this session",
		"IGApiException", 452, 0)
}

func answerToken(rw http.ResponseWriter, token, permissions string) {
	out := object{"access_token": token, "token_type": "bearer", "expires_in": 60 * 24 * 3600}
	if permissions != "" {
		out["permissions"] = permissions
	}
	writeJSON(rw, 200, out)
}

// exchange is a short-lived token for a long-lived one, of either login. An Instagram token that
// lives long already has nothing to exchange; a Facebook one has.
// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
func (g *igSide) exchange(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	login, token := "facebook", q.Get("fb_exchange_token")
	if q.Get("grant_type") == "ig_exchange_token" {
		login, token = "instagram", q.Get("access_token")
	}
	grant, alive := g.grant(r, token)
	switch {
	case q.Get("grant_type") != "fb_exchange_token" && q.Get("grant_type") != "ig_exchange_token":
		graphError(rw, 400, "(#100) Invalid grant_type", "OAuthException", 100, 0)
	case login == "facebook" && q.Get("client_id") != igAppID:
		graphError(rw, 400,
			"Error validating application. Cannot get application info due to a system error.",
			"OAuthException", 101, 0)
	case q.Get("client_secret") != igSecret:
		graphError(rw, 400, "Error validating client secret.", "OAuthException", 1, 0)
	case !alive || grant.login != login:
		g.deadToken(rw, r, token)
	case login == "instagram" && grant.ends.IsZero():
		sessionInvalid(rw)
	default:
		answerToken(rw, g.renew(login, grant.of), "")
	}
}

// debug is GET /debug_token, asked by the app or by a token of the same app.
// https://developers.facebook.com/docs/graph-api/reference/debug_token
func (g *igSide) debug(rw http.ResponseWriter, c igCall) {
	token := c.URL.Query().Get("input_token")
	if token == "" {
		graphError(rw, 400, "(#100) The parameter input_token is required", "OAuthException", 100, 0)
		return
	}
	grant, valid := g.tokens[token]
	if !valid || g.expired(grant) {
		message, subcode := g.whyDead(c.Request, token)
		writeJSON(rw, 200, object{"data": object{
			"app_id": igAppID, "is_valid": false, "scopes": []string{}, "error": object{"code": 190,
				"subcode": subcode, "message": message},
		}})
		return
	}
	a, granular := grant.of, []object{}
	for _, s := range a.Scopes {
		one := object{"scope": s}
		if ids := a.Granular[s]; len(ids) > 0 { // none: granted for all
			one["target_ids"] = ids
		}
		granular = append(granular, one)
	}
	kind := "USER"
	switch {
	case grant.page:
		kind = "PAGE"
	case grant.login == "instagram":
		kind = "INSTAGRAM_USER"
	}
	writeJSON(rw, 200, object{"data": object{
		"app_id": igAppID, "application": "kamo mirror", "type": kind, "is_valid": true,
		"user_id": facebookUser,
		"scopes":  a.Scopes, "granular_scopes": granular, "issued_at": a.TokenIssued.Unix(),
		"expires_at":             unix(g.ends(grant)),
		"data_access_expires_at": unix(a.DataAccessExpires),
	}})
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// accounts is GET /me/accounts. A Page of a business portfolio is not shown without
// business_management, and that is no error: the list is empty.
// https://developers.facebook.com/docs/graph-api/changelog/non-versioned-changes/nvc-2023
func (g *igSide) accounts(rw http.ResponseWriter, c igCall) {
	if !c.facebook() || c.grant.page {
		g.strayEdge(rw, c, "accounts")
		return
	}
	f := parseFields(c.fields)
	if f == nil {
		f = parseFields("access_token,category,name,tasks")
	}
	if !known(rw, "Page", f) {
		return
	}
	a, out := c.grant.of, object{"data": []object{}}
	if a.PagesShown && (!a.Portfolio || slices.Contains(a.Scopes, "business_management")) {
		out["data"] = []object{only(a.page(), f)}
		out["paging"] = object{"cursors": object{"before": "QVFI", "after": "QVFJ"}}
	}
	writeJSON(rw, 200, out)
}

// page is the Facebook Page. Its link is not shown to a person whose tasks are too few, nor is
// there one to a personal account.
func (a *igAccount) page() object {
	out := object{"id": a.PageID, "name": "Kamo Mugs", "category": "Shop", "tasks": a.Tasks,
		"access_token": pageToken}
	able := slices.ContainsFunc(a.Tasks,
		func(t string) bool {
			return strings.EqualFold(t, "MANAGE") || strings.EqualFold(t,
				"CREATE_CONTENT")
		})
	if a.Linked && able && a.Type != "PERSONAL" {
		out["instagram_business_account"] = object{"id": a.ID, "username": a.Username}
		out["connected_instagram_account"] = object{"id": a.ID, "username": a.Username}
	}
	return out
}

// permissions is GET /me/permissions.
func (g *igSide) permissions(rw http.ResponseWriter, c igCall) {
	if !c.facebook() || c.grant.page {
		g.strayEdge(rw, c, "permissions")
		return
	}
	data := []object{}
	for _, s := range c.grant.of.Scopes {
		data = append(data, object{"permission": s, "status": "granted"})
	}
	for _, s := range c.grant.of.Declined {
		data = append(data, object{"permission": s, "status": "declined"})
	}
	writeJSON(rw, 200, object{"data": data})
}
