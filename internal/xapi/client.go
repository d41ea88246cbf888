package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// DefaultURL is X's API.
const DefaultURL = "https://api.x.com"

// postTimeout is how long X has to answer a post. The state's lease is longer than this (internal/mirror).
const postTimeout = 10 * time.Second

// Client makes the calls of one X account.
type Client struct {
	BaseURL     string // "" is DefaultURL
	AccessToken string
	HTTP        *http.Client     // nil is http.DefaultClient
	Now         func() time.Time // nil is time.Now
	Secrets     *httpx.Redactor  // may be nil
	Budget      *Budget          // of upload buffers; nil is one that all clients share
}

// do sends a call with the access token.
func (c *Client) do(ctx context.Context, r httpx.Request) (*httpx.Response, error) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Authorization", "Bearer "+c.AccessToken)
	r.URL = base(c.BaseURL) + r.URL
	return caller(c.HTTP, c.Now, hide(c.Secrets, c.AccessToken), r.Op).Do(ctx, r)
}

func base(s string) string {
	if s == "" {
		return DefaultURL
	}
	return strings.TrimSuffix(s, "/")
}

// hide hides at least the credentials of a call, though nobody else hides anything.
func hide(secrets *httpx.Redactor, credentials ...string) *httpx.Redactor {
	if secrets == nil {
		secrets = new(httpx.Redactor)
		for _, s := range credentials {
			secrets.Add(s)
		}
	}
	return secrets
}

// caller never follows a redirect: a post would be sent twice, and a token would go to wherever it leads.
func caller(client *http.Client, now func() time.Time, secrets *httpx.Redactor, op string) *httpx.Client {
	if now == nil {
		now = time.Now
	}
	var h http.Client
	if client != nil {
		h = *client
	}
	h.CheckRedirect = httpx.NoRedirect
	return &httpx.Client{Service: "x", HTTP: &h, Now: now, Secrets: secrets, Decode: func(r *httpx.Response) *httpx.Error { return refusal(op, r, now()) }}
}

// answer is a decoded body that can tell whether it is what was asked for: X has answered 200 with nothing but errors,
// and no timeline is not the same as an empty one.
type answer interface{ whole() bool }

// checked decodes into v an answer that is whole; any other is a broken one. Each try has a fresh v.
type checked[T answer] struct{ v T }

func (c *checked[T]) UnmarshalJSON(b []byte) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if !v.whole() {
		return errors.New("the answer is not whole")
	}
	c.v = v
	return nil
}

// Post is one post on X.
type Post struct {
	Text     string   // may be empty when there is media
	MediaIDs []string // up to four photos, or one video
	ReplyTo  string   // id of the post that this one answers, "" for none
}

type postBody struct {
	Text  string     `json:"text"`
	Media *postMedia `json:"media,omitempty"`
	Reply *postReply `json:"reply,omitempty"`
}

type postMedia struct {
	IDs []string `json:"media_ids"`
}

type postReply struct {
	To string `json:"in_reply_to_tweet_id"`
}

type created struct{ Data struct{ ID string } }

func (c created) whole() bool { return c.Data.ID != "" }

// Post makes a post and returns its id. It is sent once: X has no idempotency key. httpx.Ambiguous says that it may be
// there; Duplicate that X has this text already; Invalid that X will not have this one.
// Source: https://docs.x.com/x-api/posts/create-post
func (c *Client) Post(ctx context.Context, p Post) (string, error) {
	body := postBody{Text: p.Text}
	if len(p.MediaIDs) > 0 {
		body.Media = &postMedia{p.MediaIDs}
	}
	if p.ReplyTo != "" {
		body.Reply = &postReply{p.ReplyTo}
	}
	var out checked[created]
	_, err := c.do(ctx, httpx.JSON(httpx.Request{Op: "POST /2/tweets", Method: http.MethodPost, URL: "/2/tweets", Once: true, Timeout: postTimeout, Into: &out}, body))
	return out.v.Data.ID, err
}

// User is an X account.
type User struct{ ID, Name, Username string }

type userJSON struct{ Data User }

func (u userJSON) whole() bool { return u.Data.ID != "" }

// Me is whose access token this is. X bills the question ($0.010 a day).
func (c *Client) Me(ctx context.Context) (User, error) {
	var out checked[userJSON]
	_, err := c.do(ctx, httpx.Request{Op: "GET /2/users/me", URL: "/2/users/me", Into: &out})
	return out.v.Data, err
}

// AltText describes an uploaded image: at most 1,000 characters, more is cut. X bills it ($0.005).
// Source: https://docs.x.com/x-api/media/create-media-metadata
func (c *Client) AltText(ctx context.Context, mediaID, text string) error {
	if r := []rune(text); len(r) > maxAltText {
		text = string(r[:maxAltText-1]) + "…"
	}
	type alt struct {
		Text string `json:"text"`
	}
	type metadata struct {
		Alt alt `json:"alt_text"`
	}
	body := struct {
		ID       string   `json:"id"`
		Metadata metadata `json:"metadata"`
	}{mediaID, metadata{alt{text}}}
	_, err := c.do(ctx, httpx.JSON(httpx.Request{Op: "POST /2/media/metadata", Method: http.MethodPost, URL: "/2/media/metadata"}, body))
	return err
}

const maxAltText = 1000

// Tweet is a post of the timeline. CreatedAt is zero and MediaKeys is empty where X does not say.
type Tweet struct {
	ID, Text  string
	CreatedAt time.Time
	MediaKeys []string // "3_1880028106020515840"
}

var ownLinks = regexp.MustCompile(`(\s*https://t\.co/\w+)+\s*$`)

// PlainText is the text as it was posted: X escapes &, < and >, and adds a t.co link for what is attached.
func (t Tweet) PlainText() string { return html.UnescapeString(ownLinks.ReplaceAllString(t.Text, "")) }

type tweetJSON struct {
	ID          string    `json:"id"`
	Text        string    `json:"text"`
	CreatedAt   time.Time `json:"created_at"`
	Attachments struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

func (t tweetJSON) tweet() Tweet {
	return Tweet{ID: t.ID, Text: t.Text, CreatedAt: t.CreatedAt, MediaKeys: t.Attachments.MediaKeys}
}

type timelinePage struct {
	Data []tweetJSON
	Meta *struct {
		Count     int    `json:"result_count"`
		NextToken string `json:"next_token"`
	}
	Errors []json.RawMessage
}

// whole: an empty timeline has no data, but it says that it has none.
func (p timelinePage) whole() bool {
	return p.Data != nil || p.Meta != nil && p.Meta.Count == 0 && len(p.Errors) == 0
}

func (p timelinePage) next() string {
	if p.Meta == nil {
		return ""
	}
	return p.Meta.NextToken
}

// timelinePages bounds how far a timeline is read: X bills every post of it ($0.001).
const timelinePages = 5

// Timeline is the account's own posts, replies included, newest first: those after sinceID, or the newest twenty.
// Source: https://docs.x.com/x-api/users/get-posts
func (c *Client) Timeline(ctx context.Context, userID, sinceID string) ([]Tweet, error) {
	q := url.Values{"exclude": {"retweets"}, "max_results": {"20"}, "expansions": {"attachments.media_keys"}}
	pages := 1
	if sinceID != "" {
		q.Set("since_id", sinceID)
		q.Set("max_results", "100")
		pages = timelinePages
	}
	fields := "post.fields"
	var out []Tweet
	for n := 0; n < pages; n++ {
		page, err := c.timeline(ctx, userID, q, fields)
		if e := httpx.As(err); e != nil && e.Status == 400 && fields == "post.fields" {
			fields = "tweet.fields" // the spelling of before August 2026
			page, err = c.timeline(ctx, userID, q, fields)
		}
		if err != nil {
			return nil, err
		}
		for _, t := range page.Data {
			out = append(out, t.tweet())
		}
		if page.next() == "" {
			break
		}
		q.Set("pagination_token", page.next())
	}
	return out, nil
}

func (c *Client) timeline(ctx context.Context, userID string, q url.Values, fields string) (timelinePage, error) {
	q.Del("post.fields")
	q.Set(fields, "created_at,attachments")
	var page checked[timelinePage]
	_, err := c.do(ctx, httpx.Request{Op: "GET /2/users/{id}/tweets", URL: "/2/users/" + url.PathEscape(userID) + "/tweets?" + q.Encode(), Into: &page})
	return page.v, err
}

func atoi64(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
