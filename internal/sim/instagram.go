package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Item is one photo or video of a media.
type Item struct {
	Kind    string // "photo" or "video"
	Bytes   []byte // a real file; nil is generated
	Size    int64  // > 0 with nil Bytes: a stream of that many bytes that is never held in memory
	AltText string
	NoURL   bool // media_url is left out, as for a reel with protected music

	id string
}

// Media is one post on Instagram.
type Media struct {
	ID          string // digits; empty is made
	Caption     string
	Type        string // IMAGE, VIDEO, CAROUSEL_ALBUM; empty follows Items
	ProductType string // FEED, REELS; empty follows Type
	Username    string // empty is the account's own
	Permalink   string
	Timestamp   time.Time // zero is now
	Items       []Item
}

// Account is the professional account, and what its token may do.
type Account struct {
	ID, Username, Type string // Type: BUSINESS, MEDIA_CREATOR, PERSONAL
	AppScopedID        string
	PageID             string
	Scopes             []string // granted
	PagesShown         bool     // me/accounts shows the Page
	Linked             bool     // the Page's link to the account is there
	MediaError         string   // a whole error object the media edge answers with, "" for none
	DataAccessExpires  time.Time
	TokenExpires       time.Time // zero is never
	TokenIssued        time.Time
}

// igSide is the Graph API and its media host.
type igSide struct {
	w       *World
	account Account
	tokens  map[string]string // token → "instagram" or "facebook"
	media   []Media           // as published
	files   map[string]Item   // by item id
	made    int
}

const (
	igToken  = "IGAAsimInstagramToken0123456789abcdefghijklmn"
	fbToken  = "EAAsimFacebookToken0123456789abcdefghijklmnop"
	igAppID  = "100200300400500"
	igSecret = "0123456789abcdef0123456789abcdef"
)

func newIG(w *World) *igSide {
	return &igSide{
		w: w, tokens: map[string]string{igToken: "instagram", fbToken: "facebook"}, files: map[string]Item{},
		account: Account{
			ID: "17841400000000001", Username: "kamo.mugs", Type: "BUSINESS", AppScopedID: "9000000000000001", PageID: "200000000000001",
			Scopes:     []string{"instagram_basic", "pages_show_list", "pages_read_engagement", "business_management", "instagram_business_basic"},
			PagesShown: true, Linked: true,
			TokenIssued: w.now.Add(-48 * time.Hour), TokenExpires: w.now.Add(58 * 24 * time.Hour), DataAccessExpires: w.now.Add(80 * 24 * time.Hour),
		},
	}
}

func (g *igSide) env() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": igToken}
}

// FacebookEnv is what a route with Facebook Login needs instead.
func (w *World) FacebookEnv() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": fbToken, "INSTAGRAM_USER_ID": w.ig.account.ID, "INSTAGRAM_APP_ID": igAppID, "INSTAGRAM_APP_SECRET": igSecret}
}

// SetAccount changes the account.
func (w *World) SetAccount(change func(*Account)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.ig.account)
}

// BreakLikeSeptember2023 makes the media edge refuse as it did on 2023-09-19: token valid, scopes complete but for
// business_management, me/accounts empty.
func (w *World) BreakLikeSeptember2023() {
	w.SetAccount(func(a *Account) {
		a.MediaError = `{"message":"(#10) Application does not have permission for this action","type":"OAuthException","code":10,"fbtrace_id":"ASeptember19Trace"}`
		a.PagesShown = false
		a.Scopes = slices.DeleteFunc(slices.Clone(a.Scopes), func(s string) bool { return s == "business_management" })
	})
}

// Mend ends BreakLikeSeptember2023: the person logged in again with everything ticked.
func (w *World) Mend() {
	w.SetAccount(func(a *Account) {
		a.MediaError, a.PagesShown = "", true
		if !slices.Contains(a.Scopes, "business_management") {
			a.Scopes = append(a.Scopes, "business_management")
		}
	})
}

// NewInstagramToken is what a person puts into the secret after logging in again; the old one is dead.
func (w *World) NewInstagramToken() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ig.renew("instagram")
}

func (g *igSide) renew(login string) string {
	g.made++
	token := fmt.Sprintf("IGAAsimRenewed%06dToken0123456789abcdefghijk", g.made)
	g.tokens = map[string]string{token: login, fbToken: "facebook"}
	g.account.TokenIssued, g.account.TokenExpires = g.w.clock(), g.w.clock().Add(60*24*time.Hour)
	return token
}

// KillInstagramToken makes every token invalid.
func (w *World) KillInstagramToken() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ig.tokens = map[string]string{}
}

// Publish posts a media on Instagram and returns its id.
func (w *World) Publish(m Media) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.ig
	g.made++
	now := w.clock()
	setDefault(&m.ID, fmt.Sprintf("179%014d", g.made))
	if m.Timestamp.IsZero() {
		m.Timestamp = now
	}
	m.Timestamp = m.Timestamp.UTC().Truncate(time.Second)
	setDefault(&m.Username, g.account.Username)
	setDefault(&m.Type, typeOf(m.Items))
	setDefault(&m.ProductType, map[bool]string{true: "REELS", false: "FEED"}[m.Type == "VIDEO"])
	setDefault(&m.Permalink, fmt.Sprintf("https://www.instagram.com/%s/C%09d/", map[bool]string{true: "reel", false: "p"}[m.ProductType == "REELS"], g.made))
	m.Items = slices.Clone(m.Items)
	for i := range m.Items {
		m.Items[i].id = m.ID
		if m.Type == "CAROUSEL_ALBUM" {
			m.Items[i].id = fmt.Sprintf("178%s%02d", m.ID[5:], i)
		}
		m.Items[i].fill(g.made*100 + i)
		g.files[m.Items[i].id] = m.Items[i]
	}
	g.media = append(g.media, m)
	return m.ID
}

func (it *Item) fill(seed int) {
	switch {
	case it.Bytes != nil || it.Size > 0:
	case it.Kind == "video":
		it.Bytes = VideoBytes(3, seed)
	default:
		it.Bytes = PhotoBytes(640, 480, seed)
	}
}

func typeOf(items []Item) string {
	switch {
	case len(items) > 1:
		return "CAROUSEL_ALBUM"
	case len(items) == 1 && items[0].Kind == "video":
		return "VIDEO"
	}
	return "IMAGE"
}

// Unpublish deletes (or archives) a media.
func (w *World) Unpublish(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ig.media = slices.DeleteFunc(w.ig.media, func(m Media) bool { return m.ID == id })
}

// serve routes a Graph call. Paths carry a version but for the token endpoints of Instagram Login; an unversioned call
// is answered by the oldest version that is left.
func (g *igSide) serve(rw http.ResponseWriter, r *http.Request) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	version, p := trimVersion(r.URL.Path)
	rw.Header().Set("facebook-api-version", map[bool]string{true: "v21.0", false: version}[version == ""])
	rw.Header().Set("x-fb-trace-id", "TraceHeader")
	rw.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if r.Method != http.MethodGet {
		graphError(rw, 400, "Unsupported post request.", "GraphMethodException", 100, 33)
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
	if p == "/debug_token" && bearer(r) == igAppID+"|"+igSecret {
		g.debug(rw, r, "facebook") // the app asks about a token of its own
		return
	}
	login, ok := g.tokens[bearer(r)]
	if !ok || !g.account.TokenExpires.IsZero() && g.w.clock().After(g.account.TokenExpires) && login == "instagram" {
		g.deadToken(rw, r, ok)
		return
	}
	g.route(rw, r, login, strings.Trim(p, "/"))
}

func (g *igSide) route(rw http.ResponseWriter, r *http.Request, login, p string) {
	node, edge, _ := strings.Cut(p, "/")
	self := node == g.account.ID || node == "me" && login == "instagram"
	switch {
	case p == "debug_token":
		g.debug(rw, r, login)
	case p == "me/accounts" && login == "facebook":
		g.accounts(rw)
	case p == "me/permissions" && login == "facebook":
		g.permissions(rw)
	case p == "me" && login == "facebook":
		writeJSON(rw, 200, map[string]any{"id": "300000000000001", "name": "Kamo Mugs"})
	case self && edge == "media":
		g.list(rw, r)
	case self && edge == "":
		g.self(rw, login)
	default:
		graphError(rw, 400, fmt.Sprintf("Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation", node), "GraphMethodException", 100, 33)
	}
}

// self is the professional account: user_id is its id, id the app's own name for it.
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/get-started
func (g *igSide) self(rw http.ResponseWriter, login string) {
	a := g.account
	if login == "facebook" {
		writeJSON(rw, 200, map[string]any{"id": a.ID, "username": a.Username})
		return
	}
	writeJSON(rw, 200, map[string]any{"id": a.AppScopedID, "user_id": a.ID, "username": a.Username, "account_type": a.Type, "name": "Kamo Mugs"})
}

func bearer(r *http.Request) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return t
	}
	return r.URL.Query().Get("access_token")
}

// deadToken answers as Meta does to a token that was never good, or is no longer.
// https://developers.facebook.com/docs/graph-api/guides/error-handling
func (g *igSide) deadToken(rw http.ResponseWriter, r *http.Request, known bool) {
	rw.Header().Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token."`)
	switch {
	case known:
		graphError(rw, 400, "Error validating access token: Session has expired on "+g.account.TokenExpires.Format(time.RFC1123)+".", "OAuthException", 190, 463)
	case !strings.HasPrefix(bearer(r), "IG") && !strings.HasPrefix(bearer(r), "EAA"):
		graphError(rw, 400, "Invalid OAuth access token - Cannot parse access token", "OAuthException", 190, 0)
	default:
		graphError(rw, 400, "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.", "OAuthException", 190, 460)
	}
}

func graphError(rw http.ResponseWriter, status int, message, typ string, code, subcode int) {
	e := map[string]any{"message": message, "type": typ, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnO"}
	if subcode != 0 {
		e["error_subcode"] = subcode
	}
	writeJSON(rw, status, map[string]any{"error": e})
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // Unreachable: plain maps.
	}
	rw.Header().Set("Content-Length", itoa(len(b)))
	rw.WriteHeader(status)
	_, _ = rw.Write(b)
}
