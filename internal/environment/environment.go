package environment

import (
	"strconv"
	"time"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// authorizeURL is X's consent page.
const authorizeURL = "https://x.com/i/oauth2/authorize"

// Environment holds the variables that are no route's own, checked. Its Mistakes stop every route.
type Environment struct {
	reader

	Runner       *actions.Runner // what GitHub Actions says of this run
	GitHubToken  string
	SecretsToken string
	VaultKey     *vault.Key    // nil without VAULT_KEY
	Words        message.Words // of the fixes; the zero value until the configuration is read
	InstagramURL string        // "" for the login type's own host
	XURL         string
	Slack        string // SLACK_WEBHOOK_URL
	Heartbeat    string // HEARTBEAT_URL

	// Now is this machine's clock. With POSTFERRY_NOW it starts there, and the run is a Rehearsal.
	Now       func() time.Time
	Rehearsal bool
}

// Read reads everything that is no route's own. The secrets go to the redactor; now is this
// machine's clock.
func Read(
	getenv func(string) string, secrets *httpx.Redactor, now func() time.Time,
) *Environment {
	e := &Environment{reader: reader{getenv, secrets, &Mistakes{}}}
	e.Now = e.clock(now)
	e.GitHubToken = e.secret("GITHUB_TOKEN")
	e.Runner = e.runner()
	e.SecretsToken = e.secret("SECRETS_TOKEN")
	if key := e.phrase("VAULT_KEY"); key != "" {
		var err error
		if e.VaultKey, err = vault.ParseKey(key); err != nil {
			e.Add(err)
			e.withSecret = true
		}
	}
	e.InstagramURL = e.address("INSTAGRAM_API_URL", "")
	e.XURL = e.address("X_API_URL", xapi.DefaultURL)
	e.Slack = e.secretAddress("SLACK_WEBHOOK_URL")
	e.Heartbeat = e.secretAddress("HEARTBEAT_URL")
	return e
}

// runner reads what GitHub Actions sets.
func (e *Environment) runner() *actions.Runner {
	r, err := actions.Read(e.Get)
	if err != nil {
		e.Add(err)
	}
	r.APIURL = e.checked("GITHUB_API_URL", r.APIURL)
	r.ServerURL = e.checked("GITHUB_SERVER_URL", r.ServerURL)
	return r
}

// clock returns this machine's clock, or for a rehearsal one that starts at POSTFERRY_NOW and goes
// on from there.
func (e *Environment) clock(now func() time.Time) func() time.Time {
	v := e.Get("POSTFERRY_NOW")
	if e.Rehearsal = v != ""; !e.Rehearsal {
		return now
	}
	at, err := time.Parse(time.RFC3339, v)
	if err != nil {
		e.problem("environment.stored.now", "Value", strconv.Quote(v))
		return now
	}
	begun := now()
	return func() time.Time { return at.Add(now().Sub(begun)) }
}

// AuthorizeURL reads the address of X's consent page, which only set-up needs.
func (e *Environment) AuthorizeURL() string { return e.address("X_AUTHORIZE_URL", authorizeURL) }

// NeedGitHub adds a mistake for each variable that the state branch needs and that is not set.
func (e *Environment) NeedGitHub() {
	if e.GitHubToken == "" {
		e.missing("GITHUB_TOKEN", english.Text("environment.stored.github-token"))
	}
	if e.Get("GITHUB_REPOSITORY") == "" {
		e.missing("GITHUB_REPOSITORY", english.Text("environment.stored.repository"))
	}
}

// CanReport reports whether an issue can be opened.
func (e *Environment) CanReport() bool {
	return e.GitHubToken != "" && e.Runner.Repo != "" && e.Runner.APIURL != ""
}

// Values returns the secrets that are set, by name: the repository's and those of the routes.
func (e *Environment) Values(routes []config.Route) map[string]string {
	names := []string{
		"VAULT_KEY", "SECRETS_TOKEN", "GITHUB_TOKEN", "SLACK_WEBHOOK_URL", "HEARTBEAT_URL",
	}
	for _, r := range routes {
		for _, v := range r.Variables() {
			names = append(names, v.Name)
		}
		// The values of both kinds of login: the configuration may name the other one.
		names = append(names, r.X.ClientID, r.X.ClientSecret, r.X.RefreshToken, r.X.APIKey,
			r.X.APISecret, r.X.AccessToken, r.X.AccessTokenSecret)
	}
	out := map[string]string{}
	for _, name := range names {
		if v := e.Get(name); v != "" {
			out[name] = v
		}
	}
	return out
}
