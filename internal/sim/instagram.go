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
	Kind string // "photo" or "video": what the list says, whatever Bytes are
	// Bytes are a real file, of any kind: PictureBytes makes some. nil is generated.
	Bytes       []byte
	Size        int64 // > 0 with nil Bytes: a stream of that many bytes that is never held in memory
	AltText     string
	NoURL       bool // media_url is left out, as for a reel with protected music
	NoThumbnail bool // thumbnail_url is left out too

	id string
}

// Media is one post on Instagram.
type Media struct {
	ID          string // digits; empty is made
	Account     string // id of the account that publishes it; empty is the first one's
	Caption     string
	Type        string // IMAGE, VIDEO, CAROUSEL_ALBUM; empty follows Items
	ProductType string // FEED, REELS; empty follows Type
	Username    string // of somebody else who published it with this account; empty is the account's
	Permalink   string
	Timestamp   time.Time // zero is now; it may lie ahead
	Items       []Item
	Pinned      bool          // stands first in the list, whatever its time
	Late        time.Duration // how long after it was published the list shows it
	AIGenerated bool          // is_ai_generated
	// Hidden counts in its page and is not shown: a page can be short, or empty, while more follow.
	Hidden bool

	listed   time.Time // when the list shows it
	archived bool
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
	// Portfolio says that the Page is a business portfolio's: me/accounts shows it only with
	// business_management.
	Portfolio bool
	// Tasks are the person's on the Page. Without MANAGE and CREATE_CONTENT the link isn't shown.
	Tasks  []string
	Linked bool // the Page's link to the account is there
	// MediaError is a whole error object that the media edge answers with, "" for none.
	MediaError string
	// NeedsProof makes the app refuse calls of Facebook Login without appsecret_proof.
	NeedsProof bool
	// DataAccessExpires is when a Facebook token stops reading media, valid as it is; zero is never.
	DataAccessExpires time.Time
	TokenExpires      time.Time // zero is never
	TokenIssued       time.Time
	// NoFields are fields of a media that this account's list refuses, as one that Meta takes back.
	NoFields []string
}

// igSide is the Graph API and its media host.
type igSide struct {
	w      *World
	mux    *http.ServeMux
	all    []*igAccount // the first is the person's own
	tokens map[string]igGrant
	files  map[string]Item // by item id
	made   int
}

// igAccount is an account with its media, oldest first.
type igAccount struct {
	Account
	media []Media
	pins  int // how many of them are pinned
}

// igGrant is what a token is good for. A short-lived one has an end of its own, the Page's has
// none; the others end with Account.TokenExpires.
type igGrant struct {
	login string // "instagram", "facebook", or "app": the app itself, for debug_token only
	of    *igAccount
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
	own := &igAccount{Account: Account{
		ID: "17841400000000001", Username: "kamo.mugs", Type: "BUSINESS",
		AppScopedID: "9000000000000001", PageID: "200000000000001",
		Scopes: []string{"instagram_basic", "pages_show_list", "pages_read_engagement",
			"business_management", "instagram_business_basic"},
		PagesShown: true, Linked: true, Tasks: []string{"MANAGE", "CREATE_CONTENT"},
		TokenIssued: w.now.Add(-48 * time.Hour), TokenExpires: w.now.Add(58 * 24 * time.Hour),
		DataAccessExpires: w.now.Add(80 * 24 * time.Hour),
	}}
	g := &igSide{
		w: w, files: map[string]Item{}, all: []*igAccount{own},
		tokens: map[string]igGrant{
			igToken: {login: "instagram", of: own}, fbToken: {login: "facebook", of: own},
			pageToken: {login: "facebook", of: own, page: true},
		},
	}
	g.mux = g.routes()
	return g
}

func (g *igSide) env() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": igToken}
}

// FacebookEnv returns the variables of a route with Facebook Login, instead of Env's.
func (g Instagram) FacebookEnv() map[string]string {
	return map[string]string{"INSTAGRAM_TOKEN": fbToken, "INSTAGRAM_USER_ID": g.own().ID,
		"INSTAGRAM_APP_ID": igAppID, "INSTAGRAM_APP_SECRET": igSecret}
}

// own is the first account.
func (g *igSide) own() *igAccount { return g.all[0] }

// account is the account of an id; the first one for none.
func (g *igSide) account(id string) *igAccount {
	for _, a := range g.all {
		if a.ID == id {
			return a
		}
	}
	return g.own()
}

// SetAccount changes the first account. change must not call the world.
func (g Instagram) SetAccount(change func(*Account)) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	change(&g.own().Account)
}

// AddAccount adds another professional account, with media of its own, and returns a long-lived
// token of Instagram Login for it. The tokens of other accounts stay as they are. The id of an account
// that is there gives another token for that one.
func (g Instagram) AddAccount(id, username string) (token string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	for _, a := range g.all {
		if a.ID == id {
			return g.renew("instagram", a)
		}
	}
	a := &igAccount{Account: g.own().Account}
	a.ID, a.Username, a.AppScopedID = id, username, "9"+id[1:]
	g.all = append(g.all, a)
	return g.renew("instagram", a)
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

// Repair ends BreakLikeSeptember2023, as a new login with everything ticked does.
func (g Instagram) Repair() {
	g.SetAccount(func(a *Account) {
		a.MediaError, a.PagesShown = "", true
		if !slices.Contains(a.Scopes, "business_management") {
			a.Scopes = append(a.Scopes, "business_management")
		}
	})
}

// NewToken logs the person in again and returns the token for the secret. The old one is dead.
func (g Instagram) NewToken() string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	maps.DeleteFunc(g.tokens,
		func(_ string, o igGrant) bool { return o.login == "instagram" && o.of == g.own() })
	return g.renew("instagram", g.own())
}

// ShortToken returns what a login with "instagram" or "facebook" gives before the exchange. It
// lives an hour.
func (g Instagram) ShortToken(login string) string {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.made++
	token := fmt.Sprintf("%ssimShort%06dToken0123456789abcdefghijklm", tokenPrefix[login], g.made)
	g.tokens[token] = igGrant{login: login, of: g.own(), ends: g.clock().Add(time.Hour)}
	return token
}

var tokenPrefix = map[string]string{"instagram": "IGAA", "facebook": "EAA"}

// renew makes a long-lived token.
func (g *igSide) renew(login string, of *igAccount) string {
	g.made++
	token := fmt.Sprintf("%ssimRenewed%06dToken0123456789abcdefghijk", tokenPrefix[login], g.made)
	g.tokens[token] = igGrant{login: login, of: of}
	of.TokenIssued, of.TokenExpires = g.clock(), g.clock().Add(60*24*time.Hour)
	return token
}

// KillTokens makes every token invalid.
func (g Instagram) KillTokens() {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.tokens = map[string]igGrant{}
}
