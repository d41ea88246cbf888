package cli

import (
	"context"
	"errors"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/token"
)

// stateGuard asks whether the state is the newest and this repository's, once for a route's run.
func (r *route) stateGuard() *guard.State {
	if r.states == nil {
		r.states = &guard.State{History: r.branchHistory(), Session: r.session}
		r.states.Asker = &alert.Asker{Run: r.alerts}
	}
	return r.states
}

// branchHistory is what the routes of the run know of the state branch.
func (j *job) branchHistory() *guard.History {
	if j.history == nil {
		j.history = &guard.History{Routes: j.names, RepositoryID: j.runner.RepoID}
		if b, ok := j.backend.(*github.Branch); ok {
			j.history.Branch = b
		}
	}
	return j.history
}

// ready asks, where a route has no document, whether that is its first run. putOff says why the run
// is left to the next one.
func (r *route) ready(ctx context.Context) (putOff string, err error) {
	if !r.session.First() {
		return "", nil
	}
	err = r.stateGuard().First(ctx)
	if err == nil && !r.session.First() {
		clear(r.opened) // the branch was made again, with other documents
	}
	var later *token.PutOffError
	if errors.As(err, &later) {
		return later.Why, nil
	}
	return "", err
}

// accounts asks whether the accounts are the chain's.
func (r *route) accounts(m *mirror.Run) *guard.Accounts {
	c := r.creds[r.conf.Name]
	return &guard.Accounts{
		Route: r.conf, Session: r.session, Asker: &alert.Asker{Run: r.alerts}, Now: r.now, Note: r.warn,
		InstagramMe: func(ctx context.Context) (instagram.Account, error) { return m.Instagram.Me(ctx) },
		XMe:         m.Owner,

		InstagramLogin: token.InstagramLogin(r.session.Doc(), c.instagramToken),
		XLogin: func() string {
			if keysOf(r) != nil {
				return r.digest(diagnosis.X)
			}
			return token.Login(r.session.Doc(), c.refresh)
		},
	}
}

// guarded has a run ask, before its first post, whether the state is the newest and the accounts are
// the chain's.
func (r *route) guarded(m *mirror.Run) *mirror.Run {
	accounts := r.accounts(m)
	m.Guard = func(ctx context.Context) error {
		if err := r.stateGuard().Check(ctx); err != nil {
			return err
		}
		return accounts.Check(ctx)
	}
	m.Guarded = r.stateGuard().Seen
	return m
}

// gap is how long a run waits between two media: not at all in a rehearsal, whose clock is another.
func (r *route) gap() time.Duration {
	if r.get("POSTFERRY_NOW") != "" {
		return 0
	}
	return r.conf.Limits.Gap
}
