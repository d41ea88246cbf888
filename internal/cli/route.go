package cli

import (
	"context"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

// route is one route of a job. It makes the flows that work on the route.
type route struct {
	*job
	conf    config.Route
	session *state.Session // nil until open has read the document
	states  *guard.State   // nil until stateGuard has made it
}

func (j *job) route(conf config.Route) *route { return &route{job: j, conf: conf} }

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
			Words: r.words, Doc: d, Routes: r.names, USDCap: r.conf.Limits.USDPerMonth, Now: r.now(),
		}
		if r.runner.Repo != "" {
			p.IssuesURL = r.runner.RepoURL() + "/issues/"
		}
		return p.Files()
	}
	r.session = s
	return nil
}

// stands writes into a result where the state stands at the end of the run.
func (r *route) stands(out *result.Route) {
	b, ok := r.backend.(*github.Branch)
	if !ok || r.session == nil {
		return
	}
	out.State = result.State{
		Branch: b.Name, Commit: b.Commit(), Document: r.session.Version(),
	}
}

// instagram reads with a token: the environment's, or one that was renewed since.
func (r *route) instagram(token string) *instagram.Client {
	c, conf := r.creds[r.conf.Name], r.conf.Instagram
	return &instagram.Client{
		BaseURL: r.instagramURL, Login: conf.Login, Version: conf.APIVersion,
		UserID: c.instagramUser, Token: token, AppID: c.appID, AppSecret: c.appSecret,
		HTTP: r.http, Now: r.now, Secrets: r.p.secrets, Clock: r.instagramClock(),
	}
}

// instagramToken is the newest token that the run has.
func (r *route) instagramToken() string {
	given := r.creds[r.conf.Name].instagramToken
	newest := token.InstagramToken(r.session.Doc(), r.vaultKey, given)
	if newest != given {
		r.mask(newest) // the runner knows the repository's secrets alone, and not the vault's
	}
	return newest
}

func (r *route) tokens() *token.Manager {
	c := r.creds[r.conf.Name]
	m := &token.Manager{
		Session: r.session, Key: r.vaultKey, OAuth: r.oauth(c.clientID, c.clientSecret),
		Given: token.Pair{Refresh: c.refresh, Access: c.access}, GivenInstagram: c.instagramToken,
		RefreshName: r.conf.X.RefreshToken, AccessName: r.conf.X.AccessToken,
		InstagramName: r.conf.Instagram.Token, Instagram: r.instagram,
		Mask: r.mask, Note: r.warn, Now: r.now, Run: r.runner.RunID, Nonce: r.nonce,
		Guard: r.stateGuard().Check, Guarded: r.stateGuard().Seen,
	}
	if s := r.secretStore(); s != nil {
		m.Secrets = s
	}
	return m
}

func (r *route) mirrorRun() *mirror.Run {
	return r.guarded(&mirror.Run{
		Route: r.conf, Session: r.session, Tokens: chainOf(r),
		Instagram: r.instagram(r.instagramToken()), X: xOf(r),
		Files: &mediahost.Client{HTTP: r.files, Secrets: r.p.secrets},
		Now:   r.now, ID: r.runner.RunID, Nonce: r.nonce, Talk: r.talk, Progress: r.p.watch,
		Elsewhere: r.elsewhere, Gap: r.gap(),
	})
}

// elsewhere reads the documents of the other routes.
func (r *route) elsewhere(ctx context.Context) (docs []*state.Document, err error) {
	for _, name := range r.names {
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

func (r *route) doctor() *doctor.Doctor {
	token := r.instagramToken()
	d := &doctor.Doctor{
		Route: r.conf, Token: token, Doc: r.session.Doc(), Now: r.now, X: xOf(r),
		Signed: complete(keysOf(r)), LacksKeys: lacks(r), Names: r.called(),
		GitHub: r.repo, Secrets: r.secretStore(), Keeper: chainOf(r),
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

// called returns what a person knows the route's things by.
func (r *route) called() diagnosis.Names {
	repo := ""
	if r.runner.Repo != "" {
		repo = r.runner.RepoURL()
	}
	return diagnosis.NamesOf(r.conf, r.config.StateBranch, repo)
}

// alert makes the route's incidents. The session may be nil.
func (r *route) alert(out *result.Route) *alert.Route {
	return &alert.Route{
		Run: r.alerts, Session: r.session, Result: out, Digest: r.digest,
		Force: r.options.force, ByHand: r.runner.ByHand(), Names: r.called(),
		Examine: func(
			ctx context.Context, c diagnosis.Component, cause error,
		) diagnosis.Examination {
			return r.doctor().Of(ctx, c, cause)
		},
	}
}

// digest names the credentials that a component depends on.
func (r *route) digest(component diagnosis.Component) string {
	c, conf, d := r.creds[r.conf.Name], r.conf.Instagram, &state.Document{}
	if r.session != nil {
		d = r.session.Doc()
	}
	// A login and not a token: our own rotations are no change by a person.
	reader := token.InstagramLogin(d, c.instagramToken) + c.instagramUser + conf.Login
	poster := c.xID(token.Login(d, c.refresh))
	switch component {
	case diagnosis.Instagram:
		return vault.Digest(reader + conf.APIVersion)
	case diagnosis.XToken:
		return poster + r.vaultKey.Digest(d.Tokens.Vault)
	case diagnosis.Account:
		return vault.Digest(reader + poster + conf.Account + r.conf.X.Account)
	}
	return poster
}
