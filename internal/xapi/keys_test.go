package xapi

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// portal is an account with its four keys. The stand-in checks each signature by itself, without
// the library.
func portal(write bool) (*sim.World, *Client) {
	w := sim.New(sim.Options{Processing: 1})
	env := w.X().PortalKeys(write)
	keys := Keys{
		APIKey: env["X_API_KEY"], APISecret: env["X_API_SECRET"],
		AccessToken: env["X_ACCESS_TOKEN"], AccessSecret: env["X_ACCESS_TOKEN_SECRET"],
	}
	return w, &Client{HTTP: &http.Client{Transport: keys.Transport(w.Transport())}, Now: w.Now}
}

// TestKeysSignEveryCall makes every call of the client: queries, JSON, and the parts of a file.
func TestKeysSignEveryCall(t *testing.T) {
	w, c := portal(true)
	me, err := c.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	photo := sim.PhotoBytes(64, 64, 1)
	up, err := c.Upload(t.Context(), File{
		Body: bytes.NewReader(photo), Size: int64(len(photo)),
		MediaType: "image/jpeg", Category: "tweet_image",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AltText(t.Context(), up.ID, "a cup & a 100 % café"); err != nil {
		t.Error(err)
	}
	id, err := c.Post(t.Context(), Post{
		Text: "Ladies + Gentlemen, 100 % & more", MediaIDs: []string{up.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := c.Timeline(t.Context(), me.ID, Bound{})
	if err != nil || len(timeline.Posts) != 1 || timeline.Posts[0].ID != id {
		t.Errorf("the timeline has %+v, %v", timeline.Posts, err)
	}
	if got := w.X().Tweets(); len(got) != 1 || got[0].AuthorID != me.ID {
		t.Errorf("on X: %+v", got)
	}
}

// TestKeysSignEachTry: X takes a nonce once, so a call that is repeated needs a new signature.
func TestKeysSignEachTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, c := portal(true)
		w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Reset: sim.After})
		if _, err := c.Me(t.Context()); err != nil {
			t.Error(err)
		}
		if n := w.Calls("x"); n != 2 {
			t.Errorf("%d calls, want 2", n)
		}
	})
}

// TestKeysThatMayOnlyRead were made before the app had "Read and write".
func TestKeysThatMayOnlyRead(t *testing.T) {
	_, c := portal(false)
	if _, err := c.Me(t.Context()); err != nil {
		t.Error(err)
	}
	_, posted := c.Post(t.Context(), Post{Text: "x"})
	for _, err := range []error{posted, c.MayWrite(t.Context())} {
		if e := httpx.As(err); e == nil || e.Class != httpx.Forbidden || e.Type != TypeOAuth1 {
			t.Errorf("got %v", err)
		}
	}
}

// TestMayWrite leaves nothing behind: no file is finished, and nothing is posted.
func TestMayWrite(t *testing.T) {
	w, c := portal(true)
	if err := c.MayWrite(t.Context()); err != nil {
		t.Error(err)
	}
	if log := w.Log(); len(log) != 1 || len(w.X().Tweets()) != 0 {
		t.Errorf("%d calls: %+v", len(log), log)
	}
}

// TestRevokedKeys: neither a key nor a signature is in what the error says.
func TestRevokedKeys(t *testing.T) {
	w, c := portal(true)
	w.X().RevokeKeys()
	_, err := c.Me(t.Context())
	if httpx.ClassOf(err) != httpx.Unauthorized || strings.Contains(err.Error(), "simKey") ||
		strings.Contains(err.Error(), "oauth_") {
		t.Errorf("got %v", err)
	}
}

// TestKeysLeaveTheRequestAlone, as a RoundTripper must.
func TestKeysLeaveTheRequestAlone(t *testing.T) {
	w := sim.New(sim.Options{})
	r, err := http.NewRequest(http.MethodGet, DefaultURL+"/2/users/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := Keys{}.Transport(w.Transport()).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if r.Header.Get("Authorization") != "" {
		t.Error("the caller's request was changed")
	}
}
