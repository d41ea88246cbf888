package run

import (
	"context"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// route is one route of a job: its configuration, its credentials and its document. It makes the
// flows that work on the route.
type route struct {
	*Job
	conf    config.Route
	creds   environment.Credentials
	session *state.Session // nil until open has read the document
	states  *guard.State   // nil until stateGuard has made it
}

func (j *Job) route(conf config.Route) *route {
	return &route{Job: j, conf: conf, creds: j.creds[conf.Name]}
}

// open reads the route's document, and has the status page written along with it.
func (r *route) open(ctx context.Context) error {
	s := r.opened[r.conf.Name]
	delete(r.opened, r.conf.Name)
	if s == nil && r.branchHistory().Gone() != nil {
		s = &state.Session{Backend: r.backend, Route: r.conf.Name}
		s.Forget()
	}
	if s == nil {
		var err error
		if s, err = state.Open(ctx, r.backend, r.conf.Name); err != nil {
			return err
		}
	}
	s.Pages = func(d *state.Document) map[string][]byte {
		p := report.StatusPage{
			Words: r.console.Words, Doc: d, Routes: r.options.Names,
			USDCap: r.conf.Limits.USDPerMonth, Delay: r.conf.Delay, Now: r.clock.now(),
		}
		if r.env.Runner.Repo != "" {
			p.IssuesURL = r.env.Runner.RepoURL() + "/issues/"
		}
		return p.Files()
	}
	s.Zone = r.console.Words.Zone
	r.session = s
	return nil
}

// elsewhere reads the documents of the other routes.
func (r *route) elsewhere(ctx context.Context) (docs []*state.Document, err error) {
	for _, name := range r.options.Names {
		if name == r.conf.Name {
			continue
		}
		s, err := state.Open(ctx, r.backend, name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, s.Doc())
	}
	return docs, nil
}

// instagram reads with a token: the environment's, or one that was renewed since.
func (r *route) instagram(token string) *instagram.Client {
	return r.clients.instagram(r.conf, r.creds, token)
}

// instagramToken is the newest token that the run has.
func (r *route) instagramToken() string {
	given := r.creds.InstagramToken
	newest := token.InstagramToken(r.session.Doc(), r.env.VaultKey, given)
	if newest != given {
		// The runner knows the repository's secrets alone, and not the vault's.
		r.console.Mask(newest)
	}
	return newest
}

// x makes the client of the route's X account. With keys the client signs its calls; otherwise a
// flow sets the access token.
func (r *route) x() *xapi.Client {
	if k := r.creds.Keys; k != nil {
		return r.signed(*k)
	}
	return r.clients.x("")
}

// xLogin names the present login.
func (r *route) xLogin() string {
	if r.creds.Keys != nil {
		return r.digest(diagnosis.X)
	}
	return token.Login(r.session.Doc(), r.creds.Refresh)
}

// secretStore writes the secrets where the configuration says that they are.
func (j *Job) secretStore() *github.Secrets {
	return j.clients.secretStore(j.config.SecretsEnvironment)
}

func (r *route) tokens() *token.Manager {
	m := &token.Manager{
		Session: r.session, Key: r.env.VaultKey,
		OAuth:          r.oauth(r.creds.ClientID, r.creds.ClientSecret),
		Given:          token.Pair{Refresh: r.creds.Refresh, Access: r.creds.Access},
		GivenInstagram: r.creds.InstagramToken,
		RefreshName:    r.conf.X.RefreshToken, AccessName: r.conf.X.AccessToken,
		InstagramName: r.conf.Instagram.Token, Instagram: r.instagram,
		Mask: r.console.Mask, Note: r.console.Warn, Now: r.clock.now,
		Run: r.env.Runner.RunID, Nonce: r.nonce,
		Guard: r.stateGuard().Check, Guarded: r.stateGuard().Seen,
	}
	if s := r.secretStore(); s != nil {
		m.Secrets = s
	}
	return m
}

// chain keeps X's tokens. It is nil with keys, which nothing rotates.
func (r *route) chain() *token.Manager {
	if r.creds.Keys != nil {
		return nil
	}
	return r.tokens()
}

// called returns what a person knows the route's things by.
func (r *route) called() diagnosis.Names {
	return diagnosis.NamesOf(r.conf, r.config.StateBranch, r.env.Runner.RepoURL())
}

// alert makes the route's incidents. The session may be nil.
func (r *route) alert(out *result.Route) *alert.Route {
	return &alert.Route{
		Run: r.alerts, Session: r.session, Result: out, Digest: r.digest,
		Force: r.options.Force, ByHand: r.env.Runner.ByHand(), Names: r.called(),
		Examine: func(
			ctx context.Context, c diagnosis.Component, cause error,
		) diagnosis.Examination {
			return r.doctor().Of(ctx, c, cause)
		},
	}
}

// doctor asks the services with what the route has.
func (r *route) doctor() *doctor.Doctor {
	token, lacks := r.instagramToken(), r.creds.LacksKeys(r.conf)
	d := &doctor.Doctor{
		Route: r.conf, Token: token, Doc: r.session.Doc(), Now: r.clock.now, X: r.x(),
		Signed: r.creds.Keys != nil && len(lacks) == 0, LacksKeys: lacks, Names: r.called(),
		GitHub: r.repo, Secrets: r.secretStore(), Keeper: r.chain(),
	}
	if token != "" {
		d.Instagram = func(version string) *instagram.Client {
			c := r.instagram(token)
			c.Version = version
			return c
		}
	}
	return d
}

// digest names the credentials that a component depends on.
func (r *route) digest(component diagnosis.Component) string {
	c, conf, d := r.creds, r.conf.Instagram, &state.Document{}
	if r.session != nil {
		d = r.session.Doc()
	}
	// A login and not a token: our own rotations are no change by a person.
	reader := token.InstagramLogin(d, c.InstagramToken) + c.InstagramUser + conf.Login
	poster := c.XID(token.Login(d, c.Refresh))
	switch component {
	case diagnosis.Instagram:
		return vault.Digest(reader + conf.APIVersion)
	case diagnosis.XToken:
		return poster + r.env.VaultKey.Digest(d.Tokens.Vault)
	case diagnosis.Account:
		return vault.Digest(reader + poster + conf.Account + r.conf.X.Account)
	}
	return poster
}
