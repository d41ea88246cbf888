package setup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// scene is a wizard in a world, with what a person types.
type scene struct {
	*Wizard
	w   *sim.World
	out *strings.Builder
}

func newScene(t *testing.T, lines ...string) *scene {
	t.Helper()
	w := sim.New(sim.Options{})
	out := &strings.Builder{}
	env := map[string]string{}
	client := &http.Client{Transport: w.Transport()}
	s := &scene{w: w, out: out, Wizard: &Wizard{
		Dialogue: &Dialogue{
			Read: Lines(strings.NewReader(strings.Join(append(lines, ""), "\n"))),
			Out:  out, Interactive: true, Hide: func(string) {},
		},
		Options: Options{
			Repo: "someone/mirror",
			Dir:  newClone(t, map[string]string{"action.yml": "name: postferry\n"}),
		},
		Route:    config.Default().Routes[0],
		Getenv:   func(name string) string { return env[name] },
		Template: own, Now: w.Now,
	}}
	s.Services = Services{
		Repository: func(_ context.Context, owner, name, token string) (*github.Client, *github.Secrets) {
			c := github.New(github.Options{
				Token: token, Owner: owner, Repo: name, HTTP: client, Now: w.Now,
			})
			return c, &github.Secrets{Client: c}
		},
		Signed: func(k xapi.Keys) *xapi.Client {
			return &xapi.Client{
				HTTP: &http.Client{Transport: k.Transport(w.Transport())}, Now: w.Now,
			}
		},
	}
	env["GITHUB_TOKEN"] = w.Env()["SECRETS_TOKEN"]
	return s
}

// TestPersist: a step that fails is done again, with what was given beforehand asked for.
func TestPersist(t *testing.T) {
	s := newScene(t, "", "typed")
	s.Getenv = func(string) string { return "wrong" }
	var asked []string
	err := s.persist(t.Context(), func(ctx context.Context) error {
		got, err := s.Ask(ctx, "Value", s.given("VALUE"), "VALUE")
		asked = append(asked, got)
		if got == "wrong" {
			return advise("Copy it again.", "the value\x1b[2J is wrong")
		}
		return err
	})
	if got := fmt.Sprint(asked); err != nil || got != "[wrong typed]" {
		t.Errorf("got %s, %v", got, err)
	}
	want := "That did not work: the value [2J is wrong.\n   Copy it again.\n"
	if !strings.Contains(s.out.String(), want) {
		t.Errorf("shows %q", s.out.String())
	}
}

// TestPersistEnds with the failure when the person leaves because of it, at once where nobody is
// there, and never asks after a success.
func TestPersistEnds(t *testing.T) {
	broken := errors.New("broken")
	for name, prepare := range map[string]func(*scene){
		"left":              func(*scene) {},
		"nobody is there":   func(s *scene) { s.Interactive = false },
		"every answer: yes": func(s *scene) { s.Yes = true },
	} {
		s := newScene(t)
		s.Read = Lines(strings.NewReader(""))
		prepare(s)
		n := 0
		err := s.persist(t.Context(), func(context.Context) error { n++; return broken })
		if !errors.Is(err, broken) || n != 1 {
			t.Errorf("%s: %v after %d times", name, err, n)
		}
	}
}

// TestAnotherToken: one that may not write secrets, as that of a Codespace, is told, and another is
// asked for.
func TestAnotherToken(t *testing.T) {
	s := newScene(t)
	good := s.w.Env()["SECRETS_TOKEN"]
	s.Read = Lines(strings.NewReader("\nsomeone/mirror\n" + good + "\n"))
	s.Getenv = func(name string) string {
		return map[string]string{
			"GITHUB_TOKEN": "ghu_codespace",
		}[name]
	}
	if err := s.persist(t.Context(), repositoryStep{s.Wizard}.run); err != nil {
		t.Fatalf("%v\n%s", err, s.out)
	}
	if s.githubToken != good || !strings.Contains(s.out.String(), "Make a fine-grained token") {
		t.Errorf("shows:\n%s", s.out)
	}
}

// TestPinBeforeAnythingIsWritten: a repository that can't be set up keeps nothing of the attempt.
func TestPinBeforeAnythingIsWritten(t *testing.T) {
	s := newScene(t)
	s.Dir = t.TempDir()
	err := (repositoryStep{s.Wizard}).run(t.Context())
	wantAdvice(t, err, "no copy of postferry's repository", "--pin")
	for _, c := range s.w.Log() {
		if c.Method != http.MethodGet {
			t.Errorf("%s %s was sent", c.Method, c.Path)
		}
	}
}

// TestKeysStep asks for the portal's four values, tries them, and puts them into the secrets.
func TestKeysStep(t *testing.T) {
	s := newScene(t)
	keys := s.w.X().PortalKeys(true)
	lines := []string{
		"wrong", keys["X_API_SECRET"], keys["X_ACCESS_TOKEN"], keys["X_ACCESS_TOKEN_SECRET"],
		"", // once more
		keys["X_API_KEY"], keys["X_API_SECRET"], keys["X_ACCESS_TOKEN"],
		keys["X_ACCESS_TOKEN_SECRET"], "y", "",
	}
	s.Read = Lines(strings.NewReader(strings.Join(lines, "\n")))
	s.Route.X = config.X{
		Auth: config.Keys, APIKey: "X_API_KEY", APISecret: "X_API_SECRET",
		AccessToken: "X_ACCESS_TOKEN", AccessTokenSecret: "X_ACCESS_TOKEN_SECRET",
	}
	if err := (repositoryStep{s.Wizard}).run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.persist(t.Context(), xStep{s.Wizard}.run); err != nil {
		t.Fatalf("%v\n%s", err, s.out)
	}
	for name, want := range keys {
		if got, _ := s.w.GitHub().Secret(name); got != want {
			t.Errorf("the secret %s is %q, want %q", name, got, want)
		}
		if strings.Contains(s.out.String(), want) {
			t.Errorf("%s is shown", name)
		}
	}
	for _, want := range []string{
		"X does not accept the keys", "It is @kamo_mugs that will post",
		"One that was made before step 2 may only read",
	} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, s.out)
		}
	}
	if _, there := s.w.GitHub().Secret("X_REFRESH_TOKEN"); there && s.found.Refresh != "" {
		t.Error("a login was made")
	}
}

// TestHalfHours: a private repository's minutes are counted, so it is offered a slower schedule.
func TestHalfHours(t *testing.T) {
	for _, tt := range []struct {
		private bool
		answer  string
		cron    string
	}{
		{true, "y", `"7,37 * * * *"`}, {true, "n", `"7,17,27,37,47,57 * * * *"`},
		{false, "", `"7,17,27,37,47,57 * * * *"`},
	} {
		lines := []string{"y"}
		if tt.private {
			lines = []string{tt.answer, "y"}
		}
		s := newScene(t, lines...)
		s.private = tt.private
		if err := (filesStep{s.Wizard}).run(t.Context()); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(mirrorFile)))
		if err != nil || !strings.Contains(string(body), "cron: "+tt.cron) {
			t.Errorf("%+v: %v\n%s", tt, err, body)
		}
		if got := strings.Contains(s.out.String(), "4,320"); got != tt.private {
			t.Errorf("%+v: the arithmetic is shown: %v", tt, got)
		}
	}
}

// TestLookAlwaysHappens: also when the tokens were set in an earlier dialogue.
func TestLookAlwaysHappens(t *testing.T) {
	for _, tt := range []struct {
		token string
		found findings
		want  string
	}{
		{"IGAAtyped", findings{}, "baseline examine preview IGAAtyped"},
		{"", findings{}, "baseline examine"},
		{"", findings{
			Credentials: Credentials{InstagramToken: "IGAAfound"},
			X:           xapi.User{ID: "15", Username: "kamo_mugs"},
			Instagram:   instagram.Account{Username: "kamo.mugs"},
		}, "baseline accept 15 accept kamo.mugs examine preview IGAAfound"},
	} {
		s := newScene(t, tt.token)
		s.found = tt.found
		var did []string
		s.Rehearse = func(
			_ context.Context, _ config.Route, c Credentials, _ *vault.Key,
		) (Rehearsal, error) {
			return Rehearsal{
				First:    true,
				Baseline: func(context.Context) error { did = append(did, "baseline"); return nil },
				AcceptX: func(_ context.Context, me xapi.User) error {
					did = append(did, "accept", me.ID)
					return nil
				},
				AcceptInstagram: func(_ context.Context, me instagram.Account) error {
					did = append(did, "accept", me.Username)
					return nil
				},
				Examine: func(context.Context) error { did = append(did, "examine"); return nil },
				Preview: func(context.Context, int) ([]string, error) {
					did = append(did, "preview", c.InstagramToken)
					return nil, nil
				},
			}, nil
		}
		if err := (lookStep{s.Wizard}).run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(did, " "); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.token, got, tt.want)
		}
	}
}

// TestEnterAsksForTheApp: when X's page says only that something went wrong, Enter asks for the
// client id again, and the callback address is shown once more.
func TestEnterAsksForTheApp(t *testing.T) {
	s := newScene(t)
	env, client := s.w.Env(), &http.Client{Transport: s.w.Transport()}
	s.OAuth = func(id, secret string) *xapi.OAuth {
		return &xapi.OAuth{ClientID: id, ClientSecret: secret, HTTP: client, Now: s.w.Now}
	}
	s.X = func(access string) *xapi.Client {
		return &xapi.Client{AccessToken: access, HTTP: client, Now: s.w.Now}
	}
	s.AuthorizeURL, s.Port, s.Live = authorize, freePort(t), true
	if err := (repositoryStep{s.Wizard}).run(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, w: s.w}
	answers := []string{
		"not-the-apps", env["X_CLIENT_SECRET"], "", // X's page says nothing of use
		env["X_CLIENT_ID"], env["X_CLIENT_SECRET"], "ALLOW", "y",
	}
	s.Read = func(ctx context.Context, _ bool) (string, error) {
		if len(answers) == 0 {
			<-ctx.Done()
			return "", ctx.Err()
		}
		answer := answers[0]
		answers = answers[1:]
		if answer == "ALLOW" {
			all := shown.FindAllString(s.out.String(), -1)
			answer = p.consent(all[len(all)-1])["allow"]
		}
		return answer, nil
	}
	if err := (xStep{s.Wizard}).run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, s.out)
	}
	if got, _ := s.w.GitHub().Secret("X_CLIENT_ID"); got != env["X_CLIENT_ID"] {
		t.Errorf("the secret X_CLIENT_ID is %q", got)
	}
	if !s.w.X().RefreshValid(s.found.Refresh) ||
		strings.Count(s.out.String(), "Client ID: ") != 2 ||
		!strings.Contains(s.out.String(), "Redirect URL, to the letter: http://127.0.0.1:") {
		t.Errorf("shows:\n%s", s.out)
	}
}

// TestPortalScreens: every screen of X's and Meta's is named in the order in which a person sees
// it, with the name of the field.
func TestPortalScreens(t *testing.T) {
	for _, tt := range []struct {
		name        string
		auth, login string
		step        func(*Wizard) func(context.Context) error
		screens     []string
	}{
		{"OAuth 2.0", config.OAuth2, "", func(w *Wizard) func(context.Context) error {
			return xStep{w}.run
		}, []string{
			"https://developer.x.com/en/portal/dashboard", "User authentication settings > Set up",
			"App permissions: Read and write", "Type of App: Web App, Automated App or Bot",
			"Callback URI / Redirect URL: http://127.0.0.1:8417/callback", "Website URL", "Save",
			"Keys and tokens > OAuth 2.0 Client ID and Client Secret", "Client ID:",
		}},
		{"X's own keys", config.Keys, "", func(w *Wizard) func(context.Context) error {
			return xStep{w}.run
		}, []string{
			"User authentication settings > Set up", "App permissions: Read and write; then Save",
			"API Key and Secret: Regenerate", "Access Token and Secret: Generate", "API Key (not shown)",
		}},
		{"Instagram Login", config.OAuth2, instagram.InstagramLogin,
			func(w *Wizard) func(context.Context) error { return instagramStep{w}.metaApp }, []string{
				"On a computer", "two factors", "Create app, with the use case", "Instagram tester",
				"Tester invites", "API setup with Instagram login", "Add account", "Generate token",
			}},
		{"Facebook Login", config.OAuth2, instagram.FacebookLogin,
			func(w *Wizard) func(context.Context) error { return instagramStep{w}.metaApp }, []string{
				"Graph API Explorer", "Meta App: choose your app", "User or Page: Get User Access Token",
				"Permissions: instagram_basic, pages_show_list, pages_read_engagement,",
				"business_management", "Generate Access Token", "App settings > Basic", "App ID:",
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			s.Port = DefaultPort
			s.Route.X.Auth, s.Route.Instagram.Login = tt.auth, tt.login
			if err := (repositoryStep{s.Wizard}).run(t.Context()); err != nil {
				t.Fatal(err)
			}
			_ = tt.step(s.Wizard)(t.Context()) // nobody answers the first question
			rest := s.out.String()
			for _, screen := range tt.screens {
				_, after, found := strings.Cut(rest, screen)
				if !found {
					t.Fatalf("%q is missing, or too early, in:\n%s", screen, s.out)
				}
				rest = after
			}
		})
	}
}
