package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Upload is one file on X. Width and Height are 0 for a video.
type Upload struct {
	ID, Key, Category, MediaType string
	Size                         int64
	SHA256, AltText              string
	Width, Height                int
}

// Tweet is one post on X, Text as it was sent. AuthorID is the account's.
type Tweet struct {
	ID, Text, InReplyTo string
	AuthorID            string
	MediaIDs            []string
	Media               []Upload
	CreatedAt           time.Time
	MadeWithAI          bool // the post says that its media were made with AI
	PaidPartnership     bool // the post says that it is advertising
}

// XRules are the habits of X that change from time to time. The zero value is X on a good day.
type XRules struct {
	// TimelineLag keeps posts younger than it out of timelines.
	TimelineLag time.Duration
	// ReplyRace refuses a reply to a post younger than it, as if that post were deleted.
	// https://github.com/plhery/node-twitter-api-v2/issues/366
	ReplyRace time.Duration
	// ShortPages makes exclude leave gaps: a page is cut first and filtered then, so that it can
	// be short, or empty, while more follow.
	ShortPages bool
	// KeepRefresh is a token endpoint that issues no new refresh token: "same" answers with the
	// one that was sent, "none" leaves it out (RFC 6749, section 6). The token stays alive.
	KeepRefresh string
	// CheckAfter is how long finalize and STATUS tell a caller to wait; zero is a second.
	CheckAfter time.Duration
	// MaxVideo is the longest video; zero is 20 minutes. VideoLimitAt is where X says so:
	// "finalize", "post", or "status", which is the default.
	MaxVideo     time.Duration
	VideoLimitAt string
}

// xSide is X with its accounts and one app.
type xSide struct {
	w          *World
	mux        *http.ServeMux
	rules      XRules
	clientID   string
	secret     string
	scopes     []string
	accounts   []*xAccount
	person     *xAccount // who sits at the browser
	refresh    map[string]grant
	access     map[string]grant
	codes      map[string]code
	keys       map[string]keyPair // by access token of OAuth 1.0a
	nonces     map[string]bool    // that a signature had
	uploads    map[string]*upload
	tweets     []Tweet
	made       int
	refreshes  int
	billedOnce map[string]bool // reads that are billed once a day, by day and id
	spent      float64
	credit     float64
	billed     bool // credit counts
	rejects    string
	noKeys     bool
	firstToken [2]string
}

// xAccount is an account on X. Its name can change, its id can't.
type xAccount struct {
	id, username string
	gone         bool // deleted by its owner
}

// grant is what a token may do, for whom, and until when.
type grant struct {
	account *xAccount
	ends    time.Time
	scopes  []string
	spent   bool // a refresh token that was used
}

const (
	xUserID   = "1500000000000000001"
	xUsername = "kamo_mugs"
)

func newX(w *World) *xSide {
	x := &xSide{
		w: w, clientID: "c2ltLWNsaWVudC1pZDoxOmNp",
		secret:  "simClientSecret_0123456789abcdefghijklmnopqrstuvw",
		scopes:  []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"},
		refresh: map[string]grant{}, access: map[string]grant{}, codes: map[string]code{},
		keys: map[string]keyPair{}, nonces: map[string]bool{},
		uploads:    map[string]*upload{},
		billedOnce: map[string]bool{},
	}
	x.mux = x.routes()
	x.person = x.named(xUsername)
	x.firstToken[0], x.firstToken[1] = x.issue(x.person, x.scopes)
	return x
}

func (x *xSide) env() map[string]string {
	env := map[string]string{"X_CLIENT_ID": x.clientID, "X_CLIENT_SECRET": x.secret,
		"X_REFRESH_TOKEN": x.firstToken[0], "X_ACCESS_TOKEN": x.firstToken[1]}
	if x.w.o.PublicX {
		delete(env, "X_CLIENT_SECRET")
	}
	return env
}

// Change changes the rules of X. change must not call the world.
func (x X) Change(change func(*XRules)) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	change(&x.rules)
}

// SetTimelineLag keeps posts younger than d out of timelines.
func (x X) SetTimelineLag(d time.Duration) {
	x.Change(func(r *XRules) { r.TimelineLag = d })
}

// Tweets returns every post on X, of every account, oldest first. Deleted ones are gone.
func (x X) Tweets() []Tweet {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return slices.Clone(x.tweets)
}

// Spent returns what X has billed, in US dollars.
func (x X) Spent() float64 {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return float64(int64(x.spent*1000+0.5)) / 1000
}

// SetCredit gives the app a balance that can run out.
func (x X) SetCredit(usd float64) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.billed, x.credit = true, usd
}

// RejectVideos makes X refuse videos, "" none: "upload" when they are announced, "finalize" when
// they are there, "processing" when it has looked at them, "unfinished" while it says that it still
// looks at them, "gone" (404) or "not-found" (400) when it is asked about them, "too-long" when
// they are posted. With "never" it looks at them for ever.
func (x X) RejectVideos(how string) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.rejects = how
}

// HideAttachments takes the media keys out of timelines.
func (x X) HideAttachments() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	x.noKeys = true
}

// id is a new one, increasing as X's are.
func (x *xSide) id() string {
	x.made++
	return fmt.Sprintf("19%017d", x.made)
}

// routes are X's endpoints. Any other path is answered with a 404.
func (x *xSide) routes() *http.ServeMux {
	read := []string{"tweet.read", "users.read"}
	write := append([]string{"tweet.write"}, read...)
	upload := []string{"media.write"}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2/oauth2/token", x.token)
	mux.HandleFunc("GET /i/oauth2/authorize", x.consent)
	// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code lists the scopes.
	for pattern, one := range map[string]struct {
		scopes []string
		do     func(http.ResponseWriter, xCall)
	}{
		"POST /2/media/upload/initialize":    {upload, x.initialize},
		"POST /2/media/upload/{id}/append":   {upload, x.append},
		"POST /2/media/upload/{id}/finalize": {upload, x.finalize},
		"GET /2/media/upload":                {upload, x.status},
		"POST /2/media/metadata":             {upload, x.metadata},
		"POST /2/tweets":                     {write, x.post},
		"GET /2/users/me":                    {read, x.me},
		"GET /2/users/{id}/tweets":           {read, x.timeline},
		"/":                                  {read, noSuchPath},
	} {
		mux.HandleFunc(pattern, x.authorized(one.scopes, one.do))
	}
	return mux
}

// clock is X's own time, for callers that hold the lock; now is for the others.
func (x *xSide) clock() time.Time { return x.w.clockOf("x") }

func (x *xSide) now() time.Time {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return x.clock()
}

// serve answers a call. Every answer carries the headers of the rate limit.
func (x *xSide) serve(rw http.ResponseWriter, r *http.Request) {
	reset := x.now().Add(15 * time.Minute).Unix()
	rw.Header().Set("x-transaction-id", "xsimtransaction0001")
	rw.Header().Set("x-rate-limit-limit", "100")
	rw.Header().Set("x-rate-limit-remaining", "99")
	rw.Header().Set("x-rate-limit-reset", strconv.FormatInt(reset, 10))
	x.mux.ServeHTTP(rw, r)
}

// xCall is a call in the name of an account.
type xCall struct {
	*http.Request
	as *xAccount
}

// authorized lets a call through that bears an access token with every scope it needs, or is signed
// with keys that may do it.
func (x *xSide) authorized(needed []string, do func(http.ResponseWriter, xCall)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Authorization"), "OAuth ") {
			x.byKeys(rw, r, do)
			return
		}
		g, ok := x.bearer(r)
		if !ok {
			problem(rw, 401, "Unauthorized", "Unauthorized", "about:blank")
			return
		}
		for _, s := range needed {
			if !slices.Contains(g.scopes, s) {
				problem(rw, 403, "Forbidden", "Forbidden", "about:blank")
				return
			}
		}
		do(rw, xCall{r, g.account})
	}
}

func noSuchPath(rw http.ResponseWriter, c xCall) {
	notFound(rw, "Could not find "+c.URL.Path)
}

func notFound(rw http.ResponseWriter, detail string) {
	const typ = "https://api.x.com/2/problems/resource-not-found"
	problem(rw, 404, "Not Found Error", detail, typ)
}

func (x *xSide) bearer(r *http.Request) (grant, bool) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	g, known := x.access[token]
	return g, ok && known && x.clock().Before(g.ends)
}

// me is GET /2/users/me. https://docs.x.com/x-api/users/get-my-user
func (x *xSide) me(rw http.ResponseWriter, c xCall) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.broke(rw) {
		return
	}
	x.billRead(c.as.id, 0.010)
	writeJSON(rw, 200, object{"data": object{
		"id": c.as.id, "name": "Kamo Mugs", "username": c.as.username,
	}})
}

// broke answers when the credit is used up.
func (x *xSide) broke(rw http.ResponseWriter) bool {
	out := x.billed && x.credit <= 0
	if out {
		problem(rw, 402, "Payment Required", "credits depleted",
			"https://api.x.com/2/problems/credits-depleted")
	}
	return out
}

func (x *xSide) bill(usd float64) {
	x.spent += usd
	x.credit -= usd
}

// billRead bills something that is read, once a day.
func (x *xSide) billRead(id string, usd float64) {
	key := x.clock().UTC().Format(time.DateOnly) + " " + id
	if !x.billedOnce[key] {
		x.billedOnce[key] = true
		x.bill(usd)
	}
}

// problem is a refusal as RFC 7807 has it, X's most common shape.
func problem(rw http.ResponseWriter, status int, title, detail, typ string) {
	writeJSON(rw, status, object{"title": title, "detail": detail, "type": typ, "status": status})
}

// invalid is X's refusal of a request's content.
func invalid(rw http.ResponseWriter, message string) {
	writeJSON(rw, 400, object{
		"errors": []any{object{"message": message}}, "title": "Invalid Request",
		"detail": "One or more parameters to your request was invalid.",
		"type":   "https://api.x.com/2/problems/invalid-request",
	})
}

// strict decodes a JSON body and refuses a field that the API does not have.
func strict(rw http.ResponseWriter, r *http.Request, into any) bool {
	raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	wrong := "The request is too large."
	if err == nil {
		wrong = decode(raw, into)
	}
	if wrong != "" {
		invalid(rw, wrong)
	}
	return wrong == ""
}

// decode says what is wrong with a JSON body, in X's words where they are known.
func decode(raw []byte, into any) (wrong string) {
	var whole object
	if err := json.Unmarshal(raw, &whole); err != nil || whole == nil {
		return "Request body must be a JSON object."
	}
	if name := capital(whole); name != "" {
		return fmt.Sprintf("%q is not a field of the request", name)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err.Error()
	}
	return ""
}

// capital finds a name with a capital letter: encoding/json would take "Text" for "text", and X
// does not.
func capital(v any) string {
	m, _ := v.(object)
	for name, inner := range m {
		if name != strings.ToLower(name) {
			return name
		}
		if found := capital(inner); found != "" {
			return found
		}
	}
	return ""
}

// query is a URL's query with its fields split.
func query(q url.Values, name string) []string {
	var out []string
	for _, s := range strings.Split(q.Get(name), ",") {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
