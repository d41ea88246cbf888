package setup

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
)

// entrance is a world, and what a person enters to connect its account.
type entrance struct {
	w                *sim.World
	login, token     string
	appID, appSecret string
}

func (e *entrance) find() *Instagram {
	return &Instagram{
		Login: e.login, Token: e.token, Client: func(token, userID string) *instagram.Client {
			return &instagram.Client{
				Login: e.login, Token: token, UserID: userID, AppID: e.appID,
				AppSecret: e.appSecret,
				HTTP:      &http.Client{Transport: e.w.Transport()}, Now: e.w.Now,
			}
		},
	}
}

// fails plans what Instagram says to a call.
func fails(call, body string) func(*entrance) {
	return func(e *entrance) {
		status := 400
		if !strings.Contains(body, `"error"`) {
			status = 200
		}
		e.w.Fail(sim.Fault{Service: "instagram", Call: call, Status: status, Body: body, Times: -1})
	}
}

func account(change func(*sim.Account)) func(*entrance) {
	return func(e *entrance) { e.w.Instagram().SetAccount(change) }
}

const (
	refusal = `{"error":{"message":"(#10) no","type":"OAuthException","code":10}}`
	userID  = "17841400000000001"
	pageID  = "200000000000001"
)

// pageJSON is a Page with links to Instagram accounts: business, connected; "" is none.
func pageJSON(id, business, connected string) string {
	out := fmt.Sprintf(`{"id":%q,"name":"Page %s","tasks":["MANAGE"]`, id, id)
	if business != "" {
		out += fmt.Sprintf(`,"instagram_business_account":{"id":%q,"username":"user%s"}`, business,
			business)
	}
	if connected != "" {
		out += fmt.Sprintf(`,"connected_instagram_account":{"id":%q}`, connected)
	}
	return out + "}"
}

func pages(list ...string) func(*entrance) {
	return fails("GET /*/me/accounts", `{"data":[`+strings.Join(list, ",")+`]}`)
}

// ofPage enters the Page's own token, without the app.
func ofPage(e *entrance) {
	long := e.find().Client(e.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"], "")
	token, err := long.PageToken(context.Background(), pageID)
	if err != nil {
		panic(err)
	}
	e.token, e.appID, e.appSecret = token, "", ""
}

// ofSystem enters a token that the debugger calls a system user's, with an end in seconds.
func ofSystem(e *entrance, expires int64) {
	e.token = e.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"]
	fails("GET /*/debug_token", fmt.Sprintf(`{"data":{"type":"SYSTEM_USER","is_valid":true,`+
		`"expires_at":%d,"scopes":["instagram_basic","pages_show_list","pages_read_engagement"]}}`,
		expires))(e)
}

type finding struct {
	name      string
	make      func(*entrance)
	want      Account // without its token
	says, fix string
}

func TestInstagramLogin(t *testing.T) {
	for _, tt := range []finding{
		{
			"a professional account", nil,
			Account{Username: "kamo.mugs", Lasts: "60 days, and renewed every week"}, "", "",
		},
		{
			"no token", func(e *entrance) { e.token = "" }, Account{}, "there is no token",
			"Copy the token again",
		},
		{
			"a token with its quotes", func(e *entrance) { e.token = `"` + e.token + `"` },
			Account{}, "was not pasted cleanly", "Copy the token again",
		},
		{
			"a token of the other login",
			func(e *entrance) { e.token = e.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"] },
			Account{}, "looks like one of Facebook Login", "choose the other login",
		},
		{
			"a dead token", func(e *entrance) { e.w.Instagram().KillTokens() }, Account{},
			"Instagram does not take the token: the Instagram token died with a password change",
			"Make a new token",
		},
		{
			"a personal account", account(func(a *sim.Account) { a.Type = "PERSONAL" }),
			Account{}, "@kamo.mugs is a personal account", "Switch to professional account",
		},
		{
			"the media can't be read", account(func(a *sim.Account) { a.Scopes = nil }),
			Account{Username: "kamo.mugs", Lasts: "60 days, and renewed every week"},
			"the account is @kamo.mugs, but its media can't be read: Instagram does not let the" +
				" app read the media",
			"Log in again and tick everything",
		},
		{"Instagram is down", func(e *entrance) {
			e.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 503, Times: -1})
		}, Account{}, "Instagram does not answer properly", "Wait a few minutes"},
	} {
		tt.run(t, func(w *sim.World) *entrance {
			return &entrance{
				w: w, login: instagram.InstagramLogin, token: w.Env()["INSTAGRAM_TOKEN"],
			}
		})
	}
}

func TestFacebookLogin(t *testing.T) {
	found := Account{
		UserID: userID, Username: "kamo.mugs",
		Lasts: "as long as nobody changes a password or a role",
	}
	granted := func(ids ...string) func(*entrance) {
		return account(func(a *sim.Account) {
			a.PagesShown, a.Granular = false, map[string][]string{
				"pages_show_list": ids, "pages_read_engagement": ids, "instagram_basic": {userID},
			}
		})
	}
	for _, tt := range []finding{
		{"a Page with an account", nil, found, "", ""},
		{"a Page that only its grants name", granted(pageID), found, "", ""},
		{
			"an account linked in the Page's settings: its name is asked for",
			pages(pageJSON(pageID, "", userID)), found, "", "",
		},
		{
			"the other Pages have none",
			pages(pageJSON("1", "", ""), pageJSON(pageID, "", userID)), found, "", "",
		},
		{
			"a token of the other login",
			func(e *entrance) { e.token = e.w.Env()["INSTAGRAM_TOKEN"] }, Account{},
			"looks like one of Instagram Login", "choose the other login",
		},
		{
			"no app secret", func(e *entrance) { e.appSecret = "" }, Account{},
			"Facebook Login takes the app's id and its secret", "App settings > Basic",
		},
		{
			"no app id", func(e *entrance) { e.appID = "" }, Account{},
			"Facebook Login takes the app's id and its secret", "App settings > Basic",
		},
		{
			"a wrong app id", func(e *entrance) { e.appID = "1" }, Account{},
			"Meta does not know the app", "App settings > Basic",
		},
		{
			"a dead token", func(e *entrance) { e.w.Instagram().KillTokens() }, Account{},
			"Meta does not take the token", "Make a new token",
		},
		{
			"a dead token, and the debugger gives no reason",
			fails("GET /*/debug_token", `{"data":{"is_valid":false}}`), Account{},
			"Meta does not take the token", "",
		},
		{
			"a permission was not ticked", account(func(a *sim.Account) {
				a.Scopes = []string{"instagram_basic", "pages_show_list"}
			}),
			Account{}, "the token lacks pages_read_engagement", "leave every box ticked",
		},
		{
			"the 90 days of data access are over", account(func(a *sim.Account) {
				a.DataAccessExpires = a.TokenIssued
			}),
			Account{}, "the token reads nothing any more", "Log in again",
		},
		{"a Page's token, without the app's secret", ofPage, found, "", ""},
		{
			"a Page's token, of a Page without an account",
			func(e *entrance) { ofPage(e); account(func(a *sim.Account) { a.Linked = false })(e) },
			Account{}, "none of the 1 Pages", "Link them again",
		},
		{
			"a Page's token, and the Page can't be read",
			func(e *entrance) { ofPage(e); fails("GET /*/me", refusal)(e) },
			Account{}, "the Page can't be read", "Log in again",
		},
		{
			"a system user's token", func(e *entrance) { ofSystem(e, 0) },
			Account{UserID: userID, Username: "kamo.mugs", Lasts: found.Lasts}, "", "",
		},
		{
			"a system user's token with an end", func(e *entrance) { ofSystem(e, 4102444800) },
			Account{
				UserID: userID, Username: "kamo.mugs",
				Lasts: "until 2100-01-01, and nobody can renew it for you",
			}, "", "",
		},
		{
			"a system user who reaches no Page",
			func(e *entrance) { ofSystem(e, 0); pages()(e) },
			Account{}, "the token reaches no Page", "business_management",
		},
		{
			"the Pages are refused", fails("GET /*/me/accounts", refusal), Account{},
			"the Pages can't be read", "Log in again",
		},
		{
			"no Page, and the grants name none", granted(), Account{},
			"the token reaches no Page", "business_management",
		},
		{
			"no Page, and those of the grants are hidden", granted("200000000000009"), Account{},
			"the token reaches no Page", "business_management",
		},
		{
			"no Page, and no debugger",
			func(e *entrance) { granted(pageID)(e); fails("GET /*/debug_token", refusal)(e) },
			Account{}, "the token's grants can't be read", "Log in again",
		},
		{
			"a Page without an account", account(func(a *sim.Account) { a.Linked = false }),
			Account{}, "none of the 1 Pages that the token reaches has an Instagram account",
			"Link them again",
		},
		{
			"two accounts", pages(pageJSON("1", "11", ""), pageJSON("2", "22", "")), Account{},
			"the token reaches several accounts: Page 1 (@user11), Page 2 (@user22)",
			"tick only the one",
		},
		{
			"the Page keeps its token", fails("GET /*/"+pageID, refusal), Account{},
			"the token of the Page Kamo Mugs can't be had", "Log in again",
		},
		{
			"the account behind the Page can't be read",
			func(e *entrance) {
				pages(pageJSON(pageID, "", userID))(e)
				fails("GET /*/"+userID,
					refusal)(e)
			},
			Account{UserID: userID, Lasts: found.Lasts}, "the account can't be read",
			"Log in again",
		},
		{
			"the media can't be read", fails("GET /*/"+userID+"/media", refusal), found,
			"the account is @kamo.mugs, but its media can't be read", "Log in again",
		},
	} {
		tt.run(t, func(w *sim.World) *entrance {
			env := w.Instagram().FacebookEnv()
			return &entrance{
				w: w, login: instagram.FacebookLogin, token: w.Instagram().ShortToken("facebook"),
				appID: env["INSTAGRAM_APP_ID"], appSecret: env["INSTAGRAM_APP_SECRET"],
			}
		})
	}
}

func (tt finding) run(t *testing.T, enter func(*sim.World) *entrance) {
	t.Run(tt.name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := enter(sim.New(sim.Options{Real: true}))
			if tt.make != nil {
				tt.make(e)
			}
			got, err := e.find().Find(t.Context())
			token, me := got.Token, got.Me
			got.Token, got.Me = "", instagram.Account{}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("account (-want +got):\n%s", diff)
			}
			if tt.says != "" {
				wantAdvice(t, err, tt.says, tt.fix)
				if strings.Contains(err.Error(), e.token) && e.token != "" {
					t.Errorf("the token is in %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if me.UserID != userID || me.Username != got.Username {
				t.Errorf("the account is %+v", me)
			}
			e.w.Advance(50 * 24 * time.Hour) // a short-lived token would be over
			if _, err := e.find().Client(token, got.UserID).FirstMedia(t.Context(),
				""); err != nil {
				t.Errorf("after 50 days: %v", err)
			}
		})
	})
}
