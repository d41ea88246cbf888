package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// as gives a caller another access token.
func (c *caller) as(access string) *caller {
	other := *c
	other.env = map[string]string{}
	for k, v := range c.env {
		other.env[k] = v
	}
	other.env["X_ACCESS_TOKEN"] = access
	return &other
}

// TestXAccounts: two accounts have their own tokens, posts and uploads, and X tells whose a token
// is.
func TestXAccounts(t *testing.T) {
	c := newCaller(t, sim.Options{})
	first, name := c.w.X().Account()
	c.x("GET", "/2/users/me", "").is(t, "data.id", first)
	c.x("GET", "/2/users/me", "").is(t, "data.username", name)
	c.post("from the first").expect(t, 201)

	refresh, access := c.w.X().LoginAs("other_mugs")
	other := c.as(access)
	second, _ := c.w.X().Account()
	if first == second || !c.w.X().RefreshValid(c.env["X_REFRESH_TOKEN"]) ||
		!c.w.X().RefreshValid(refresh) {
		t.Error("the accounts share an id, or a login of one ended the other's")
	}
	other.x("GET", "/2/users/me", "").is(t, "data.id", second)
	other.post("from the first").expect(t, 201) // no duplicate: another account said it
	media := c.uploaded("tweet_image", "image/jpeg")
	other.post("not its media", media).expect(t, 400, "Your media IDs are invalid.")
	for _, id := range []string{first, second} {
		c.x("GET", "/2/users/"+id+"/tweets", "").is(t, "meta.result_count", "1")
	}

	again, _ := c.w.X().LoginAs("other_mugs")
	if id, _ := c.w.X().Account(); id != second || again == refresh || c.w.X().RefreshValid(refresh) {
		t.Errorf("account = %s, want %s with a new grant", id, second)
	}
	c.w.X().Rename("new_name")
	_, access = c.w.X().Login()
	r := c.as(access).x("GET", "/2/users/me", "")
	r.is(t, "data.username", "new_name")
	r.is(t, "data.id", second)
}

// TestDeletedAccount: its tokens are dead, and its timeline is a success with nothing but errors.
func TestDeletedAccount(t *testing.T) {
	c := newCaller(t, sim.Options{})
	id, name := c.w.X().Account()
	c.post("soon gone").expect(t, 201)
	_, access := c.w.X().LoginAs("other_mugs")
	c.w.X().DeleteAccount(name)
	c.x("GET", "/2/users/me", "").expect(t, 401)
	c.token(form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"])).expect(t,
		400, "Value passed for the token was invalid.")
	r := c.as(access).x("GET", "/2/users/"+id+"/tweets", "")
	r.expect(t, 200, "Could not find user with id: ["+id+"].")
	r.is(t, "meta", "")
	if len(c.w.X().Tweets()) != 0 {
		t.Errorf("posts = %v", c.w.X().Tweets())
	}
	refresh, _ := c.w.X().LoginAs(name)
	if got, _ := c.w.X().Account(); got == id || refresh == "" {
		t.Error("the name's next owner has the old id")
	}
}

// TestPersonPosts: a person's posts are on the timeline with their files, and can be deleted.
func TestPersonPosts(t *testing.T) {
	c := newCaller(t, sim.Options{})
	root := c.w.X().PersonPosts("hello", "photo", "photo")
	reply := c.w.X().PersonReplies(root, "and more")
	film := c.w.X().PersonPosts("", "video")
	r := c.x("GET", timeline+"?post.fields=conversation_id&expansions=attachments.media_keys,"+
		"referenced_posts,author_id,in_reply_to_user_id", "")
	r.is(t, "data.0.id", film)
	r.is(t, "includes.media.0.type", "video")
	r.is(t, "data.1.conversation_id", root)
	r.is(t, "data.1.id", reply)
	r.is(t, "data.1.referenced_posts.0.id", root)
	r.is(t, "data.1.in_reply_to_user_id", "1500000000000000001")
	r.is(t, "data.2.attachments.media_keys.1", "3_"+c.w.X().Tweets()[0].MediaIDs[1])
	r.is(t, "data.2.author_id", "1500000000000000001")
	r.is(t, "includes.users.0.username", "kamo_mugs")
	c.w.X().DeletePost(root)
	c.x("GET", timeline, "").is(t, "meta.result_count", "2")
	c.post("hello").expect(t, 201) // what is gone is no duplicate here
}

// TestReplies: a reply to a post that is gone, or too young for X to know it, is refused.
func TestReplies(t *testing.T) {
	const gone = `"code":385,"message":"You attempted to reply to a Tweet that is deleted or not visible`
	c := newCaller(t, sim.Options{})
	c.w.X().Change(func(r *sim.XRules) { r.ReplyRace = 5 * time.Second })
	root := c.post("root").at("data.id")
	answer := func() reply {
		return c.x("POST", "/2/tweets", fmt.Sprintf(`{"text":"a","reply":{"in_reply_to_tweet_id":%q}}`,
			root))
	}
	answer().expect(t, 403, gone)
	c.w.Advance(4 * time.Second)
	answer().expect(t, 403, gone)
	c.w.Advance(time.Second)
	answer().expect(t, 201)
	c.w.X().DeletePost(root)
	answer().expect(t, 403, gone)
}

// TestKeptRefreshToken: a token endpoint may keep the refresh token, and say so or not.
func TestKeptRefreshToken(t *testing.T) {
	for _, how := range []string{"same", "none"} {
		t.Run(how, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.X().Change(func(r *sim.XRules) { r.KeepRefresh = how })
			token := c.env["X_REFRESH_TOKEN"]
			for range 2 {
				r := c.token(form("grant_type", "refresh_token", "refresh_token", token))
				r.expect(t, 200)
				r.is(t, "refresh_token", map[string]string{"same": token}[how])
				c.as(r.at("access_token")).x("GET", "/2/users/me", "").expect(t, 200)
			}
			if !c.w.X().RefreshValid(token) || c.w.X().Refreshes() != 2 {
				t.Errorf("valid %v after %d", c.w.X().RefreshValid(token), c.w.X().Refreshes())
			}
		})
	}
}

// TestTokenAsJSON: the token endpoint takes JSON as well as a form.
func TestTokenAsJSON(t *testing.T) {
	c := newCaller(t, sim.Options{})
	send := func(body string) reply {
		return c.send("POST", xHost+"/2/oauth2/token", body, "Content-Type: application/json",
			"Authorization: "+basic(c.env["X_CLIENT_ID"], c.env["X_CLIENT_SECRET"]))
	}
	send(`["refresh_token"]`).expect(t, 400, "invalid_request")
	send(`{"grant_type":"refresh_token","refresh_token":"`+c.env["X_REFRESH_TOKEN"]+`"}`).expect(t,
		200)
	send(`{"grant_type":"refresh_token","refresh_token":"`+c.env["X_REFRESH_TOKEN"]+`"}`).expect(t,
		400)
}
