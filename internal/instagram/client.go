package instagram

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

const (
	service = "instagram"
	// InstagramLogin and FacebookLogin are the two kinds of token, and the values of Client.Login.
	InstagramLogin = "instagram"
	FacebookLogin  = "facebook"
	// DefaultVersion is the Graph version that is asked for when Client.Version is empty.
	DefaultVersion = "v25.0"
)

// Client reads with one token. Its fields are set before the first call and not changed after it;
// its methods may then be called at the same time.
type Client struct {
	BaseURL   string // "" is the host of the login type
	Login     string // InstagramLogin, which "" means too, or FacebookLogin
	Version   string // "v25.0"; "" is DefaultVersion
	UserID    string // the professional account's id, 17841…; for Facebook Login only
	Token     string
	AppID     string // for Debug and Facebook's ExchangeShort; may be empty
	AppSecret string // signs Facebook calls (appsecret_proof) and exchanges tokens; may be empty
	HTTP      *http.Client
	Now       func() time.Time
	Secrets   *httpx.Redactor // may be nil
	Clock     *httpx.Clock    // observes the Date of every answer; may be nil

	once     sync.Once
	redactor *httpx.Redactor

	memory memory
}

// memory is what a client keeps of its answers.
type memory struct {
	mu       sync.Mutex
	answered string   // facebook-api-version of the last answer
	shape    shape    // what the list call asks for; grows narrower when the service refuses
	unread   []string // of the last List
	ended    bool     // the last List came to the end of the list
}

func (m *memory) setAnswered(version string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answered = version
}

func (m *memory) setRead(unread []string, ended bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unread, m.ended = unread, ended
}

// narrow remembers that a shape was taken.
func (m *memory) narrow(s shape) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shape = max(m.shape, s)
}

// recall returns what is remembered.
func (m *memory) recall() (answered string, s shape, unread []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answered, m.shape, m.unread
}

// Base returns the address that calls begin with, without a slash at its end.
func (c *Client) Base() string {
	switch {
	case c.BaseURL != "":
		return strings.TrimRight(c.BaseURL, "/")
	case c.Login == FacebookLogin:
		return "https://graph.facebook.com"
	}
	return "https://graph.instagram.com"
}

// Answered returns the Graph version that gave the last answer ("v25.0"). It need not be the one
// that was asked for: Meta forwards calls to versions that have ended. It is "" until a call was
// answered, and if the answer did not say.
// Source: https://developers.facebook.com/docs/graph-api/guides/versioning
func (c *Client) Answered() string {
	answered, _, _ := c.memory.recall()
	return answered
}

// call is one GET.
type call struct {
	op      string // path template for messages
	path    string // begins with a slash
	query   url.Values
	bearer  string // "" is the client's token
	version string // "" is the client's; noVersion is none
	keyed   bool   // the query carries its own credentials, none go into the header
	secret  bool   // the answer holds a token: never quote it
}

// noVersion is for the token endpoints of graph.instagram.com, which have none in their path.
const noVersion = "-"

// answer is a decoded body that can tell whether it is what was asked for: JSON of another shape
// decodes without an error into a zero value, and an empty list for an empty account is not the
// same as no list.
type answer interface{ complete() bool }

// get makes a call and decodes its answer. The error is an *httpx.Error.
func get[T answer](ctx context.Context, c *Client, q call) (T, error) {
	var out T
	now := c.Now
	if now == nil {
		now = time.Now
	}
	remote := &httpx.Client{
		Service: service, HTTP: unfollowing(c.HTTP), Now: now, Secrets: c.secrets(), Clock: c.Clock,
	}
	remote.Decode = func(r *httpx.Response) *httpx.Error {
		c.memory.setAnswered(r.Header.Get("Facebook-Api-Version"))
		if e := refusal(r, now(), q.secret); e != nil {
			return e
		}
		var v T // a fresh one for each try: what a broken answer left behind must not shine through
		if err := json.Unmarshal(r.Body, &v); err != nil || !v.complete() {
			return about(broken(r, q.secret), r)
		}
		out = v
		return nil
	}
	_, err := remote.Do(ctx, httpx.Request{Op: q.op, URL: q.address(c), Header: q.header(c)})
	return out, err
}

// unfollowing returns a client that never follows a redirect: the token would go to wherever it
// leads.
func unfollowing(client *http.Client) *http.Client {
	var h http.Client
	if client != nil {
		h = *client
	}
	h.CheckRedirect = httpx.NoRedirect
	return &h
}

// secrets returns a redactor that hides at least what this client was given.
func (c *Client) secrets() *httpx.Redactor {
	c.once.Do(func() {
		if c.redactor = c.Secrets; c.redactor == nil {
			c.redactor = new(httpx.Redactor)
		}
		c.redactor.Add(c.Token)
		c.redactor.Add(c.AppSecret)
	})
	return c.redactor
}

// target returns the path of the account that is read, and its template for messages.
func target(c *Client) (path, template string) {
	if c.Login != FacebookLogin || c.UserID == "" {
		return "/me", "/me"
	}
	return "/" + url.PathEscape(c.UserID), "/{user}"
}

func (q call) address(c *Client) string {
	var b strings.Builder
	b.WriteString(c.Base())
	if version := cmp.Or(q.version, c.Version, DefaultVersion); version != noVersion {
		b.WriteString("/" + url.PathEscape(version))
	}
	b.WriteString(q.path)
	query := q.signed(c)
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String()
}

// signed adds the proof that the caller knows the app's secret, which an app may insist on.
// Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (q call) signed(c *Client) url.Values {
	if c.AppSecret == "" || c.Login != FacebookLogin || q.keyed || q.bearer != "" {
		return q.query
	}
	out := url.Values{"appsecret_proof": {proof(c.Token, c.AppSecret)}}
	for k, v := range q.query {
		out[k] = v
	}
	return out
}

func proof(token, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func (q call) header(c *Client) http.Header {
	h := http.Header{"Accept": {"application/json"}}
	bearer := q.bearer
	if bearer == "" {
		bearer = c.Token
	}
	if !q.keyed && bearer != "" {
		h.Set("Authorization", "Bearer "+bearer)
	}
	return h
}

// text is a JSON scalar as it is written: Graph sends ids as strings, but has sent numbers, and 17
// digits do not fit into a float64. null is empty; an object or an array is an error.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch b = bytes.TrimSpace(b); {
	case len(b) == 0, bytes.Equal(b, []byte("null")):
		*t = ""
		return nil
	case b[0] == '"', b[0] == '{', b[0] == '[':
		var s string
		err := json.Unmarshal(b, &s)
		*t = text(s)
		return err
	}
	*t = text(b)
	return nil
}
