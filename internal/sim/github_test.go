package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestGitHubPermissions: who may not, and which permission would do.
func TestGitHubPermissions(t *testing.T) {
	const job, person = "Resource not accessible by integration",
		"Resource not accessible by personal access token"
	for _, tt := range []struct {
		name, token, taken string // taken is a permission of the token that it loses first
		call               string
		status             int
		accepted, want     string
	}{
		{"read a file", "GITHUB_TOKEN", "", "GET /contents/README.md", 200, "", ""},
		{"read a file of a public repository", "GITHUB_TOKEN", "contents", "GET /contents/README.md", 200,
			"", ""},
		{"write a file", "GITHUB_TOKEN", "contents", "PUT /contents/a", 403, "contents=write", job},
		{"make a branch", "GITHUB_TOKEN", "contents", "POST /git/refs", 403, "contents=write", job},
		{"list issues", "GITHUB_TOKEN", "issues", "GET /issues", 403, "issues=read", job},
		{"open an issue", "GITHUB_TOKEN", "issues", "POST /issues", 403, "issues=write", job},
		{"make a label", "GITHUB_TOKEN", "issues", "POST /labels", 403, "issues=write", job},
		{"the job's token reads no secrets", "GITHUB_TOKEN", "", "GET /actions/secrets/public-key", 403,
			"secrets=read", job},
		{"the job's token reads no variables", "GITHUB_TOKEN", "", "GET /actions/variables/A", 403,
			"actions_variables=read", job},
		{"the job's token is nobody", "GITHUB_TOKEN", "", "GET /user", 403, "", job},
		{"read the key", "SECRETS_TOKEN", "", "GET /actions/secrets/public-key", 200, "", ""},
		{"write a secret", "SECRETS_TOKEN", "secrets", "PUT /actions/secrets/A", 403, "secrets=write",
			person},
		{"write a variable", "SECRETS_TOKEN", "variables", "POST /actions/variables", 403,
			"actions_variables=write", person},
		{"write a secret of an environment", "SECRETS_TOKEN", "secrets", "PUT /environments/e/secrets/A",
			403, "secrets=write", person},
		{"open an issue as the person", "SECRETS_TOKEN", "", "POST /issues", 403, "issues=write", person},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			if tt.taken != "" {
				c.w.GitHub().SetPermission(tt.token, tt.taken, false)
			}
			method, path, _ := strings.Cut(tt.call, " ")
			if path != "/user" {
				path = "/repos/someone/mirror" + path
			}
			r := c.send(method, ghHost+path, "", "Authorization: Bearer "+c.env[tt.token])
			r.expect(t, tt.status, tt.want)
			if got := r.header.Get("X-Accepted-GitHub-Permissions"); got != tt.accepted {
				t.Errorf("accepted = %q, want %q", got, tt.accepted)
			}
		})
	}
}

// TestGitHubIdentity: whose token it is, what every answer carries, and when a personal token ends.
func TestGitHubIdentity(t *testing.T) {
	c := newCaller(t, sim.Options{})
	me := func() reply {
		return c.send("GET", ghHost+"/user", "",
			"Authorization: token "+c.env["SECRETS_TOKEN"])
	}
	me().is(t, "login", "someone")
	c.send("GET", ghHost+"/user", "").expect(t, 401, "Bad credentials")
	c.send("GET", ghHost+"/user", "", "Authorization: Bearer guessed").expect(t, 401,
		"Bad credentials")
	c.w.GitHub().SetSecretsTokenExpiry(c.w.Now().Add(time.Hour))
	h := me().header
	got := []string{h.Get("GitHub-Authentication-Token-Expiration"), h.Get("X-RateLimit-Remaining"),
		h.Get("X-RateLimit-Reset")}
	if diff := cmp.Diff(got, []string{"2026-11-23 10:00:00 UTC", "900", "1795428000"}); diff != "" {
		t.Errorf("headers (-got +want):\n%s", diff)
	}
	if h.Get("X-GitHub-Request-Id") == "" {
		t.Error("no request id")
	}
	if got := c.gh("GET", "", "").header.Get("GitHub-Authentication-Token-Expiration"); got != "" {
		t.Errorf("the job's token ends %s", got)
	}
	c.w.Advance(time.Hour)
	me().expect(t, 401, "Bad credentials")
	c.gh("GET", "", "").expect(t, 200, `"default_branch":"main"`)
}

// TestOwnRepository: a world's repository has the name that was asked for.
func TestOwnRepository(t *testing.T) {
	c := newCaller(t, sim.Options{Owner: "kamo", Repo: "mugs"})
	r := c.send("GET", ghHost+"/repos/kamo/mugs", "", "Authorization: Bearer "+c.env["GITHUB_TOKEN"])
	r.is(t, "full_name", "kamo/mugs")
	r.is(t, "has_issues", "true")
	if got := c.env["GITHUB_REPOSITORY"]; got != "kamo/mugs" {
		t.Errorf("GITHUB_REPOSITORY = %q", got)
	}
}
