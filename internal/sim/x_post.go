package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// newPost is the body of POST /2/tweets, as far as a mirror could want it.
type newPost struct {
	Text  string `json:"text"`
	Media *struct {
		IDs []string `json:"media_ids"`
	} `json:"media"`
	Reply *struct {
		To      string   `json:"in_reply_to_tweet_id"`
		Exclude []string `json:"exclude_reply_user_ids"`
	} `json:"reply"`
	// Both since 2026-06-03: https://docs.x.com/changelog
	MadeWithAI      bool `json:"made_with_ai"`
	PaidPartnership bool `json:"paid_partnership"`
}

// post is POST /2/tweets. https://docs.x.com/x-api/posts/create-post
func (x *xSide) post(rw http.ResponseWriter, c xCall) {
	var in newPost
	if !strict(rw, c.Request, &in) {
		return
	}
	if in.Media != nil && len(in.Media.IDs) == 0 || in.Reply != nil && in.Reply.To == "" {
		invalid(rw, "media.media_ids and reply.in_reply_to_tweet_id must not be empty")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	t := Tweet{
		Text: in.Text, AuthorID: c.as.id, CreatedAt: x.clock(),
		MadeWithAI: in.MadeWithAI, PaidPartnership: in.PaidPartnership,
	}
	if in.Media != nil {
		t.MediaIDs = in.Media.IDs
	}
	if in.Reply != nil {
		t.InReplyTo = in.Reply.To
	}
	if x.refuses(rw, c, &t) {
		return
	}
	t.ID = x.id()
	x.tweets = append(x.tweets, t)
	x.bill(price(t))
	x.w.watch("a post", t.Text)
	text, _ := x.shown(t)
	writeJSON(rw, 201, object{"data": object{
		"id": t.ID, "text": text, "edit_history_tweet_ids": []string{""},
	}})
}

// refuses answers with X's refusal, if there is a reason for one.
func (x *xSide) refuses(rw http.ResponseWriter, c xCall, t *Tweet) bool {
	switch {
	case x.broke(rw):
	case strings.TrimSpace(t.Text) == "" && len(t.MediaIDs) == 0:
		invalid(rw, "text or media is required")
	case !writable(t.Text, x.w.o.MaxWeight):
		problem(rw, 403, "Forbidden", "You are not permitted to perform this action.", "about:blank")
	case len(cashtag().FindAllString(t.Text, -1)) > 1:
		problem(rw, 403, "Forbidden", "A Tweet can have a maximum of one cashtag.", "about:blank")
	case t.InReplyTo != "" && !x.answerable(t.InReplyTo):
		// The body of https://github.com/IBBoard/cawbird/issues/8, in the envelope of the v2 API.
		const detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
		writeJSON(rw, 403, object{
			"errors": []any{object{"code": 385, "message": detail}},
			"title":  "Forbidden", "detail": detail, "type": "about:blank", "status": 403,
		})
	case !x.attach(c, t):
		x.refuseMedia(rw, t.MediaIDs)
	case x.tooLong(*t):
		m := int(x.maxVideo().Minutes())
		if x.rejects == "too-long" {
			m = 2 // what X said until 2026-08: facts of https://github.com/gitroomhq/postiz-app
		}
		problem(rw, 403, "Forbidden", fmt.Sprintf(
			"This user is not allowed to post a video longer than %d minutes.", m), "about:blank")
	case t.Text != "" && x.duplicate(*t):
		const detail = "You are not allowed to create a Tweet with duplicate content."
		problem(rw, 403, "Forbidden", detail, "about:blank")
	default:
		return false
	}
	return true
}

// refuseMedia is X's one answer for a media id that is unknown, too old, not ready, somebody else's
// or of the wrong category. https://github.com/plhery/node-twitter-api-v2/issues/501
func (x *xSide) refuseMedia(rw http.ResponseWriter, ids []string) {
	writeJSON(rw, 400, object{
		"errors": []any{object{
			"parameters": object{"media.media_ids": ids}, "message": "Your media IDs are invalid.",
		}},
		"title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
		"type": "https://api.x.com/2/problems/invalid-request",
	})
}

// writable reports whether a text is short enough and free of the marks that no text may hold.
func writable(text string, longest int) bool {
	return Weight(text) <= longest && !strings.ContainsAny(text, "\ufffe\ufeff\uffff")
}

// answerable reports whether a post is there, and old enough for X to know it.
func (x *xSide) answerable(id string) bool {
	return slices.ContainsFunc(x.tweets, func(t Tweet) bool {
		return t.ID == id && x.clock().Sub(t.CreatedAt) >= x.rules.ReplyRace
	})
}

// attach checks the media: there, the caller's, ready, young, no id twice, and at most four photos
// or one of anything else.
func (x *xSide) attach(c xCall, t *Tweet) bool {
	if len(t.MediaIDs) > 4 {
		return false
	}
	for i, id := range t.MediaIDs {
		u := x.uploads[id]
		switch {
		case u == nil || u.owner != c.as || u.finalized.IsZero() || x.old(u):
			return false
		case u.state(x) != "succeeded" || slices.Contains(t.MediaIDs[:i], id):
			return false
		case u.Category != "tweet_image" && len(t.MediaIDs) > 1:
			return false
		}
		t.Media = append(t.Media, u.Upload)
	}
	return true
}

// tooLong reports whether X refuses a post because its video is longer than the account may post.
func (x *xSide) tooLong(t Tweet) bool {
	return slices.ContainsFunc(t.Media, func(m Upload) bool {
		u := x.uploads[m.ID]
		long := x.rules.VideoLimitAt == "post" && u.length > x.maxVideo()
		return m.Category == "tweet_video" && (long || x.rejects == "too-long")
	})
}

// duplicate reports whether the account has said the same within a day. X's own window is not
// documented. https://github.com/akrherz/iembot/issues/163
func (x *xSide) duplicate(t Tweet) bool {
	return slices.ContainsFunc(x.tweets, func(o Tweet) bool {
		young := t.CreatedAt.Sub(o.CreatedAt) < 24*time.Hour
		return o.Text == t.Text && o.AuthorID == t.AuthorID && young
	})
}

// price is what a post costs. https://docs.x.com/x-api/getting-started/pricing
func price(t Tweet) float64 {
	if address().MatchString(t.Text) {
		return 0.200
	}
	return 0.015
}

// String shows a post in a failed test.
func (t Tweet) String() string {
	return fmt.Sprintf("%s %q media %d reply to %q", t.ID, t.Text, len(t.Media), t.InReplyTo)
}
