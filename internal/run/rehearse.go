package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// rehearse makes the first look at a route: its baseline, an examination and a preview.
func (s *Setup) rehearse(
	ctx context.Context, r config.Route, c setup.Credentials, key *vault.Key,
) (setup.Rehearsal, error) {
	s.creds[r.Name] = c
	if key != nil {
		s.env.VaultKey = key
	}
	route := s.route(r)
	if err := route.open(ctx); err != nil {
		return setup.Rehearsal{}, err
	}
	return rehearsed{route}.rehearsal(c), nil
}

// rehearsed is a route that set-up looks at and writes to.
type rehearsed struct{ *route }

func (r rehearsed) rehearsal(c setup.Credentials) setup.Rehearsal {
	run, _ := r.mirroring()
	return setup.Rehearsal{
		First:    r.session.First(),
		Prepare:  r.prepare,
		Baseline: run.Begin,
		Examine:  r.look,
		Preview: func(ctx context.Context, last int) ([]string, error) {
			media, err := run.Last(ctx, last)
			if err != nil {
				return nil, err
			}
			return report.Preview{Words: r.console.Words, Route: r.conf, Plan: media}.Lines(), nil
		},
		LoggedIn:   r.loggedIn,
		VaultOpens: func() error { return logins(r).manager().VaultOpens() },
		XAccount: func() xapi.User {
			a := r.session.Doc().Account
			return xapi.User{ID: a.XUserID, Username: a.XUsername}
		},
		InstagramAccount: func() instagram.Account {
			a := r.session.Doc().Account
			return instagram.Account{UserID: a.InstagramID, Username: a.InstagramUsername}
		},
		InstagramToken: logins(r).instagramToken,
		Diagnose:       r.diagnose,
		Begin: func(ctx context.Context, g setup.Granted) (setup.Rehearsal, error) {
			if err := r.begin(ctx, g); err != nil {
				return setup.Rehearsal{}, err
			}
			c.Refresh, c.Access = g.Refresh, g.Access
			return (&Setup{r.Job}).rehearse(ctx, r.conf, c, r.env.VaultKey)
		},
		BeginInstagram: func(ctx context.Context, a setup.Account) (setup.Rehearsal, error) {
			if err := r.beginInstagram(ctx, a); err != nil {
				return setup.Rehearsal{}, err
			}
			// The secret holds the new token if it could be written; the vault knows it by the old.
			c.InstagramUser = a.UserID
			if r.secretStore() != nil {
				c.InstagramToken = a.Token
			}
			return (&Setup{r.Job}).rehearse(ctx, r.conf, c, r.env.VaultKey)
		},
		AcceptX: r.acceptX, AcceptInstagram: r.acceptInstagram,
	}
}

// prepare makes the state branch, or proves by a commit without a change that it takes a write.
func (r rehearsed) prepare(ctx context.Context) error {
	if r.session.First() {
		putOff, err := r.ready(ctx)
		if err == nil && putOff != "" {
			err = errors.New(r.console.Words.Stored(putOff))
		}
		if err != nil {
			return err
		}
	}
	message, unchanged := r.conf.Name+": set-up begins", func(*state.Document) error { return nil }
	if r.session.First() {
		return r.session.Update(ctx, message, unchanged)
	}
	path := state.Path(r.conf.Name)
	body, version, err := r.backend.Read(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was there a moment ago: the next write finds out
	}
	if err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	_, err = r.backend.Write(ctx, state.Change{
		Path: path, Body: body, Version: version, Message: message,
	})
	if errors.Is(err, state.ErrConflict) {
		return nil // another run has just written to it
	}
	return err
}

// look examines everything. The error is an *setup.Advice if something is wrong.
func (r rehearsed) look(ctx context.Context) error {
	e := &doctor.Report{Route: r.conf.Name, Words: r.console.Words}
	e.Add(r.doctor().All(ctx).For(r.called()))
	e.Print(r.console.Out)
	if e.Healthy {
		return nil
	}
	return &setup.Advice{
		Err: errors.New(r.console.Words.Text("run.look-wrong", "Title", e.Causes[0].Title)),
		Fix: e.Causes[0].Fix,
	}
}

// loggedIn reports whether X's login is sound, or was given and never used.
func (r rehearsed) loggedIn() bool {
	t, given := r.session.Doc().Tokens.X, r.creds.Refresh
	if t.Generation == 0 {
		return given != ""
	}
	return t.Sound()
}

// begin stores a login, with the account that it belongs to.
func (r rehearsed) begin(ctx context.Context, g setup.Granted) error {
	tokens := logins(r).manager()
	err := tokens.Begin(ctx, g.Token, func(d *state.Document) {
		if g.ID != "" {
			guard.TakeX(d, g.User, d.Tokens.X.Login, r.clock.now())
		}
	})
	if err != nil || g.ID == "" {
		return err
	}
	return r.accounts().Answered(ctx, g.ID, g.Username)
}

// beginInstagram stores the token that a given one was exchanged for. The id of the account is not in
// the vault, so it goes to the secrets where they can be written.
func (r rehearsed) beginInstagram(ctx context.Context, a setup.Account) error {
	tokens := logins(r).manager()
	if err := tokens.BeginInstagram(ctx, a.Token); err != nil {
		return err
	}
	if s := r.secretStore(); s != nil {
		if err := s.Put(ctx, r.conf.Instagram.UserID, a.UserID); err != nil {
			return fmt.Errorf("write the secret %s: %w", r.conf.Instagram.UserID, err)
		}
	}
	return nil
}

// diagnose asks Instagram why it refuses the given token.
func (r rehearsed) diagnose(ctx context.Context, refused error) diagnosis.Diagnosis {
	causes := r.doctor().Of(ctx, diagnosis.Instagram, refused).Causes
	if len(causes) == 0 {
		return diagnosis.Diagnosis{}
	}
	return causes[0].Diagnosis
}

func (r rehearsed) acceptX(ctx context.Context, me xapi.User) error {
	message := r.conf.Name + ": X account"
	err := r.session.Update(ctx, message, func(d *state.Document) error {
		guard.TakeX(d, me, logins(r).xLogin(), r.clock.now())
		return nil
	})
	if err != nil {
		return err
	}
	return r.accounts().Answered(ctx, me.ID, me.Username)
}

func (r rehearsed) acceptInstagram(ctx context.Context, me instagram.Account) error {
	return r.accounts().AcceptInstagram(ctx, me)
}
