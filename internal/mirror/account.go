package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// account is the X account of a route: its access token, its id and its timeline.
type account struct {
	x       *xapi.Client
	tokens  *token.Manager // nil if x signs its calls with X's own keys
	session *state.Session
	// proven reports whether the token chain gave an access token and its last rotation went well,
	// or X took a signed call.
	proven   bool
	replaced bool // the access token was replaced in this run
	now      func() time.Time
	usd      float64 // what X bills for reading
}

// ensureToken makes sure that there is an access token.
func (a *account) ensureToken(ctx context.Context) error {
	if a.x.AccessToken != "" || a.tokens == nil {
		return nil
	}
	token, err := a.tokens.AccessToken(ctx)
	if err != nil {
		return fmt.Errorf("get an access token: %w", err)
	}
	a.x.AccessToken, a.proven = token, a.session.Doc().Tokens.X.Sound()
	return nil
}

// authorized makes a call, and repeats it with a new access token if X answers 401.
func (a *account) authorized(ctx context.Context, call func() error) error {
	err := call()
	a.proven = a.proven || a.tokens == nil && err == nil
	if !a.replaceable(err) {
		return err
	}
	if err := a.replaceToken(ctx, err); err != nil {
		return err
	}
	return call()
}

// replaceable reports whether err is a 401 that a new access token may cure. A token is replaced
// once a run: a second 401 has another cause.
func (a *account) replaceable(err error) bool {
	return httpx.ClassOf(err) == httpx.Unauthorized && !a.replaced
}

// replaceToken gets a new access token after the 401 refused. Its error is the one to show, because
// the 401 was only a symptom. X's own keys can't be replaced.
func (a *account) replaceToken(ctx context.Context, refused error) error {
	if a.tokens == nil {
		return &xapi.KeysError{Err: refused}
	}
	a.replaced = true
	token, err := a.tokens.ForceRotate(ctx, refused)
	if err != nil {
		return fmt.Errorf("replace the access token that X refuses: %w", err)
	}
	a.x.AccessToken = token
	return nil
}

// userID returns the id of the X account. It is asked once and then remembered, because X bills the
// question.
func (a *account) userID(ctx context.Context) (string, error) {
	if err := a.ensureToken(ctx); err != nil {
		return "", err
	}
	if id := a.session.Doc().Account.XUserID; id != "" {
		return id, nil
	}
	var me xapi.User
	err := a.authorized(ctx, func() (err error) {
		me, err = a.x.Me(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	a.usd += plan.USDUser
	// The error is ignored: without the record, the next run asks again.
	_ = a.session.Update(ctx, a.session.Route+": X account", func(d *state.Document) error {
		d.Account.XUserID, d.Account.XUsername = me.ID, me.Username
		return nil
	})
	return me.ID, nil
}

// billReads counts what X bills for reading. The error is ignored: the sum is only an estimate.
func (a *account) billReads(ctx context.Context) {
	if a.usd == 0 || ctx.Err() != nil {
		return
	}
	what := a.session.Route + ": read from X"
	_ = a.session.Update(ctx, what, func(d *state.Document) error {
		d.Spend.Add(a.usd, a.now())
		return nil
	})
}
