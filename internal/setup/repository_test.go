package setup

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/sim"
)

func TestRemote(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not there")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("git",
			append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	git("init", "-q")
	if got := originName(t.Context(), dir); got != "" {
		t.Errorf("without an origin: got %q", got)
	}
	git("remote", "add", "origin", "x")
	for url, want := range map[string]string{
		"https://github.com/someone/mirror":                "someone/mirror",
		"https://github.com/someone/mirror.git":            "someone/mirror",
		"https://github.com/someone/mirror/":               "someone/mirror",
		"https://x-access-token:ghs_abc@github.com/a/b":    "a/b",
		"git@github.com:someone/my.mirror_2.git":           "someone/my.mirror_2",
		"ssh://git@github.com/someone/mirror.git":          "someone/mirror",
		"https://github.example.com/someone/mirror":        "someone/mirror",
		"https://github.com/someone":                       "",
		"https://gitlab.example.com/group/subgroup/mirror": "",
		"/srv/git/someone/mirror.git":                      "",
		"../mirror":                                        "",
		"https://github.com/some one/mirror":               "",
	} {
		git("remote", "set-url", "origin", url)
		if got := originName(t.Context(), dir); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
	if got := originName(t.Context(), filepath.Join(dir, "nowhere")); got != "" {
		t.Errorf("in no folder: got %q", got)
	}
}

// GitHub's own command line is asked if it is there; that it is not, or not logged in, is no error.
func TestGitHubToken(t *testing.T) {
	for name, tt := range map[string]struct{ script, want string }{
		"logged in":     {"#!/bin/sh\n[ \"$*\" = 'auth token' ] && echo gho_token\n", "gho_token"},
		"not logged in": {"#!/bin/sh\necho gho_half\necho 'no oauth token' >&2\nexit 1\n", ""},
		"not there":     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			if tt.script != "" {
				if err := os.WriteFile(filepath.Join(dir, "gh"), []byte(tt.script),
					0o755); err != nil {
					t.Fatal(err)
				}
			}
			if got := ghToken(t.Context()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// repository is the two ways to a world's repository with the token that set-up is given.
func repository(w *sim.World, token string) (*github.Client, *github.Secrets) {
	c := github.New(github.Options{
		Token: token, Owner: "someone", Repo: "mirror",
		HTTP: &http.Client{Transport: w.Transport()}, Now: w.Now,
	})
	return c, &github.Secrets{Client: c}
}

func TestProve(t *testing.T) {
	says := func(call string, status int, body string) func(*sim.World) {
		return func(w *sim.World) {
			w.Fail(sim.Fault{Service: "github", Call: call, Status: status, Body: body, Times: -1})
		}
	}
	may := func(scope string, allowed bool) func(*sim.World) {
		return func(w *sim.World) { w.GitHub().SetPermission("SECRETS_TOKEN", scope, allowed) }
	}
	const token = "Make a fine-grained token for this one repository"
	for _, tt := range []struct {
		name      string
		make      func(*sim.World)
		says, fix string
		variable  string
	}{
		{"all may be written", func(*sim.World) {}, "", "", "off"},
		{
			"the probe can't be taken away", says("DELETE /repos/*/*/actions/secrets/*", 500, ""),
			"", "", "off",
		},
		{
			"no such repository",
			says("GET /repos/someone/mirror", 404, `{"message":"Not Found"}`),
			"the repository can't be read", token, "",
		},
		{
			"a dead token", says("* /repos/**", 401, `{"message":"Bad credentials"}`),
			"the repository can't be read", token, "",
		},
		{
			"archived",
			says("GET /repos/someone/mirror", 200, `{"archived":true,"has_issues":true}`),
			"the repository is archived", "Un-archive it", "",
		},
		{
			"issues are off", func(w *sim.World) { w.GitHub().DisableIssues() },
			"issues are switched off", "switch Issues on", "",
		},
		{"no secrets", may("secrets", false), "the token can't write secrets", token, ""},
		{
			"GitHub is down", says("* /repos/**", 503, ""), "GitHub does not answer properly",
			"Wait a few minutes", "",
		},
		{
			"GitHub stumbles at the secrets", says("* /repos/*/*/actions/secrets/*", 503, ""),
			"GitHub does not answer properly", "Wait a few minutes", "",
		},
		{
			"GitHub stumbles at the variables", says("* /repos/*/*/actions/variables/*", 503, ""),
			"GitHub does not answer properly", "Wait a few minutes", "",
		},
		{"no variables", may("variables", false), "the token can't write variables", token, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{Real: true})
				tt.make(w)
				c, s := repository(w, w.Env()["SECRETS_TOKEN"])
				_, err := proof{message.Words{}, c, s}.run(t.Context())
				if tt.says != "" {
					wantAdvice(t, err, tt.says, tt.fix)
				} else if err != nil {
					t.Error(err)
				}
				if got, _ := w.GitHub().Variable("POSTFERRY"); got != tt.variable {
					t.Errorf("the variable is %q, want %q", got, tt.variable)
				}
			})
		})
	}
}

// A repository whose schedules run is not switched off by looking at it.
func TestSwitch(t *testing.T) {
	w := sim.New(sim.Options{})
	c, s := repository(w, w.Env()["SECRETS_TOKEN"])
	proved := func() error {
		_, err := proof{message.Words{}, c, s}.run(t.Context())
		return err
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{proved, "off"},
		{func() error { return setSwitch(t.Context(), c, "on") }, "on"},
		{proved, "on"},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.GitHub().Variable("POSTFERRY"); got != step.want {
			t.Errorf("the variable is %q, want %q", got, step.want)
		}
		if _, there := w.GitHub().Secret("POSTFERRY_PROBE"); there {
			t.Error("the probe was left behind")
		}
	}
}
