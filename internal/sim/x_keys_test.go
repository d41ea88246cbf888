package sim

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestSignature proves the signature by the example of X's documentation, whose form is put into
// the query here: both are signed alike.
func TestKeySignature(t *testing.T) {
	q := url.Values{
		"include_entities": {"true"},
		"status":           {"Hello Ladies + Gentlemen, a signed OAuth request!"},
	}
	r, err := http.NewRequest("POST",
		"https://api.twitter.com/1.1/statuses/update.json?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	oauth := url.Values{
		"oauth_consumer_key":     {"xvz1evFS4wEEPTGEFPHBog"},
		"oauth_nonce":            {"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"},
		"oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp":        {"1318622958"},
		"oauth_token":            {"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"},
		"oauth_version":          {"1.0"},
	}
	got := keySignature(r, oauth, "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
		"LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")
	if want := "hCtSmYh+iHYCEqBWrE7C7hYmtUk="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// signedCall is a call with keys, as a program would make it.
type signedCall struct {
	w     *World
	keys  map[string]string
	oauth url.Values
}

func newSignedCall(w *World, keys map[string]string) *signedCall {
	return &signedCall{w, keys, url.Values{
		"oauth_consumer_key":     {keys["X_API_KEY"]},
		"oauth_nonce":            {"n1"},
		"oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp":        {"1700000000"},
		"oauth_token":            {keys["X_ACCESS_TOKEN"]},
		"oauth_version":          {"1.0"},
	}}
}

// send makes the call and gives the status.
func (c *signedCall) send(t *testing.T, method, path, body string) int {
	t.Helper()
	r, err := http.NewRequest(method, "https://api.x.com"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	sum := keySignature(r, c.oauth, c.keys["X_API_SECRET"], c.keys["X_ACCESS_TOKEN_SECRET"])
	var pairs []string
	for name := range c.oauth {
		pairs = append(pairs, name+`="`+percent(c.oauth.Get(name))+`"`)
	}
	pairs = append(pairs, `oauth_signature="`+percent(sum)+`"`)
	r.Header.Set("Authorization", "OAuth "+strings.Join(pairs, ", "))
	resp, err := c.w.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestPortalKeys(t *testing.T) {
	const timeline = "/2/users/" + xUserID + "/tweets?max_results=20&exclude=retweets"
	for _, tt := range []struct {
		name   string
		change func(*signedCall)
		want   int
	}{
		{"good", func(*signedCall) {}, 200},
		{"another secret", func(c *signedCall) { c.keys["X_ACCESS_TOKEN_SECRET"] += "x" }, 401},
		{"another app secret", func(c *signedCall) { c.keys["X_API_SECRET"] += "x" }, 401},
		{"another app", func(c *signedCall) { c.oauth.Set("oauth_consumer_key", "other") }, 401},
		{"no nonce", func(c *signedCall) { c.oauth.Del("oauth_nonce") }, 401},
		{"no timestamp", func(c *signedCall) { c.oauth.Del("oauth_timestamp") }, 401},
		{"another method", func(c *signedCall) {
			c.oauth.Set("oauth_signature_method", "PLAINTEXT")
		}, 401},
		{"a token of OAuth 2.0", func(c *signedCall) {
			c.oauth.Set("oauth_token", c.w.Env()["X_ACCESS_TOKEN"])
		}, 401},
		{"revoked", func(c *signedCall) { c.w.X().RevokeKeys() }, 401},
		{"made anew", func(c *signedCall) { c.w.X().PortalKeys(true) }, 401},
		{"the account is gone", func(c *signedCall) { c.w.X().DeleteAccount(xUsername) }, 401},
	} {
		w := New(Options{})
		c := newSignedCall(w, w.X().PortalKeys(true))
		tt.change(c)
		if got := c.send(t, "GET", timeline, ""); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestNonceOnce: a call that is sent again with its signature is refused.
func TestNonceOnce(t *testing.T) {
	w := New(Options{})
	c := newSignedCall(w, w.X().PortalKeys(true))
	first := c.send(t, "GET", "/2/users/me", "")
	if second := c.send(t, "GET", "/2/users/me", ""); first != 200 || second != 401 {
		t.Errorf("%d, then %d", first, second)
	}
}

// TestReadOnlyKeys may read, and post nothing.
func TestReadOnlyKeys(t *testing.T) {
	w := New(Options{})
	c := newSignedCall(w, w.X().PortalKeys(false))
	if got := c.send(t, "GET", "/2/users/me", ""); got != 200 {
		t.Errorf("reading: %d", got)
	}
	c.oauth.Set("oauth_nonce", "n2")
	if got := c.send(t, "POST", "/2/tweets", `{"text":"x"}`); got != 403 ||
		len(w.X().Tweets()) > 0 {
		t.Errorf("posting: %d, %d posts", got, len(w.X().Tweets()))
	}
}

// TestTimestampOfARealWorld must be X's time, give or take five minutes.
func TestTimestampOfARealWorld(t *testing.T) {
	w := New(Options{Real: true})
	c := newSignedCall(w, w.X().PortalKeys(true))
	if got := c.send(t, "GET", "/2/users/me", ""); got != 401 {
		t.Errorf("a timestamp of 2023: %d", got)
	}
}
