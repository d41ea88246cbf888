package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

const twoRoutes = `routes:
  main: {}
  cafe:
    instagram: {token: INSTAGRAM_TOKEN_CAFE}
    x: {refresh_token: X_REFRESH_TOKEN_CAFE}
`

// TestBrowserWayWithRoutes sets up both routes of a configuration, each by an issue of its own that
// names the other.
func TestBrowserWayWithRoutes(t *testing.T) {
	bubble(t, "two", func(t *testing.T) {
		b := newBrowserWay(t)
		b.configure(twoRoutes)
		b.workflow(t.Context())
		b.wants("This is the route `main`.", "with the name in the field *route* for: `cafe`.")
		b.secrets()
		b.workflow(t.Context(), b.logIn)
		b.wants(switchedOn, "set the others up first")

		b.args = []string{"--route", "cafe"}
		b.workflow(t.Context())
		issues := b.w.GitHub().Issues()
		if len(issues) != 2 || issues[1].Title != "Set postferry up: cafe" {
			t.Fatalf("issues %+v", issues)
		}
		b.wants("This is the route `cafe`.", "**`INSTAGRAM_TOKEN_CAFE`**: is not set",
			"issues/2` and `http://127.0.0.1:8417/callback`", "- [x] **2.")
		b.env["INSTAGRAM_TOKEN_CAFE"] = b.w.Instagram().AddAccount("17841400000000002", "cafe")
		_, main := b.w.X().Account()
		b.w.X().LoginAs("cafe_posts")
		b.workflow(t.Context(), func() { b.comment("someone", b.press(1, "allow")) })
		b.wants("@\u200bcafe\\_posts that posts", switchedOn)
		b.nothingLeaks()

		time.Sleep(time.Minute)
		for _, id := range []string{"", "17841400000000002"} {
			b.w.Instagram().Publish(sim.Media{
				Account: id, Caption: "by " + id, Items: []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
			})
		}
		time.Sleep(time.Minute)
		code, authors := b.command("mirror"), map[string]string{}
		for _, p := range b.w.X().Tweets() {
			authors[p.Text] = p.AuthorID
		}
		cafe, _ := b.w.X().Account()
		if code != 0 || len(authors) != 2 || authors["by 17841400000000002"] != cafe ||
			authors["by "] == cafe {
			t.Errorf("status %d, posts of %v, %s is not %s\n%s", code, authors, main, cafe, &b.out)
		}
	})
}

// TestUnknownRouteInBrowser: a name that is mistyped in the form is answered with the nearest one.
func TestUnknownRouteInBrowser(t *testing.T) {
	bubble(t, "mistyped", func(t *testing.T) {
		b := newBrowserWay(t)
		b.configure(twoRoutes)
		b.args = []string{"--route", "caffe"}
		if code := b.workflow(t.Context()); code != 2 || !strings.Contains(b.out.String(), "cafe") {
			t.Errorf("status %d\n%s", code, &b.out)
		}
	})
}

// TestUnpassedSecret: GitHub gives a workflow only the secrets that its text names, so the issue
// says which line each workflow lacks.
func TestUnpassedSecret(t *testing.T) {
	template, err := os.ReadFile("../../template/.github/workflows/setup.yml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	file := filepath.Join(".github", "workflows", "setup.yml")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, template, 0o600); err != nil {
		t.Fatal(err)
	}
	bubble(t, "unpassed", func(t *testing.T) {
		b := newBrowserWay(t)
		b.configure(twoRoutes)
		b.secrets()
		b.env["VAULT_KEY"] = b.w.Env()["VAULT_KEY"]
		delete(b.env, "INSTAGRAM_TOKEN")
		b.workflow(t.Context())
		b.wants("**`INSTAGRAM_TOKEN`**: is not set.")
		b.args = []string{"--route", "cafe"}
		b.workflow(t.Context())
		b.wants("**`INSTAGRAM_TOKEN_CAFE`**: is not set, or the workflow does not pass it",
			"[.github/workflows/setup.yml](https://github.com/someone/mirror/edit/HEAD/.github/workflows/setup.yml)",
			"`INSTAGRAM_TOKEN_CAFE: ${{ secrets.INSTAGRAM_TOKEN_CAFE }}`")
	})
}
