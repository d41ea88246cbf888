package guard

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// AcceptInstagram makes the route an Instagram account's without an issue: set-up has asked the
// person.
func (a *Accounts) AcceptInstagram(ctx context.Context, me instagram.Account) error {
	was := a.Session.Doc().Account
	if was.InstagramID == idOf(me) && was.InstagramLogin == a.InstagramLogin {
		return nil
	}
	if err := a.takeInstagram(ctx, me, time.Time{}); err != nil {
		return err
	}
	return a.Answered(ctx, idOf(me), me.Username)
}

// Answered closes the issue that asks whether an account is wanted, if there is one.
func (a *Accounts) Answered(ctx context.Context, id, username string) error {
	if a.Asker == nil {
		return nil
	}
	q := Question{Component: "account", Route: a.Route.Name, Key: id}
	return a.Asker.Settled(ctx, q, a.Words.Text("guard.account.accepted",
		"Account", at(a.Words, username)))
}

// takeInstagram makes the route an account's. With another account than before, new is what was
// published after opened, or from now on if opened is zero.
func (a *Accounts) takeInstagram(
	ctx context.Context, me instagram.Account, opened time.Time,
) error {
	message := a.Route.Name + ": Instagram account"
	return a.Session.Update(ctx, message, func(d *state.Document) error {
		another := d.Account.InstagramID != "" && d.Account.InstagramID != idOf(me)
		d.Account.InstagramID, d.Account.InstagramUsername = idOf(me), me.Username
		d.Account.InstagramLogin = a.InstagramLogin
		if another {
			from := opened
			if from.IsZero() {
				from = a.Now()
			}
			d.OtherInstagram(from.UTC().Truncate(time.Second), a.Now())
		}
		return nil
	})
}

// TakeX makes a document's route the X account's that a login belongs to. What was begun on another
// account is given up.
func TakeX(d *state.Document, me xapi.User, login string, now time.Time) {
	was := d.Account
	d.Account.XUserID, d.Account.XUsername, d.Tokens.X.Owner = me.ID, me.Username, login
	if was.XUserID != "" && was.XUserID != me.ID {
		d.OtherX(was.XUsername, now)
	}
}

// idOf is the id by which an Instagram account is known.
func idOf(me instagram.Account) string {
	if me.UserID != "" {
		return me.UserID
	}
	return me.ID
}
