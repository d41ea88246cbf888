package run

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

// Setup is the job behind set-up. What each step finds is kept in it.
type Setup struct{ *Job }

// NewSetup makes the job. It is connected when its repository is known.
func NewSetup(p Process, o Options) *Setup { return &Setup{newJob(p, o)} }

// Now is the time that counts.
func (s *Setup) Now() time.Time { return s.clock.now() }

// useRepository points the job at another repository.
func (s *Setup) useRepository(
	ctx context.Context, owner, name, token string,
) (*github.Client, *github.Secrets) {
	s.env.Runner.Owner, s.env.Runner.Repo = owner, name
	s.env.GitHubToken, s.env.SecretsToken = token, token
	s.connect(ctx, false)
	return s.repo, s.secretStore()
}

// Services makes clients of what the dialogue finds out.
func (s *Setup) Services() setup.Services {
	return setup.Services{
		Repository: s.useRepository,
		Commit: func(ctx context.Context, release string) (string, error) {
			return s.project().Commit(ctx, release)
		},
		OAuth:  s.oauth,
		X:      s.x,
		Signed: s.signed,
		Instagram: func(r config.Route, c environment.Credentials) *instagram.Client {
			// A client that looks for the account does not change which token was given.
			defer func(given environment.Credentials) { s.creds[r.Name] = given }(s.creds[r.Name])
			s.creds[r.Name] = c
			return s.route(r).instagram(c.InstagramToken)
		},
		DiscardVault: s.discardVault,
		Rehearse:     s.rehearse,
	}
}

// discardVault empties the vaults that a key does not open: their own key is gone.
func (s *Setup) discardVault(ctx context.Context, key *vault.Key) error {
	for _, conf := range s.config.Routes {
		session, err := state.Open(ctx, s.backend, conf.Name)
		if err != nil {
			return err
		}
		if err := token.DiscardVault(ctx, session, key); err != nil {
			return err
		}
	}
	return nil
}

// Guide takes a person through set-up in a workflow, by one issue. A malformed secret is a step of
// the issue; what else is wrong with the environment is the error. all are the routes of the
// configuration, whichever is set up.
func (s *Setup) Guide(ctx context.Context, login setup.Login, all []config.Route) error {
	s.env.NeedGitHub()
	r := s.config.Routes[0]
	s.creds[r.Name] = s.env.Credentials(r, environment.Need{}, s.env.Mistakes)
	malformed, rest := s.env.Malformed()
	if len(rest) > 0 {
		return &environment.Error{
			Err: errors.Join(rest...), Fix: environment.Manual(s.console.Words),
		}
	}
	s.connect(ctx, false)
	runner := s.env.Runner
	g := &setup.Guide{
		Services: s.Services(), Words: s.config.Words(), Route: r, Routes: s.config.Names(),
		Given:     s.creds[r.Name],
		Malformed: malformed, Dir: ".",
		Key: s.env.VaultKey, Secrets: s.secretStore(), Values: s.env.Values(all),
		Issues: &github.Issues{Client: s.repo}, Hide: s.secrets.String, Login: login,
		Home: runner.RepoURL(), Actor: runner.Actor,
		Run:   cmp.Or(runner.RunID, "1") + "." + cmp.Or(runner.RunAttempt, "1"),
		Again: s.options.Force, Now: s.clock.now, Talk: s.console.Talk,
	}
	err := g.Take(ctx)
	if errors.Is(err, context.Canceled) {
		return nil // the newer run goes on
	}
	return err
}
