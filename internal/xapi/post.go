package xapi

import (
	"context"
	"net/http"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// postTimeout is how long X has to answer a post. The state's lease is longer than this
// (internal/mirror).
const postTimeout = 10 * time.Second

// Post is one post on X.
type Post struct {
	Text            string   // may be empty when there is media
	MediaIDs        []string // up to four photos, or one video
	ReplyTo         string   // id of the post that this one answers, "" for none
	MadeWithAI      bool     // X's label for generated media
	PaidPartnership bool     // X's label for advertising
}

type postBody struct {
	Text            string     `json:"text,omitempty"`
	Media           *postMedia `json:"media,omitempty"`
	Reply           *postReply `json:"reply,omitempty"`
	MadeWithAI      bool       `json:"made_with_ai,omitempty"`
	PaidPartnership bool       `json:"paid_partnership,omitempty"`
}

type postMedia struct {
	IDs []string `json:"media_ids"`
}

type postReply struct {
	To string `json:"in_reply_to_tweet_id"`
}

type created struct{ Data struct{ ID string } }

func (c created) complete() bool { return c.Data.ID != "" }

// Post makes a post and returns its id. It is sent once: X has no idempotency key. httpx.Ambiguous
// means that the post may be there, Duplicate that X has this text already. For other refusals the
// error's Type names the fault, if X's words do.
// Source: https://docs.x.com/x-api/posts/create-post
func (c *Client) Post(ctx context.Context, p Post) (string, error) {
	body := postBody{Text: p.Text, MadeWithAI: p.MadeWithAI, PaidPartnership: p.PaidPartnership}
	if len(p.MediaIDs) > 0 {
		body.Media = &postMedia{p.MediaIDs}
	}
	if p.ReplyTo != "" {
		body.Reply = &postReply{p.ReplyTo}
	}
	var out checked[created]
	_, err := c.do(ctx, httpx.Request{
		Op: postOp, Method: http.MethodPost, URL: "/2/tweets",
		Once: true, Timeout: postTimeout, Into: &out,
	}.JSON(body))
	return out.v.Data.ID, err
}

// User is an X account.
type User struct{ ID, Name, Username string }

type userJSON struct{ Data User }

func (u userJSON) complete() bool { return u.Data.ID != "" }

// Me returns the account of the access token. X bills the question ($0.010 a day).
// Source: https://docs.x.com/x-api/users/get-my-user
func (c *Client) Me(ctx context.Context) (User, error) {
	var out checked[userJSON]
	_, err := c.do(ctx, httpx.Request{Op: "GET /2/users/me", URL: "/2/users/me", Into: &out})
	return out.v.Data, err
}
