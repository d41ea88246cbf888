package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
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
	// counts in its page and is not shown: a page can be short, or empty, while more follow
	Hidden bool
}

// Account is the professional account, and what its token may do.
type Account struct {
	ID, Username string
	Type         string // BUSINESS, MEDIA_CREATOR, or PERSONAL: one that the API does not serve
	AppScopedID  string
	PageID       string
	Scopes       []string // granted
	Declined     []string // asked for and not ticked
	// Granular maps a scope to what it was granted for, Page or account ids. A scope that is
	// missing here is granted for all.
	Granular   map[string][]string
	PagesShown bool // me/accounts shows the Page
	// the Page is a business portfolio's: me/accounts shows it only with business_management
	Portfolio bool
	// the person's on the Page; without MANAGE and CREATE_CONTENT the link isn't shown
	Tasks  []string
	Linked bool // the Page's link to the account is there
	// a whole error object the media edge answers with, "" for none
	MediaError string
	// the app refuses calls without appsecret_proof (Facebook Login)
	NeedsProof bool
	// after it a Facebook token is valid and reads no media; zero is never
	DataAccessExpires time.Time
	TokenExpires      time.Time // zero is never
	TokenIssued       time.Time
}

// igSide is the Graph API and its media host.
type igSide struct {
	w       *World
	mux     *http.ServeMux
	account Account
	tokens  map[string]igGrant
	media   []Media         // as published
	files   map[string]Item // by item id
	made    int
}

// igGrant is what a token is good for. A short-lived one has an end of its own, the Page's has
// none; the others end with Account.TokenExpires.
type igGrant struct {
	login string // "instagram", "facebook", or "app": the app itself, for debug_token only
	ends  time.Time
	page  bool
}

const (
	igToken   = "IGAAsimInstagramToken0123456789abcdefghijklmn"
	fbToken   = "EAAsimFacebookToken0123456789abcdefghijklmnop"
	pageToken = "EAAsimPageToken0123456789abcdefghijklmnopqrst"
	igAppID   = "100200300400500"
	igSecret  = "0123456789abcdef0123456789abcdef"
)

func newIG(w *World) *igSide {
	g := &igSide{
		w: w, files: map[string]Item{}, tokens: map[string]igGrant{igToken: {login: "instagram"},
			fbToken: {login: "facebook"}, pageToken: {login: "facebook", page: true}},
		account: Account{
			ID: "17841400000000001", Username: "kamo.mugs", Type: "BUSINESS",
			AppScopedID: "9000000000000001", PageID: "200000000000001",
			Scopes: []string{"instagram_basic", "pages_show_list", "pages_read_engagement",
				"business_management", "instagram_business_basic"},
			PagesShown: true, Linked: true, Tasks: []string{"MANAGE", "CREATE_CONTENT"},
			TokenIssued: w.now.Add(-48 * time.Hour), TokenExpires: w.now.Add(58 * 24 * time.Hour),
			DataAccessExpires: w.now.Add(80 * 24 * time.Hour),
		},
	}
	g.mux = g.routes()
	return g
}

func (g *igSide) env() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": igToken}
}

// FacebookEnv is what a route with Facebook Login needs instead.
func (g Instagram) FacebookEnv() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": fbToken, "INSTAGRAM_USER_ID": g.account.ID,
		"INSTAGRAM_APP_ID": igAppID, "INSTAGRAM_APP_SECRET": igSecret}
}

// SetAccount changes the account. change must not call the world.
func (g Instagram) SetAccount(change func(*Account)) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	change(&g.account)
}

// BreakLikeSeptember2023 makes the media edge refuse as it did on 2023-09-19: token valid, scopes
// complete but for business_management, me/accounts empty.
func (g Instagram) BreakLikeSeptember2023() {
	g.SetAccount(func(a *Account) {
		a.MediaError = `{"message":"(#10) Application does not have permission for this action","type":"OAuthException","code":10,"fbtrace_id":"ASeptember19Trace"}`
		a.PagesShown = false
		a.Scopes = slices.DeleteFunc(slices.Clone(a.Scopes),
			func(s string) bool { return s == "business_management" })
	})
}

// Repair ends BreakLikeSeptember2023: the person logged in again with everything ticked.
func (g Instagram) Repair() {
	g.SetAccount(func(a *Account) {
		a.MediaError, a.PagesShown = "", true
		if !slices.Contains(a.Scopes, "business_management") {
			a.Scopes = append(a.Scopes, "business_management")
		}
	})
}

// NewToken is what a person puts into the secret after logging in again; the old one is dead.
func (g Instagram) NewToken() string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	maps.DeleteFunc(g.tokens, func(_ string, o igGrant) bool { return o.login == "instagram" })
	return g.renew("instagram")
}

// ShortToken is what a login gives before the exchange, for "instagram" or "facebook": it lives an
// hour.
func (g Instagram) ShortToken(login string) string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.made++
	token := fmt.Sprintf("%ssimShort%06dToken0123456789abcdefghijklm", tokenPrefix[login], g.made)
	g.tokens[token] = igGrant{login: login, ends: g.clock().Add(time.Hour)}
	return token
}

var tokenPrefix = map[string]string{"instagram": "IGAA", "facebook": "EAA"}

// renew makes a long-lived token.
func (g *igSide) renew(login string) string {
	g.made++
	token := fmt.Sprintf("%ssimRenewed%06dToken0123456789abcdefghijk", tokenPrefix[login], g.made)
	g.tokens[token] = igGrant{login: login}
	g.account.TokenIssued, g.account.TokenExpires = g.clock(), g.clock().Add(60*24*time.Hour)
	return token
}

// KillTokens makes every token invalid.
func (g Instagram) KillTokens() {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.tokens = map[string]igGrant{}
}

// Publish posts a media on Instagram and returns its id.
func (g Instagram) Publish(m Media) string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.made++
	now := g.clock()
	setDefault(&m.ID, fmt.Sprintf("179%014d", g.made))
	if m.Timestamp.IsZero() {
		m.Timestamp = now
	}
	m.Timestamp = m.Timestamp.UTC().Truncate(time.Second)
	setDefault(&m.Username, g.account.Username)
	setDefault(&m.Type, typeOf(m.Items))
	setDefault(&m.ProductType, map[bool]string{true: "REELS", false: "FEED"}[m.Type == "VIDEO"])
	setDefault(&m.Permalink, fmt.Sprintf("https://www.instagram.com/%s/C%09d/",
		map[bool]string{true: "reel", false: "p"}[m.ProductType == "REELS"], g.made))
	m.Items = slices.Clone(m.Items)
	for i := range m.Items {
		m.Items[i].id = m.ID
		if m.Type == "CAROUSEL_ALBUM" {
			m.Items[i].id = fmt.Sprintf("178%s%02d", m.ID[5:], i)
		}
		m.Items[i].fill(g.made*100 + i)
		g.files[m.Items[i].id] = m.Items[i]
	}
	// Oldest first, so that one more costs nothing; the later of two in one second counts as newer.
	at, _ := slices.BinarySearchFunc(g.media, m.Timestamp, func(o Media, t time.Time) int {
		if o.Timestamp.After(t) {
			return 1
		}
		return -1
	})
	g.media = slices.Insert(g.media, at, m)
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
func (g Instagram) Unpublish(id string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.media = slices.DeleteFunc(g.media, func(m Media) bool { return m.ID == id })
}
