package doctor_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// patient is a world that something is wrong with, and the route that is examined in it. It lives
// in a synctest bubble: neither a pause between two tries nor a service that hangs takes time.
type patient struct {
	t     *testing.T
	w     *sim.World
	route config.Route
	env   map[string]string
	runs  int
}

// healthy is a world in which everything works, and whose tokens were rotated once.
func healthy(t *testing.T, login string) *patient {
	p := unused(t, login)
	p.rotate()
	return p
}

// unused is a world that no run was made in: there is no state branch.
func unused(t *testing.T, login string) *patient {
	p := &patient{
		t:     t,
		w:     sim.New(sim.Options{Real: true, Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}),
		route: config.Default().Routes[0],
	}
	p.route.Instagram.Login = login
	p.env = p.w.Env()
	if login == instagram.FacebookLogin {
		for name, value := range p.w.Instagram().FacebookEnv() {
			p.env[name] = value
		}
	}
	return p
}

// rotate spends the refresh token, as `postferry rotate` does.
func (p *patient) rotate() {
	p.t.Helper()
	if _, err := p.doctor().Keeper.RotateIfDue(p.t.Context(), true); err != nil {
		p.t.Fatal(err)
	}
}

// doctor is a new process. It has the secrets that the repository has by now.
func (p *patient) doctor() *doctor.Doctor {
	p.t.Helper()
	p.runs++
	client := &http.Client{Transport: p.w.Transport()}
	repository := p.github(client, "GITHUB_TOKEN")
	session, err := state.Open(p.t.Context(),
		&github.Branch{Client: repository, Name: "postferry-state"}, p.route.Name)
	if err != nil {
		p.t.Fatal(err)
	}
	d := &doctor.Doctor{
		Route: p.route, Token: p.env["INSTAGRAM_TOKEN"], Doc: session.Doc(), Now: p.w.Now,
		GitHub: repository,
		X:      &xapi.Client{HTTP: client, Now: p.w.Now}, Keeper: p.keeper(session, client),
		Instagram: func(version string) *instagram.Client {
			return &instagram.Client{
				Login: p.route.Instagram.Login, Version: version,
				UserID: p.env["INSTAGRAM_USER_ID"], Token: p.env["INSTAGRAM_TOKEN"],
				AppID: p.env["INSTAGRAM_APP_ID"], AppSecret: p.env["INSTAGRAM_APP_SECRET"],
				HTTP: client, Now: p.w.Now,
			}
		},
	}
	d.Secrets = d.Keeper.Secrets
	return d
}

func (p *patient) github(client *http.Client, token string) *github.Client {
	return github.New(github.Options{
		Token: p.env[token], Owner: "someone", Repo: "mirror", HTTP: client, Now: p.w.Now,
	})
}

// keeper has the stores that the environment has credentials for.
func (p *patient) keeper(session *state.Session, client *http.Client) *token.Manager {
	k := &token.Manager{
		Session: session, Now: p.w.Now, Run: "1", Nonce: fmt.Sprintf("run%d", p.runs),
		OAuth: &xapi.OAuth{
			ClientID: p.env["X_CLIENT_ID"], ClientSecret: p.env["X_CLIENT_SECRET"], HTTP: client,
			Now: p.w.Now,
		},
		Given: token.Pair{
			Refresh: p.secret("X_REFRESH_TOKEN"), Access: p.secret("X_ACCESS_TOKEN"),
		},
		RefreshName: "X_REFRESH_TOKEN", AccessName: "X_ACCESS_TOKEN", Mask: func(string) {},
	}
	if p.env["SECRETS_TOKEN"] != "" {
		k.Secrets = &github.Secrets{Client: p.github(client, "SECRETS_TOKEN")}
	}
	if p.env["VAULT_KEY"] != "" {
		key, err := vault.ParseKey(p.env["VAULT_KEY"])
		if err != nil {
			p.t.Fatal(err)
		}
		k.Key = key
	}
	return k
}

// secret is what the repository holds, or what the person entered at the start.
func (p *patient) secret(name string) string {
	if v, ok := p.w.GitHub().Secret(name); ok {
		return v
	}
	return p.env[name]
}

// examine asks all three services, and sees to it that nothing is changed, spent or shown by that,
// whatever is wrong.
func (p *patient) examine(ask func(*doctor.Doctor) diagnosis.Examination) diagnosis.Examination {
	p.t.Helper()
	d := p.doctor()
	p.w.ResetLog()
	refreshes, writes := p.w.X().Refreshes(), p.w.GitHub().Writes()
	begun := time.Now()
	out := ask(d)
	if took := time.Since(begun); took > time.Minute {
		p.t.Errorf("it took %v", took)
	}
	for _, c := range p.w.Log() {
		if c.Method != http.MethodGet {
			p.t.Errorf("%s %s %s is no question", c.Service, c.Method, c.Path)
		}
	}
	if p.w.X().Refreshes() != refreshes || p.w.GitHub().Writes() != writes {
		p.t.Errorf("%d tokens were spent and %d writes made", p.w.X().Refreshes()-refreshes,
			p.w.GitHub().Writes()-writes)
	}
	p.notShown(fmt.Sprintf("%+v", out))
	return out
}

func (p *patient) all() diagnosis.Examination {
	p.t.Helper()
	return p.examine(func(d *doctor.Doctor) diagnosis.Examination { return d.All(p.t.Context()) })
}

// notShown wants no credential in a text.
func (p *patient) notShown(text string) {
	p.t.Helper()
	for name := range p.env {
		for _, value := range []string{p.env[name], p.secret(name)} {
			if name != "GITHUB_REPOSITORY" && name != "INSTAGRAM_USER_ID" && value != "" &&
				strings.Contains(text, value) {
				p.t.Errorf("%s is in %s", name, text)
			}
		}
	}
}

// keys are the causes, the most likely first.
func keys(r diagnosis.Examination) (out []string) {
	for _, c := range r.Causes {
		out = append(out, c.Diagnosis.Key)
	}
	return out
}

// lines are the findings as a person reads them: "ok P1 GET /me: ok: Kamo Mugs".
func lines(r diagnosis.Examination) string {
	var b strings.Builder
	for _, f := range r.Findings {
		sign := "--"
		switch {
		case f.OK:
			sign = "ok"
		case f.Asked:
			sign = "!!"
		}
		fmt.Fprintf(&b, "%s %s %s: %s\n", sign, f.Service, f.Probe, f.Answer)
	}
	return b.String()
}

// bubble is synctest.Test as a subtest.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
