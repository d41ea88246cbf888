package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// versions are the Graph versions with the day each one ends. A call to one that has ended is answered by the oldest
// that is left, and so is a call without a version. https://developers.facebook.com/docs/graph-api/changelog/versions
var versions = []struct {
	major int
	ends  string
}{
	{18, "2026-01-26"}, {19, "2026-05-21"}, {20, "2026-09-24"}, {21, "2027-01-21"}, {22, "2027-05-20"}, {23, "2027-10-08"},
	{24, "2028-02-18"}, {25, "2028-07-29"}, {26, "9999-01-01"},
}

// answering is the version that answers a call to another. None answers one that is not out yet.
func (g *igSide) answering(asked string) (string, bool) {
	major := 0
	if asked != "" {
		n, _, _ := strings.Cut(asked[1:], ".")
		major, _ = strconv.Atoi(n)
	}
	today := g.w.clock().Format(time.DateOnly)
	for _, v := range versions {
		if v.major >= major && today < v.ends {
			return fmt.Sprintf("v%d.0", v.major), true
		}
	}
	return "", false
}

// flavour is the login that a host is for; a loopback address serves both.
func flavour(host string) string {
	return map[string]string{instagramAPI: "instagram", instagramOAu: "instagram", facebookAPI: "facebook"}[host]
}

// serve routes a Graph call. Paths carry a version but for the token endpoints of Instagram Login.
func (g *igSide) serve(rw http.ResponseWriter, r *http.Request) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	rw.Header().Set("x-fb-trace-id", "TraceHeader")
	rw.Header().Set("Content-Type", "application/json; charset=UTF-8")
	asked, p := trimVersion(r.URL.Path)
	version, ok := g.answering(asked)
	if !ok {
		graphError(rw, 400, "Unknown path components: /"+asked+p, "OAuthException", 2500, 0)
		return
	}
	rw.Header().Set("facebook-api-version", version)
	if r.Method != http.MethodGet {
		graphError(rw, 400, "Unsupported "+strings.ToLower(r.Method)+" request.", "GraphMethodException", 100, 33)
		return
	}
	switch p {
	case "/refresh_access_token":
		g.refresh(rw, r)
		return
	case "/oauth/access_token", "/access_token":
		g.exchange(rw, r)
		return
	}
	grant, ok := g.grant(r, bearer(r))
	if !ok {
		g.deadToken(rw, r, bearer(r))
		return
	}
	if !g.proven(r, grant.login) {
		graphError(rw, 400, "Invalid appsecret_proof provided in the API argument", "GraphMethodException", 100, 0)
		return
	}
	g.route(rw, r, grant, strings.Trim(p, "/"))
}

// grant is what a token may do at the host that was asked, if it is alive.
func (g *igSide) grant(r *http.Request, token string) (igGrant, bool) {
	if token == igAppID+"|"+igSecret {
		return igGrant{login: "app"}, true
	}
	t, ok := g.tokens[token]
	return t, ok && !g.expired(t) && !g.foreign(r, t)
}

func (g *igSide) foreign(r *http.Request, t igGrant) bool {
	f := flavour(r.Host)
	return f != "" && f != t.login
}

func (g *igSide) expired(t igGrant) bool {
	ends := g.ends(t)
	return !ends.IsZero() && g.w.clock().After(ends)
}

// ends is a token's end; zero is never.
func (g *igSide) ends(t igGrant) time.Time {
	if t.page || !t.ends.IsZero() {
		return t.ends
	}
	return g.account.TokenExpires
}

// proven checks appsecret_proof, the token's HMAC under the app's secret, if it is there or the app insists on it.
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (g *igSide) proven(r *http.Request, login string) bool {
	given := r.URL.Query().Get("appsecret_proof")
	if given == "" {
		return login != "facebook" || !g.account.NeedsProof
	}
	mac := hmac.New(sha256.New, []byte(igSecret))
	mac.Write([]byte(bearer(r)))
	return given == hex.EncodeToString(mac.Sum(nil))
}

func (g *igSide) route(rw http.ResponseWriter, r *http.Request, grant igGrant, p string) {
	login := grant.login
	node, edge, _ := strings.Cut(p, "/")
	facebook, fields := login == "facebook", r.URL.Query().Get("fields")
	self := node == g.account.ID || node == "me" && !facebook
	if self && g.account.Type == "PERSONAL" && (facebook || edge != "") {
		self = false // there is no API for it: only Instagram Login's own `me` still tells what it is
	}
	switch {
	case p == "debug_token":
		g.debug(rw, r)
	case login == "app":
		graphError(rw, 400, "A user access token is required to request this resource.", "OAuthException", 102, 0)
	case node == "me" && grant.page:
		g.asPage(rw, edge, fields)
	case p == "me/accounts" && facebook:
		g.accounts(rw, fields)
	case p == "me/permissions" && facebook:
		g.permissions(rw)
	case p == "me" && facebook:
		give(rw, "User", object{"id": facebookUser, "name": "Kamo Mugs"}, fields)
	case p == g.account.PageID && facebook:
		give(rw, "Page", g.page(), fields)
	case self && edge == "media":
		g.list(rw, r, login)
	case self && edge == "":
		g.self(rw, login, fields)
	default:
		graphError(rw, 400, fmt.Sprintf("Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation", node), "GraphMethodException", 100, 33)
	}
}

// asPage is what the Page's own token calls me: the Page, which has no accounts and grants no permissions.
func (g *igSide) asPage(rw http.ResponseWriter, edge, fields string) {
	if edge != "" {
		graphError(rw, 400, "(#100) Tried accessing nonexisting field ("+edge+") on node type (Page)", "OAuthException", 100, 0)
		return
	}
	give(rw, "Page", g.page(), fields)
}

// self is the professional account: user_id is its id, id the app's own name for it.
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/get-started
func (g *igSide) self(rw http.ResponseWriter, login, fields string) {
	a := g.account
	all := object{"id": a.ID, "username": a.Username, "name": "Kamo Mugs", "media_count": len(g.media)}
	if login == "facebook" {
		give(rw, "IGUser", all, fields)
		return
	}
	all["id"], all["user_id"], all["account_type"] = a.AppScopedID, a.ID, a.Type
	give(rw, "InstagramUser", all, fields)
}

// bearer is the token of a Graph call, from the header or the query.
func bearer(r *http.Request) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return t
	}
	return r.URL.Query().Get("access_token")
}

// deadToken answers as Meta does to a token that was never good, or is no longer.
// https://developers.facebook.com/docs/graph-api/guides/error-handling
func (g *igSide) deadToken(rw http.ResponseWriter, r *http.Request, token string) {
	rw.Header().Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token."`)
	message, subcode := g.whyDead(r, token)
	graphError(rw, 400, message, "OAuthException", 190, subcode)
}

func (g *igSide) whyDead(r *http.Request, token string) (message string, subcode int) {
	t, known := g.tokens[token]
	ours := slices.ContainsFunc([]string{"IG", "EAA"}, func(prefix string) bool { return strings.HasPrefix(token, prefix) })
	switch {
	case !ours || known && g.foreign(r, t):
		return "Invalid OAuth access token - Cannot parse access token", 0
	case known:
		return "Error validating access token: Session has expired on " + g.account.TokenExpires.Format(time.RFC1123) + ".", 463
	}
	return "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.", 460
}

func graphError(rw http.ResponseWriter, status int, message, typ string, code, subcode int) {
	e := object{"message": message, "type": typ, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnO"}
	if subcode != 0 {
		e["error_subcode"] = subcode
	}
	writeJSON(rw, status, object{"error": e})
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // Unreachable: plain maps.
	}
	if rw.Header().Get("Content-Type") == "" {
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	rw.Header().Set("Content-Length", itoa(len(b)))
	rw.WriteHeader(status)
	_, _ = rw.Write(b)
}
