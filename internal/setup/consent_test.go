package setup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

const authorize = "https://api.x.com/i/oauth2/authorize"

// person is somebody with an X account, at a terminal.
type person struct {
	t   *testing.T
	w   *sim.World
	out bytes.Buffer
	*Login
}

func newPerson(t *testing.T) *person {
	w := sim.New(sim.Options{})
	env := w.Env()
	oauth := &xapi.OAuth{
		ClientID: env["X_CLIENT_ID"], ClientSecret: env["X_CLIENT_SECRET"],
		HTTP: &http.Client{Transport: w.Transport()}, Now: w.Now,
	}
	return &person{t: t, w: w, Login: &Login{AuthorizeURL: authorize, Port: 8417, OAuth: oauth}}
}

// dialogue is a terminal at which these lines are typed.
func (p *person) dialogue(lines ...string) *Dialogue {
	in := strings.NewReader(strings.Join(append(lines, ""), "\n"))
	return &Dialogue{Read: Lines(in), Out: &p.out, Interactive: true, Hide: func(string) {}}
}

// shown is the address that the terminal shows.
var shown = regexp.MustCompile(`https://api\.x\.com/\S+`)

var consentLink = regexp.MustCompile(`id="(allow|deny)" href="([^"]*)"`)

// consent opens X's page and gives where its two links lead: "allow" and "deny".
func (p *person) consent(address string) map[string]string {
	p.t.Helper()
	resp, err := (&http.Client{Transport: p.w.Transport()}).Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("consent page: %d, %v: %s", resp.StatusCode, err, body)
	}
	links := map[string]string{}
	for _, m := range consentLink.FindAllStringSubmatch(string(body), -1) {
		links[m[1]] = html.UnescapeString(m[2])
	}
	return links
}

// exchanges counts the codes that were sent to X.
func (p *person) exchanges() (n int) {
	for _, c := range p.w.Log() {
		if c.Path == "/2/oauth2/token" {
			n++
		}
	}
	return n
}

// query is the part of a link that the callback reads.
func query(t *testing.T, link string) url.Values {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// wantAdvice wants an error that says a thing and what to do about it.
func wantAdvice(t *testing.T, err error, says, fix string) {
	t.Helper()
	var a *Advice
	if !errors.As(err, &a) {
		t.Fatalf("got %v, want an *Advice", err)
	}
	if !strings.Contains(a.Error(), says) || !strings.Contains(a.Fix, fix) {
		t.Errorf("got %q and the fix %q, want %q and %q", a.Error(), a.Fix, says, fix)
	}
}

func TestAddress(t *testing.T) {
	l := newPerson(t).Login
	a, b := newAttempt(l), newAttempt(l)
	if a.state == b.state || a.verifier == b.verifier {
		t.Error("two attempts share a state or a verifier")
	}
	// RFC 7636 §4.1: 43 to 128 characters of a small alphabet.
	if !regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`).MatchString(a.verifier) {
		t.Errorf("verifier %q is none", a.verifier)
	}
	sum := sha256.Sum256([]byte(a.verifier))
	want := url.Values{
		"response_type": {"code"}, "client_id": {l.OAuth.ClientID},
		"redirect_uri": {"http://127.0.0.1:8417/callback"},
		"scope":        {strings.Join(token.Scopes, " ")}, "state": {a.state},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"},
	}
	if diff := cmp.Diff(want, query(t, a.address())); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(a.address(), authorize+"?") || strings.Contains(a.address(), a.verifier) {
		t.Errorf("got %s", a.address())
	}
}

// What X sends the browser back with, and what comes of it.
func TestAnswer(t *testing.T) {
	state := func(q url.Values) url.Values { return url.Values{"state": q["state"]} }
	for _, tt := range []struct {
		name  string
		world func(*person)
		back  func(allow url.Values) url.Values
		says  string // "" is a login that works
		fix   string
		sent  int // codes that reach X
	}{
		{"allowed", nil, nil, "", "", 1},
		{
			"denied", nil,
			func(q url.Values) url.Values {
				q = state(q)
				q.Set("error", "access_denied")
				return q
			},
			"the login was refused in the browser", "Press Authorize app", 0,
		},
		{"ended by X", nil, func(q url.Values) url.Values {
			q = state(q)
			q.Set("error", "invalid_scope\x1b[2J"+strings.Repeat("!", 500))
			return q
		},
			`X ended the login: "invalid_scope\x1b[2J!!!`, "the app's settings in X's portal", 0},
		{"no code", nil, state, "X's answer came without a code", "Copy all of", 0},
		{
			"a code that X does not know", nil,
			func(q url.Values) url.Values { q.Set("code", "other"); return q },
			"X does not accept the login's code", "good for 30 seconds", 1,
		},
		{
			"a code that is over", func(p *person) { p.w.Advance(time.Minute) }, nil,
			"X does not accept the login's code", "good for 30 seconds", 1,
		},
		{
			"another client secret", func(p *person) { p.OAuth.ClientSecret = "other" }, nil,
			"X does not accept the app's credentials", "Keys and tokens", 1,
		},
		{"X is down", func(p *person) {
			p.w.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Status: 503, Times: -1})
		}, nil, "X gave no token", "Log in again", 1},
		{
			"a scope is missing",
			func(p *person) { p.w.X().SetScopes("tweet.read", "users.read", "offline.access") },
			nil,
			"the login lacks tweet.write, media.write", "Read and write", 1,
		},
		{"no refresh token", func(p *person) {
			p.w.Fail(sim.Fault{
				Service: "x", Call: "POST /2/oauth2/token", Status: 200,
				Body: `{"access_token":"a-new-access-token"}`,
			})
		}, nil, "X gave no refresh token", "offline.access", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPerson(t)
			if strings.HasPrefix(tt.name, "a scope") {
				tt.world(p) // before the consent: scopes are fixed there
			}
			a := newAttempt(p.Login)
			q := query(t, p.consent(a.address())["allow"])
			if tt.world != nil {
				tt.world(p)
			}
			if tt.back != nil {
				q = tt.back(q)
			}
			token, err := a.answer(t.Context(), q)
			if p.exchanges() != tt.sent {
				t.Errorf("%d codes were sent to X, want %d", p.exchanges(), tt.sent)
			}
			if tt.says != "" {
				wantAdvice(t, err, tt.says, tt.fix)
				if n := len(err.Error()); n > 250 {
					t.Errorf("%d bytes are no sentence: %v", n, err)
				}
				return
			}
			if err != nil || !p.w.X().RefreshValid(token.Refresh) || token.Access == "" {
				t.Errorf("got %v and %v, want tokens that X takes", token, err)
			}
		})
	}
}

// Whatever comes back with a state that was not sent reaches nobody: not X, and not the login that
// waits.
func TestForeignState(t *testing.T) {
	p := newPerson(t)
	a := newAttempt(p.Login)
	good := query(t, p.consent(a.address())["allow"])
	for _, q := range []url.Values{
		{}, {"state": {""}}, {"code": good["code"]},
		{"state": {good.Get("state") + "x"}, "code": good["code"]},
		{"state": {good.Get("state")[1:]}, "code": good["code"]},
		{"state": {strings.ToLower(good.Get("state"))}, "code": good["code"]},
		{"state": {"x"}, "error": {"access_denied"}},
	} {
		if _, err := a.answer(t.Context(), q); !errors.Is(err, errState) {
			t.Errorf("%v: got %v, want %v", q, err, errState)
		}
	}
	if p.exchanges() != 0 {
		t.Errorf("%d codes were sent to X", p.exchanges())
	}
	if _, err := a.answer(t.Context(), good); err != nil {
		t.Errorf("the login itself: %v", err)
	}
}

// callback is what the browser is shown at a path of the callback's server.
func callback(h http.Handler, method, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(method, target, nil))
	return rec
}

func TestCallbackPage(t *testing.T) {
	p := newPerson(t)
	a := newAttempt(p.Login)
	h := a.handler(t.Context(), p.dialogue())
	links := p.consent(a.address())
	for _, tt := range []struct {
		name, method, target string
		status               int
		shows                string
	}{
		{"another path", "GET", "/", 404, "404 page not found"},
		{"another method", "POST", links["allow"], 405, "Method Not Allowed"},
		{"another login", "GET", "/callback?state=x&code=y", 400, "<h1>This is another login</h1>"},
		{"allowed", "GET", links["allow"], 200, "<h1>postferry may post now</h1>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := callback(h, tt.method, tt.target)
			if body := rec.Body.String(); rec.Code != tt.status ||
				!strings.Contains(body, tt.shows) {
				t.Errorf("got %d, want %d with %q:\n%s", rec.Code, tt.status, tt.shows, body)
			}
		})
	}
	if !strings.Contains(p.out.String(), "came back from a login that was not begun here") {
		t.Errorf("the terminal does not tell of the other login: %q", p.out.String())
	}
	if o := <-a.done; o.err != nil || !p.w.X().RefreshValid(o.granted.Refresh) {
		t.Errorf("got %v, want the login's tokens", o.err)
	}
}

// The page is the last thing that the browser keeps: neither the code in its address nor a token
// may go further.
func TestPageKeepsSecrets(t *testing.T) {
	p := newPerson(t)
	a := newAttempt(p.Login)
	link := p.consent(a.address())["allow"]
	rec := callback(a.handler(t.Context(), p.dialogue()), "GET", link)
	o := <-a.done
	for what, secret := range map[string]string{
		"refresh token": o.granted.Refresh, "access token": o.granted.Access,
		"code": query(t, link).Get("code"), "state": a.state, "verifier": a.verifier,
		"client secret": p.OAuth.ClientSecret,
	} {
		if secret == "" || strings.Contains(rec.Body.String(), secret) ||
			strings.Contains(p.out.String(), secret) {
			t.Errorf("the %s is missing or shown", what)
		}
	}
	want := map[string]string{
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Content-Type":            "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
	}
	for name, value := range want {
		if got := rec.Header().Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

// A browser comes back more than once: the address was preloaded, or the page is reloaded. The code
// goes to X once, and every page says how it ended.
func TestComesBackTwice(t *testing.T) {
	for name, tt := range map[string]struct {
		link, shows string
	}{
		"allowed": {"allow", "postferry may post now"}, "denied": {"deny", "That did not work"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPerson(t)
			a := newAttempt(p.Login)
			h := a.handler(t.Context(), p.dialogue())
			link := p.consent(a.address())[tt.link]
			var pages [4]string
			var wg sync.WaitGroup
			for i := range pages {
				wg.Go(func() { pages[i] = callback(h, "GET", link).Body.String() })
			}
			wg.Wait()
			for _, page := range pages {
				if !strings.Contains(page, tt.shows) {
					t.Errorf("no %q on the page\n%s", tt.shows, page)
				}
			}
			if n := p.exchanges(); n > 1 {
				t.Errorf("the code was sent to X %d times", n)
			}
			if o := <-a.done; tt.link == "allow" &&
				(o.err != nil || !p.w.X().RefreshValid(o.granted.Refresh)) {
				t.Errorf("got %v, want the login's tokens", o.err)
			}
		})
	}
}

// The tab is closed while the code is on its way to X: the login is done all the same.
func TestTabIsClosed(t *testing.T) {
	p := newPerson(t)
	a := newAttempt(p.Login)
	link := p.consent(a.address())["allow"]
	closed, cancel := context.WithCancel(t.Context())
	cancel()
	a.handler(t.Context(), p.dialogue()).ServeHTTP(httptest.NewRecorder(),
		httptest.NewRequest("GET", link, nil).WithContext(closed))
	if o := <-a.done; o.err != nil || !p.w.X().RefreshValid(o.granted.Refresh) {
		t.Errorf("got %v, want the login's tokens", o.err)
	}
}

// What X says is text on the page, whatever is in it.
func TestPageEscapes(t *testing.T) {
	p := newPerson(t)
	a := newAttempt(p.Login)
	link := p.consent(a.address())["allow"]
	p.w.Fail(sim.Fault{
		Service: "x", Call: "POST /2/oauth2/token", Status: 400,
		Body: `{"error":"invalid_request","error_description":"<script>alert(\"%d\")</script>&'"}`,
	})
	rec := callback(a.handler(t.Context(), p.dialogue()), "GET", link)
	body := rec.Body.String()
	if strings.Contains(body, "<script") ||
		!strings.Contains(body, "&lt;script&gt;alert(&#34;%d&#34;)&lt;/script&gt;&amp;&#39;") {
		t.Errorf("the words are no text:\n%s", body)
	}
	if rec.Code != http.StatusBadRequest || !strings.Contains(body, "<h1>That did not work</h1>") ||
		!strings.Contains(body, "A code is good for 30 seconds") {
		t.Errorf("got %d:\n%s", rec.Code, body)
	}
}

// freePort is one that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// The whole way: the browser opens, the person allows it, the browser comes back, the page is
// shown, the program goes on.
func TestBrowser(t *testing.T) {
	p := newPerson(t)
	p.Port = freePort(t)
	var page string
	p.Open = func(address string) error {
		if conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.2:%d", p.Port),
			time.Second); err == nil {
			conn.Close()
			t.Error("the callback can be reached at another address than 127.0.0.1")
		}
		resp, err := http.Get(p.consent(address)["allow"])
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		page = string(b)
		return err
	}
	token, err := p.Tokens(t.Context(), p.dialogue())
	if err != nil || !p.w.X().RefreshValid(token.Refresh) {
		t.Fatalf("got %v and %v, want tokens that X takes", token, err)
	}
	if !strings.Contains(page, "postferry may post now") {
		t.Errorf("the page is\n%s", page)
	}
	if !strings.Contains(p.out.String(), authorize+"?") ||
		strings.Contains(p.out.String(), token.Refresh) {
		t.Errorf("the terminal shows no address, or a token:\n%s", p.out.String())
	}
	if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port)); err == nil {
		conn.Close()
		t.Error("the port is still listened at")
	}
}

func TestBrowserTrouble(t *testing.T) {
	t.Run("denied", func(t *testing.T) {
		p := newPerson(t)
		p.Port = freePort(t)
		p.Open = func(address string) error {
			resp, err := http.Get(p.consent(address)["deny"])
			if err == nil {
				resp.Body.Close()
			}
			return err
		}
		_, err := p.Tokens(t.Context(), p.dialogue())
		wantAdvice(t, err, "the login was refused in the browser", "Press Authorize app")
	})
	t.Run("the port is in use", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		p := newPerson(t)
		p.Port = l.Addr().(*net.TCPAddr).Port
		p.Open = func(string) error { t.Error("the browser was opened"); return nil }
		_, err = p.Tokens(t.Context(), p.dialogue())
		wantAdvice(t, err, fmt.Sprintf("port %d of this machine is in use", p.Port), "--port")
	})
	t.Run("left", func(t *testing.T) {
		p := newPerson(t)
		p.Port = freePort(t)
		ctx, leave := context.WithCancel(t.Context())
		p.Open = func(string) error { leave(); return nil }
		_, err := p.Tokens(ctx, p.dialogue())
		wantAdvice(t, err, `the dialogue was left at "Authorize app"`,
			"What was done so far is kept")
	})
	t.Run("no browser, and nobody comes back", func(t *testing.T) {
		p := newPerson(t)
		p.Port = freePort(t)
		p.Open = func(string) error { return errors.New("no display") }
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		_, err := p.Tokens(ctx, p.dialogue())
		wantAdvice(t, err, "nobody came back from X", "--paste")
		if !strings.Contains(p.out.String(), "No browser could be opened here (no display)") {
			t.Errorf("the terminal says %q", p.out.String())
		}
	})
}

// With --paste no port is opened: the person brings the address.
func TestPaste(t *testing.T) {
	for _, tt := range []struct {
		name      string
		typed     func(links map[string]string) string
		says, fix string
	}{
		{
			"the address", func(l map[string]string) string { return "  " + l["allow"] + " " },
			"", "",
		},
		{
			"denied", func(l map[string]string) string { return l["deny"] },
			"the login was refused in the browser", "Press Authorize app",
		},
		{
			"only the code", func(map[string]string) string { return "simcode000003" },
			"that is not the address that X sends the browser to", "Copy all of",
		},
		{
			"nothing", func(map[string]string) string { return "" }, "that is not the address",
			"Copy all of",
		},
		{
			"no address at all", func(map[string]string) string { return "http://[::1" },
			"that is not the address", "Copy all of",
		},
		{
			"another login's",
			func(map[string]string) string { return "http://127.0.0.1:8417/callback?state=a&code=b" },
			"that address is from another login", "that is printed next",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPerson(t)
			p.Paste = true
			d := p.dialogue()
			// The address is known only when it has been shown.
			d.Read = func(context.Context, bool) (string, error) {
				return tt.typed(p.consent(shown.FindString(p.out.String()))), nil
			}
			token, err := p.Tokens(t.Context(), d)
			if tt.says != "" {
				wantAdvice(t, err, tt.says, tt.fix)
				return
			}
			if err != nil || !p.w.X().RefreshValid(token.Refresh) {
				t.Errorf("got %v and %v, want tokens that X takes", token, err)
			}
		})
	}
	t.Run("left", func(t *testing.T) {
		p := newPerson(t)
		p.Paste = true
		d := p.dialogue()
		d.Read = Lines(strings.NewReader(""))
		_, err := p.Tokens(t.Context(), d)
		wantAdvice(t, err, "the dialogue was left", "run postferry setup again")
	})
}

// The page for people names the address and the scopes to the letter: X compares both so.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/setup.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		(&Login{Port: DefaultPort}).Callback(), strings.Join(token.Scopes, " "),
	} {
		if !strings.Contains(string(page), "`"+want+"`") {
			t.Errorf("docs/setup.md does not name %s", want)
		}
	}
}
