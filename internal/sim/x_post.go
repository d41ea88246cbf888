package sim

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// post is POST /2/tweets. https://docs.x.com/x-api/posts/create-post
func (x *xSide) post(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Text  string `json:"text"`
		Media *struct {
			IDs []string `json:"media_ids"`
		} `json:"media"`
		Reply *struct {
			To      string   `json:"in_reply_to_tweet_id"`
			Exclude []string `json:"exclude_reply_user_ids"`
		} `json:"reply"`
	}
	if !strict(rw, r, &in) {
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	t := Tweet{Text: in.Text, CreatedAt: x.w.clock()}
	if in.Media != nil {
		t.MediaIDs = in.Media.IDs
	}
	if in.Reply != nil {
		t.InReplyTo = in.Reply.To
	}
	if x.refuses(rw, &t) {
		return
	}
	t.ID = x.id()
	x.tweets = append(x.tweets, t)
	x.bill(t)
	writeJSON(rw, 201, map[string]any{"data": map[string]any{"id": t.ID, "text": shown(t), "edit_history_tweet_ids": []string{""}}})
}

// refuses answers with X's refusal, if there is a reason for one.
func (x *xSide) refuses(rw http.ResponseWriter, t *Tweet) bool {
	switch {
	case x.billed && x.credit <= 0:
		writeJSON(rw, 402, map[string]any{"title": "Payment Required", "detail": "credits depleted", "status": 402, "type": "https://api.x.com/2/problems/credits-depleted"})
	case t.Text == "" && len(t.MediaIDs) == 0:
		invalid(rw, "text or media is required")
	case Weight(t.Text) > x.w.o.MaxWeight:
		problem(rw, 403, "Forbidden", "You are not permitted to perform this action.", "about:blank")
	case t.InReplyTo != "" && !x.has(t.InReplyTo):
		problem(rw, 403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.", "about:blank")
	case !x.attach(t):
		writeJSON(rw, 400, map[string]any{
			"errors": []any{map[string]any{"parameters": map[string]any{"media.media_ids": t.MediaIDs}, "message": "Your media IDs are invalid."}},
			"title":  "Invalid Request", "detail": "One or more parameters to your request was invalid.", "type": "https://api.x.com/2/problems/invalid-request",
		})
	case x.rejects == "too-long" && slices.ContainsFunc(t.Media, func(u Upload) bool { return u.Category == "tweet_video" }):
		problem(rw, 403, "Forbidden", "This user is not allowed to post a video longer than 2 minutes.", "about:blank")
	case t.Text != "" && x.duplicate(*t):
		problem(rw, 403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.", "about:blank")
	default:
		return false
	}
	return true
}

func (x *xSide) has(id string) bool {
	return slices.ContainsFunc(x.tweets, func(t Tweet) bool { return t.ID == id })
}

// attach checks the media: there, ready, young, and at most four photos or one video.
func (x *xSide) attach(t *Tweet) bool {
	if t.MediaIDs != nil && len(t.MediaIDs) == 0 || len(t.MediaIDs) > 4 {
		return false
	}
	for _, id := range t.MediaIDs {
		u := x.uploads[id]
		if u == nil || u.finalized.IsZero() || x.old(u) || u.state(x) != "succeeded" {
			return false
		}
		if u.Category != "tweet_image" && len(t.MediaIDs) > 1 {
			return false
		}
		t.Media = append(t.Media, u.Upload)
	}
	return true
}

func (x *xSide) duplicate(t Tweet) bool {
	return slices.ContainsFunc(x.tweets, func(o Tweet) bool {
		return o.Text == t.Text && t.CreatedAt.Sub(o.CreatedAt) < 24*time.Hour
	})
}

// bill is X's price list. https://docs.x.com/x-api/getting-started/pricing
func (x *xSide) bill(t Tweet) {
	usd := 0.015
	if address.MatchString(t.Text) {
		usd = 0.200
	}
	x.spent += usd
	x.credit -= usd
}

// address is a rough idea of what X links: enough to bill by.
var address = regexp.MustCompile(`(?i)https?://\S+|\b[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.(com|net|org|jp|co|io|dev|app|shop|info|me|tv|de|fr|uk)\b`)

// shown is a text as X gives it back: links replaced, one added for media, HTML escaped.
func shown(t Tweet) string {
	s := html.EscapeString(address.ReplaceAllString(t.Text, "https://t.co/sim0123456"))
	s = strings.NewReplacer("&#39;", "'", "&#34;", `"`).Replace(s)
	if len(t.MediaIDs) > 0 {
		s = strings.TrimSpace(s + " https://t.co/m" + t.MediaIDs[0][9:])
	}
	return s
}

// Weight is X's weighted length, counted here by itself and not by the program's own code.
// https://github.com/twitter/twitter-text (config v3)
func Weight(s string) int {
	s = norm.NFC.String(s)
	total := 0
	for _, loc := range address.FindAllStringIndex(s, -1) {
		total += 23 - count(s[loc[0]:loc[1]])
	}
	return total + count(s)
}

func count(s string) int {
	n := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		runes := g.Runes()
		if emoji(runes) {
			n += 2
			continue
		}
		for _, r := range runes {
			if r <= 4351 || r >= 8192 && r <= 8205 || r >= 8208 && r <= 8223 || r >= 8242 && r <= 8247 {
				n++
			} else {
				n += 2
			}
		}
	}
	return n
}

func emoji(r []rune) bool {
	first := r[0]
	keycap := r[len(r)-1] == 0x20e3
	return first >= 0x1f000 && first <= 0x1faff || first >= 0x2600 && first <= 0x27bf || keycap || len(r) > 1 && slices.Contains(r, 0xfe0f)
}

// timeline is GET /2/users/{id}/tweets, newest first. https://docs.x.com/x-api/users/get-posts
func (x *xSide) timeline(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("max_results"))
	if q.Get("max_results") == "" {
		size, err = 10, nil
	}
	if err != nil || size < 5 || size > 100 {
		invalid(rw, "The `max_results` query parameter value is not between 5 and 100")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	var found []Tweet
	for _, t := range slices.Backward(x.tweets) {
		if x.listed(t, q.Get("since_id"), query(q, "exclude")) && (q.Get("pagination_token") == "" || t.ID < q.Get("pagination_token")) {
			found = append(found, t)
		}
	}
	meta := map[string]any{"result_count": min(len(found), size)}
	if len(found) > size {
		found = found[:size]
		meta["next_token"] = found[size-1].ID
	}
	out := map[string]any{"meta": meta}
	if len(found) > 0 { // absent when empty
		data := []any{}
		for _, t := range found {
			data = append(data, x.rendered(t, append(query(q, "post.fields"), query(q, "tweet.fields")...), query(q, "expansions")))
		}
		out["data"] = data
	}
	writeJSON(rw, 200, out)
}

func (x *xSide) listed(t Tweet, since string, exclude []string) bool {
	if since != "" && t.ID <= since || contains(exclude, "replies") && t.InReplyTo != "" {
		return false
	}
	return x.w.clock().Sub(t.CreatedAt) >= x.lag
}

func (x *xSide) rendered(t Tweet, fields, expansions []string) map[string]any {
	out := map[string]any{"id": t.ID, "text": shown(t), "edit_history_tweet_ids": []string{t.ID}}
	if contains(fields, "created_at") {
		out["created_at"] = t.CreatedAt.Format("2006-01-02T15:04:05.000Z")
	}
	if t.InReplyTo != "" && (contains(fields, "referenced_posts") || contains(fields, "referenced_tweets")) {
		out["referenced_posts"] = []any{map[string]string{"type": "replied_to", "id": t.InReplyTo}}
	}
	if len(t.Media) > 0 && !x.noKeys && (contains(fields, "attachments") || contains(expansions, "attachments.media_keys")) {
		keys := []string{}
		for _, m := range t.Media {
			keys = append(keys, m.Key)
		}
		out["attachments"] = map[string]any{"media_keys": keys}
	}
	return out
}

// String shows a post in a failed test.
func (t Tweet) String() string {
	return fmt.Sprintf("%s %q media %d reply to %q", t.ID, t.Text, len(t.Media), t.InReplyTo)
}
