package sim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestTokenEndpoint: who may ask, what for, and in whose words X says no.
func TestTokenEndpoint(t *testing.T) {
	const (
		formType = "application/x-www-form-urlencoded"
		noClient = `"error":"unauthorized_client","error_description":"Missing valid authorization header"`
		badToken = `"error":"invalid_request","error_description":"Value passed for the token was invalid."`
	)
	public, confidential := sim.Options{PublicX: true}, sim.Options{}
	env := sim.New(confidential).Env()
	id, refresh := env["X_CLIENT_ID"], env["X_REFRESH_TOKEN"]
	good := basic(id, env["X_CLIENT_SECRET"])
	grant := form("grant_type", "refresh_token", "refresh_token", refresh)
	withID := grant + "&client_id=" + id
	for _, tt := range []struct {
		name                    string
		world                   sim.Options
		auth, contentType, body string
		status                  int
		want                    string
	}{
		{"confidential", confidential, good, formType, grant, 200, `"expires_in":7200`},
		{"confidential with its id as well", confidential, good, formType, withID, 200,
			`"token_type":"bearer"`},
		{"confidential without Basic", confidential, "", formType, withID, 401, noClient},
		{"wrong secret", confidential, basic(id, "guessed"), formType, grant, 401, noClient},
		{"wrong client", confidential, basic("another", env["X_CLIENT_SECRET"]), formType, grant, 401,
			noClient},
		{"public", public, "", formType, withID, 200,
			`"scope":"tweet.read tweet.write users.read media.write offline.access"`},
		{"public without its id", public, "", formType, grant, 401, noClient},
		{"public with another id", public, "", formType, grant + "&client_id=another", 401, noClient},
		{"public with Basic", public, good, formType, withID, 401, noClient},
		{"JSON", confidential, good, "application/json", `{"grant_type":"refresh_token"}`, 400,
			`"error":"invalid_request"`},
		{"no grant type", confidential, good, formType, "refresh_token=" + refresh, 400,
			"Missing required parameter [grant_type]."},
		{"a grant that X does not give", confidential, good, formType, "grant_type=client_credentials",
			400, `"error":"invalid_request"`},
		{"unknown token", confidential, good, formType, form("grant_type", "refresh_token",
			"refresh_token", "x"), 400, badToken},
		{"an access token", confidential, good, formType, form("grant_type", "refresh_token",
			"refresh_token", env["X_ACCESS_TOKEN"]), 400, badToken},
		{"unknown code", confidential, good, formType, "grant_type=authorization_code&code=x", 400,
			"Value passed for the authorization code was invalid."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, tt.world)
			headers := []string{"Content-Type: " + tt.contentType}
			if tt.auth != "" {
				headers = append(headers, "Authorization: "+tt.auth)
			}
			c.send("POST", xHost+"/2/oauth2/token", tt.body, headers...).expect(t, tt.status, tt.want)
			if got, want := c.w.X().Refreshes() == 1, tt.status == 200; got != want {
				t.Errorf("spent = %v, want %v", got, want)
			}
		})
	}
}

// TestPublicEnvironment: a public client has no secret to give.
func TestPublicEnvironment(t *testing.T) {
	if s, ok := sim.New(sim.Options{PublicX: true}).Env()["X_CLIENT_SECRET"]; ok {
		t.Errorf("X_CLIENT_SECRET = %q, want none", s)
	}
}

// TestRefreshIsSpentOnce: the successor works, the predecessor never again, whatever else is alive.
func TestRefreshIsSpentOnce(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		c := newCaller(t, sim.Options{RevokeReuse: revoke})
		first := form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"])
		r := c.token(first)
		r.expect(t, 200)
		c.env["X_ACCESS_TOKEN"] = r.at("access_token")
		c.x("GET", "/2/users/me", "").expect(t, 200)
		if c.w.X().RefreshValid(c.env["X_REFRESH_TOKEN"]) ||
			!c.w.X().RefreshValid(r.at("refresh_token")) {
			t.Error("the wrong token of the two is spent")
		}
		c.token(first).expect(t, 400, "Value passed for the token was invalid.")
		if got, want := c.w.X().RefreshValid(r.at("refresh_token")), !revoke; got != want {
			t.Errorf("revoke %v: the successor of a token that came again is alive: %v, want %v", revoke,
				got, want)
		}
	}
}

// TestTokenLives: 7200 seconds, and six months.
func TestTokenLives(t *testing.T) {
	c := newCaller(t, sim.Options{})
	grant := form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"])
	c.w.Advance(7199 * time.Second)
	c.x("GET", "/2/users/me", "").expect(t, 200)
	c.w.Advance(time.Second)
	c.x("GET", "/2/users/me", "").expect(t, 401, `"title":"Unauthorized"`, `"type":"about:blank"`,
		`"status":401`)
	c.w.Advance(183 * 24 * time.Hour)
	if c.w.X().RefreshValid(c.env["X_REFRESH_TOKEN"]) {
		t.Error("a refresh token outlives six months")
	}
	c.token(grant).expect(t, 400, "Value passed for the token was invalid.")
}

// TestExpireAccess ends access tokens and leaves the chain.
func TestExpireAccess(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.X().ExpireAccess()
	c.x("GET", "/2/users/me", "").expect(t, 401)
	c.token(form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"])).expect(t,
		200)
}

// TestBearerInTheHeaderOnly: X takes no token from an address.
func TestBearerInTheHeaderOnly(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.send("GET", xHost+"/2/users/me?access_token="+c.env["X_ACCESS_TOKEN"], "").expect(t, 401)
	c.send("GET", xHost+"/2/users/me", "").expect(t, 401)
}

// TestXScopes: each call needs its own, and a token never has more than it was issued with.
func TestXScopes(t *testing.T) {
	const forbidden = `"detail":"Forbidden"`
	for _, tt := range []struct {
		name, without, method, path string
		status                      int
	}{
		{"upload", "media.write", "POST", "/2/media/upload/initialize", 403},
		{"alt text", "media.write", "POST", "/2/media/metadata", 403},
		{"status", "media.write", "GET", "/2/media/upload", 403},
		{"post", "tweet.write", "POST", "/2/tweets", 403},
		{"post without users.read", "users.read", "POST", "/2/tweets", 403},
		{"me", "users.read", "GET", "/2/users/me", 403},
		{"timeline", "tweet.read", "GET", "/2/users/1500000000000000001/tweets", 403},
		{"me needs no tweet.write", "tweet.write", "GET", "/2/users/me", 200},
		{"me needs no media.write", "media.write", "GET", "/2/users/me", 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			all := []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}
			var scopes []string
			for _, s := range all {
				if s != tt.without {
					scopes = append(scopes, s)
				}
			}
			c.w.X().SetScopes(scopes...)
			_, c.env["X_ACCESS_TOKEN"] = c.w.X().Login()
			r := c.x(tt.method, tt.path, "{}")
			r.expect(t, tt.status)
			if tt.status == 403 {
				r.expect(t, 403, forbidden, `"type":"about:blank"`)
			}
		})
	}
}

// TestNoRefreshTokenWithoutOfflineAccess: the scope decides, not the client.
func TestNoRefreshTokenWithoutOfflineAccess(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.X().SetScopes("tweet.read", "users.read")
	r := c.token(form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"]))
	r.expect(t, 200)
	r.is(t, "scope", "tweet.read users.read")
	r.is(t, "refresh_token", "")
}

const (
	callback = "http://127.0.0.1:8321/callback"
	verifier = "a-verifier-that-is-long-enough-for-anybody-0123456789"
)

func authorize(change ...string) string {
	sum := sha256.Sum256([]byte(verifier))
	v := url.Values{
		"response_type": {"code"}, "client_id": {"c2ltLWNsaWVudC1pZDoxOmNp"}, "redirect_uri": {callback},
		"state":                 {"s1"},
		"scope":                 {"tweet.read tweet.write users.read media.write offline.access"},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return xHost + "/i/oauth2/authorize?" + v.Encode()
}

var link = regexp.MustCompile(`<a id="(allow|deny)" href="([^"]*)"`)

// consent opens the page and gives where its two links lead.
func (c *caller) consent(address string) map[string]url.Values {
	c.t.Helper()
	r := c.send("GET", address, "")
	r.expect(c.t, 200)
	out := map[string]url.Values{}
	for _, m := range link.FindAllStringSubmatch(r.body, -1) {
		u, err := url.Parse(strings.ReplaceAll(m[2], "&amp;", "&"))
		if err != nil || !strings.HasPrefix(u.String(), callback+"?") {
			c.t.Fatalf("%s leads to %s (%v)", m[1], m[2], err)
		}
		out[m[1]] = u.Query()
	}
	return out
}

// TestConsentPage: an address that is not complete, or not the app's own, shows no consent.
func TestConsentPage(t *testing.T) {
	for _, tt := range []struct {
		name, address string
		status        int
	}{
		{"complete", authorize(), 200},
		{"another client", authorize("client_id", "another"), 400},
		{"no code", authorize("response_type", "token"), 400},
		{"plain challenge", authorize("code_challenge_method", "plain"), 400},
		{"no challenge", authorize("code_challenge", ""), 400},
		{"no state", authorize("state", ""), 400},
		{"long state", authorize("state", strings.Repeat("s", 501)), 400},
		{"no scope", authorize("scope", ""), 400},
		{"callback that is no address", authorize("redirect_uri", "callback"), 400},
		{"callback that is not on the app's list", authorize("redirect_uri",
			"http://localhost:8321/callback"), 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{Callbacks: []string{callback}})
			c.send("GET", tt.address, "").expect(t, tt.status)
		})
	}
}

// TestCode: it is good once, for 30 seconds, for one verifier and one address; the login ends the
// one before it.
func TestCode(t *testing.T) {
	for _, tt := range []struct {
		name               string
		wait               time.Duration
		verifier, callback string
		status             int
	}{
		{"good", 30 * time.Second, verifier, callback, 200},
		{"late", 31 * time.Second, verifier, callback, 400},
		{"another verifier", 0, verifier + "x", callback, 400},
		{"another address", 0, verifier, callback + "/", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			links := c.consent(authorize("scope", "tweet.read users.read offline.access"))
			if got := links["deny"].Get("error") + links["allow"].Get("state"); got != "access_denieds1" {
				t.Errorf("deny and state = %q", got)
			}
			c.w.Advance(tt.wait)
			grant := form("grant_type", "authorization_code", "code", links["allow"].Get("code"),
				"code_verifier", tt.verifier, "redirect_uri", tt.callback)
			r := c.token(grant)
			r.expect(t, tt.status)
			if got, want := c.w.X().RefreshValid(c.env["X_REFRESH_TOKEN"]), tt.status != 200; got != want {
				t.Errorf("the earlier login is alive: %v, want %v", got, want)
			}
			if tt.status == 200 {
				r.is(t, "scope", "tweet.read users.read offline.access")
			}
			c.token(grant).expect(t, 400, "Value passed for the authorization code was invalid.")
		})
	}
}
