package doctor_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// illness is a world with something wrong and what an examination comes to.
type illness struct {
	name  string
	login string // "" is Instagram Login
	make  func(*patient)
	want  []string // keys of the causes, the most likely first
	shows []string // among the findings
	ruled []string // among what is ruled out; "!" before it: not among it
}

const (
	ig = instagram.InstagramLogin
	fb = instagram.FacebookLogin
)

// answers plans what a service says to every call that matches, from now on.
func answers(service, call string, status int, body string) func(*patient) {
	return func(p *patient) {
		p.w.Fail(sim.Fault{Service: service, Call: call, Status: status, Body: body, Times: -1})
	}
}

// graph is a refusal of Meta's.
func graph(code, subcode int) string { return `{"error":` + object(code, subcode) + `}` }

// object is the error inside it, which is what the account's own refusal is made of.
func object(code, subcode int) string {
	return fmt.Sprintf(`{"message":"Meta says so","type":"OAuthException","code":%d,"error_subcode":%d,"fbtrace_id":"ATrace"}`, code, subcode)
}

func account(change func(*sim.Account)) func(*patient) {
	return func(p *patient) { p.w.Instagram().SetAccount(change) }
}

func without(list []string, one string) (out []string) {
	for _, s := range list {
		if s != one {
			out = append(out, s)
		}
	}
	return out
}

func lacks(scope string) func(*patient) {
	return account(func(a *sim.Account) {
		a.Scopes, a.Declined = without(a.Scopes,
			scope), []string{scope}
	})
}

var ofInstagram = []illness{
	{
		name: "all is well", make: func(*patient) {},
		shows: []string{
			"ok instagram Q1 GET /me: ok: @kamo.mugs BUSINESS",
			"ok instagram Q2 GET /me/media: ok: the media are listed",
			"-- instagram P7 the same on v26.0: not asked",
		},
		ruled: []string{"the token itself (it is accepted)"},
	},
	{
		name: "all is well with Facebook Login", login: fb, make: func(*patient) {},
		shows: []string{
			"ok instagram P1 GET /me: ok: Kamo Mugs",
			"ok instagram P2 GET /debug_token: ok: is_valid: true, data access until 2027-02-11",
			"ok instagram P3 GET /me/permissions: ok: 5 granted",
			"ok instagram P4 GET /{user}: ok: @kamo.mugs",
			"ok instagram P5 GET /{user}/media: ok: the media are listed",
			"ok instagram P6 GET /me/accounts: ok: 1 Page",
		},
		ruled: []string{
			"the token itself (it is accepted)", "the 90-day data access window",
			"a permission for the media that was not ticked (instagram_basic, pages_show_list" +
				" and pages_read_engagement are granted)",
		},
	},
	{
		name: "the token has expired",
		make: account(func(a *sim.Account) { a.TokenExpires = a.TokenIssued.Add(time.Hour) }),
		want: []string{"instagram-token-expired"},
		shows: []string{
			"!! instagram Q1 GET /me: instagram GET /me: 400 code 190/463", "!! instagram Q2",
			"-- instagram P7",
		},
	},
	{
		name: "the debugger says of what the token died", login: fb,
		make: account(func(a *sim.Account) { a.TokenExpires = a.TokenIssued.Add(time.Hour) }),
		want: []string{"instagram-token-expired"},
		shows: []string{"instagram P2 GET /debug_token: ok: is_valid: false: Error validating " +
			"access token: Session has expired"},
		ruled: []string{
			"!the token itself", "!the 90-day data access window",
		}, // of a dead token the debugger does not say it
	},
	{
		name: "the password was changed", make: func(p *patient) { p.w.Instagram().KillTokens() },
		want: []string{"instagram-password-changed"},
	},
	{
		name: "a checkpoint, 459", make: answers("instagram", "GET /**", 400, graph(190, 459)),
		want: []string{"instagram-checkpoint"},
	},
	{
		name: "a checkpoint, 464", make: answers("instagram", "GET /**", 400, graph(190, 464)),
		want: []string{"instagram-checkpoint"},
	},
	{
		name: "the role on the Page is lost", login: fb,
		make: answers("instagram", "GET /**", 400, graph(190, 492)),
		want: []string{"instagram-page-role"},
	},
	{
		name: "190 of no known subcode",
		make: answers("instagram", "GET /**", 400, graph(190, 0)),
		want: []string{"instagram-token-dead"},
	},
	{
		name: "the session is over", make: answers("instagram", "GET /**", 400, graph(102, 0)),
		want: []string{"instagram-token-dead"},
	},
	{
		name: "a token of the other login",
		make: func(p *patient) { p.env["INSTAGRAM_TOKEN"] = p.w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"] },
		want: []string{"instagram-flavour", "instagram-token-dead"},
	},
	{
		name: "the app is switched off",
		make: answers("instagram", "GET /**", 400,
			`{"error":{"message":"API access deactivated. To reactivate, go to the App Dashboard","type":"OAuthException","code":200}}`),
		want: []string{"instagram-app-state"},
	},
	{
		name: "the permission was taken away", make: lacks("instagram_business_basic"),
		want: []string{"instagram-media-permission", "instagram-meta"},
		shows: []string{"ok instagram Q1", "!! instagram Q2 GET /me/media: instagram GET " +
			"/me/media: 403 code 10", "!! instagram P7 the same on v26.0"},
		ruled: []string{"the token itself (it is accepted)", "the API version (v26.0 says the " +
			"same)"},
	},
	{
		name: "a permission was not ticked", login: fb, make: lacks("instagram_basic"),
		want: []string{"instagram-scope", "instagram-meta"},
		shows: []string{"ok instagram P3 GET /me/permissions: ok: 4 granted, instagram_basic " +
			"declined", "!! instagram P5"},
	},
	{
		name: "September 2023", login: fb,
		make:  func(p *patient) { p.w.Instagram().BreakLikeSeptember2023() },
		want:  []string{"instagram-portfolio", "instagram-meta"},
		shows: []string{"ok instagram P6 GET /me/accounts: ok: 0 Pages"},
	},
	{
		name: "consent to read data is over", login: fb,
		make: account(func(a *sim.Account) { a.DataAccessExpires = a.TokenIssued }),
		want: []string{"instagram-data-access", "instagram-meta"},
	},
	{
		name: "the account was not ticked", login: fb,
		make: account(func(a *sim.Account) {
			a.Granular = map[string][]string{"instagram_basic": {"17841499999999999"}}
			a.MediaError = object(10, 0)
		}),
		want: []string{"instagram-asset", "instagram-meta"},
	},
	{
		name: "the link to the Page is undone", login: fb,
		make: account(func(a *sim.Account) { a.Linked, a.MediaError = false, object(10, 0) }),
		want: []string{"instagram-unlinked", "instagram-meta"},
	},
	{
		name: "another account's id", login: fb,
		make:  func(p *patient) { p.env["INSTAGRAM_USER_ID"] = "17841400000000002" },
		want:  []string{"instagram-account-id", "instagram-meta"},
		shows: []string{"!! instagram P4 GET /{user}: instagram GET /{user}: 400 code 100/33"},
	},
	{
		name: "a personal account", make: account(func(a *sim.Account) { a.Type = "PERSONAL" }),
		want:  []string{"instagram-not-professional", "instagram-meta"},
		shows: []string{"ok instagram Q1 GET /me: ok: @kamo.mugs PERSONAL"},
	},
	{
		name: "a personal account behind a Page", login: fb,
		make: account(func(a *sim.Account) { a.Type = "PERSONAL" }),
		want: []string{"instagram-unlinked", "instagram-account-id", "instagram-meta"},
	},
	{
		name:  "the version is the cause",
		make:  answers("instagram", "GET /v25.0/me/media", 400, graph(10, 0)),
		want:  []string{"instagram-version", "instagram-media-permission", "instagram-meta"},
		shows: []string{"ok instagram P7 the same on v26.0: ok"},
	},
	{
		name: "a version that has ended is answered by another",
		make: func(p *patient) { p.route.Instagram.APIVersion = "v18.0" },
		shows: []string{"ok instagram Q2 GET /me/media: ok: the media are listed, answered by " +
			"v21.0"},
	},
	{
		name: "the newest version is in use", make: func(p *patient) {
			p.route.Instagram.APIVersion = "v26.0"
			lacks("instagram_business_basic")(p)
		},
		want:  []string{"instagram-media-permission", "instagram-meta"},
		shows: []string{"!! instagram P7 the same on v25.0"},
	},
	{
		name: "no app secret: the token asks about itself", login: fb,
		make:  func(p *patient) { delete(p.env, "INSTAGRAM_APP_SECRET") },
		shows: []string{"ok instagram P2 GET /debug_token: ok: is_valid: true"},
	},
	{
		name: "no debugger: the others say it", login: fb, make: func(p *patient) {
			answers("instagram", "GET /v25.0/debug_token", 400, graph(100, 0))(p)
			p.w.Instagram().BreakLikeSeptember2023()
		},
		want: []string{"instagram-portfolio", "instagram-meta"},
		shows: []string{"!! instagram P2 GET /debug_token: instagram GET /debug_token: 400 code " +
			"100"},
	},
	{
		name: "Instagram is down", make: answers("instagram", "GET /**", 503, ""),
		want: []string{"instagram-down"},
		shows: []string{
			"!! instagram Q1", "!! instagram Q2 GET /me/media: instagram GET /me/media: 503",
		},
	},
	{
		name: "a rate limit", login: fb, make: answers("instagram", "GET /**", 400, graph(4, 0)),
		want: []string{"instagram-throttled"},
	},
	{
		name: "a refusal that no rule knows",
		make: answers("instagram", "GET /**", 400, graph(100, 33)),
		want: []string{"instagram-account-id"},
	},
	{
		name:  "the media are listed, whatever else stumbles",
		make:  answers("instagram", "GET /v25.0/me", 503, ""),
		shows: []string{"!! instagram Q1", "ok instagram Q2"},
	},
	{
		name: "no list of permissions and no Pages", login: fb, make: func(p *patient) {
			answers("instagram", "GET /v25.0/me/permissions", 400, graph(100, 0))(p)
			answers("instagram", "GET /v25.0/me/accounts", 400, graph(100, 0))(p)
			lacks("instagram_basic")(p)
		},
		want:  []string{"instagram-meta"},
		shows: []string{"!! instagram P3", "!! instagram P6"},
	},
}

var ofX = []illness{
	{
		name: "all is well", make: func(*patient) {},
		shows: []string{
			"ok x the token chain: ok: generation 1, rotated 2026-11-23",
			"ok x scopes of the login: ok: tweet.read tweet.write users.read media.write" +
				" offline.access",
			"ok x a store for the next token: ok: the vault and the secrets",
			"ok x GET /2/users/me: ok: @kamo_mugs",
		},
		ruled: []string{"X's login (it is accepted)"},
	},
	{
		name: "no VAULT_KEY", make: func(p *patient) { delete(p.env, "VAULT_KEY") },
		shows: []string{"ok x a store for the next token: ok: the secrets\n"},
	},
	{
		name: "no SECRETS_TOKEN", make: func(p *patient) { delete(p.env, "SECRETS_TOKEN") },
		shows: []string{"ok x a store for the next token: ok: the vault\n"},
	},
	{
		name: "neither of them",
		make: func(p *patient) { delete(p.env, "VAULT_KEY"); delete(p.env, "SECRETS_TOKEN") },
		want: []string{"nowhere-to-store"}, shows: []string{"!! x a store for the next token: " +
			"there is nowhere to store a rotated token"},
	},
	{
		name: "401", make: answers("x", "GET /2/users/me", 401, `{"title":"Unauthorized"}`),
		want: []string{"x-token-refused"},
	},
	{
		name: "out of credit", make: func(p *patient) { p.w.X().SetCredit(0) },
		want: []string{"x-credit"},
	},
	{
		name: "the spending limit",
		make: answers("x", "GET /**", 403,
			`{"title":"SpendCapReached","detail":"spend cap reached"}`),
		want: []string{"x-spend-cap"},
	},
	{
		name: "not enrolled",
		make: answers("x", "GET /**", 403,
			`{"reason":"client-not-enrolled","title":"Client Forbidden"}`),
		want: []string{"x-not-enrolled"},
	},
	{
		name: "suspended",
		make: answers("x", "GET /**", 403, `{"detail":"Your account is suspended"}`),
		want: []string{"x-suspended"},
	},
	{
		name: "any other 403", make: answers("x", "GET /**", 403, `{"title":"Forbidden"}`),
		want: []string{"unexplained"},
	},
	{
		name: "a rate limit", make: answers("x", "GET /**", 429, `{"title":"Too Many Requests"}`),
		want: []string{"x-throttled"},
	},
	{name: "X is down", make: answers("x", "GET /**", 503, ""), want: []string{"x-down"}},
	{
		name:  "the access token is over: the question is left out",
		make:  func(p *patient) { p.w.Advance(3 * time.Hour) },
		shows: []string{"-- x GET /2/users/me: not asked"},
	},
}

var ofGitHub = []illness{
	{
		name: "all is well", make: func(*patient) {},
		shows: []string{
			"ok github GET /repos/{repo}: ok: public, issues are on",
			"ok github GET /repos/{repo}/issues: ok: the token reaches issues",
			"ok github GET actions/secrets/public-key: ok: SECRETS_TOKEN reaches the secrets\n",
			"ok github GET actions/workflows/mirror.yml: ok: active",
			"ok github GET actions/workflows/rotate.yml: ok: active",
		},
	},
	{
		name: "a private repository",
		make: answers("github", "GET /repos/someone/mirror", 200,
			`{"private":true,"has_issues":true}`),
		shows: []string{"ok github GET /repos/{repo}: ok: private, issues are on"},
	},
	{
		name: "the job may not touch issues",
		make: func(p *patient) { p.w.GitHub().SetPermission("GITHUB_TOKEN", "issues", false) },
		want: []string{"github-permission"},
		shows: []string{
			"ok github GET /repos/{repo}",
			"!! github GET /repos/{repo}/issues: github GET /repos/{repo}/issues: 403",
		},
	},
	{
		name: "issues are switched off", make: func(p *patient) { p.w.GitHub().DisableIssues() },
		want: []string{"github-issues-disabled"},
	},
	{
		name: "archived",
		make: answers("github", "GET /repos/someone/mirror", 200,
			`{"archived":true,"has_issues":true}`),
		want: []string{"github-archived"}, shows: []string{"the repository is archived"},
	},
	{
		name: "hidden from the token",
		make: answers("github", "GET /repos/someone/mirror", 404, `{"message":"Not Found"}`),
		want: []string{"github-permission"},
	},
	{
		name: "SECRETS_TOKEN has an end",
		make: func(p *patient) {
			p.w.GitHub().SetSecretsTokenExpiry(time.Date(2027, 1, 2, 0, 0, 0,
				0, time.UTC))
		},
		shows: []string{"SECRETS_TOKEN reaches the secrets, until 2027-01-02"},
	},
	{
		name: "SECRETS_TOKEN is over",
		make: func(p *patient) {
			p.w.GitHub().SetSecretsTokenExpiry(time.Date(2026, 1, 2, 0, 0, 0,
				0, time.UTC))
		},
		want: []string{"github-token"},
	},
	{
		name: "SECRETS_TOKEN may not touch secrets",
		make: func(p *patient) { p.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false) },
		want: []string{"secrets-not-writable"}, shows: []string{"!! github GET " +
			"actions/secrets/public-key: github GET /repos/{repo}/actions/secrets/public-key: 403"},
	},
	{
		name: "SECRETS_TOKEN is another repository's",
		make: answers("github", "GET /repos/*/*/actions/secrets/*", 404, `{"message":"Not Found"}`),
		want: []string{"secrets-not-writable"},
	},
	{
		name: "no SECRETS_TOKEN", make: func(p *patient) { delete(p.env, "SECRETS_TOKEN") },
		shows: []string{"-- github GET actions/secrets/public-key: not asked"},
	},
	{
		name: "GitHub switched a schedule off",
		make: answers("github", "GET /repos/*/*/actions/workflows/rotate.yml", 200,
			`{"state":"disabled_inactivity"}`),
		want: []string{"schedule-off"}, shows: []string{"ok github GET " +
			"actions/workflows/mirror.yml", "!! github GET actions/workflows/rotate.yml: " +
			"rotate.yml is disabled_inactivity"},
	},
	{
		name: "the job may not look at workflows, which proves nothing",
		make: answers("github", "GET /repos/*/*/actions/workflows/*", 403,
			`{"message":"Resource not accessible by integration"}`),
		shows: []string{"-- github GET actions/workflows/mirror.yml: not asked"},
	},
}

func TestFindings(t *testing.T) {
	for area, list := range map[string][]illness{
		"Instagram": ofInstagram, "X": ofX, "GitHub": ofGitHub,
	} {
		for _, tt := range list {
			bubble(t, area+"/"+tt.name, func(t *testing.T) {
				login := tt.login
				if login == "" {
					login = ig
				}
				p := healthy(t, login)
				tt.make(p)
				out := p.all()
				if diff := cmp.Diff(tt.want, keys(out)); diff != "" {
					t.Errorf("causes (-want +got):\n%s\n%s", diff, lines(out))
				}
				for _, line := range tt.shows {
					if !strings.Contains(lines(out), line) {
						t.Errorf("no %q in\n%s", line, lines(out))
					}
				}
				for _, r := range tt.ruled {
					r, not := strings.CutPrefix(r, "!")
					if strings.Contains(strings.Join(out.Ruled, "\n"), r) == not {
						t.Errorf("%q among %q: got %v, want %v", r, out.Ruled, not, !not)
					}
				}
				for _, c := range out.Causes {
					if len(c.For) == 0 || c.Diagnosis.Fix == "" {
						t.Errorf("%s is told without evidence or without a fix", c.Diagnosis.Key)
					}
				}
			})
		}
	}
}

// A first examination finds no state branch, and makes none.
func TestNoStateYet(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		p := unused(t, ig)
		out := p.all()
		if len(out.Causes) > 0 {
			t.Errorf("got %v, want nothing wrong", keys(out))
		}
		for _, want := range []string{
			"-- x the token chain", "-- x scopes of the login",
			"ok x GET /2/users/me: ok: @kamo_mugs",
		} {
			if !strings.Contains(lines(out), want) {
				t.Errorf("no %q in\n%s", want, lines(out))
			}
		}
		if _, there := p.w.GitHub().File("postferry-state", "state/main.yaml"); there {
			t.Error("a state was written")
		}
	})
}

// Why a rotation would fail is told without one: each of these is a login that no run can use any
// more, or not yet.
func TestChain(t *testing.T) {
	elsewhere := func(p *patient) {
		p.t.Helper()
		p.w.X().Login() // the tokens that postferry holds are dead
		var dead *token.DeadError
		_, _ = p.doctor().Keeper.RotateIfDue(p.t.Context(), true)
		p.w.Advance(time.Hour)
		if _, err := p.doctor().Keeper.RotateIfDue(p.t.Context(), true); !errors.As(err, &dead) {
			p.t.Fatalf("got %v, want a DeadError", err)
		}
	}
	for _, tt := range []struct {
		name  string
		make  func(*patient)
		want  []string
		shows string
	}{
		{
			"dead before the first rotation", elsewhere, []string{"x-login-again"},
			"!! x the token chain: X refuses the refresh token for good: X refused it twice",
		},
		{
			"dead, from the secret", func(p *patient) { p.rotate(); elsewhere(p) },
			[]string{"x-login-again"}, "!! x the token chain: X refuses",
		},
		{
			"dead, from the vault",
			func(p *patient) { delete(p.env, "SECRETS_TOKEN"); p.rotate(); elsewhere(p) },
			[]string{"x-login-again"}, "!! x the token chain: X refuses",
		},
		{"sealed with another key", func(p *patient) {
			delete(p.env, "SECRETS_TOKEN")
			p.rotate()
			p.env["VAULT_KEY"] = base64.StdEncoding.EncodeToString(make([]byte, 32))
		}, []string{"vault-sealed"}, "!! x the token chain: "},
		{"a secret that has been rotated since", func(p *patient) {
			old := p.env["X_REFRESH_TOKEN"]
			delete(p.env, "VAULT_KEY")
			p.rotate()
			p.w.GitHub().SetSecret("X_REFRESH_TOKEN", old)
		}, nil, "ok x the token chain: ok: generation 1, rotated 2026-11-23, put off to the next " +
			"run"},
		{"a person has logged in again", func(p *patient) {
			p.rotate()
			elsewhere(p)
			refresh, access := p.w.X().Login()
			p.w.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
			p.w.GitHub().SetSecret("X_ACCESS_TOKEN", access)
		}, nil, "ok x GET /2/users/me: ok: @kamo_mugs"},
		{
			"two hours after set-up, before the first rotation",
			func(p *patient) { p.w.Advance(3 * time.Hour) }, nil,
			"-- x GET /2/users/me: not asked",
		},
		{"two hours after a person has logged in again", func(p *patient) {
			p.rotate()
			elsewhere(p)
			refresh, access := p.w.X().Login()
			p.w.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
			p.w.GitHub().SetSecret("X_ACCESS_TOKEN", access)
			p.w.X().ExpireAccess()
		}, nil, "-- x GET /2/users/me: not asked"},
		{
			"out of credit before the first rotation", func(p *patient) { p.w.X().SetCredit(0) },
			[]string{"x-credit"}, "!! x GET /2/users/me: x GET /2/users/me: 402",
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			p := unused(t, ig)
			tt.make(p)
			out := p.all()
			if diff := cmp.Diff(tt.want, keys(out)); diff != "" {
				t.Errorf("causes (-want +got):\n%s", diff)
			}
			if !strings.Contains(lines(out), tt.shows) {
				t.Errorf("no %q in\n%s", tt.shows, lines(out))
			}
		})
	}
}

// The scopes are those of the last rotation.
func TestMissingScope(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		p := unused(t, ig)
		p.w.X().SetScopes("tweet.read", "tweet.write", "users.read", "offline.access")
		p.env["X_REFRESH_TOKEN"], p.env["X_ACCESS_TOKEN"] = p.w.X().Login()
		var scope *token.ScopeError
		if _, err := p.doctor().Keeper.RotateIfDue(t.Context(), true); !errors.As(err, &scope) {
			t.Fatalf("got %v, want a ScopeError", err)
		}
		out := p.all()
		if diff := cmp.Diff([]string{"x-scope"}, keys(out)); diff != "" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
		if want := "!! x scopes of the login: the X login lacks the scopes media.write"; !strings.Contains(lines(out), want) {
			t.Errorf("no %q in\n%s", want, lines(out))
		}
	})
}

// What the state proves is ruled out: a login with the scope for uploads does not lack it.
func TestUploadForbidden(t *testing.T) {
	refused := &httpx.Error{
		Service: "x", Op: "POST /2/media/upload/initialize", Status: 403, Class: httpx.Forbidden,
		Type: xapi.TypeMissingScope, Message: "Forbidden",
	}
	for _, tt := range []struct {
		scope  string
		signed bool
		want   string
		ruled  bool
	}{
		{strings.Join(token.Scopes, " "), false, "x-upload-forbidden", true},
		{"tweet.read tweet.write", false, "x-scope", false},
		{"", false, "x-scope", false},
		{"", true, "x-keys-read-only", false},
	} {
		d := &doctor.Doctor{Doc: &state.Document{}, Now: time.Now, Signed: tt.signed}
		d.Doc.Tokens.X.Scope = tt.scope
		out := d.OfX(t.Context(), refused)
		ruled := strings.Contains(strings.Join(out.Ruled, "; "), "a scope that the login lacks")
		if got := out.Causes[0]; got.Diagnosis.Key != tt.want || ruled != tt.ruled ||
			got.For[0] != "X's own words: Forbidden" {
			t.Errorf("%+v: got %+v, ruled out %v", tt, got, out.Ruled)
		}
	}
}

// Keys of which some are not set are told of by name, and X is not asked.
func TestIncompleteKeys(t *testing.T) {
	d := &doctor.Doctor{Doc: &state.Document{}, Now: time.Now, LacksKeys: []string{"X_API_SECRET"}}
	out := d.OfX(t.Context(), nil)
	if got := keys(out); len(got) != 1 || got[0] != "x-keys-incomplete" ||
		!strings.Contains(lines(out), "X_API_SECRET: not set") {
		t.Errorf("got %v:\n%s", got, lines(out))
	}
}

// What is in order with one service is told, however broken another one is.
func TestIndependent(t *testing.T) {
	ways := map[string]sim.Fault{
		"hangs":        {Delay: time.Hour},
		"says 500":     {Status: 500, Body: "<html>"},
		"says 401":     {Status: 401, Body: `{"message":"no","error":{"code":190,"message":"no"}}`},
		"cuts the way": {Reset: sim.Before},
		"cuts answers": {Reset: sim.Middle},
	}
	for _, down := range []string{"instagram", "x", "github"} {
		for how, f := range ways {
			bubble(t, down+" "+how, func(t *testing.T) {
				p := healthy(t, fb)
				begun := p.w.Now()
				out := p.examine(func(d *doctor.Doctor) diagnosis.Examination {
					f.Service, f.Call, f.Times = down, "GET /**", -1
					p.w.Fail(f)
					return d.All(t.Context())
				})
				for _, f := range out.Findings {
					remembered := f.Probe == "the token chain" ||
						f.Probe == "scopes of the login" || f.Probe == "a store for the next token"
					if f.Asked && !remembered && f.OK != (f.Service != down) {
						t.Errorf("%s %s: %s", f.Service, f.Probe, f.Answer)
					}
				}
				for _, c := range p.w.Log() {
					if waited := c.At.Sub(begun); c.Service != down && waited > 5*time.Second {
						t.Errorf("%s was asked after %v: it waited for %s", c.Service, waited, down)
					}
				}
				if len(out.Causes) == 0 {
					t.Errorf("nothing is wrong, and %s %s", down, how)
				}
				for _, key := range keys(out) {
					if !strings.HasPrefix(key, down) {
						t.Errorf("%s is blamed on %s", down, key)
					}
				}
			})
		}
	}
}

// An incident examines its own area only. What the run met is the first evidence, and is not asked
// for again.
func TestOfAnIncident(t *testing.T) {
	refused := func(service, op string, code int, class httpx.Class) error {
		return fmt.Errorf("run: %w",
			&httpx.Error{
				Service: service, Op: op, Status: 403, Code: code, Class: class, Message: "no",
				TraceID: "T1",
			})
	}
	media := func(code int, class httpx.Class) error {
		return refused("instagram", "GET /me/media",
			code, class)
	}
	for _, tt := range []struct {
		name  string
		area  diagnosis.Component
		cause error
		make  func(*patient)
		want  []string
		asked []string // services
		calls map[string]int
	}{
		{
			"the media are refused", diagnosis.Instagram, media(10, httpx.Forbidden),
			lacks("instagram_business_basic"),
			[]string{"instagram-media-permission", "instagram-meta", "instagram-permission"},
			[]string{"instagram"}, map[string]int{"/v25.0/me/media": 0, "/v26.0/me/media": 1},
		},
		{"one field is refused", diagnosis.Instagram, media(100, httpx.Invalid), func(*patient) {},
			[]string{"instagram-field", "instagram-recovered", "instagram-request"},
			[]string{"instagram"}, map[string]int{"/v25.0/me/media": 1}},
		{
			"it works again", diagnosis.Instagram,
			refused("instagram", "GET /me", 190, httpx.Unauthorized), func(*patient) {},
			[]string{"instagram-recovered", "instagram-token-dead"}, []string{"instagram"},
			map[string]int{"/v25.0/me/media": 1},
		},
		{
			"out of credit", diagnosis.X, refused("x", "POST /2/tweets", 0, httpx.OutOfCredit),
			func(p *patient) { p.w.X().SetCredit(0) },
			[]string{"x-credit"}, []string{"x"}, map[string]int{"/2/users/me": 1},
		},
		{
			"the login is dead", diagnosis.XToken, &token.DeadError{Err: errors.New("no")},
			func(*patient) {},
			[]string{"x-login-again"}, []string{"x"}, nil,
		},
		{
			"the secrets can't be written", diagnosis.XToken,
			&token.NoStoreError{Name: "X_REFRESH_TOKEN", Err: errors.New("403")},
			answers("x", "GET /**", 402, "{}"),
			[]string{"secrets-not-writable", "x-credit"}, []string{"x"}, nil,
		},
		{
			"the state can't be written, and a schedule is off besides", diagnosis.State,
			refused("github", "PUT /repos/{repo}/contents/{path}", 0, httpx.Forbidden),
			answers("github", "GET /repos/*/*/actions/workflows/*", 200,
				`{"state":"disabled_manually"}`),
			[]string{"github-permission", "schedule-off"}, []string{"github"}, nil,
		},
		{
			"the state can't be read, and all else is well", diagnosis.State,
			&state.UnreadableError{Path: "state/main.yaml", Reason: "no"}, func(*patient) {},
			[]string{"state-unreadable"}, []string{"github"}, nil,
		},
		{
			"GitHub", diagnosis.GitHub, nil, func(p *patient) { p.w.GitHub().DisableIssues() },
			[]string{"github-issues-disabled"}, []string{"github"}, nil,
		},
		{"the state", diagnosis.State, nil, func(*patient) {}, nil, []string{"github"}, nil},
		{
			"the price of a post: nobody to ask", diagnosis.Budget, errors.New("dear"),
			func(*patient) {}, nil, nil, nil,
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			p := healthy(t, ig)
			tt.make(p)
			out := p.examine(func(d *doctor.Doctor) diagnosis.Examination {
				return d.Of(t.Context(),
					tt.area, tt.cause)
			})
			if diff := cmp.Diff(tt.want, keys(out)); diff != "" {
				t.Errorf("causes (-want +got):\n%s\n%s", diff, lines(out))
			}
			asked := map[string]bool{}
			calls := map[string]int{}
			for _, c := range p.w.Log() {
				asked[c.Service] = true
				calls[c.Path]++
			}
			if len(asked) != len(tt.asked) || len(tt.asked) > 0 && !asked[tt.asked[0]] {
				t.Errorf("asked %v, want %v", asked, tt.asked)
			}
			for path, want := range tt.calls {
				if calls[path] != want {
					t.Errorf("%s: %d calls, want %d", path, calls[path], want)
				}
			}
		})
	}
}

// One cause is told once, with all that speaks for it; the likeliest of all services comes first.
func TestOneRanking(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		p := healthy(t, ig)
		out := p.examine(func(d *doctor.Doctor) diagnosis.Examination {
			answers("github", "GET /**", 503, "")(p)
			answers("instagram", "GET /*/me/media", 400, graph(3, 0))(p)
			return d.All(t.Context())
		})
		if diff := cmp.Diff([]string{"github-down", "instagram-meta"}, keys(out)); diff != "" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
		if n := len(out.Causes[0].For); n != 4 {
			t.Errorf("%d probes speak for the first cause, want 4: %q", n, out.Causes[0].For)
		}
	})
}

// What a service said is quoted as that service's, in whatever area it was met.
func TestOwnWords(t *testing.T) {
	github := &httpx.Error{
		Service: "github", Op: "PUT /x", Status: 403, Class: httpx.Forbidden,
		Message: "not by this token",
	}
	for want, cause := range map[string]error{
		"GitHub's own words: not by this token": &token.NoStoreError{Name: "X_REFRESH_TOKEN",
			Err: github},
		"X's own words: no credit": &httpx.Error{Service: "x",
			Message: "no credit"},
		"the X login lacks the scopes media.write": &token.ScopeError{
			Missing: []string{"media.write"},
		},
	} {
		d := &doctor.Doctor{Doc: &state.Document{}, Now: time.Now}
		if got := d.Of(t.Context(), diagnosis.XToken, cause).Causes[0].For; len(got) != 1 ||
			got[0] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The trace id is what a service's support asks for.
func TestTrace(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		p := healthy(t, ig)
		answers("instagram", "GET /v25.0/me", 400, graph(190, 463))(p)
		for _, f := range p.all().Findings {
			if f.Probe == "Q1 GET /me" && f.Trace != "ATrace" {
				t.Errorf("got trace %q", f.Trace)
			}
		}
	})
}

// A route that is half set up: what there is no client for is not asked.
func TestNoClients(t *testing.T) {
	d := &doctor.Doctor{Doc: &state.Document{}, Now: time.Now}
	for _, area := range []diagnosis.Component{
		"all", diagnosis.Instagram, diagnosis.X, diagnosis.XToken, diagnosis.GitHub,
		diagnosis.State,
	} {
		out := d.Of(t.Context(), area, nil)
		if area == "all" {
			out = d.All(t.Context())
		}
		for _, f := range out.Findings {
			if f.Asked {
				t.Errorf("%s: %s was asked", area, f.Probe)
			}
		}
		if len(out.Causes) > 0 {
			t.Errorf("%s: got %v, want nothing", area, keys(out))
		}
	}
}
