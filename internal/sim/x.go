package sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Upload is one file on X.
type Upload struct {
	ID, Key, Category, MediaType string
	Size                         int64
	SHA256, AltText              string
}

// Tweet is one post on X, Text as it was sent.
type Tweet struct {
	ID, Text, InReplyTo string
	MediaIDs            []string
	Media               []Upload
	CreatedAt           time.Time
}

// xSide is X: one account, one app.
type xSide struct {
	w          *World
	clientID   string
	secret     string
	scopes     []string
	refresh    map[string]bool // refresh token → unspent
	access     map[string]grant
	codes      map[string]code
	uploads    map[string]*upload
	tweets     []Tweet
	made       int
	refreshes  int
	spent      float64
	credit     float64
	billed     bool // credit counts
	rejects    string
	noKeys     bool
	lag        time.Duration
	firstToken [2]string
}

type grant struct {
	ends   time.Time
	scopes []string
}

const (
	xUserID   = "1500000000000000001"
	xUsername = "kamo_mugs"
)

func newX(w *World) *xSide {
	x := &xSide{
		w: w, clientID: "c2ltLWNsaWVudC1pZDoxOmNp", secret: "simClientSecret_0123456789abcdefghijklmnopqrstuvw",
		scopes:  []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"},
		refresh: map[string]bool{}, access: map[string]grant{}, codes: map[string]code{}, uploads: map[string]*upload{},
	}
	x.firstToken[0], x.firstToken[1] = x.issue()
	return x
}

func (x *xSide) env() map[string]string {
	return map[string]string{"X_CLIENT_ID": x.clientID, "X_CLIENT_SECRET": x.secret, "X_REFRESH_TOKEN": x.firstToken[0], "X_ACCESS_TOKEN": x.firstToken[1]}
}

// Tweets is everything on X, oldest first.
func (w *World) Tweets() []Tweet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.x.tweets)
}

// Tweeted is a post that a person made by hand.
func (w *World) Tweeted(text string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.x.id()
	w.x.tweets = append(w.x.tweets, Tweet{ID: id, Text: text, CreatedAt: w.clock()})
	return id
}

// Spent is what X has billed, in US dollars.
func (w *World) Spent() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return float64(int64(w.x.spent*1000+0.5)) / 1000
}

// SetCredit gives the app a balance that can run out.
func (w *World) SetCredit(usd float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.billed, w.x.credit = true, usd
}

// RejectVideos makes X refuse videos: "processing" when it looks at them, "too-long" when they are posted, "" not at all.
func (w *World) RejectVideos(how string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.rejects = how
}

// HideAttachments takes the media keys out of timelines.
func (w *World) HideAttachments() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.noKeys = true
}

// LagTimeline keeps posts younger than d out of timelines.
func (w *World) LagTimeline(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.x.lag = d
}

// id is a new one, increasing as X's are.
func (x *xSide) id() string {
	x.made++
	return "19" + leftPad(x.made, 17)
}

func leftPad(n, width int) string {
	s := itoa(n)
	return strings.Repeat("0", max(width-len(s), 0)) + s
}

// serve routes a call.
func (x *xSide) serve(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("x-transaction-id", "xsimtransaction0001")
	rw.Header().Set("x-rate-limit-limit", "100")
	rw.Header().Set("x-rate-limit-remaining", "99")
	switch p := r.URL.Path; {
	case p == "/2/oauth2/token" && r.Method == http.MethodPost:
		x.token(rw, r)
		return
	case p == "/i/oauth2/authorize" && r.Method == http.MethodGet:
		x.consent(rw, r)
		return
	}
	scopes, ok := x.bearer(r)
	if !ok {
		problem(rw, 401, "Unauthorized", "Unauthorized", "about:blank")
		return
	}
	need := "tweet.read"
	if strings.HasPrefix(r.URL.Path, "/2/media/") {
		need = "media.write"
	} else if r.Method == http.MethodPost {
		need = "tweet.write"
	}
	if !slices.Contains(scopes, need) {
		problem(rw, 403, "Forbidden", "Forbidden", "about:blank")
		return
	}
	x.route(rw, r)
}

func (x *xSide) route(rw http.ResponseWriter, r *http.Request) {
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	path := strings.Join(p[1:], "/")
	post := r.Method == http.MethodPost
	switch {
	case post && path == "media/upload/initialize":
		x.initialize(rw, r)
	case post && len(p) == 5 && p[1] == "media" && p[4] == "append":
		x.append(rw, r, p[3])
	case post && len(p) == 5 && p[1] == "media" && p[4] == "finalize":
		x.finalize(rw, r, p[3])
	case !post && path == "media/upload":
		x.status(rw, r)
	case post && path == "media/metadata":
		x.metadata(rw, r)
	case post && path == "tweets":
		x.post(rw, r)
	case !post && path == "users/me":
		writeJSON(rw, 200, map[string]any{"data": map[string]string{"id": xUserID, "name": "Kamo Mugs", "username": xUsername}})
	case !post && len(p) == 4 && p[1] == "users" && p[2] == xUserID && p[3] == "tweets":
		x.timeline(rw, r)
	default:
		problem(rw, 404, "Not Found Error", "Could not find "+r.URL.Path, "https://api.x.com/2/problems/resource-not-found")
	}
}

func (x *xSide) bearer(r *http.Request) ([]string, bool) {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	g, ok := x.access[bearer(r)]
	return g.scopes, ok && x.w.clock().Before(g.ends)
}

// problem is a refusal as RFC 7807 has it, X's most common shape.
func problem(rw http.ResponseWriter, status int, title, detail, typ string) {
	writeJSON(rw, status, map[string]any{"title": title, "detail": detail, "type": typ, "status": status})
}

// invalid is X's refusal of a request's content.
func invalid(rw http.ResponseWriter, message string) {
	writeJSON(rw, 400, map[string]any{
		"errors": []any{map[string]any{"message": message}}, "title": "Invalid Request",
		"detail": "One or more parameters to your request was invalid.", "type": "https://api.x.com/2/problems/invalid-request",
	})
}

// strict decodes a JSON body and refuses a field that the API does not have.
func strict(rw http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(rw, r.Body, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		invalid(rw, "the request body is not as it should be: "+err.Error())
		return false
	}
	return true
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
