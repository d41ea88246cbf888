package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// browserWay is somebody who sets postferry up with a browser alone. What people do while the
// workflow waits is a list: one act at each look of the run at the comments.
type browserWay struct {
	t    *testing.T
	w    *sim.World
	env  map[string]string
	mu   sync.Mutex // requests are made side by side; guards acts and all
	conf []string   // the flag that names the configuration, for every command
	args []string   // flags of setup
	acts []func()
	runs int
	out  bytes.Buffer
	all  strings.Builder // every text of the issue, and every output
}

// newBrowserWay is a fresh copy of the template: no secret is set, and nobody is logged in.
func newBrowserWay(t *testing.T) *browserWay {
	w := sim.New(sim.Options{Real: true, Now: time.Now(), Callbacks: []string{
		"https://github.com/someone/mirror/issues/1", "http://127.0.0.1:8417/callback",
	}})
	for _, caption := range []string{"one", "two @somebody", "three"} {
		w.Instagram().Publish(sim.Media{
			Caption: caption, Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
		})
		w.Advance(time.Minute)
	}
	b := &browserWay{t: t, w: w, env: maps.Clone(w.Env())}
	for _, name := range []string{
		"INSTAGRAM_TOKEN", "X_CLIENT_ID", "X_CLIENT_SECRET", "X_REFRESH_TOKEN", "X_ACCESS_TOKEN",
		"VAULT_KEY", "SECRETS_TOKEN",
	} {
		delete(b.env, name)
	}
	maps.Copy(b.env, map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "someone",
		"X_AUTHORIZE_URL": "https://api.x.com/i/oauth2/authorize",
	})
	return b
}

// phrase is what the person puts into VAULT_KEY.
const phrase = "forty characters from a password manager"

// secrets puts the right value into every secret.
func (b *browserWay) secrets() {
	right := b.w.Env()
	for _, name := range []string{"INSTAGRAM_TOKEN", "X_CLIENT_ID", "X_CLIENT_SECRET"} {
		b.env[name] = right[name]
	}
	b.env["VAULT_KEY"] = phrase
}

// RoundTrip is the network. People act when the run looks at the comments while the link is there.
func (b *browserWay) RoundTrip(r *http.Request) (*http.Response, error) {
	if act := b.next(r); act != nil {
		act()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if len(b.w.GitHub().Issues()) > 0 {
		b.keep(b.body())
	}
	return b.w.Transport().RoundTrip(r)
}

// next is what the person does at a request, nil for nothing.
func (b *browserWay) next(r *http.Request) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	looks := strings.HasSuffix(r.URL.Path, "/comments") && r.Method == http.MethodGet
	if !looks || len(b.acts) == 0 || len(b.links()) == 0 && !b.asked() {
		return nil
	}
	act := b.acts[0]
	b.acts = b.acts[1:]
	return act
}

// keep adds a text to those that must not hold a secret.
func (b *browserWay) keep(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all.WriteString(text)
}

// workflow runs the workflow setup, and returns its exit status.
func (b *browserWay) workflow(ctx context.Context, acts ...func()) int {
	return b.on(ctx, b, acts...)
}

func (b *browserWay) on(ctx context.Context, network http.RoundTripper, acts ...func()) int {
	b.t.Helper()
	b.runs++
	b.env["GITHUB_RUN_ID"] = fmt.Sprint(1000 + b.runs)
	b.acts = acts
	b.out.Reset()
	p := process(b.w, b.env, &b.out, slices.Concat([]string{"setup"}, b.conf, b.args)...)
	p.Transport = network
	code := cli.Main(ctx, p)
	// The runner takes these lines out of the log, and hides what they name.
	b.keep(regexp.MustCompile(`(?m)^::add-mask::.*$`).ReplaceAllString(b.out.String(), ""))
	if len(b.w.GitHub().Issues()) > 0 {
		b.keep(b.body())
	}
	return code
}

// body is the text of the newest issue.
func (b *browserWay) body() string {
	issues := b.w.GitHub().Issues()
	if len(issues) == 0 {
		b.t.Fatalf("no issue was opened\n%s", &b.out)
	}
	return issues[len(issues)-1].Body
}

var consentLinks = regexp.MustCompile(`\((https://api\.x\.com/i/oauth2/authorize[^)]*)\)`)

// links are the consent links that the issue shows: the issue's own, and the one by loopback.
func (b *browserWay) links() (out []string) {
	issues := b.w.GitHub().Issues()
	if len(issues) == 0 {
		return nil
	}
	for _, m := range consentLinks.FindAllStringSubmatch(issues[len(issues)-1].Body, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// asked reports whether the issue asks for a yes.
func (b *browserWay) asked() bool {
	issues := b.w.GitHub().Issues()
	if len(issues) == 0 {
		return false
	}
	body := issues[len(issues)-1].Body
	return strings.Contains(body, "A question waits") || strings.Contains(body, "確認が必要です")
}

var pageLink = regexp.MustCompile(`id="(allow|deny)" href="([^"]*)"`)

// press opens a consent link and presses "allow" or "deny". It returns where the browser ends.
func (b *browserWay) press(n int, what string) string {
	b.t.Helper()
	links := b.links()
	if len(links) <= n {
		b.t.Fatalf("the issue has %d links:\n%s", len(links), b.body())
	}
	resp, err := (&http.Client{Transport: b.w.Transport()}).Get(links[n])
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	page, _ := io.ReadAll(resp.Body)
	for _, m := range pageLink.FindAllStringSubmatch(string(page), -1) {
		if m[1] == what {
			return html.UnescapeString(m[2])
		}
	}
	b.t.Fatalf("X's page has no %s: %s", what, page)
	return ""
}

// fails plans what Instagram says to a call.
func (b *browserWay) fails(call, body string) {
	b.w.Fail(sim.Fault{Service: "instagram", Call: call, Status: 400, Body: body, Times: -1})
}

func (b *browserWay) comment(login, body string) {
	issues := b.w.GitHub().Issues()
	b.w.GitHub().Issue(len(issues)).Comment(login, body)
}

// logIn is the person who presses the first link and pastes the address.
func (b *browserWay) logIn() { b.comment("someone", b.press(0, "allow")) }

func (b *browserWay) comments() []sim.Comment {
	return b.w.GitHub().Issue(len(b.w.GitHub().Issues())).Comments()
}

// wants says that the issue's text has these, and nothing that begins with "!".
func (b *browserWay) wants(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		unwanted, not := strings.CutPrefix(text, "!")
		if strings.Contains(b.body(), unwanted) == not {
			b.t.Errorf("the issue has %q: %v\n%s", unwanted, not, b.body())
		}
	}
}

// nothingLeaks says that no secret was in any text of the issue, in a log or on the branch.
func (b *browserWay) nothingLeaks() {
	b.t.Helper()
	state, _ := b.w.GitHub().File("postferry-state", "state/main.yaml")
	text := b.all.String() + state
	for name, value := range b.env {
		if value != "" && name != "X_CLIENT_ID" && (strings.HasSuffix(name, "TOKEN") ||
			strings.HasSuffix(name, "SECRET") || strings.HasSuffix(name, "KEY")) &&
			strings.Contains(text, value) {
			b.t.Errorf("%s is shown somewhere", name)
		}
	}
	if regexp.MustCompile(`sim(Access|Refresh)\d+_`).MatchString(text) {
		b.t.Error("a token of X is shown somewhere")
	}
	if strings.Contains(b.out.String(), "authorize?") {
		b.t.Errorf("the consent link is in the log:\n%s", &b.out)
	}
	if wrong := b.w.Violations(); len(wrong) > 0 {
		b.t.Error(wrong)
	}
}

const switchedOn = "settings/variables/actions/new"

// TestBrowserWay goes from an empty copy of the template to the first mirrored post without a
// terminal: the run of the first push, the run with the secrets, and the login.
func TestBrowserWay(t *testing.T) {
	bubble(t, "OAuth 2.0", func(t *testing.T) {
		b := newBrowserWay(t)
		if code := b.workflow(t.Context()); code != 0 {
			t.Fatalf("status %d\n%s", code, &b.out)
		}
		if _, made := b.w.GitHub().File("postferry-state", "state/main.yaml"); !made {
			t.Error("the state branch is not there")
		}
		b.wants("- [x] **1.", "- [ ] **2.", "`X_CLIENT_ID`**: is not set", "- [ ] **6.",
			"`https://github.com/someone/mirror/issues/1`", "!authorize?")
		if got := b.w.GitHub().Issues()[0].Assignees; len(got) != 1 || got[0] != "someone" {
			t.Errorf("assigned to %v", got)
		}
		b.secrets()
		if code := b.workflow(t.Context(), b.logIn); code != 0 {
			t.Fatalf("status %d\n%s", code, &b.out)
		}
		b.wants("- [x] **5.", "@\u200bkamo\\_mugs that posts", "| three", switchedOn, "!authorize?",
			"!- [ ] **2.")
		if n := len(b.comments()); n != 0 {
			t.Errorf("%d comments stay", n)
		}
		b.nothingLeaks()
		b.mirrors()
		if n := len(b.w.GitHub().Issues()); n != 1 {
			t.Errorf("%d issues", n)
		}
	})
}

// mirrors says that the next post arrives, by a run with the secrets that the person set.
func (b *browserWay) mirrors() {
	b.t.Helper()
	time.Sleep(time.Minute)
	b.w.Instagram().Publish(sim.Media{
		Caption: "the first one", Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
	})
	time.Sleep(time.Minute)
	code := b.command("mirror")
	if posts := b.w.X().Tweets(); code != 0 || len(posts) != 1 {
		b.t.Errorf("status %d, %d posts\n%s", code, len(posts), &b.out)
	}
}

// command is a run of another workflow.
func (b *browserWay) command(name string) int {
	b.out.Reset()
	env := asNow(b.w, b.env)
	return cli.Main(b.t.Context(), process(b.w, env, &b.out, append([]string{name}, b.conf...)...))
}

// configure writes the configuration.
func (b *browserWay) configure(text string) {
	file := filepath.Join(b.t.TempDir(), "postferry.yml")
	if err := os.WriteFile(file, []byte("version: 1\n"+text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.conf = []string{"--config", file}
}

// TestBrowserWayWithKeys: with X's own keys there is nothing to log in to.
func TestBrowserWayWithKeys(t *testing.T) {
	bubble(t, "keys", func(t *testing.T) {
		b := newBrowserWay(t)
		b.secrets()
		delete(b.env, "X_CLIENT_ID")
		delete(b.env, "X_CLIENT_SECRET")
		maps.Copy(b.env, b.w.X().PortalKeys(true))
		b.workflow(t.Context())
		b.wants("set `auth: keys`", "!authorize?")
		b.configure("routes: {main: {x: {auth: keys}}}\n")
		if code := b.workflow(t.Context()); code != 0 {
			t.Fatalf("status %d\n%s", code, &b.out)
		}
		b.wants("- [ ] **5. Look", switchedOn, "cost $0.010", "!authorize?", "!**6.")
		b.nothingLeaks()
	})
}

// TestBrowserMistakes makes each mistake of a first set-up once: the run is green, the box stays
// open, no link is shown, and the issue says what to do.
func TestBrowserMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*browserWay)
		says   []string
	}{
		{"an API key for the client id", func(b *browserWay) {
			b.env["X_CLIENT_ID"] = "abcdefghijklmnopqrstuvwxy"
		}, []string{"does not look like a Client ID", "X does not know this client id"}},
		{"another app's secret", func(b *browserWay) {
			b.env["X_CLIENT_SECRET"] = "another-apps-secret"
		}, []string{"X does not know this client id", "Copy both again from the same app"}},
		{"a native app", func(b *browserWay) {
			delete(b.env, "X_CLIENT_SECRET")
		}, []string{"`X_CLIENT_SECRET`**: is not set", "A *Native App* has no secret"}},
		{"a token that was cut", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = "IGAA"
		}, []string{"**`INSTAGRAM_TOKEN`**:"}},
		{"a line break in a token", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = "IGAA1\nIGAA2"
		}, []string{"**`INSTAGRAM_TOKEN`**: holds a space, a line break"}},
		{"Facebook's token", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = "EAABsomething"
		}, []string{"looks like one of Facebook Login"}},
		{"an app's token", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = "100200300400500|abcdef0123456789"
		}, []string{"looks like an app's token", "Press *Generate token* again"}},
		{"a token with its quotes", func(b *browserWay) {
			b.env["INSTAGRAM_TOKEN"] = `"` + b.env["INSTAGRAM_TOKEN"] + `"`
		}, []string{"was not pasted cleanly", "Press *Generate token* again"}},
		{"a token that is over", func(b *browserWay) {
			b.w.Instagram().SetAccount(func(a *sim.Account) { a.TokenExpires = a.TokenIssued })
		}, []string{"the Instagram token has expired", "Make a new token"}},
		{"a token that a password change ended", func(b *browserWay) {
			b.w.Instagram().KillTokens()
		}, []string{"died with a password change", "Make a new token"}},
		{"an invitation that was not accepted", func(b *browserWay) {
			b.fails("GET /**", `{"error":{"message":"Error validating access token: The user has not`+
				` authorized application 100200300400500.","type":"OAuthException","code":190,`+
				`"error_subcode":458}}`)
		}, []string{"Instagram does not accept the token", "Instagram tester*: the account", "*Settings > Apps"}},
		{"a checkpoint", func(b *browserWay) {
			b.fails("GET /**", `{"error":{"message":"Error validating access token: You cannot access`+
				` the app till you log in to www.facebook.com.","type":"OAuthException","code":190,`+
				`"error_subcode":459}}`)
		}, []string{"Meta wants the account's owner to log in by hand"}},
		{"media that were not ticked", func(b *browserWay) {
			b.w.Instagram().SetAccount(func(a *sim.Account) { a.Scopes = nil })
		}, []string{"**`INSTAGRAM_TOKEN`**: the permission for the media is not granted", "instagram_business_basic"}},
		{"an app that Meta has switched off", func(b *browserWay) {
			b.fails("GET /**", `{"error":{"message":"API access disrupted. Go to the App Dashboard and`+
				` complete Data Use Checkup.","type":"OAuthException","code":10}}`)
		}, []string{"Meta has switched your app's API access off"}},
		{"Meta is down", func(b *browserWay) {
			b.w.Fail(sim.Fault{Service: "instagram", Call: "GET /**", Status: 503, Times: -1})
		}, []string{"Instagram does not answer properly", "Wait a few minutes"}},
		{"X is down", func(b *browserWay) {
			b.w.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Status: 503, Times: -1})
		}, []string{"**`X_CLIENT_ID`**:", "Wait a few minutes, then start the workflow again"}},
		{"a phrase that does not open the vault", func(b *browserWay) {
			b.workflow(b.t.Context(), b.logIn)
			b.env["VAULT_KEY"] = "another phrase than the one before"
			b.args = []string{"--force"}
		}, []string{"**`VAULT_KEY`**: does not open the vault", "Enter the phrase"}},
		{"a personal account", func(b *browserWay) {
			b.w.Instagram().SetAccount(func(a *sim.Account) { a.Type = "PERSONAL" })
		}, []string{"personal account", "Switch to professional account"}},
		{"a short phrase", func(b *browserWay) {
			b.env["VAULT_KEY"] = "too short"
		}, []string{"**`VAULT_KEY`**: must be", "at least 20 characters"}},
		{"no place for tokens", func(b *browserWay) {
			delete(b.env, "VAULT_KEY")
		}, []string{"**`VAULT_KEY`**: is not set", "password manager"}},
		{"a token that can't write secrets", func(b *browserWay) {
			b.env["SECRETS_TOKEN"] = b.w.Env()["SECRETS_TOKEN"]
			b.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		}, []string{"**`SECRETS_TOKEN`**:", "Secrets: read and write"}},
		{"a job that may not write", func(b *browserWay) {
			b.w.GitHub().SetPermission("GITHUB_TOKEN", "contents", false)
		}, []string{"`contents: write`"}},
		{"a wrong account of Instagram's", func(b *browserWay) {
			b.configure("routes: {main: {instagram: {account: \"@other\"}}}\n")
		}, []string{"and the configuration names @\u200bother"}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			b := newBrowserWay(t)
			b.secrets()
			b.env["VAULT_KEY"] = b.w.Env()["VAULT_KEY"]
			tt.change(b)
			b.mistake(tt.says)
		})
	}
}
