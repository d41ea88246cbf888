package cli_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// xSays plans what X says to the question whose account it is.
func (b *browserWay) xSays(call string, status int, body string) {
	b.w.Fail(sim.Fault{Service: "x", Call: call, Status: status, Body: body, Times: -1})
}

const (
	noCredit = `{"title":"CreditsDepleted","type":"https://api.twitter.com/2/problems/credits",` +
		`"detail":"Your enrolled account [1] does not have any credits to fulfill this request."}`
	notEnrolled = `{"title":"Client Forbidden","reason":"client-not-enrolled","status":403,` +
		`"detail":"your app is not enrolled","type":"https://api.x.com/2/problems/client-forbidden"}`
)

// TestLoginMistakes makes each mistake of a login to X once. Where X has ended the login before, the
// new one is kept; elsewhere the same link works again.
func TestLoginMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*browserWay)
		press  int // which of the two links
		says   []string
		kept   bool
	}{
		{"an app that may only read", func(b *browserWay) {
			b.w.X().SetScopes("tweet.read", "users.read", "offline.access")
		}, 0, []string{"the login lacks", "tweet.write", "set the app's permissions to Read and write"},
			false},
		{"a login without media.write", func(b *browserWay) {
			b.w.X().SetScopes("tweet.read", "tweet.write", "users.read", "offline.access")
		}, 0, []string{"the login lacks media.write", "scopes are fixed at the login"}, false},
		{"a login without offline.access", func(b *browserWay) {
			b.w.X().SetScopes("tweet.read", "tweet.write", "users.read", "media.write")
		}, 0, []string{"the login lacks offline.access"}, false},
		{"no credit", func(b *browserWay) { b.xSays("GET /2/users/me", 402, noCredit) },
			0, []string{"**`X_CLIENT_ID`**:", "credit"}, true},
		{"an app that is not enrolled", func(b *browserWay) {
			b.xSays("GET /2/users/me", 403, notEnrolled)
		}, 0, []string{"**`X_CLIENT_ID`**:", "Pay-per-use"}, true},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			b := ready(t)
			tt.change(b)
			says := func() { b.wants(append(tt.says, "!- [x] **5.")...) }
			code := b.workflow(t.Context(),
				func() { b.comment("someone", b.press(tt.press, "allow")) }, says)
			if code != 0 {
				t.Errorf("status %d\n%s", code, &b.out)
			}
			b.wants("!authorize?", "!"+switchedOn)
			if tt.kept {
				b.wants(tt.says...)
			}
			b.nothingLeaks()
			b.w.ClearFaults()
			b.w.X().SetScopes("tweet.read", "tweet.write", "users.read", "media.write",
				"offline.access")
			login := b.logIn
			if tt.kept {
				login = func() { t.Error("a link is shown, and the login was kept") }
			}
			b.workflow(t.Context(), login)
			b.wants("- [x] **5.", switchedOn)
			b.mirrors()
		})
	}
}

// TestKeysMistakes makes each mistake with X's own four keys once.
func TestKeysMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*browserWay)
		says   []string
	}{
		{"one of the four is missing", func(b *browserWay) {
			delete(b.env, "X_ACCESS_TOKEN_SECRET")
		}, []string{"**`X_ACCESS_TOKEN_SECRET`**: is not set", "*Access Token Secret*"}},
		{"a client id for the API key", func(b *browserWay) {
			b.env["X_API_KEY"] = b.w.Env()["X_CLIENT_ID"]
		}, []string{"X_API_KEY looks like an OAuth 2.0 Client ID", "**`X_ACCESS_TOKEN`**:"}},
		{"keys that were made before Read and write", func(b *browserWay) {
			maps.Copy(b.env, b.w.X().PortalKeys(false))
		}, []string{"**`X_ACCESS_TOKEN`**:", "Read and write"}},
		{"keys that were revoked", func(b *browserWay) { b.w.X().RevokeKeys() },
			[]string{"**`X_ACCESS_TOKEN`**:", "Keys and tokens"}},
		{"no credit", func(b *browserWay) { b.xSays("GET /2/users/me", 402, noCredit) },
			[]string{"**`X_ACCESS_TOKEN`**:", "credit"}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			b := keysWay(t)
			tt.change(b)
			b.mistake(tt.says)
		})
	}
}

// keysWay is somebody whose configuration says X's own keys, and who has set them.
func keysWay(t *testing.T) *browserWay {
	b := newBrowserWay(t)
	b.configure("routes: {main: {x: {auth: keys}}}\n")
	b.workflow(t.Context())
	b.secrets()
	delete(b.env, "X_CLIENT_ID")
	delete(b.env, "X_CLIENT_SECRET")
	b.env["VAULT_KEY"] = b.w.Env()["VAULT_KEY"]
	maps.Copy(b.env, b.w.X().PortalKeys(true))
	return b
}

// TestAnotherAccountByKeys: keys of another account than before wait for a yes.
func TestAnotherAccountByKeys(t *testing.T) {
	bubble(t, "keys", func(t *testing.T) {
		b := keysWay(t)
		b.workflow(t.Context())
		b.wants(switchedOn)
		b.mirrors()
		b.w.X().LoginAs("second_shop")
		maps.Copy(b.env, b.w.X().PortalKeys(true))
		b.workflow(t.Context())
		b.wants("Nobody answered within ten minutes, so nothing was changed", "!"+switchedOn)
		b.answersYes("X's keys are of @\u200bsecond\\_shop. Until now the posts went to")
		b.wants(switchedOn, "@\u200bsecond\\_shop that posts")
	})
}

// TestAnotherInstagramAccount: a token of another account than before waits for a yes. From then on
// what the new account publishes is mirrored, and no issue asks once more.
func TestAnotherInstagramAccount(t *testing.T) {
	bubble(t, "another", func(t *testing.T) {
		b := ready(t)
		b.workflow(t.Context(), b.logIn)
		b.mirrors()
		b.env["INSTAGRAM_TOKEN"] = b.w.Instagram().AddAccount("17841400000000002", "second.shop")
		b.workflow(t.Context())
		b.wants("Nobody answered within ten minutes, so nothing was changed", "!"+switchedOn)
		b.answersYes("is of @\u200bsecond.shop. Until now the posts of")
		b.wants(switchedOn, "The posts of @\u200bsecond.shop are mirrored")
		time.Sleep(time.Minute)
		b.w.Instagram().Publish(sim.Media{Account: "17841400000000002", Caption: "by the second",
			Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}}})
		time.Sleep(time.Minute)
		code := b.command("mirror")
		if posts := b.w.X().Tweets(); code != 0 || len(posts) != 2 || posts[1].Text != "by the second" {
			t.Errorf("status %d, %d posts\n%s", code, len(posts), &b.out)
		}
		for _, i := range b.w.GitHub().Issues() {
			if strings.Contains(i.Body, "area=account") {
				t.Errorf("a question was opened:\n%s", i.Body)
			}
		}
	})
}

// TestLateYes: the questions of a run share its ten minutes. A yes in the last one is kept, and the
// login is left to the next run, which asks nothing again.
func TestLateYes(t *testing.T) {
	bubble(t, "late", func(t *testing.T) {
		b := ready(t)
		b.workflow(t.Context(), b.logIn)
		b.mirrors()
		b.env["INSTAGRAM_TOKEN"] = b.w.Instagram().AddAccount("17841400000000002", "second.shop")
		b.args = []string{"--force"}
		acts := slices.Repeat([]func(){func() {}}, int(9*time.Minute/(2*time.Second)))
		began := time.Now()
		b.workflow(t.Context(), append(acts, func() { b.comment("someone", "yes") })...)
		b.wants("The ten minutes are nearly over", "!authorize?", "!- [x] **5.")
		if took := time.Since(began); took > 10*time.Minute {
			t.Errorf("it took %v, and the job may take 12 minutes", took)
		}
		b.workflow(t.Context(), b.logIn)
		b.wants("- [x] **5.", switchedOn)
	})
}

// answersYes runs the workflow, which asks a question, and says yes to it. An outsider's yes and a
// talk come first.
func (b *browserWay) answersYes(asks string) {
	b.t.Helper()
	code := b.workflow(b.t.Context(),
		func() { b.wants(asks, "A question waits for your answer until"); b.comment("stranger", "yes") },
		func() { b.wants("A comment of @\u200bstranger was left aside"); b.comment("someone", "hm") },
		func() { b.comment("someone", "Yes!") })
	if code != 0 || len(b.acts) != 0 {
		b.t.Errorf("status %d, %d acts are left\n%s", code, len(b.acts), b.body())
	}
}
