package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

const igID = "17841400000000001"

// TestGraphRefusals: who is refused, with which status, code and subcode, at which host.
func TestGraphRefusals(t *testing.T) {
	w := sim.New(sim.Options{})
	ig, fb := w.Env()["INSTAGRAM_TOKEN"], w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"]
	for _, tt := range []struct {
		name, token, address string
		change               func(*sim.Account)
		status               int
		code, subcode, typ   string
	}{
		{"Instagram Login", ig, graph + "/v25.0/me/media", nil, 200, "", "", ""},
		{"Instagram Login by id", ig, graph + "/v25.0/" + igID + "/media", nil, 200, "", "", ""},
		{"Facebook Login", fb, facebook + "/v25.0/" + igID + "/media", nil, 200, "", "", ""},
		{"Facebook Login as me", fb, facebook + "/v25.0/me/media", nil, 400, "100", "33",
			"GraphMethodException"},
		{"Facebook token at Instagram's host", fb, graph + "/v25.0/me/media", nil, 400, "190", "",
			"OAuthException"},
		{"Instagram token at Facebook's host", ig, facebook + "/v25.0/" + igID + "/media", nil, 400,
			"190", "", "OAuthException"},
		{"no token", "", graph + "/v25.0/me/media", nil, 400, "190", "", "OAuthException"},
		{"not a token", "hello", graph + "/v25.0/me/media", nil, 400, "190", "", "OAuthException"},
		{"a token that is no longer good", "IGAAold", graph + "/v25.0/me/media", nil, 400, "190", "460",
			"OAuthException"},
		{"an expired token", ig, graph + "/v25.0/me",
			func(a *sim.Account) { a.TokenExpires = w.Now().Add(-time.Second) }, 400, "190", "463",
			"OAuthException"},
		{"an expired Facebook token", fb, facebook + "/v25.0/me",
			func(a *sim.Account) { a.TokenExpires = w.Now().Add(-time.Second) }, 400, "190", "463",
			"OAuthException"},
		{"a token without an end", fb, facebook + "/v25.0/me",
			func(a *sim.Account) { a.TokenExpires = time.Time{} }, 200, "", "", ""},
		{"another account", ig, graph + "/v25.0/17841400000000002/media", nil, 400, "100", "33",
			"GraphMethodException"},
		{"a media by itself", ig, graph + "/v25.0/17900000000000001", nil, 400, "100", "33",
			"GraphMethodException"},
		{"media permission unticked, Instagram", ig, graph + "/v25.0/me/media",
			without("instagram_business_basic"), 403, "10", "", "IGApiException"},
		{"media permission unticked, Facebook", fb, facebook + "/v25.0/" + igID + "/media",
			without("instagram_basic"), 400, "10", "", "OAuthException"},
		{"one of the page permissions is enough", fb, facebook + "/v25.0/" + igID + "/media",
			without("pages_show_list"), 200, "", "", ""},
		{"no page permission", fb, facebook + "/v25.0/" + igID + "/media", without("pages_show_list",
			"pages_read_engagement"), 400, "10", "", "OAuthException"},
		{"data access has ended", fb, facebook + "/v25.0/" + igID + "/media", endDataAccess, 400, "10",
			"", "OAuthException"},
		{"data access of Instagram Login does not end", ig, graph + "/v25.0/me/media", endDataAccess, 200,
			"", "", ""},
		{"a personal account, Instagram", ig, graph + "/v25.0/me/media", personal, 400, "100", "33",
			"GraphMethodException"},
		{"a personal account, Facebook", fb, facebook + "/v25.0/" + igID, personal, 400, "100", "33",
			"GraphMethodException"},
		{"a whole error, as given", ig, graph + "/v25.0/me/media",
			func(a *sim.Account) { a.MediaError = `{"code":4,"type":"OAuthException"}` }, 400, "4", "",
			"OAuthException"},
		{"a whole error of Instagram's host", ig, graph + "/v25.0/me/media",
			func(a *sim.Account) { a.MediaError = `{"code":10,"type":"IGApiException"}` }, 403, "10", "",
			"IGApiException"},
		{"unknown version", ig, graph + "/v99.0/me/media", nil, 400, "2500", "", "OAuthException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			if tt.change != nil {
				c.w.Instagram().SetAccount(tt.change)
			}
			r := c.send("GET", tt.address, "", "Authorization: Bearer "+tt.token)
			r.expect(t, tt.status)
			r.is(t, "error.code", tt.code)
			r.is(t, "error.error_subcode", tt.subcode)
			r.is(t, "error.type", tt.typ)
			if got, want := r.header.Get("WWW-Authenticate") != "", tt.code == "190"; got != want {
				t.Errorf("WWW-Authenticate: %v, want %v", got, want)
			}
		})
	}
}

func without(scopes ...string) func(*sim.Account) {
	return func(a *sim.Account) {
		var left []string
		for _, s := range a.Scopes {
			if !strings.Contains(" "+strings.Join(scopes, " ")+" ", " "+s+" ") {
				left = append(left, s)
			}
		}
		a.Scopes = left
	}
}

func personal(a *sim.Account) { a.Type = "PERSONAL" }

func endDataAccess(a *sim.Account) {
	a.DataAccessExpires = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
}

// TestTokenInTheQuery: the Graph takes a token there too, and no other method than GET is served.
func TestTokenInTheQuery(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.send("GET", graph+"/v25.0/me/media?access_token="+c.env["INSTAGRAM_TOKEN"], "").expect(t, 200)
	r := c.send("POST", graph+"/v25.0/me/media?access_token="+c.env["INSTAGRAM_TOKEN"], "")
	r.expect(t, 400, "Unsupported post request.")
}

// TestVersions: the header says which version answered; the ones that have ended are forwarded.
func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		name, prefix string
		later        time.Duration
		want         string
	}{
		{"as asked", "/v25.0", 0, "v25.0"},
		{"newest", "/v26.0", 0, "v26.0"},
		{"none", "", 0, "v21.0"},
		{"ended", "/v18.0", 0, "v21.0"},
		{"ended long ago", "/v6.0", 0, "v21.0"},
		{"none, after the next end", "", 60 * 24 * time.Hour, "v22.0"},
		{"ended meanwhile", "/v21.0", 60 * 24 * time.Hour, "v22.0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.Instagram().SetAccount(func(a *sim.Account) { a.TokenExpires = time.Time{} })
			c.w.Advance(tt.later)
			r := c.ig(tt.prefix + "/me")
			r.expect(t, 200)
			if got := r.header.Get("facebook-api-version"); got != tt.want {
				t.Errorf("answered by %s, want %s", got, tt.want)
			}
		})
	}
}

// TestProof: a proof must be the token's own, and is optional until the app insists.
func TestProof(t *testing.T) {
	env := sim.New(sim.Options{}).Instagram().FacebookEnv()
	mac := hmac.New(sha256.New, []byte(env["INSTAGRAM_APP_SECRET"]))
	mac.Write([]byte(env["INSTAGRAM_TOKEN"]))
	good := hex.EncodeToString(mac.Sum(nil))
	for _, tt := range []struct {
		name, query string
		needed      bool
		status      int
	}{
		{"none", "", false, 200},
		{"none, and the app insists", "", true, 400},
		{"right", "?appsecret_proof=" + good, true, 200},
		{"wrong", "?appsecret_proof=" + strings.Repeat("0", 64), false, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.Instagram().SetAccount(func(a *sim.Account) { a.NeedsProof = tt.needed })
			r := c.fb("/v25.0/" + igID + "/media" + tt.query)
			r.expect(t, tt.status)
			if tt.status == 400 {
				r.is(t, "error.code", "100")
			}
		})
	}
}

// TestNodes: a node gives its id and what was asked for, and refuses a field that it does not have.
func TestNodes(t *testing.T) {
	const noField = `(#100) Tried accessing nonexisting field (`
	for _, tt := range []struct {
		name   string
		fb     bool
		path   string
		change func(*sim.Account)
		status int
		want   string // the whole body, or the beginning of a refusal's message
	}{
		{"me", false, "/me?fields=user_id,username,account_type", nil, 200,
			`{"account_type":"BUSINESS","id":"9000000000000001","user_id":"17841400000000001","username":"kamo.mugs"}`},
		{"me, nothing asked", false, "/me", nil, 200, `{"id":"9000000000000001"}`},
		{"me, personal", false, "/me?fields=account_type", personal, 200,
			`{"account_type":"PERSONAL","id":"9000000000000001"}`},
		{"me, unknown field", false, "/me?fields=email", nil, 400,
			noField + `email) on node type (InstagramUser)`},
		{"Facebook's me", true, "/me?fields=id,name", nil, 200,
			`{"id":"300000000000001","name":"Kamo Mugs"}`},
		{"Facebook's me has no username", true, "/me?fields=username", nil, 400,
			noField + `username) on node type (User)`},
		{"the account", true, "/" + igID + "?fields=username", nil, 200,
			`{"id":"17841400000000001","username":"kamo.mugs"}`},
		{"the account has no account_type there", true, "/" + igID + "?fields=account_type", nil, 400,
			noField + `account_type) on node type (IGUser)`},
		{"Page", true, "/200000000000001?fields=name,instagram_business_account{id,username}", nil, 200,
			`{"id":"200000000000001","instagram_business_account":{"id":"17841400000000001","username":"kamo.mugs"},"name":"Kamo Mugs"}`},
		{"Page, the other link", true, "/200000000000001?fields=connected_instagram_account", nil, 200,
			`{"connected_instagram_account":{"id":"17841400000000001"},"id":"200000000000001"}`},
		{"Page, unlinked", true, "/200000000000001?fields=instagram_business_account",
			func(a *sim.Account) { a.Linked = false }, 200, `{"id":"200000000000001"}`},
		{"Page, personal account", true, "/200000000000001?fields=instagram_business_account", personal,
			200, `{"id":"200000000000001"}`},
		{"Page, too few tasks", true, "/200000000000001?fields=instagram_business_account",
			func(a *sim.Account) { a.Tasks = []string{"ANALYZE"} }, 200, `{"id":"200000000000001"}`},
		{"Page, unknown field behind the link", true,
			"/200000000000001?fields=instagram_business_account{email}", nil, 400,
			noField + `email) on node type (IGUser)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			if tt.change != nil {
				c.w.Instagram().SetAccount(tt.change)
			}
			get := c.ig
			if tt.fb {
				get = c.fb
			}
			r := get("/v25.0" + tt.path)
			r.expect(t, tt.status, tt.want)
			if tt.status == 200 && r.body != tt.want {
				t.Errorf("body = %s, want %s", r.body, tt.want)
			}
		})
	}
}

// TestAccounts: the Page shows, or the list is empty and nothing says why.
func TestAccounts(t *testing.T) {
	const path = "/v25.0/me/accounts?fields=id,instagram_business_account{id}"
	const shown = `"data":[{"id":"200000000000001","instagram_business_account":{"id":"17841400000000001"}}]`
	for _, tt := range []struct {
		name   string
		change func(*sim.Account)
		want   string
	}{
		{"as set up", func(*sim.Account) {}, shown},
		{"hidden", func(a *sim.Account) { a.PagesShown = false }, `{"data":[]}`},
		{"a portfolio's, with the permission", func(a *sim.Account) { a.Portfolio = true }, shown},
		{"a portfolio's, without",
			func(a *sim.Account) { a.Portfolio = true; without("business_management")(a) }, `{"data":[]}`},
		{"nobody's, without", without("business_management"), shown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			c.w.Instagram().SetAccount(tt.change)
			c.fb(path).expect(t, 200, tt.want)
		})
	}
	c := newCaller(t, sim.Options{})
	r := c.fb("/v25.0/me/accounts")
	r.is(t, "data.0.tasks.0", "MANAGE")
	r.is(t, "data.0.instagram_business_account", "") // only if it is asked for
	c.ig("/v25.0/me/accounts").expect(t, 400)
}

// TestPermissions lists what was ticked and what was not.
func TestPermissions(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().SetAccount(func(a *sim.Account) {
		a.Scopes, a.Declined = []string{"instagram_basic"}, []string{"business_management"}
	})
	r := c.fb("/v25.0/me/permissions")
	r.expect(t, 200)
	if want := `{"data":[{"permission":"instagram_basic","status":"granted"},{"permission":"business_management","status":"declined"}]}`; r.body != want {
		t.Errorf("body = %s, want %s", r.body, want)
	}
}

// TestSeptember2023: the media edge refuses with #10 while everything else looks well, until the
// person logs in again.
func TestSeptember2023(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.Instagram().BreakLikeSeptember2023()
	c.fb("/v25.0/"+igID+"/media").expect(t, 400,
		"(#10) Application does not have permission for this action")
	c.fb("/v25.0/me").expect(t, 200)
	c.fb("/v25.0/"+igID).expect(t, 200)
	c.fb("/v25.0/me/accounts").expect(t, 200, `{"data":[]}`)
	c.fb("/v25.0/debug_token?input_token="+c.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"]).is(t,
		"data.is_valid", "true")
	if strings.Contains(c.fb("/v25.0/me/permissions").body, "business_management") {
		t.Error("business_management is granted")
	}
	c.w.Instagram().Repair()
	c.fb("/v25.0/"+igID+"/media").expect(t, 200)
	c.fb("/v25.0/me/accounts").is(t, "data.0.id", "200000000000001")
	if !strings.Contains(c.fb("/v25.0/me/permissions").body, "business_management") {
		t.Error("business_management is not granted again")
	}
}
