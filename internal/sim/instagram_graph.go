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

// versions are the Graph versions with the day each one ends. A call to one that has ended is
// answered by the oldest that is left, and so is a call without a version.
// https://developers.facebook.com/docs/graph-api/changelog/versions
var versions = []struct {
	major int
	ends  string
}{
	{18, "2026-01-26"}, {19, "2026-05-21"}, {20, "2026-09-24"}, {21, "2027-01-21"}, {22, "2027-05-20"},
	{23, "2027-10-08"},
	{24, "2028-02-18"}, {25, "2028-07-29"}, {26, "9999-01-01"},
}

// answering is the version that answers a call to another. No version answers a call to a version
// that is not out yet.
func (g *igSide) answering(asked string) (string, bool) {
	major := 0
	if asked != "" {
		n, _, _ := strings.Cut(asked[1:], ".")
		major, _ = strconv.Atoi(n)
	}
	today := g.clock().Format(time.DateOnly)
	for _, v := range versions {
		if v.major >= major && today < v.ends {
			return fmt.Sprintf("v%d.0", v.major), true
		}
	}
	return "", false
}

// loginOf is the login that a host is for; a loopback address serves both.
func loginOf(host string) string {
	return map[string]string{instagramAPI: "instagram", instagramOAu: "instagram",
		facebookAPI: "facebook"}[host]
}

// clock is Meta's own time. Callers hold the lock.
func (g *igSide) clock() time.Time { return g.w.clockOf("instagram") }

// igCall is a Graph call of a token that is alive.
type igCall struct {
	*http.Request
	grant  igGrant
	fields string
}

// facebook reports whether the call is Facebook Login's, where the token is a person's or a Page's.
func (c igCall) facebook() bool { return c.grant.login == "facebook" }

// routes are the edges of the Graph, without the version in front of them. Any other path
// is an object that does not exist.
func (g *igSide) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/refresh_access_token", g.refresh)
	mux.HandleFunc("/oauth/access_token", g.exchange)
	mux.HandleFunc("/access_token", g.exchange)
	for pattern, do := range map[string]func(http.ResponseWriter, igCall){
		"/debug_token":    g.debug,
		"/me/accounts":    g.accounts,
		"/me/permissions": g.permissions,
		"/{node}":         g.node,
		"/{node}/{edge}":  g.edge,
		"/":               g.missing,
	} {
		mux.HandleFunc(pattern, g.authorized(pattern, do))
	}
	return mux
}

// serve answers a Graph call, by the version that its path asks for or the oldest one that is left.
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
		message := "Unsupported " + strings.ToLower(r.Method) + " request."
		graphError(rw, 400, message, "GraphMethodException", 100, 33)
		return
	}
	unversioned := *r
	u := *r.URL
	u.Path, u.RawPath = p, ""
	unversioned.URL = &u
	g.mux.ServeHTTP(rw, &unversioned)
}

// authorized lets a call through whose token is alive and, where that is asked for, proven.
func (g *igSide) authorized(
	pattern string, do func(http.ResponseWriter, igCall),
) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		grant, ok := g.grant(r, bearer(r))
		switch {
		case !ok:
			g.deadToken(rw, r, bearer(r))
		case !g.proven(r, grant):
			const message = "Invalid appsecret_proof provided in the API argument"
			graphError(rw, 400, message, "GraphMethodException", 100, 0)
		case grant.login == "app" && pattern != "/debug_token":
			const message = "A user access token is required to request this resource."
			graphError(rw, 400, message, "OAuthException", 102, 0)
		default:
			do(rw, igCall{r, grant, r.URL.Query().Get("fields")})
		}
	}
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
	f := loginOf(r.Host)
	return f != "" && f != t.login
}

func (g *igSide) expired(t igGrant) bool {
	ends := g.ends(t)
	return !ends.IsZero() && g.clock().After(ends)
}

// ends is a token's end; zero is never.
func (g *igSide) ends(t igGrant) time.Time {
	if t.page || !t.ends.IsZero() {
		return t.ends
	}
	return t.of.TokenExpires
}

// proven checks appsecret_proof, the token's HMAC under the app's secret, if it is there or the app
// insists on it.
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (g *igSide) proven(r *http.Request, grant igGrant) bool {
	given := r.URL.Query().Get("appsecret_proof")
	if given == "" {
		return grant.login != "facebook" || !grant.of.NeedsProof
	}
	mac := hmac.New(sha256.New, []byte(igSecret))
	mac.Write([]byte(bearer(r)))
	return given == hex.EncodeToString(mac.Sum(nil))
}

// node is GET /{node}: the account, the person or the Page.
func (g *igSide) node(rw http.ResponseWriter, c igCall) {
	node := c.PathValue("node")
	switch {
	case node == "me" && c.grant.page, node == c.grant.of.PageID && c.facebook():
		give(rw, "Page", c.grant.of.page(), c.fields)
	case node == "me" && c.facebook():
		give(rw, "User", object{"id": facebookUser, "name": "Kamo Mugs"}, c.fields)
	// There is no API for a personal account. Only Instagram Login's own me still tells its type.
	case c.own() && (c.grant.of.Type != "PERSONAL" || !c.facebook()):
		g.self(rw, c)
	default:
		g.missing(rw, c)
	}
}

// edge is GET /{node}/{edge}: the account has an edge of media, a Page's me has none that is known.
func (g *igSide) edge(rw http.ResponseWriter, c igCall) {
	node, edge := c.PathValue("node"), c.PathValue("edge")
	switch {
	case node == "me" && c.grant.page:
		g.strayEdge(rw, c, edge)
	case edge == "media" && c.own() && c.grant.of.Type != "PERSONAL":
		g.list(rw, c)
	default:
		g.missing(rw, c)
	}
}

// strayEdge answers for an edge that the token's me does not have. A Page's own token calls the
// Page me, which has no accounts and grants no permissions.
func (g *igSide) strayEdge(rw http.ResponseWriter, c igCall, edge string) {
	if !c.grant.page {
		g.missing(rw, c)
		return
	}
	message := "(#100) Tried accessing nonexisting field (" + edge + ") on node type (Page)"
	graphError(rw, 400, message, "OAuthException", 100, 0)
}

// own reports whether a call names the professional account.
func (c igCall) own() bool {
	node := c.PathValue("node")
	return node == c.grant.of.ID || node == "me" && !c.facebook()
}

// missing is Meta's answer for whatever it does not have or does not show.
func (g *igSide) missing(rw http.ResponseWriter, c igCall) {
	node, _, _ := strings.Cut(strings.Trim(c.URL.Path, "/"), "/")
	graphError(rw, 400, "Unsupported get request. Object with ID '"+node+"' does not exist, cannot "+
		"be loaded due to missing permissions, or does not support this operation",
		"GraphMethodException", 100, 33)
}

// self is the professional account: user_id is its id, id the app's own name for it.
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/get-started
func (g *igSide) self(rw http.ResponseWriter, c igCall) {
	a := c.grant.of
	all := object{"id": a.ID, "username": a.Username, "name": "Kamo Mugs", "media_count": a.count()}
	if c.facebook() {
		give(rw, "IGUser", all, c.fields)
		return
	}
	all["id"], all["user_id"], all["account_type"] = a.AppScopedID, a.ID, a.Type
	give(rw, "InstagramUser", all, c.fields)
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
	rw.Header().Set("WWW-Authenticate",
		`OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token."`)
	message, subcode := g.whyDead(r, token)
	graphError(rw, 400, message, "OAuthException", 190, subcode)
}

func (g *igSide) whyDead(r *http.Request, token string) (message string, subcode int) {
	t, known := g.tokens[token]
	ours := slices.ContainsFunc([]string{"IG", "EAA"},
		func(prefix string) bool { return strings.HasPrefix(token, prefix) })
	switch {
	case !ours || known && g.foreign(r, t):
		return "Invalid OAuth access token - Cannot parse access token", 0
	case known:
		return "Error validating access token: Session has expired on " +
			t.of.TokenExpires.Format(time.RFC1123) + ".", 463
	}
	return "Error validating access token: The session has been invalidated because the user " +
		"changed their password or Facebook has changed the session for security reasons.", 460
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
