package instagram

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

func TestTokens(t *testing.T) {
	app := func(c *Client) *Client {
		c.AppID, c.AppSecret = "4711", "appsecretappsecret"
		return c
	}
	refresh := func(c *Client) (Token, error) { return c.Refresh(t.Context()) }
	exchange := func(c *Client) (Token, error) { return c.ExchangeShort(t.Context()) }
	for _, tt := range []struct {
		name string
		c    func(*wire) *Client
		do   func(*Client) (Token, error)
		body string
		want Token
		url  string
	}{
		{
			"refresh", client, refresh,
			`{"access_token":"IGAAnewnewnew","token_type":"bearer","expires_in":5183944,"permissions":"instagram_business_basic, instagram_business_content_publish"}`,
			Token{
				"IGAAnewnewnew", 5183944 * time.Second,
				[]string{"instagram_business_basic", "instagram_business_content_publish"},
			},
			"https://graph.instagram.com/refresh_access_token" +
				"?access_token=IGAAsecretsecret&grant_type=ig_refresh_token",
		},
		{
			"refresh with an app secret", func(w *wire) *Client { return app(client(w)) },
			refresh, `{"access_token":"IGAAnewnewnew","expires_in":"60","permissions":["a","b"]}`,
			Token{"IGAAnewnewnew", time.Minute, []string{"a", "b"}},
			"https://graph.instagram.com/refresh_access_token" +
				"?access_token=IGAAsecretsecret&grant_type=ig_refresh_token",
		},
		{
			"exchange", func(w *wire) *Client { return app(client(w)) }, exchange,
			`{"access_token":"IGAAnewnewnew","expires_in":99999999999999999}`,
			Token{Access: "IGAAnewnewnew"},
			"https://graph.instagram.com/access_token" +
				"?access_token=IGAAsecretsecret&client_secret=appsecretappsecret" +
				"&grant_type=ig_exchange_token",
		},
		{
			"exchange at facebook", func(w *wire) *Client { return app(facebook(w)) }, exchange,
			`{"access_token":"EAAnewnewnew","token_type":"bearer"}`,
			Token{Access: "EAAnewnewnew"},
			"https://graph.facebook.com/v25.0/oauth/access_token" +
				"?client_id=4711&client_secret=appsecretappsecret" +
				"&fb_exchange_token=EAAsecretsecret&grant_type=fb_exchange_token",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := script(said(200, tt.body))
			c := tt.c(w)
			got, err := tt.do(c)
			if d := cmp.Diff(got, tt.want); err != nil || d != "" {
				t.Errorf("%v (-got +want):\n%s", err, d)
			}
			if r := w.seen[0]; r.URL.String() != tt.url || r.Header.Get("Authorization") != "" ||
				r.Method != "GET" {
				t.Errorf("asked %s %s %v\nwant %s", r.Method, r.URL, r.Header, tt.url)
			}
			if got := c.secrets().String("x " + tt.want.Access); got != "x ***" {
				t.Errorf("the new token prints as %q", got)
			}
		})
	}
}

func TestTokensThatCanNotBeAskedFor(t *testing.T) {
	w := script(said(500, ""))
	if _, err := facebook(w).Refresh(t.Context()); err == nil {
		t.Error("a Facebook token was refreshed")
	}
	if _, err := client(w).ExchangeShort(t.Context()); err == nil {
		t.Error("exchanged without a secret")
	}
	if _, err := facebook(w).ExchangeShort(t.Context()); err == nil {
		t.Error("exchanged without an app")
	}
	if len(w.seen) != 0 {
		t.Errorf("%d calls were made", len(w.seen))
	}
}

func TestRefreshIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := script(said(500, ""), said(200, `{}`), said(200, `{"access_token":"IGAAnewnewnew"}`))
		if got, err := client(w).Refresh(t.Context()); err != nil ||
			got.Access != "IGAAnewnewnew" ||
			len(w.seen) != 3 {
			t.Errorf("got %v, %v after %d calls", got, err, len(w.seen))
		}
	})
}

func TestDebug(t *testing.T) {
	body := `{"data":{"app_id":4711,"type":"USER","application":"mirror","data_access_expires_at":1760000000,"expires_at":0,"is_valid":false,
	 "issued_at":1750000000,"scopes":["instagram_basic","pages_show_list"],"user_id":"10001",
	 "granular_scopes":[{"scope":"instagram_basic","target_ids":["17841400000000000",17841400000000001]},{"scope":"pages_show_list"}],
	 "error":{"code":190,"message":"Error validating access token EAAsecretsecret: the user logged out","subcode":467}}}`
	want := TokenInfo{
		Type: "USER", AppID: "4711", Application: "mirror", UserID: "10001",
		Scopes: []string{"instagram_basic", "pages_show_list"},
		Grants: []Grant{
			{"instagram_basic", []string{"17841400000000000", "17841400000000001"}},
			{Scope: "pages_show_list"},
		},
		Issued:            time.Date(2025, 6, 15, 15, 6, 40, 0, time.UTC),
		DataAccessExpires: time.Date(2025, 10, 9, 8, 53, 20, 0, time.UTC),
		Err: &httpx.Error{
			Service: "instagram",
			Op:      "GET /debug_token",
			Status:  200,
			Code:    190,
			Subcode: 467,
			Class:   httpx.Unauthorized,
			Message: "Error validating access token ***: the user logged out",
		},
	}
	w := script(said(200, body),
		said(200, `{"data":{"is_valid":true,"expires_at":-1,"error":null}}`))
	c := facebook(w)
	got, err := c.Debug(t.Context())
	if d := cmp.Diff(got, want); err != nil || d != "" {
		t.Errorf("%v (-got +want):\n%s", err, d)
	}
	c.AppID, c.AppSecret = "4711", "appsecretappsecret"
	if got, err := c.Debug(t.Context()); err != nil || !cmp.Equal(got, TokenInfo{Valid: true}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for i, bearer := range []string{"Bearer EAAsecretsecret", "Bearer 4711|appsecretappsecret"} {
		r := w.seen[i]
		if r.Header.Get("Authorization") != bearer || r.URL.Path != "/v25.0/debug_token" ||
			r.URL.RawQuery != "input_token=EAAsecretsecret" {
			t.Errorf("asked %s with %v", r.URL, r.Header)
		}
	}
}

func TestTokenHint(t *testing.T) {
	for _, tt := range []struct{ login, token, want string }{
		{"instagram", "IGAAsomething", ""},
		{"", "IGQVJsomething", ""},
		{"facebook", "EAACEdEose0", ""},
		{"facebook", "opaque", ""},
		{"instagram", "EAACEdEose0", "looks like one of Facebook Login"},
		{"", "EAACEdEose0", "looks like one of Facebook Login"},
		{"facebook", "IGAAsomething", "looks like one of Instagram Login"},
		{"instagram", `"IGAAsomething"`, "not pasted cleanly"},
		{"instagram", "IGAAsome\nthing", "not pasted cleanly"},
		{"facebook", "4711|secret", "app's token"},
		{"facebook", "", "no token"},
	} {
		got := TokenHint(tt.login, tt.token)
		if !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s %q: got %q, want %q", tt.login, tt.token, got, tt.want)
		}
		if tt.token != "" && strings.Contains(got, tt.token) {
			t.Errorf("%q shows the token", got)
		}
	}
}

// No call shows a credential that it was given, whatever the service answers, and none follows
// where it points.
func TestNoCallLeaksACredential(t *testing.T) {
	answers := map[string]func(*url.URL) (int, string, string){
		"quotes the address": func(u *url.URL) (int, string, string) {
			return 500, "<html>" + u.String(), ""
		},
		"in a message": func(u *url.URL) (int, string, string) {
			return 400, graphError(
				190,
				0,
				"Cannot parse access token IGAAsecretsecret EAAsecretsecret in "+u.String(),
			), ""
		},
		"redirects": func(u *url.URL) (int, string, string) { return 302, "", "https://evil.test/?" + u.RawQuery },
		"paging elsewhere": func(*url.URL) (int, string, string) {
			return 200, `{"data":[],"paging":{"next":"https://evil.test/?access_token=EAAsecretsecret"}}`, ""
		},
	}
	for name, answer := range answers {
		for _, login := range []string{InstagramLogin, FacebookLogin} {
			t.Run(name+" "+login, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &wire{}
					w.answer = leaky(answer)
					c := client(w)
					if login == FacebookLogin {
						c = facebook(w)
					}
					c.AppID, c.AppSecret = "4711", "appsecretappsecret"
					for call, err := range everyCall(t, c) {
						if text := dump(err); containsAny(text, c.Token, c.AppSecret) {
							t.Errorf("%s shows a credential: %s", call, text)
						}
					}
					for _, r := range w.seen {
						if r.URL.Host == "evil.test" {
							t.Errorf("%s was asked", r.URL.Host)
						}
					}
				})
			})
		}
	}
}

// A new token in an answer that can't be read is not quoted: nobody knows it yet, so nobody hides
// it.
func TestBrokenTokenAnswersAreNotQuoted(t *testing.T) {
	for _, body := range []string{
		`{"access_token":"IGAAnewnewnew","expi`, `[{"access_token":"IGAAnewnewnew"}]`,
		`{"access_token":{"IGAAnewnewnew":1}}`,
	} {
		for status := range map[int]bool{200: true, 400: true, 502: true} {
			synctest.Test(t, func(t *testing.T) {
				c := client(script(said(status, body)))
				c.AppSecret = "appsecretappsecret"
				_, refresh := c.Refresh(t.Context())
				_, exchange := c.ExchangeShort(t.Context())
				_, debug := c.Debug(t.Context())
				for _, err := range []error{refresh, exchange, debug} {
					if text := dump(err); text == "" || containsAny(text, "IGAAnewnewnew") {
						t.Errorf("%d %s: got %q", status, body, text)
					}
				}
			})
		}
	}
}
