package cli_test

import (
	"maps"
	"regexp"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// facebookWay is somebody whose configuration says Facebook Login, with a token as the Graph API
// Explorer gives it.
func facebookWay(t *testing.T) *browserWay {
	b := newBrowserWay(t)
	b.configure("routes: {main: {instagram: {login: facebook}}}\n")
	b.workflow(t.Context())
	b.wants("[Graph API Explorer]", "`pages_read_engagement`", "`INSTAGRAM_APP_SECRET`",
		"linked to a Facebook Page")
	b.secrets()
	b.env["VAULT_KEY"] = b.w.Env()["VAULT_KEY"]
	maps.Copy(b.env, b.w.Instagram().FacebookEnv())
	b.env["INSTAGRAM_TOKEN"] = b.w.Instagram().ShortToken("facebook")
	return b
}

// TestBrowserWayWithFacebook: the person's token of an hour becomes the Page's, which does not
// expire, and is kept in the vault or in the secrets.
func TestBrowserWayWithFacebook(t *testing.T) {
	bubble(t, "in the vault", func(t *testing.T) {
		b := facebookWay(t)
		id := b.env["INSTAGRAM_USER_ID"]
		delete(b.env, "INSTAGRAM_USER_ID")
		b.workflow(t.Context(), func() { t.Error("a link is shown") })
		b.wants("**`INSTAGRAM_USER_ID`**: is not set. Put `"+id+"` into it", "!- [x] **3.")
		time.Sleep(3 * time.Hour) // the given token is over
		b.env["INSTAGRAM_USER_ID"] = id
		if code := b.workflow(t.Context(), b.logIn); code != 0 {
			t.Errorf("status %d\n%s", code, &b.out)
		}
		b.wants("- [x] **3.", "- [x] **5.", switchedOn)
		b.nothingLeaks()
		time.Sleep(70 * 24 * time.Hour) // and so would a long-lived one be
		b.command("rotate")
		b.mirrors()
	})
	bubble(t, "in the secrets", func(t *testing.T) {
		b := facebookWay(t)
		delete(b.env, "INSTAGRAM_USER_ID")
		delete(b.env, "VAULT_KEY")
		b.env["SECRETS_TOKEN"] = b.w.Env()["SECRETS_TOKEN"]
		if code := b.workflow(t.Context(), b.logIn); code != 0 {
			t.Errorf("status %d\n%s", code, &b.out)
		}
		b.wants("- [x] **3.", "- [x] **5.", switchedOn)
		b.nothingLeaks()
		time.Sleep(3 * time.Hour)
		b.env["INSTAGRAM_USER_ID"] = "" // the secret has it now
		b.env["X_REFRESH_TOKEN"] = ""
		b.mirrors()
	})
}

// TestFacebookTokenWithoutItsVault: a phrase that does not open the vault is the one mistake that is
// told, and the token waits for the right one.
func TestFacebookTokenWithoutItsVault(t *testing.T) {
	bubble(t, "closed", func(t *testing.T) {
		b := facebookWay(t)
		b.workflow(t.Context(), b.logIn)
		b.env["VAULT_KEY"] = "another phrase than the one before"
		b.env["INSTAGRAM_TOKEN"] = b.w.Instagram().ShortToken("facebook")
		b.mistake([]string{"**`VAULT_KEY`**: does not open the vault", "!**`INSTAGRAM_TOKEN`**:"})
	})
}

// TestFacebookMistakes makes each mistake of a first set-up with Facebook Login once.
func TestFacebookMistakes(t *testing.T) {
	account := func(change func(*sim.Account)) func(*browserWay) {
		return func(b *browserWay) { b.w.Instagram().SetAccount(change) }
	}
	for _, tt := range []struct {
		name   string
		change func(*browserWay)
		says   []string
	}{
		{"a token of Instagram Login", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = b.w.Env()["INSTAGRAM_TOKEN"]
		}, []string{"looks like one of Instagram Login", "change `login:`"}},
		{"an app's token", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = "100200300400500|abcdef0123456789"
		}, []string{"this looks like an app's token", "Generate token"}},
		{"a person's token without the app", func(b *browserWay) {
			delete(b.env, "INSTAGRAM_APP_ID")
			delete(b.env, "INSTAGRAM_APP_SECRET")
		}, []string{"the token is a person's, which ends within hours", "INSTAGRAM_APP_SECRET"}},
		{"another app's secret", func(b *browserWay) {
			b.env["INSTAGRAM_APP_SECRET"] = "ffffffffffffffffffffffffffffffff"
		}, []string{"Meta does not know the app", "Compare INSTAGRAM_APP_ID and"}},
		{"another app's id", func(b *browserWay) {
			b.env["INSTAGRAM_APP_ID"] = "999"
		}, []string{"Meta does not know the app", "App settings > Basic"}},
		{"an hour too late", func(*browserWay) { time.Sleep(2 * time.Hour) },
			[]string{"Instagram token has expired", "new"}},
		{"a permission that was not ticked", account(func(a *sim.Account) {
			a.Scopes = []string{"pages_show_list", "pages_read_engagement"}
		}), []string{"the token lacks instagram\\_basic", "leave every box ticked"}},
		{"a Page in a business portfolio", account(func(a *sim.Account) {
			a.PagesShown, a.Granular = false, map[string][]string{"pages_show_list": {"200000000000009"}}
			a.Scopes = []string{"instagram_basic", "pages_show_list", "pages_read_engagement"}
		}), []string{"the Page belongs to a business portfolio", "business_management"}},
		{"an account without its Page", account(func(a *sim.Account) { a.Linked = false }),
			[]string{"none of the 1 Pages", "Link them again in Meta Business Suite"}},
		{"a role that may not manage the Page", account(func(a *sim.Account) {
			a.Tasks = []string{"ANALYZE"}
		}), []string{"none of the 1 Pages", "with full access"}},
		{"a personal account", account(func(a *sim.Account) { a.Type = "PERSONAL" }),
			[]string{"Page", "professional"}},
		{"the id of somebody else", func(b *browserWay) {
			b.env["INSTAGRAM_USER_ID"] = "300000000000001"
		}, []string{"**`INSTAGRAM_USER_ID`**: is not the id of the account",
			"Put `17841400000000001` into it"}},
		{"data access that is over", account(func(a *sim.Account) {
			a.DataAccessExpires = a.TokenIssued
		}), []string{"the 90 days of data access are over", "Log in again"}},
		{"an app that Meta has switched off", func(b *browserWay) {
			b.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 400, Times: -1,
				Body: `{"error":{"message":"API access deactivated. To reactivate, go to the app` +
					` dashboard.","type":"OAuthException","code":200}}`})
		}, []string{"Meta has switched your app's API access off"}},
		{"Meta is down", func(b *browserWay) {
			b.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 503, Times: -1})
		}, []string{"Instagram does not answer properly", "Wait a few minutes"}},
		{"no place for the token", func(b *browserWay) { delete(b.env, "VAULT_KEY") },
			[]string{"**`VAULT_KEY`**: is not set"}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			b := facebookWay(t)
			tt.change(b)
			b.mistake(tt.says)
		})
	}
}

// placeholder is how a diagnosis names what each route calls otherwise.
var placeholder = regexp.MustCompile(`\{[A-Z_]+\}`)

// mistake says that a run with a mistake is green, shows no link, and says what to do.
func (b *browserWay) mistake(says []string) {
	b.t.Helper()
	code := b.workflow(b.t.Context(), func() { b.t.Error("a link is shown") })
	if code != 0 {
		b.t.Errorf("status %d\n%s", code, &b.out)
	}
	b.wants(append(says, "!authorize?", "!"+switchedOn, "Something is missing")...)
	if name := placeholder.FindString(b.body()); name != "" {
		b.t.Errorf("%s has no value in\n%s", name, b.body())
	}
	b.nothingLeaks()
}
