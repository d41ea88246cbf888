package cli_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// ready is a way on which all secrets are right and the issue is there.
func ready(t *testing.T) *browserWay {
	b := newBrowserWay(t)
	b.workflow(t.Context())
	b.secrets()
	b.env["VAULT_KEY"] = b.w.Env()["VAULT_KEY"] // a phrase takes its time, by intent
	return b
}

// TestBadInput: whatever people write or do while the run waits, nothing is stored by halves and
// nothing leaks, the issue says what happened, and the same link still works.
func TestBadInput(t *testing.T) {
	says := func(b *browserWay, texts ...string) func() { return func() { b.wants(texts...) } }
	for _, tt := range []struct {
		name string
		acts func(b *browserWay) []func()
	}{
		{"an outsider's comment", func(b *browserWay) []func() {
			return []func(){
				func() { b.comment("stranger", b.press(0, "allow")) },
				says(b, "A comment of @\u200bstranger was left aside", "!- [x] **5."),
			}
		}},
		{"another state", func(b *browserWay) []func() {
			return []func(){
				func() {
					b.comment("someone", "https://github.com/someone/mirror/issues/1?state=OTHER&code=abc")
				},
				says(b, "That address is of an older link", "!- [x] **5."),
			}
		}},
		{"a code twice", func(b *browserWay) []func() {
			var address string
			return []func(){
				func() {
					b.w.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Status: 400,
						Body: `{"error":"invalid_request"}`})
					address = b.press(0, "allow")
					b.comment("someone", address)
				},
				says(b, "The login did not work", "The same link may be pressed again"),
				func() { b.comment("someone", address+" ") },
				says(b, "That address was used before"),
			}
		}},
		{"a denied consent", func(b *browserWay) []func() {
			return []func(){
				func() { b.comment("someone", "look: <"+b.press(0, "deny")+">") },
				says(b, "the login was refused in the browser", "Press Authorize app"),
			}
		}},
		{"a code that is over", func(b *browserWay) []func() {
			var address string
			out := []func(){func() { address = b.press(0, "allow") }}
			for range 20 { // looks, of two seconds each
				out = append(out, func() {})
			}
			return append(out, func() { b.comment("someone", address) },
				says(b, "good for 30 seconds"))
		}},
		{"a secret in a comment", func(b *browserWay) []func() {
			return []func(){
				func() { b.comment("stranger", "is it this? "+b.env["X_CLIENT_SECRET"]) },
				says(b, "> [!CAUTION]", "Renew `X_CLIENT_SECRET` now", "developer.x.com"),
				func() {
					if n := len(b.comments()); n != 0 {
						b.t.Errorf("%d comments stay", n)
					}
				},
			}
		}},
		{"what looks like a token", func(b *browserWay) []func() {
			return []func(){
				func() { b.comment("someone", "IGAAx"+strings.Repeat("Ab1", 30)) },
				says(b, "> [!CAUTION]", "Renew Instagram's token now"),
				func() { b.comment("someone", "ghp_"+strings.Repeat("Ab1", 12)) },
				says(b, "Revoke that token now"),
				func() { b.comment("someone", strings.Repeat("aB1", 20)) },
				says(b, "If it was a key or a token of X"),
			}
		}},
		{"talk", func(b *browserWay) []func() {
			return []func(){
				func() { b.comment("stranger", "yes") },
				func() { b.comment("someone", "see https://docs.x.com/a?state=no and 8874410fe2a3") },
				func() {
					if n := len(b.comments()); n != 2 {
						b.t.Errorf("%d comments stay, want 2", n)
					}
				},
			}
		}},
		{"the second link", func(b *browserWay) []func() {
			return []func(){func() { b.comment("someone", b.press(1, "allow")) }}
		}},
		{"GitHub fails for a while", func(b *browserWay) []func() {
			return []func(){func() {
				b.w.Fail(sim.Fault{Service: "github", Call: "GET /repos/someone/mirror/issues/1/comments",
					Times: 9, Status: 502})
			}}
		}},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			b := ready(t)
			acts := tt.acts(b)
			if tt.name != "the second link" {
				acts = append(acts, b.logIn)
			}
			if code := b.workflow(t.Context(), acts...); code != 0 {
				t.Errorf("status %d\n%s", code, &b.out)
			}
			if len(b.acts) != 0 {
				t.Errorf("%d acts are left\n%s", len(b.acts), b.body())
			}
			b.wants("- [x] **5.", switchedOn, "!authorize?", "!evil")
			b.nothingLeaks()
		})
	}
}

// TestEditedIssueIsPutBack: the run looks at the issue itself now and then, so that a stranger's link
// does not stay.
func TestEditedIssueIsPutBack(t *testing.T) {
	bubble(t, "edited", func(t *testing.T) {
		b := ready(t)
		b.workflow(t.Context(), func() {
			b.w.GitHub().Issue(1).Edit(func(i *sim.Issue) {
				i.Body = strings.ReplaceAll(i.Body, "https://api.x.com/", "https://evil.example/")
			})
			go func() {
				time.Sleep(40 * time.Second)
				b.wants("!evil", "changed by hand. It was put back")
				b.logIn()
			}()
		})
		b.wants("- [x] **5.")
	})
}

// TestTwoSetUps: the newer run takes the issue over, and the older one ends without a word and
// without a login.
func TestTwoSetUps(t *testing.T) {
	bubble(t, "two", func(t *testing.T) {
		b := ready(t)
		var mine string
		code := b.workflow(t.Context(), func() {
			mine = b.press(0, "allow")
			// The newer run looks at the comments once before it shows its own link.
			if code := b.workflow(t.Context(), func() {}, b.logIn); code != 0 {
				t.Errorf("the newer run: status %d\n%s", code, &b.out)
			}
			b.comment("someone", mine)
		})
		if code != 0 {
			t.Errorf("the older run: status %d\n%s", code, &b.out)
		}
		b.wants("- [x] **5.", switchedOn, "!authorize?")
		b.mirrors()
	})
}

// TestNobodyLogsIn: a wait ends by itself, by a cancelled run and by a closed issue. The link is gone
// then, and the next run shows another one.
func TestNobodyLogsIn(t *testing.T) {
	for name, end := range map[string]func(b *browserWay, cancel func()){
		"ten minutes": func(*browserWay, func()) {},
		"cancelled":   func(_ *browserWay, cancel func()) { cancel() },
		"closed": func(b *browserWay, _ func()) {
			b.w.GitHub().Issue(1).Close("someone", "completed")
		},
	} {
		bubble(t, name, func(t *testing.T) {
			b := ready(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			began := time.Now()
			if code := b.workflow(ctx, func() { end(b, cancel) }); code != 0 {
				t.Errorf("status %d\n%s", code, &b.out)
			}
			if took := time.Since(began); took > 10*time.Minute+10*time.Second {
				t.Errorf("it took %v", took)
			}
			if name != "closed" {
				b.wants("!authorize?", "Nobody is logged in to X yet", "!- [x] **5.")
			}
			if code := b.workflow(t.Context(), b.logIn); code != 0 {
				t.Errorf("status %d\n%s", code, &b.out)
			}
			b.wants("- [x] **5.", switchedOn)
			if n := len(b.w.GitHub().Issues()); n != 1 {
				t.Errorf("%d issues, want 1: the callback is the address of the first", n)
			}
			b.nothingLeaks()
		})
	}
}

// TestAnotherAccount: a login of the account that the configuration does not name is not stored, and
// one of another account than before waits for a yes.
func TestAnotherAccount(t *testing.T) {
	bubble(t, "configured", func(t *testing.T) {
		b := ready(t)
		b.configure("routes: {main: {x: {account: \"@kamo_mugs\"}}}\n")
		b.w.X().LoginAs("private_me")
		b.workflow(t.Context(), b.logIn, func() {
			b.wants("That was @\u200bprivate\\_me", "nothing was stored")
			b.w.X().LoginAs("kamo_mugs")
			b.logIn()
		})
		b.wants("@\u200bkamo\\_mugs that posts", switchedOn)
	})
	bubble(t, "before", func(t *testing.T) {
		b := ready(t)
		b.workflow(t.Context(), b.logIn)
		b.mirrors()
		b.args = []string{"--force"}
		b.w.X().LoginAs("second_shop")
		b.workflow(t.Context(), b.logIn,
			func() { b.comment("stranger", "yes") },
			func() {
				b.wants("You logged in as @\u200bsecond\\_shop", "!- [x] **5.")
				b.comment("someone", "Yes.")
			})
		b.wants("@\u200bsecond\\_shop that posts", switchedOn)
		time.Sleep(time.Hour)
		b.w.Instagram().Publish(sim.Media{
			Caption: "for the second", Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
		})
		time.Sleep(time.Minute)
		delete(b.env, "GITHUB_ACTIONS")
		b.args = nil
		if code := b.command("mirror"); code != 0 {
			t.Errorf("status %d\n%s", code, &b.out)
		}
		posts := b.w.X().Tweets()
		if id, _ := b.w.X().Account(); len(posts) != 2 || posts[1].AuthorID != id {
			t.Errorf("posts %+v\n%s", posts, &b.out)
		}
		for _, i := range b.w.GitHub().Issues() {
			if strings.Contains(i.Body, "area=account") {
				t.Errorf("a question was opened:\n%s", i.Body)
			}
		}
	})
}

// dying is a network that is gone from the n-th request on: the job was killed.
type dying struct {
	next http.RoundTripper
	left atomic.Int64
}

var errKilled = errors.New("killed")

func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.left.Add(-1) < 0 {
		return nil, errKilled
	}
	return d.next.RoundTrip(r)
}

// TestKilledSetUp kills the job at each of its requests. The next run goes on to the end, with the
// tokens that are stored or with a new login, and nothing leaks.
func TestKilledSetUp(t *testing.T) {
	for n := 1; n < 60; n++ {
		over := false
		bubble(t, "killed", func(t *testing.T) {
			b := ready(t)
			ctx, cancel := context.WithCancel(t.Context())
			d := &dying{next: b}
			d.left.Store(int64(n))
			go func() {
				time.Sleep(9 * time.Minute)
				cancel()
			}()
			b.on(ctx, d, b.logIn)
			over = d.left.Load() > 0
			cancel()
			time.Sleep(15 * time.Minute)
			for range 2 {
				b.workflow(t.Context(), b.logIn)
			}
			b.wants("- [x] **5.", switchedOn, "!authorize?")
			b.nothingLeaks()
			b.mirrors()
		})
		if over || t.Failed() {
			if n < 10 {
				t.Errorf("the run made %d requests only", n)
			}
			return
		}
	}
}
