package xapi

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
)

const (
	// maxRead is how many posts of a timeline are read at most. X shows the newest 3,200 and bills
	// each post that it gives ($0.001).
	maxRead = 3000
	// maxPages bounds the pages, which may be short, but hold a hundred posts if they are not.
	maxPages = 60
)

// Bound is where a look at a timeline begins: after the post SinceID, or, where that is "", at
// Since. The zero Bound begins at the oldest post that X shows.
type Bound struct {
	SinceID string
	Since   time.Time
}

// Timeline is what a look at an account's own posts has read, newest first.
type Timeline struct {
	Posts []Tweet
	Read  int // posts that X bills, also of a look that failed on its way
	// Complete reports whether the posts reach back to the bound. A timeline of 3,000 posts and
	// more is not read to its end.
	Complete bool
}

// Tweet is a post of a timeline. A field that X does not send is empty.
type Tweet struct {
	ID, Text     string
	CreatedAt    time.Time
	MediaKeys    []string // "3_1880028106020515840"
	Links        []string // in the text, as their author wrote them; without X's own for media
	Conversation string   // the id of the post that begins the thread
	ReplyTo      string   // the id of the post that it answers
	HasFiles     bool     // it shows media, whether or not X names them
}

var ownLinks = lazyregexp.New(`(\s*https://t\.co/\w+)+\s*$`)

// PlainText returns the text as it was posted, but for links at its end: X escapes &, < and >, and
// adds a t.co link for what is attached.
func (t Tweet) PlainText() string {
	return html.UnescapeString(ownLinks.ReplaceAllString(t.Text, ""))
}

// MadeAt returns when a post was made, which its id tells, or the zero time for what is no id.
// Source: https://docs.x.com/fundamentals/x-ids
func MadeAt(id string) time.Time {
	const epoch = 1288834974657 // ms, 2010-11-04; ids before it were counted from 1
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n>>22 <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epoch).UTC()
}

// entities are what X found in a text.
type entities struct {
	URLs []struct {
		Expanded string `json:"expanded_url"`
		MediaKey string `json:"media_key"`
	} `json:"urls"`
}

// mediaLink is an address of X's own for what is attached.
var mediaLink = lazyregexp.New(`^https?://(x|twitter)\.com/[^/]+/status/\d+/(photo|video)/\d+$`)

// split returns the links of a text, and reports whether there is one for attached media.
func (e entities) split() (links []string, media bool) {
	for _, u := range e.URLs {
		switch {
		case u.MediaKey != "" || mediaLink.MatchString(u.Expanded):
			media = true
		case u.Expanded != "":
			links = append(links, u.Expanded)
		}
	}
	return links, media
}

// longText is what X gives for a post over 280 characters, whose text it cuts.
type longText struct {
	Text     string   `json:"text"`
	Entities entities `json:"entities"`
}

// referenced is a post that another one answers or quotes.
type referenced struct{ Type, ID string }

// tweetJSON has the spellings of before and after August 2026, when X renamed Tweet to Post.
type tweetJSON struct {
	ID           string       `json:"id"`
	Text         string       `json:"text"`
	CreatedAt    time.Time    `json:"created_at"`
	Conversation string       `json:"conversation_id"`
	Entities     entities     `json:"entities"`
	NotePost     longText     `json:"note_post"`
	NoteTweet    longText     `json:"note_tweet"`
	Posts        []referenced `json:"referenced_posts"`
	Tweets       []referenced `json:"referenced_tweets"`
	Attachments  struct {
		MediaKeys []string `json:"media_keys"`
	} `json:"attachments"`
}

func (t tweetJSON) tweet() Tweet {
	out := Tweet{
		ID: t.ID, Text: t.Text, CreatedAt: t.CreatedAt, Conversation: t.Conversation,
		MediaKeys: t.Attachments.MediaKeys,
	}
	out.Links, out.HasFiles = t.Entities.split()
	for _, long := range []longText{t.NotePost, t.NoteTweet} {
		if long.Text != "" {
			out.Text = long.Text
			out.Links, _ = long.Entities.split()
		}
	}
	out.HasFiles = out.HasFiles || len(out.MediaKeys) > 0
	for _, r := range append(t.Posts, t.Tweets...) {
		if r.Type == "replied_to" {
			out.ReplyTo = r.ID
		}
	}
	return out
}

type timelinePage struct {
	Data []tweetJSON
	Meta *struct {
		Count     int    `json:"result_count"`
		NextToken string `json:"next_token"`
	}
	Errors []json.RawMessage
}

// complete reports whether a page is a timeline: an empty one has no data, but its meta says so.
func (p timelinePage) complete() bool {
	return p.Data != nil || p.Meta != nil && p.Meta.Count == 0 && len(p.Errors) == 0
}

func (p timelinePage) next() string {
	if p.Meta == nil {
		return ""
	}
	return p.Meta.NextToken
}

// asks are the ways to ask for a timeline, the best first. A refused field or expansion fails the
// whole call, and X has changed both their names and which of the two a name is.
var asks = []url.Values{
	{"post.fields": {"created_at,attachments,conversation_id,entities,note_post"},
		"expansions": {"attachments.media_keys"}},
	{"tweet.fields": {"created_at,attachments,conversation_id,entities"},
		"expansions": {"attachments.media_keys"}},
	{"post.fields": {"created_at,entities"}},
	{"tweet.fields": {"created_at,entities"}},
}

// firstDay is the earliest time that X takes for a bound.
var firstDay = time.Date(2010, 11, 6, 0, 0, 0, 0, time.UTC)

// Timeline reads the account's own posts, replies included, from a bound on.
// Source: https://docs.x.com/x-api/users/get-posts
func (c *Client) Timeline(ctx context.Context, userID string, from Bound) (Timeline, error) {
	q := from.query()
	var out Timeline
	for ask, pages := 0, 0; pages < maxPages && len(out.Posts) < maxRead; pages++ {
		page, err := c.timelinePage(ctx, userID, q, asks[ask])
		if refusesAsk(err) && ask+1 < len(asks) && len(out.Posts) == 0 {
			ask++
			continue
		}
		if err != nil {
			return Timeline{Read: out.Read}, err
		}
		for _, t := range page.Data {
			out.Posts = append(out.Posts, t.tweet())
		}
		out.Read += len(page.Data)
		if page.next() == "" {
			out.Complete = len(out.Posts) < maxRead
			break
		}
		q.Set("pagination_token", page.next())
	}
	return out, nil
}

// query asks for the account's own posts from the bound on.
func (b Bound) query() url.Values {
	q := url.Values{"exclude": {"retweets"}, "max_results": {"100"}}
	switch {
	case b.SinceID != "":
		q.Set("since_id", b.SinceID)
	case b.Since.After(firstDay):
		q.Set("start_time", b.Since.UTC().Format(time.RFC3339))
	}
	return q
}

// refusesAsk reports whether X may know the timeline and not the fields that were asked for.
func refusesAsk(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Status == http.StatusBadRequest
}

func (c *Client) timelinePage(
	ctx context.Context, userID string, q, ask url.Values,
) (timelinePage, error) {
	all := url.Values{}
	for _, part := range []url.Values{q, ask} {
		for k, v := range part {
			all[k] = v
		}
	}
	var page checked[timelinePage]
	_, err := c.do(ctx, httpx.Request{
		Op: "GET /2/users/{id}/tweets", Into: &page,
		URL: "/2/users/" + url.PathEscape(userID) + "/tweets?" + all.Encode(),
	})
	return page.v, err
}

func atoi64(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
