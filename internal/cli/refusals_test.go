package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
)

// TestXRefusals: what a person gets of every refusal of X that is known: an incident with its
// cause, a media skipped with the reason, a wait, or nothing to do. Bodies are X's own; sources are
// beside internal/xapi's table of classes.
func TestXRefusals(t *testing.T) {
	const post, upload, token = "POST /2/tweets", "POST /2/media/upload/initialize", "POST /2/oauth2/token"
	for _, tt := range []struct {
		name, call string
		status     int
		header     map[string]string
		body       string
		issue      string // the issue's title, "" for none
		says       string // on the terminal
	}{
		{
			"dead grant", token, 400, nil,
			`{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`,
			"X refuses the refresh token, which can pass",
			"invalid_request: Value passed for the token was invalid.",
		},
		{
			"dead grant, the other word", token, 400, nil,
			`{"error":"invalid_grant","error_description":"Value passed for the token was invalid."}`,
			"X refuses the refresh token, which can pass", "fix: Nothing to do yet",
		},
		{
			"no client authentication", token, 401, nil,
			`{"error":"unauthorized_client","error_description":"Missing valid authorization header"}`,
			"X does not accept the app's own credentials", "the refresh token was not spent",
		},
		{
			"invalid client", token, 401, nil, `{"error":"invalid_client"}`,
			"X does not accept the app's own credentials", "X_CLIENT_SECRET",
		},
		{
			"out of credit", post, 402, nil,
			`{"title":"CreditsDepleted","type":"https://api.twitter.com/2/problems/credits","detail":"Your enrolled account [1] does not have any credits to fulfill this request."}`,
			"the X app is out of credit", "fix: Buy credit",
		},
		{
			"out of credit, newer", post, 402, nil,
			`{"title":"Payment Required","detail":"credits depleted","status":402,"type":"https://api.x.com/2/problems/credits-depleted"}`,
			"the X app is out of credit", "credits depleted",
		},
		{
			"spend cap", post, 403, nil,
			`{"title":"SpendCapReached","detail":"spend cap reached","status":403}`,
			"the spending limit that you set at X is reached", "fix: Raise the limit",
		},
		{
			"not enrolled", post, 403, nil,
			`{"title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden","detail":"When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from an attached App."}`,
			"the X app is not enrolled for the API", "fix: In X's portal put the app into",
		},
		{
			"suspended", post, 403, nil,
			`{"title":"Forbidden","detail":"Your account is suspended and is not permitted to access this feature.","type":"about:blank","status":403}`,
			"the X account or app is suspended", "is suspended",
		},
		{
			"not permitted feature", post, 403, nil,
			`{"title":"Forbidden","detail":"Your account is not permitted to access this feature.","type":"about:blank","status":403}`,
			"", "stopped  X refused https://www.instagram.com/p/C000000001/",
		},
		{
			"app-only token", post, 403, nil,
			`{"title":"Unsupported Authentication","detail":"Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.","type":"https://api.twitter.com/2/problems/unsupported-authentication","status":403}`,
			"X wants another kind of login for this call", "Application-Only is forbidden",
		},
		{
			"missing media.write", upload, 403, nil,
			`{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}`,
			"X refuses the upload and does not say why", "This login has that scope",
		},
		{
			"rate limited", post, 429,
			map[string]string{"x-rate-limit-remaining": "0", "x-rate-limit-reset": "946699200"},
			`{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}`,
			"", "the next run tries again (1 of 3",
		},
		{
			"rate limited, older", upload, 429, nil,
			`{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`, "",
			"code 88: Rate limit exceeded",
		},
		{
			"unavailable", upload, 503, nil,
			`{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}`,
			"", "503: Service Unavailable",
		},
		{"upload 404, an outage", upload, 404, nil, ``, "", "the next run tries again (1 of 3"},
		{
			"unavailable at the post", post, 503, nil,
			`{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}`,
			"", "the next run tries again (1 of 3",
		},
		{
			"201 without an id", post, 201, nil, `{"data":{}}`, "",
			"the next run tries again (1 of 3",
		},
		{"HTML", post, 200, nil, `<!doctype html>`, "", "the next run tries again (1 of 3"},
		{
			"a media id that X does not know", post, 400, nil,
			`{"errors":[{"parameters":{"media.media_ids":["1"]},"message":"Your media IDs are invalid."}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}`,
			"", "stopped  X refused https://www.instagram.com/p/C000000001/",
		},
		{
			"an invalid URL", post, 400, nil,
			`{"title":"Invalid Request","detail":"The Tweet contains an invalid URL.","status":400}`,
			"", "x POST /2/tweets: 400: The Tweet contains an invalid URL.",
		},
		{
			"not permitted", post, 403, nil,
			`{"title":"Forbidden","detail":"You are not permitted to perform this action.","type":"about:blank","status":403}`,
			"X does not permit this account to post at present",
			"You are not permitted to perform this action.",
		},
		{
			"more than one cashtag", post, 403, nil,
			`{"detail":"Your post exceeds the maximum of one cashtag.","title":"Forbidden","status":403}`,
			"", "maximum of one cashtag",
		},
		{
			"the edge refuses the size", "POST /2/media/upload/*/append", 413, nil, ``, "",
			"the next run tries again",
		},
		{
			"the token expired", post, 401, nil,
			`{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`,
			"X does not accept the access token", "401",
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			w := sim.New(sim.Options{Real: true, Now: time.Now()})
			r := &rehearsal{t: t, w: w, env: w.Env()}
			r.mirror()
			w.Advance(3 * time.Hour) // so that a rotation is needed
			r.publish("one")
			w.Fail(sim.Fault{
				Service: "x", Call: tt.call, Times: -1, Status: tt.status, Header: tt.header,
				Body: tt.body,
			})
			if tt.call == token {
				w.X().ExpireAccess()
			}
			code := r.mirror()
			var title string
			if issues := w.GitHub().Issues(); len(issues) > 0 {
				title = strings.TrimPrefix(issues[0].Title, "main: ")
			}
			if title != tt.issue || (code != 0) != (tt.issue != "") {
				t.Errorf("status %d, issue %q, want %q\n%s", code, title, tt.issue, &r.out)
			}
			if !strings.Contains(r.out.String(), tt.says) {
				t.Errorf("it does not say %q:\n%s", tt.says, &r.out)
			}
			if n := len(w.X().Tweets()); n != 0 {
				t.Errorf("%d posts", n)
			}
		})
	}
}

// bubble is synctest.Test as a subtest: waiting costs no time.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func (r *rehearsal) mirror() int { return r.command("mirror") }

// command is a run without a configuration.
func (r *rehearsal) command(name string) int {
	r.out.Reset()
	return cli.Main(context.Background(), process(r.w, r.env, &r.out, name))
}

// TestNothingSecretGetsOut drives failures of every service with marked secrets and greps all that
// came out: the terminal, the summary, the outputs, the issues, the commits.
func TestNothingSecretGetsOut(t *testing.T) {
	for _, f := range []sim.Fault{
		{
			Service: "instagram", Call: "GET /**", Status: 400,
			Body: `{"error":{"message":"Error validating access token: TOKEN","type":"OAuthException","code":190,"error_subcode":460}}`,
		},
		{Service: "instagram", Call: "GET /**", Status: 200, Body: `{"token":"TOKEN"`},
		{Service: "instagram", Call: "GET /**", Reset: sim.Before},
		{
			Service: "x", Call: "POST /2/oauth2/token", Status: 400,
			Body: `{"error":"invalid_request","error_description":"REFRESH SECRET"}`,
		},
		{Service: "x", Call: "POST /2/oauth2/token", Status: 500, Body: `REFRESH SECRET ACCESS`},
		{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.Middle},
		{Service: "x", Call: "POST /2/tweets", Status: 403, Body: `{"detail":"ACCESS"}`},
		{Service: "x", Call: "POST /2/media/**", Status: 500, Body: `ACCESS`},
		{
			Service: "github", Call: "PUT /repos/*/*/actions/secrets/*", Status: 403,
			Body: `{"message":"PAT"}`,
		},
		{Service: "github", Call: "PUT /repos/*/*/contents/**", Status: 500, Body: `GHTOKEN`},
		{Service: "github", Call: "POST /repos/*/*/issues", Status: 500, Body: `GHTOKEN`},
		{
			Service: "media", Call: "GET /**", Status: 403,
			Body: `URL signature expired https://media.sim.example/photo/1?oe=0&sig=TOKEN`,
		},
	} {
		bubble(t, f.Call+" "+f.Body[:min(len(f.Body), 20)], func(t *testing.T) {
			w := sim.New(sim.Options{Real: true, Now: time.Now()})
			r := &rehearsal{t: t, w: w, env: w.Env()}
			for name, value := range w.Instagram().FacebookEnv() {
				r.env[name] = value
			}
			dir := t.TempDir()
			r.env["GITHUB_STEP_SUMMARY"], r.env["GITHUB_OUTPUT"] = filepath.Join(dir,
				"summary"), filepath.Join(dir, "output")
			r.env["SLACK_WEBHOOK_URL"] = "http://127.0.0.1:9/slack-secret-path"
			f.Times = -1
			f.Body = strings.NewReplacer("TOKEN", r.env["INSTAGRAM_TOKEN"], "REFRESH",
				r.env["X_REFRESH_TOKEN"], "ACCESS", r.env["X_ACCESS_TOKEN"],
				"SECRET", r.env["X_CLIENT_SECRET"], "PAT", r.env["SECRETS_TOKEN"], "GHTOKEN",
				r.env["GITHUB_TOKEN"]).Replace(f.Body)
			r.run("mirror")
			age := time.Hour // the access token is still the one that the answers quote
			if f.Call == "POST /2/oauth2/token" {
				age = 26 * time.Hour // it has ended, so that the refresh token is spent
			}
			w.Advance(age)
			r.publish("one")
			w.Fail(f)
			var all bytes.Buffer
			for _, command := range []string{"mirror", "mirror", "mirror", "rotate", "doctor"} {
				known := secretsOf(w, r.env)
				r.run(command)
				all.Write(r.out.Bytes())
				text := all.String() + written(w, dir)
				for _, s := range append(known,
					secretsOf(w, r.env)...) { // those of before, and what was renewed
					if at := strings.Index(text, s); at >= 0 {
						t.Errorf("%s: %s %s: a secret got out: …%s…", command, f.Call,
							f.Body[:min(len(f.Body), 40)],
							text[max(0, at-200):min(len(text), at+20)])
					}
				}
				w.Advance(7 * time.Hour)
			}
		})
	}
}

// secretsOf are the secrets that are in force.
func secretsOf(w *sim.World, env map[string]string) []string {
	now, out := asNow(w, env), []string{"slack-secret-path"}
	for _, name := range []string{
		"INSTAGRAM_TOKEN", "INSTAGRAM_APP_SECRET", "X_CLIENT_SECRET", "X_REFRESH_TOKEN",
		"X_ACCESS_TOKEN", "GITHUB_TOKEN", "SECRETS_TOKEN", "VAULT_KEY",
	} {
		out = append(out, now[name])
	}
	return out
}

// written is all that runs have left behind: the files of the runner, the issues, the state.
func written(w *sim.World, dir string) string {
	var all strings.Builder
	for _, file := range []string{"summary", "output"} {
		b, _ := os.ReadFile(filepath.Join(dir, file)) // none is nothing
		all.Write(b)
	}
	for _, i := range w.GitHub().Issues() {
		all.WriteString(i.Title + i.Body + strings.Join(i.Comments, "\n"))
	}
	body, _ := w.GitHub().File("postferry-state", "state/main.yaml")
	all.WriteString(body)
	return all.String()
}
