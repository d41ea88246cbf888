package xapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
)

// appInWorld is the simulator's app, confidential or public as the world has it.
func appInWorld(w *sim.World, way http.RoundTripper) *OAuth {
	env := w.Env()
	return &OAuth{
		ClientID:     env["X_CLIENT_ID"],
		ClientSecret: env["X_CLIENT_SECRET"],
		HTTP:         &http.Client{Transport: way},
		Now:          w.Now,
	}
}

const scopes = "tweet.read tweet.write users.read media.write offline.access"

// A confidential client shows itself by Basic, a public one in the form. X takes either in its own
// way only.
func TestRefresh(t *testing.T) {
	for _, public := range []bool{false, true} {
		t.Run(fmt.Sprintf("public %v", public), func(t *testing.T) {
			w := sim.New(sim.Options{PublicX: public})
			line := &tap{to: w.Transport()}
			o, spent := appInWorld(w, line), w.Env()["X_REFRESH_TOKEN"]
			got, err := o.Refresh(t.Context(), spent)
			if err != nil {
				t.Fatal(err)
			}
			if got.Access == "" || got.Refresh == spent || !w.X().RefreshValid(got.Refresh) ||
				w.X().RefreshValid(spent) ||
				w.X().Refreshes() != 1 {
				t.Errorf("got %+v for %s", got, spent)
			}
			if got.Scope != scopes || !got.ExpiresAt.Equal(w.Now().Add(2*time.Hour)) {
				t.Errorf("scope %q, until %v", got.Scope, got.ExpiresAt)
			}
			want := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {spent}}
			authorization := "Basic " + base64.StdEncoding.EncodeToString(
				[]byte(url.QueryEscape(o.ClientID)+":"+url.QueryEscape(o.ClientSecret)),
			)
			if public {
				want.Set("client_id", o.ClientID)
				authorization = ""
			}
			expectForm(t, line.seen[0], want, authorization)
		})
	}
}

func expectForm(t *testing.T, s sent, want url.Values, authorization string) {
	t.Helper()
	form, err := url.ParseQuery(string(s.body))
	if err != nil || s.op != tokenOp || s.query != "" {
		t.Errorf("asked %s?%s, %v", s.op, s.query, err)
	}
	if d := cmp.Diff(form, want); d != "" {
		t.Errorf("form (-got +want):\n%s", d)
	}
	if got := s.header.Get("Authorization"); got != authorization {
		t.Errorf("authorization %q, want %q", got, authorization)
	}
	if got, want := s.header.Get("Content-Type"), "application/x-www-form-urlencoded"; got != want {
		t.Errorf("content type %q, want %q", got, want)
	}
}

// A refresh token is spent by one call at most, and it is in doubt only if it may be spent.
func TestRefreshIsSentOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault sim.Fault
		class httpx.Class
		dead  bool
		spent int
	}{
		{"the connection dies before", sim.Fault{Reset: sim.Before}, httpx.Ambiguous, false, 0},
		{"the connection dies after", sim.Fault{Reset: sim.After}, httpx.Ambiguous, false, 1},
		{"the answer breaks off", sim.Fault{Reset: sim.Middle}, httpx.Ambiguous, false, 1},
		{"no answer in time", sim.Fault{Delay: time.Minute}, httpx.Ambiguous, false, 0},
		{"500", sim.Fault{Status: 500}, httpx.Ambiguous, false, 0},
		{
			"200 without a token", sim.Fault{Status: 200, Body: `{"token_type":"bearer"}`},
			httpx.Ambiguous, false, 0,
		},
		{"200 with HTML", sim.Fault{Status: 200, Body: "<html>"}, httpx.Ambiguous, false, 0},
		{
			"spent",
			sim.Fault{
				Status: 400,
				Body:   `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`,
			},
			httpx.Unauthorized, true, 0,
		},
		{
			"the app's own credentials",
			sim.Fault{Status: 401, Body: `{"error":"unauthorized_client"}`}, httpx.Unauthorized,
			false, 0,
		},
		{"an edge's 400", sim.Fault{Status: 400, Body: "<html>"}, httpx.Transient, false, 0},
		{
			"429 for a second",
			sim.Fault{Status: 429, Header: map[string]string{"Retry-After": "1"}},
			httpx.RateLimited, false, 0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{})
				tt.fault.Service, tt.fault.Call, tt.fault.Times = "x", tokenOp, -1
				w.Fail(tt.fault)
				got, err := appInWorld(w, w.Transport()).Refresh(t.Context(),
					w.Env()["X_REFRESH_TOKEN"])
				if httpx.ClassOf(err) != tt.class || IsDeadGrant(err) != tt.dead {
					t.Errorf("got %v %q, dead %v, want %q", err, httpx.ClassOf(err),
						IsDeadGrant(err), tt.class)
				}
				if got != (Token{}) && got.Access != "" {
					t.Errorf("got %+v with an error", got)
				}
				synctest.Wait()
				if w.Calls("x") != 1 || w.X().Refreshes() != tt.spent {
					t.Errorf("%d calls, %d spent, want 1, %d", w.Calls("x"), w.X().Refreshes(),
						tt.spent)
				}
			})
		})
	}
}

// What X really says to a token that was spent, and to an app that shows itself in the wrong way.
func TestRefreshThatTheWorldRefuses(t *testing.T) {
	w := sim.New(sim.Options{})
	o, token := appInWorld(w, w.Transport()), w.Env()["X_REFRESH_TOKEN"]
	public := *o
	public.ClientSecret = ""
	if _, err := public.Refresh(t.Context(), token); httpx.ClassOf(err) != httpx.Unauthorized ||
		IsDeadGrant(err) {
		t.Errorf("without the secret: got %v", err)
	}
	if _, err := o.Refresh(t.Context(), token); err != nil {
		t.Errorf("the refusal has spent the token: %v", err)
	}
	if _, err := o.Refresh(t.Context(), token); !IsDeadGrant(err) {
		t.Errorf("spent: got %v", err)
	}
}

// An odd field does not lose a token that X has given: the one before it is gone.
func TestTokenAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       Token
	}{
		{
			"whole",
			`{"token_type":"bearer","expires_in":3600,"access_token":"a","scope":"tweet.read","refresh_token":"r"}`,
			Token{Access: "a", Refresh: "r", Scope: "tweet.read", ExpiresAt: now.Add(time.Hour)},
		},
		{
			"no new refresh token", `{"expires_in":7200,"access_token":"a"}`,
			Token{Access: "a", Refresh: refreshToken, ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			"the life as text", `{"expires_in":"3600","access_token":"a","refresh_token":"r"}`,
			Token{Access: "a", Refresh: "r", ExpiresAt: now.Add(time.Hour)},
		},
		{
			"no life", `{"access_token":"a","refresh_token":"r"}`,
			Token{Access: "a", Refresh: "r", ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			"an impossible life", `{"expires_in":-1,"access_token":"a","refresh_token":"r"}`,
			Token{Access: "a", Refresh: "r", ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			"a life without end",
			`{"expires_in":9223372036854775807,"access_token":"a","refresh_token":"r"}`,
			Token{Access: "a", Refresh: "r", ExpiresAt: now.Add(2 * time.Hour)},
		},
		{
			"a life that is none",
			`{"expires_in":{},"access_token":"a","refresh_token":"r","more":[]}`,
			Token{Access: "a", Refresh: "r", ExpiresAt: now.Add(2 * time.Hour)},
		},
	} {
		got, err := app(script(tt.body)).Refresh(t.Context(), refreshToken)
		if d := cmp.Diff(got, tt.want); err != nil || d != "" {
			t.Errorf("%s: %v, token (-got +want):\n%s", tt.name, err, d)
		}
	}
}

// A login from its page to its tokens, as a person goes through it.
func TestExchange(t *testing.T) {
	const redirect, verifier = "http://127.0.0.1:8765/callback", "verifier-0123456789-0123456789-0123456789-01"
	for _, public := range []bool{false, true} {
		t.Run(fmt.Sprintf("public %v", public), func(t *testing.T) {
			w := sim.New(sim.Options{PublicX: public, Callbacks: []string{redirect}})
			line := &tap{to: w.Transport()}
			o := appInWorld(w, line)
			sum := sha256.Sum256([]byte(verifier))
			page := AuthorizeURL(
				DefaultURL+"/i/oauth2/authorize",
				o.ClientID,
				redirect,
				"state&1",
				base64.RawURLEncoding.EncodeToString(sum[:]),
				strings.Fields(scopes),
			)
			code := allow(t, o.HTTP, page)
			_, err := o.Exchange(t.Context(), "another", verifier, redirect)
			if httpx.ClassOf(err) != httpx.Unauthorized {
				t.Errorf("another code: got %v", err)
			}
			got, err := o.Exchange(t.Context(), code, verifier, redirect)
			if err != nil || got.Scope != scopes || !w.X().RefreshValid(got.Refresh) ||
				!got.ExpiresAt.Equal(w.Now().Add(2*time.Hour)) {
				t.Fatalf("got %+v, %v", got, err)
			}
			want := url.Values{
				"grant_type":    {"authorization_code"},
				"code":          {code},
				"redirect_uri":  {redirect},
				"code_verifier": {verifier},
			}
			authorization := "Basic " + base64.StdEncoding.EncodeToString(
				[]byte(url.QueryEscape(o.ClientID)+":"+url.QueryEscape(o.ClientSecret)),
			)
			if public {
				want.Set("client_id", o.ClientID)
				authorization = ""
			}
			expectForm(t, line.seen[len(line.seen)-1], want, authorization)
		})
	}
}

var allowLink = regexp.MustCompile(`id="allow" href="[^"]*code=([^"&]+)`)

// allow is a person who says yes on the page.
func allow(t *testing.T, c *http.Client, page string) (code string) {
	t.Helper()
	resp, err := c.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	m := allowLink.FindSubmatch(b)
	if err != nil || m == nil {
		t.Fatalf("%d %s, %v", resp.StatusCode, b, err)
	}
	return string(m[1])
}

// Without a refresh token in the answer of a login there is none.
func TestExchangeWithoutOfflineAccess(t *testing.T) {
	got, err := app(
		script(`{"access_token":"a","expires_in":7200}`),
	).Exchange(
		t.Context(),
		"code",
		"verifier",
		"http://127.0.0.1/",
	)
	if want := (Token{Access: "a", ExpiresAt: now.Add(2 * time.Hour)}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

// X wants %20 between scopes, and everything else as it was given.
func TestAuthorizeURL(t *testing.T) {
	got := AuthorizeURL(
		"https://x.com/i/oauth2/authorize",
		"c2lt+OmNp",
		"http://127.0.0.1:8765/call back?x=1",
		"s+t&a",
		"chal-lenge_",
		[]string{"tweet.read", "users.read"},
	)
	if want := "scope=tweet.read%20users.read"; !strings.Contains(got, want) ||
		strings.Contains(got, "+") {
		t.Errorf("got %s, want %s in it and no plus sign", got, want)
	}
	u, err := url.Parse(got)
	if err != nil || u.Host != "x.com" || u.Path != "/i/oauth2/authorize" {
		t.Fatalf("got %s, %v", got, err)
	}
	want := url.Values{
		"response_type": {
			"code",
		}, "client_id": {"c2lt+OmNp"}, "redirect_uri": {"http://127.0.0.1:8765/call back?x=1"},
		"scope": {"tweet.read users.read"},
		"state": {"s+t&a"}, "code_challenge": {"chal-lenge_"}, "code_challenge_method": {"S256"},
	}
	if d := cmp.Diff(u.Query(), want); d != "" {
		t.Errorf("query (-got +want):\n%s", d)
	}
}

// No call shows a credential that it was given, whatever is answered and whoever hides what, and
// none follows a redirect.
func TestNoCallLeaksACredential(t *testing.T) {
	pad := strings.Repeat("x", 278) // a message is cut at 300 bytes, and half a token is one
	quoted := func(s string) string {
		return fmt.Sprintf(`{"error":"a","error_description":%q}`,
			s)
	}
	for name, answer := range map[string]func(echo string) *http.Response{
		"in JSON": func(echo string) *http.Response { return said(400, quoted(echo)) },
		"in JSON, cut": func(echo string) *http.Response {
			return said(400,
				quoted(pad+echo))
		},
		"in a page":          func(echo string) *http.Response { return said(502, "<html>"+echo) },
		"in a page, cut":     func(echo string) *http.Response { return said(502, pad+echo) },
		"in what is no JSON": func(echo string) *http.Response { return said(403, echo) },
		"with 200":           func(echo string) *http.Response { return said(200, echo) },
		"with 200, in JSON":  func(echo string) *http.Response { return said(200, quoted(echo)) },
		"in a redirect": func(echo string) *http.Response {
			return said(307, "", "Location", "https://evil.test/?"+url.QueryEscape(echo))
		},
		"the connection dies":  func(string) *http.Response { return nil },
		"in a limit's message": func(echo string) *http.Response { return said(429, quoted(echo)) },
	} {
		for _, given := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, redactor %v", name, given), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { expectNoLeak(t, answer, given) })
			})
		}
	}
}

// expectNoLeak makes every call, each of which is answered with what it sent.
func expectNoLeak(t *testing.T, answer func(echo string) *http.Response, given bool) {
	basic := base64.StdEncoding.EncodeToString([]byte("clientID:" + clientSecret))
	credentials := []string{
		accessToken,
		refreshToken,
		url.QueryEscape(refreshToken),
		clientSecret,
		basic,
	}
	for op := range everyCall(nil, nil) {
		w := &wire{}
		w.answer = func(s sent) *http.Response {
			if resp := uploading(op, s); resp != nil {
				return resp
			}
			return answer(s.header.Get("Authorization") + " " + string(s.body))
		}
		c, o := client(w), app(w)
		if given { // as the program does: what it was given is known
			c.Secrets = new(httpx.Redactor)
			c.Secrets.Add(accessToken)
			o.Secrets = c.Secrets
		}
		text := dump(everyCall(c, o)[op](t.Context()))
		for _, s := range credentials {
			if i := strings.Index(text, s[:len(s)/2]); i >= 0 {
				t.Errorf("%s shows %.40q", op, text[i:])
			}
		}
		for _, s := range w.seen {
			if s.host != "api.x.com" {
				t.Errorf("%s went on to %s", op, s.host)
			}
		}
	}
}

// A new token in an answer that can't be read is not quoted: nobody knows it yet, so nobody hides
// it.
func TestBrokenTokenAnswersAreNotQuoted(t *testing.T) {
	for _, status := range []int{200, 201, 400, 401, 403, 500, 502} {
		for _, body := range []string{
			`{"access_token":"newAccess0123`, `[{"access_token":"newAccess0123"}]`,
			`{"access_token":{"newAccess0123":1}}`,
			`{"refresh_token":"newAccess0123"}`, `<html>newAccess0123`, `"newAccess0123"`,
			`newAccess0123`,
		} {
			o := app(&wire{answer: func(sent) *http.Response { return said(status, body) }})
			_, err := o.Refresh(t.Context(), refreshToken)
			if text := dump(err); err == nil || strings.Contains(text, "newAccess0123") {
				t.Errorf("%d %s: %s", status, body, text)
			}
		}
	}
}

// What is behind an error stays to be found: a job that ends is told apart from X.
func TestTransportErrorsUnwrap(t *testing.T) {
	cause := errors.New("no route to host")
	o := app(failing{cause})
	if _, err := o.Refresh(t.Context(), refreshToken); !errors.Is(err, cause) ||
		httpx.ClassOf(err) != httpx.Transient {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Body.Close()
	return nil, f.err
}
