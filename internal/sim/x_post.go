package sim

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"time"
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
	if in.Media != nil && len(in.Media.IDs) == 0 || in.Reply != nil && in.Reply.To == "" {
		invalid(rw, "media.media_ids and reply.in_reply_to_tweet_id must not be empty")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	t := Tweet{Text: in.Text, CreatedAt: x.clock()}
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
	x.bill(price(t))
	x.w.watch("a post", t.Text)
	writeJSON(rw, 201,
		object{"data": object{"id": t.ID, "text": shown(t), "edit_history_tweet_ids": []string{""}}})
}

// refuses answers with X's refusal, if there is a reason for one.
func (x *xSide) refuses(rw http.ResponseWriter, t *Tweet) bool {
	switch {
	case x.broke(rw):
	case t.Text == "" && len(t.MediaIDs) == 0:
		invalid(rw, "text or media is required")
	case Weight(t.Text) > x.w.o.MaxWeight || strings.ContainsAny(t.Text, "\ufffe\ufeff\uffff"):
		problem(rw, 403, "Forbidden", "You are not permitted to perform this action.", "about:blank")
	case len(cashtag.FindAllString(t.Text, -1)) > 1:
		problem(rw, 403, "Forbidden", "A Tweet can have a maximum of one cashtag.", "about:blank")
	case t.InReplyTo != "" && !x.has(t.InReplyTo):
		problem(rw, 403, "Forbidden",
			"You attempted to reply to a Tweet that is deleted or not visible to you.", "about:blank")
	case !x.attach(t):
		writeJSON(rw, 400, object{
			"errors": []any{object{"parameters": object{"media.media_ids": t.MediaIDs},
				"message": "Your media IDs are invalid."}},
			"title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
			"type": "https://api.x.com/2/problems/invalid-request",
		})
	case x.rejects == "too-long" && slices.ContainsFunc(t.Media,
		func(u Upload) bool { return u.Category == "tweet_video" }):
		problem(rw, 403, "Forbidden", "This user is not allowed to post a video longer than 2 minutes.",
			"about:blank")
	case t.Text != "" && x.duplicate(*t):
		problem(rw, 403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.",
			"about:blank")
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
	if len(t.MediaIDs) > 4 {
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

// price is what a post costs. https://docs.x.com/x-api/getting-started/pricing
func price(t Tweet) float64 {
	if address.MatchString(t.Text) {
		return 0.200
	}
	return 0.015
}

// shown is a text as X gives it back: links replaced, one added for media, HTML escaped.
func shown(t Tweet) string {
	s := html.EscapeString(address.ReplaceAllString(t.Text, "https://t.co/sim0123456"))
	s = strings.NewReplacer("&#39;", "'", "&#34;", `"`).Replace(s)
	if len(t.MediaIDs) > 0 {
		s = strings.TrimSpace(s + " https://t.co/m" + t.MediaIDs[0][9:])
	}
	return s
}

// String shows a post in a failed test.
func (t Tweet) String() string {
	return fmt.Sprintf("%s %q media %d reply to %q", t.ID, t.Text, len(t.Media), t.InReplyTo)
}
