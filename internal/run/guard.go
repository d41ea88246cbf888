package run

import (
	"context"
	"errors"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
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
func (j *Job) branchHistory() *guard.History {
	if j.history == nil {
		j.history = &guard.History{
			Routes: j.options.Names, RepositoryID: j.env.Runner.RepoID, Words: j.console.Words,
		}
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

// accounts knows the logins. Whose they are is asked only if a flow says how.
func (r *route) accounts() *guard.Accounts {
	return &guard.Accounts{
		Route: r.conf, Session: r.session, Asker: &alert.Asker{Run: r.alerts}, Now: r.clock.now,
		Words:          r.console.Words,
		InstagramLogin: token.InstagramLogin(r.session.Doc(), r.creds.InstagramToken),
		XLogin:         logins{r}.xLogin,
	}
}
