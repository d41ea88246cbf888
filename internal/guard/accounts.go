package guard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// Accounts reports whether the accounts are those of the chain. Each is asked for its id once for a
// login.
type Accounts struct {
	Route   config.Route
	Session *state.Session
	Asker   Asker
	Now     func() time.Time
	// InstagramMe and XMe ask whose a token is. X bills the question ($0.010).
	InstagramMe func(context.Context) (instagram.Account, error)
	XMe         func(context.Context) (xapi.User, error)
	// InstagramLogin and XLogin name the present logins: our own rotations do not change them.
	InstagramLogin string
	XLogin         func() string // a rotation in this run may have changed it
}

// Check is asked before a run's first post. Instagram's question comes first.
func (a *Accounts) Check(ctx context.Context) error {
	if err := a.instagram(ctx); err != nil {
		return err
	}
	return a.x(ctx)
}

// Configured reports whether `account:` names another account than this one.
func configuredOther(account, username string) bool {
	return account != "" && !strings.EqualFold(strings.TrimPrefix(account, "@"), username)
}

// WrongAccountError says that a token is not the configured account's.
type WrongAccountError struct{ Service, Configured, Actual, Secret string }

// Cause is the key of the diagnosis.
func (e *WrongAccountError) Cause() string { return "another-account" }

func (e *WrongAccountError) Error() string {
	return fmt.Sprintf("%s: the token in %s belongs to @%s, and the configuration names %s",
		e.Service, e.Secret, e.Actual, e.Configured)
}

func (a *Accounts) instagram(ctx context.Context) error {
	acc := a.Session.Doc().Account
	if acc.InstagramID != "" && acc.InstagramLogin == a.InstagramLogin {
		return nil
	}
	me, err := a.InstagramMe(ctx)
	if err != nil {
		return fmt.Errorf("ask whose the Instagram token is: %w", err)
	}
	id := me.UserID
	if id == "" {
		id = me.ID
	}
	if configuredOther(a.Route.Instagram.Account, me.Username) {
		return &WrongAccountError{"Instagram", a.Route.Instagram.Account, me.Username, a.Route.Instagram.Token}
	}
	known := acc.InstagramID == "" || acc.InstagramID == id || a.Route.Instagram.Account != ""
	var opened time.Time
	if !known {
		answer, err := ask(ctx, a.Asker, changed("Instagram", a.Route.Name, at(acc.InstagramUsername),
			at(me.Username), id, a.Route.Instagram.Token,
			"what "+at(me.Username)+" published after this issue was opened is mirrored."))
		if err != nil {
			return err
		}
		if answer.NotPlanned {
			return &HeldError{Question: Question{Component: "account", Route: a.Route.Name,
				Title: "Instagram's token is another account's, and the question was closed as not planned"}, Answer: answer}
		}
		opened = answer.Opened
	}
	another := acc.InstagramID != "" && acc.InstagramID != id
	return a.Session.Update(ctx, a.Route.Name+": Instagram account", func(d *state.Document) error {
		d.Account.InstagramID, d.Account.InstagramUsername = id, me.Username
		d.Account.InstagramLogin = a.InstagramLogin
		if another {
			if opened.IsZero() {
				opened = a.Now()
			}
			d.OtherInstagram(opened.UTC().Truncate(time.Second), a.Now())
		}
		return nil
	})
}

func (a *Accounts) x(ctx context.Context) error {
	d := a.Session.Doc()
	if d.Account.XUserID != "" && d.Tokens.X.Owner == a.XLogin() {
		return nil
	}
	me, err := a.XMe(ctx)
	if err != nil {
		return fmt.Errorf("ask whose the X login is: %w", err)
	}
	if configuredOther(a.Route.X.Account, me.Username) {
		return &WrongAccountError{"X", a.Route.X.Account, me.Username, a.Route.X.RefreshToken}
	}
	was := d.Account
	known := was.XUserID == "" || was.XUserID == me.ID || a.Route.X.Account != ""
	if !known {
		answer, err := ask(ctx, a.Asker, changed("X", a.Route.Name, at(was.XUsername), at(me.Username), me.ID,
			a.Route.X.RefreshToken, "what waits is posted there. What was begun on "+at(was.XUsername)+
				" is listed as given up."))
		if err != nil {
			return err
		}
		if answer.NotPlanned {
			return &HeldError{Question: Question{Component: "account", Route: a.Route.Name,
				Title: "X's login is another account's, and the question was closed as not planned"}, Answer: answer}
		}
	}
	return a.Session.Update(ctx, a.Route.Name+": X account", func(d *state.Document) error {
		another := d.Account.XUserID != "" && d.Account.XUserID != me.ID
		d.Account.XUserID, d.Account.XUsername, d.Tokens.X.Owner = me.ID, me.Username, a.XLogin()
		if another {
			d.OtherX(was.XUsername, a.Now())
		}
		return nil
	})
}

// at names an account for people.
func at(username string) string {
	if username == "" {
		return "the account of before"
	}
	return "@" + username
}

// IsHeld reports whether an error is a question that holds the route.
func IsHeld(err error) (*HeldError, bool) {
	var held *HeldError
	return held, errors.As(err, &held)
}
