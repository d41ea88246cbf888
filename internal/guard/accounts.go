package guard

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// Accounts reports whether the accounts are those of the chain. Each is asked for its id once for a
// login.
type Accounts struct {
	Route   config.Route
	Session *state.Session
	Asker   Asker
	Words   message.Words // of the questions
	Now     func() time.Time
	// InstagramMe and XMe ask whose a token is. X bills the question ($0.010).
	InstagramMe func(context.Context) (instagram.Account, error)
	XMe         func(context.Context) (xapi.User, error)
	// InstagramLogin and XLogin name the present logins: our own rotations do not change them.
	InstagramLogin string
	Note           func(string)  // tells what is no failure; may be nil
	XLogin         func() string // a rotation in this run may have changed it
}

// Pending reports the question that holds the route, without asking the services whose accounts
// these are: while it is open a run reads its issue and nothing else. A login that has changed
// since, and `account:` in the configuration, end the waiting.
func (a *Accounts) Pending(ctx context.Context) error {
	q := a.Session.Doc().Account.Question
	if q == nil || q.Login != a.loginOf(q.Service) || sameAccount(a.configured(q.Service), q.Name) {
		return nil
	}
	question := Question{Component: "account", Route: a.Route.Name, Key: q.ID,
		Title: a.Words.Text("guard.account.waits", "Service", q.Service, "Is", at(a.Words, q.Name))}
	answer, err := a.Asker.Reread(ctx, question, q.Issue)
	if err != nil || answer.Completed {
		return nil // the run asks anew, and finds out
	}
	return &HeldError{Question: question, Answer: answer}
}

// loginOf names the present login to a service.
func (a *Accounts) loginOf(service string) string {
	if service == "X" {
		return a.XLogin()
	}
	return a.InstagramLogin
}

// configured is the account that the configuration names for a service, "" for none.
func (a *Accounts) configured(service string) string {
	if service == "X" {
		return a.Route.X.Account
	}
	return a.Route.Instagram.Account
}

// sameAccount reports whether the configuration names an account.
func sameAccount(configured, username string) bool {
	return configured != "" && strings.EqualFold(strings.TrimPrefix(configured, "@"), username)
}

// Check is asked before a run's first post. Instagram's question comes first. A question that has
// become void, because the account of before is back or another one was accepted, is closed.
func (a *Accounts) Check(ctx context.Context) error {
	err := a.instagram(ctx)
	if err == nil {
		err = a.x(ctx)
	}
	if held, ok := IsHeld(err); ok {
		return a.remember(ctx, held)
	}
	if q := a.Session.Doc().Account.Question; q != nil && (err == nil || accepted(err)) {
		return errors.Join(err, a.close(ctx, *q))
	}
	return err
}

// accepted reports whether a run only ends because another account was accepted.
func accepted(err error) bool {
	var later *token.PutOffError
	return errors.As(err, &later)
}

// remember writes down the question that holds the route.
func (a *Accounts) remember(ctx context.Context, held *HeldError) error {
	q := state.AccountQuestion{
		Service: held.Question.Service, Login: a.loginOf(held.Question.Service),
		ID:   held.Question.Key,
		Name: held.Question.Account, Issue: held.Answer.Issue,
	}
	if was := a.Session.Doc().Account.Question; was != nil && was.ID != q.ID {
		// One question is open at a time: the document would forget the other one's issue.
		before := Question{Component: "account", Route: a.Route.Name, Key: was.ID}
		err := a.Asker.Settled(ctx, before, a.Words.Text("guard.account.another"))
		if err != nil {
			return errors.Join(held, message.Wrap(err, "guard.stored.close-account"))
		}
	}
	err := a.Session.Update(ctx, a.Route.Name+": another account", func(d *state.Document) error {
		d.Account.Question = &q
		return nil
	})
	if err != nil {
		return message.Wrap(err, "guard.stored.write-question")
	}
	return held
}

// close closes the issue of a question that is void.
func (a *Accounts) close(ctx context.Context, q state.AccountQuestion) error {
	question := Question{Component: "account", Route: a.Route.Name, Key: q.ID}
	err := a.Asker.Settled(ctx, question, a.Words.Text("guard.account.settled"))
	if err != nil {
		return message.Wrap(err, "guard.stored.close-account")
	}
	return a.Session.Update(ctx, a.Route.Name+": the account is settled",
		func(d *state.Document) error {
			d.Account.Question = nil
			return nil
		})
}

// WrongAccountError says that a token is not the configured account's.
type WrongAccountError struct{ Service, Configured, Actual, Secret string }

// Cause is the key of the diagnosis.
func (e *WrongAccountError) Cause() string { return "another-account" }

func (e *WrongAccountError) Error() string {
	w := message.Words{}
	return w.Text("guard.stored.wrong-account", "Service", e.Service, "Secret", e.Secret,
		"Actual", at(w, e.Actual), "Configured", at(w, strings.TrimPrefix(e.Configured, "@")))
}

// login is a login to one service, and what the document knows of the account before.
type login struct {
	service, secret string
	configured      string // account: in the configuration, "" for none
	wasID, was      string // the account of before
	id, username    string
	completed       string // what closing the question as completed does
}

// another reports whether the login is of another account than before. The same id under a new name
// is the same account.
func (l login) another() bool { return l.wasID != "" && l.wasID != l.id }

// accept returns nil for the account of before, for the configured one, and for one that a person
// has accepted.
func (a *Accounts) accept(ctx context.Context, l login) (Answer, error) {
	switch {
	case l.configured != "" &&
		!strings.EqualFold(strings.TrimPrefix(l.configured, "@"), l.username):
		return Answer{}, &WrongAccountError{l.service, l.configured, l.username, l.secret}
	case l.configured != "", !l.another():
		return Answer{}, nil
	}
	q := changed(a.Words, a.Route.Name, l)
	answer, err := ask(ctx, a.Asker, q)
	switch {
	case err != nil:
		return answer, err
	case answer.NotPlanned:
		return answer, &HeldError{Question: q, Answer: answer}
	}
	// The answer is used up before the account is taken: a run that dies in between asks again. The
	// other way round, the answer would accept the account once more after it was left.
	if err := a.Asker.Settled(ctx, q, a.Words.Text("guard.account.settled")); err != nil {
		return answer, message.Wrap(err, "guard.stored.close-account")
	}
	return answer, nil
}

// tellRenamed tells that the account of before has another name. That holds nothing.
func (a *Accounts) tellRenamed(l login) {
	if a.Note != nil && l.wasID == l.id && l.was != "" && l.was != l.username {
		a.Note(a.Words.Text("guard.account.renamed", "Service", l.service,
			"Was", at(a.Words, l.was), "Is", at(a.Words, l.username)))
	}
}

// instagram takes the account that the present Instagram token belongs to. A run that has planned
// with the account of before ends: its list is another account's.
func (a *Accounts) instagram(ctx context.Context) error {
	was := a.Session.Doc().Account
	if was.InstagramID != "" && was.InstagramLogin == a.InstagramLogin {
		return nil
	}
	me, err := a.InstagramMe(ctx)
	if err != nil {
		return message.Wrap(err, "guard.stored.whose", "Service", "Instagram")
	}
	l := login{
		service: "Instagram", secret: a.Route.Instagram.Token,
		configured: a.Route.Instagram.Account,
		wasID:      was.InstagramID, was: was.InstagramUsername,
		id: idOf(me), username: me.Username,
		completed: a.Words.Text("guard.account.completed-instagram",
			"Is", shown(a.Words, me.Username)),
	}
	answer, err := a.accept(ctx, l)
	if err != nil {
		return err
	}
	a.tellRenamed(l)
	err = a.takeInstagram(ctx, me, answer.Opened)
	if err == nil && l.another() {
		err = &token.PutOffError{
			Why: message.Words{}.Text("guard.stored.account-accepted"),
		}
	}
	return err
}

// x takes the account that the present X login belongs to. A run may go on with another one,
// because nothing of what it has planned was posted yet.
func (a *Accounts) x(ctx context.Context) error {
	d := a.Session.Doc()
	if d.Account.XUserID != "" && d.Tokens.X.Owner == a.XLogin() {
		return nil
	}
	me, err := a.XMe(ctx)
	if err != nil {
		return message.Wrap(err, "guard.stored.whose", "Service", "X")
	}
	l := login{
		service: "X", secret: a.Route.X.RefreshToken, configured: a.Route.X.Account,
		wasID: d.Account.XUserID, was: d.Account.XUsername, id: me.ID, username: me.Username,
		completed: a.Words.Text("guard.account.completed-x",
			"Was", shown(a.Words, d.Account.XUsername)),
	}
	if _, err := a.accept(ctx, l); err != nil {
		return err
	}
	a.tellRenamed(l)
	return a.Session.Update(ctx, a.Route.Name+": X account", func(d *state.Document) error {
		TakeX(d, me, a.XLogin(), a.Now())
		return nil
	})
}

// IsHeld reports whether an error is a question that holds the route.
func IsHeld(err error) (*HeldError, bool) {
	var held *HeldError
	return held, errors.As(err, &held)
}
