package sim_test

import (
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestRefreshAccessToken: which Instagram token gets 60 more days.
func TestRefreshAccessToken(t *testing.T) {
	issued := func(d time.Duration) func(*caller) string {
		return func(c *caller) string {
			at := c.w.Now().Add(-d)
			c.w.Instagram().SetAccount(func(a *sim.Account) { a.TokenIssued = at })
			return c.env["INSTAGRAM_TOKEN"]
		}
	}
	for _, tt := range []struct {
		name, grant string
		token       func(*caller) string
		status      int
		code        string
	}{
		{"two days old", "ig_refresh_token", issued(48 * time.Hour), 200, ""},
		{"a day old", "ig_refresh_token", issued(24 * time.Hour), 200, ""},
		{"younger", "ig_refresh_token", issued(24*time.Hour - time.Second), 400, "452"},
		{"short-lived", "ig_refresh_token",
			func(c *caller) string { return c.w.Instagram().ShortToken("instagram") }, 400, "452"},
		{"another grant", "refresh_token", issued(48 * time.Hour), 400, "100"},
		{"expired", "ig_refresh_token",
			func(c *caller) string { c.w.Advance(59 * 24 * time.Hour); return c.env["INSTAGRAM_TOKEN"] },
			400, "190"},
		{"without an end", "ig_refresh_token", func(c *caller) string {
			c.w.Instagram().SetAccount(func(a *sim.Account) { a.TokenExpires = time.Time{} })
			return c.env["INSTAGRAM_TOKEN"]
		}, 200, ""},
		{"killed", "ig_refresh_token",
			func(c *caller) string { c.w.Instagram().KillTokens(); return c.env["INSTAGRAM_TOKEN"] }, 400,
			"190"},
		{"Facebook's", "ig_refresh_token",
			func(c *caller) string { return c.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"] }, 400, "190"},
		{"permission unticked", "ig_refresh_token", func(c *caller) string {
			c.w.Instagram().SetAccount(without("instagram_business_basic"))
			return c.env["INSTAGRAM_TOKEN"]
		}, 403, "10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			r := c.send("GET", graph+"/refresh_access_token?"+form("grant_type", tt.grant, "access_token",
				tt.token(c)), "")
			r.expect(t, tt.status)
			r.is(t, "error.code", tt.code)
			if tt.status != 200 {
				return
			}
			r.is(t, "expires_in", "5184000")
			old := c.env["INSTAGRAM_TOKEN"]
			c.env["INSTAGRAM_TOKEN"] = r.at("access_token")
			c.w.Advance(60*24*time.Hour - time.Second)
			c.ig("/v25.0/me").expect(t, 200)
			c.w.Advance(2 * time.Second)
			c.ig("/v25.0/me").expect(t, 400, "463")
			if c.env["INSTAGRAM_TOKEN"] == old {
				t.Error("the token is the same string")
			}
		})
	}
}

// TestOldTokenAfterRefresh: both strings work, so a lost answer costs nothing.
func TestOldTokenAfterRefresh(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.send("GET", graph+"/refresh_access_token?"+form("grant_type", "ig_refresh_token", "access_token",
		c.env["INSTAGRAM_TOKEN"]), "").expect(t, 200)
	c.ig("/v25.0/me").expect(t, 200)
}

// TestNewInstagramToken: the person's new token works, and the one before it does not.
func TestNewInstagramToken(t *testing.T) {
	c := newCaller(t, sim.Options{})
	fresh := c.w.Instagram().NewToken()
	c.ig("/v25.0/me").expect(t, 400, `"error_subcode":460`)
	c.env["INSTAGRAM_TOKEN"] = fresh
	c.ig("/v25.0/me").expect(t, 200)
	c.fb("/v25.0/me").expect(t, 200)
}

// TestExchange: a short-lived token of either login for one of 60 days, with the app's own
// credentials.
func TestExchange(t *testing.T) {
	env := sim.New(sim.Options{}).Instagram().FacebookEnv()
	id, secret := env["INSTAGRAM_APP_ID"], env["INSTAGRAM_APP_SECRET"]
	short := func(login string) func(*caller) string {
		return func(c *caller) string { return c.w.Instagram().ShortToken(login) }
	}
	late := func(c *caller) string {
		defer c.w.Advance(time.Hour + time.Second)
		return c.w.Instagram().ShortToken("facebook")
	}
	for _, tt := range []struct {
		name, login, id, secret string
		token                   func(*caller) string
		status                  int
		code                    string
	}{
		{"Instagram", "instagram", "", secret, short("instagram"), 200, ""},
		{"Facebook", "facebook", id, secret, short("facebook"), 200, ""},
		{"Facebook, lives long already", "facebook", id, secret,
			func(c *caller) string { return c.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"] }, 200, ""},
		{"Instagram, lives long already", "instagram", "", secret,
			func(c *caller) string { return c.env["INSTAGRAM_TOKEN"] }, 400, "452"},
		{"wrong secret", "instagram", "", "guessed", short("instagram"), 400, "1"},
		{"Facebook without the app's id", "facebook", "", secret, short("facebook"), 400, "101"},
		{"Facebook, too late", "facebook", id, secret, late, 400, "190"},
		{"unknown", "instagram", "", secret, func(*caller) string { return "IGAAx" }, 400, "190"},
		{"the other login's", "instagram", "", secret, short("facebook"), 400, "190"},
		{"another grant", "x", id, secret, short("facebook"), 400, "100"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			address := map[string]string{"instagram": graph +
				"/access_token?grant_type=ig_exchange_token&access_token=", "facebook": facebook +
				"/v25.0/oauth/access_token?grant_type=fb_exchange_token&fb_exchange_token="}[tt.login]
			if address == "" {
				address = facebook + "/v25.0/oauth/access_token?grant_type=password&fb_exchange_token="
			}
			r := c.send("GET", address+tt.token(c)+"&"+form("client_id", tt.id, "client_secret", tt.secret),
				"")
			r.expect(t, tt.status)
			r.is(t, "error.code", tt.code)
			if tt.status != 200 {
				return
			}
			c.w.Advance(59 * 24 * time.Hour)
			host := map[string]string{"instagram": graph, "facebook": facebook}[tt.login]
			c.send("GET", host+"/v25.0/me", "", "Authorization: Bearer "+r.at("access_token")).expect(t, 200)
		})
	}
}

// TestShortToken: it reads, for an hour.
func TestShortToken(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.env["INSTAGRAM_TOKEN"] = c.w.Instagram().ShortToken("instagram")
	c.w.Advance(time.Hour)
	c.ig("/v25.0/me").expect(t, 200)
	c.w.Advance(time.Second)
	c.ig("/v25.0/me").expect(t, 400, "463")
}

// TestDebugToken: what the debugger says of a token, and to whom.
func TestDebugToken(t *testing.T) {
	env := sim.New(sim.Options{}).Instagram().FacebookEnv()
	token, app := env["INSTAGRAM_TOKEN"], env["INSTAGRAM_APP_ID"]+"|"+env["INSTAGRAM_APP_SECRET"]
	granular := func(a *sim.Account) {
		a.Scopes = []string{"instagram_basic", "pages_show_list"}
		a.Granular = map[string][]string{"instagram_basic": {"17841400000000009"}}
	}
	for _, tt := range []struct {
		name, asker, input string
		change             func(*sim.Account)
		status             int
		path, want         string
	}{
		{"itself", token, token, nil, 200, "data.is_valid", "true"},
		{"by the app", app, token, nil, 200, "data.is_valid", "true"},
		{"issued", app, token, nil, 200, "data.issued_at", "1795251600"},
		{"its end", app, token, nil, 200, "data.expires_at", "1800435600"},
		{"no end", app, token, func(a *sim.Account) { a.TokenExpires = time.Time{} }, 200,
			"data.expires_at", "0"},
		{"data access", app, token, func(a *sim.Account) { a.DataAccessExpires = time.Time{} }, 200,
			"data.data_access_expires_at", "0"},
		{"its type", app, token, nil, 200, "data.type", "USER"},
		{"a scope", app, token, granular, 200, "data.granular_scopes.0.scope", "instagram_basic"},
		{"what it was ticked for", app, token, granular, 200, "data.granular_scopes.0.target_ids.0",
			"17841400000000009"},
		{"granted for all", app, token, granular, 200, "data.granular_scopes.1.target_ids", ""},
		{"unknown token", app, "EAAx", nil, 200, "data.is_valid", "false"},
		{"why", app, "EAAx", nil, 200, "data.error.subcode", "460"},
		{"expired", app, token, func(a *sim.Account) { a.TokenExpires = time.Unix(1, 0) }, 200,
			"data.error.subcode", "463"},
		{"nothing to look at", app, "", nil, 400, "error.code", "100"},
		{"by nobody", "", token, nil, 400, "error.code", "190"},
		{"by an app with a wrong secret", env["INSTAGRAM_APP_ID"] + "|guessed", token, nil, 400,
			"error.code", "190"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			if tt.change != nil {
				c.w.Instagram().SetAccount(tt.change)
			}
			r := c.send("GET", facebook+"/v25.0/debug_token?"+form("input_token", tt.input), "",
				"Authorization: Bearer "+tt.asker)
			r.expect(t, tt.status)
			r.is(t, tt.path, tt.want)
		})
	}
	// The app's own token is for the debugger only.
	newCaller(t, sim.Options{}).send("GET", facebook+"/v25.0/me", "",
		"Authorization: Bearer "+app).expect(t, 400, `"code":102`)
}

// TestPageToken: the Page's own token is found through the person's, lives without an end, and is
// the Page.
func TestPageToken(t *testing.T) {
	c := newCaller(t, sim.Options{})
	env := c.w.Instagram().FacebookEnv()
	r := c.send("GET", facebook+"/v25.0/oauth/access_token?"+form("grant_type", "fb_exchange_token",
		"client_id", env["INSTAGRAM_APP_ID"],
		"client_secret", env["INSTAGRAM_APP_SECRET"], "fb_exchange_token",
		c.w.Instagram().ShortToken("facebook")), "")
	r.expect(t, 200)
	r = c.send("GET", facebook+"/v25.0/200000000000001?fields=access_token", "",
		"Authorization: Bearer "+r.at("access_token"))
	r.expect(t, 200)
	page := r.at("access_token")
	get := func(path string) reply {
		return c.send("GET", facebook+"/v25.0"+path, "", "Authorization: Bearer "+page)
	}
	get("/me?fields=name").is(t, "id", "200000000000001")
	get("/me/accounts").expect(t, 400, `"code":100`)
	get("/me/permissions").expect(t, 400, `"code":100`)
	get("/"+igID+"/media").expect(t, 200)
	r = get("/debug_token?input_token=" + page)
	r.is(t, "data.type", "PAGE")
	r.is(t, "data.expires_at", "0")
	c.w.Advance(70 * 24 * time.Hour) // the person's are dead by now
	c.fb("/v25.0/me").expect(t, 400, "463")
	get("/"+igID+"/media").expect(t, 200)
	c.w.Advance(11 * 24 * time.Hour) // and the window of data access has ended
	get("/me").expect(t, 200)
	get("/"+igID+"/media").expect(t, 400, "(#10)")
	c.w.Instagram().KillTokens()
	get("/me").expect(t, 400, "460")
}
