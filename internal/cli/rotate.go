package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

// runRotate keeps the tokens of all routes alive, whatever state Instagram or the posting is in.
func runRotate(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("rotate", args, func(fs *flag.FlagSet) {
		o.define(fs)
		fs.BoolVar(&o.force, "force", false, "rotate now, though it is not due")
	})
	if err != nil {
		return err
	}
	j, err := p.newJob(ctx, o, need{x: true})
	if err != nil {
		return err
	}
	reminder := &alert.Reminder{Run: j.alerts}
	end, ok := alert.SecretsTokenExpiry(ctx, j.secretStore())
	reminder.Expiries, reminder.Partial = []alert.Expiry{end}, !ok
	var routes []result.Route
	for _, r := range j.config.Routes {
		out := result.Route{Name: r.Name, USDCap: r.Limits.USDPerMonth}
		if s := j.rotate(ctx, r, &out); s != nil {
			reminder.Expiries = append(reminder.Expiries, alert.RouteExpiries(r, s.Doc())...)
		} else {
			reminder.Partial = true
		}
		routes = append(routes, out)
	}
	j.remind(ctx, reminder)
	return j.end(ctx, routes)
}

// remind keeps the issues that belong to no route alone: what will expire soon, and a dead run. The
// workflow's own shell may have reported a dead run, and the state does not know of that.
func (j *job) remind(ctx context.Context, r *alert.Reminder) {
	if j.repo == nil {
		return
	}
	if s, err := state.Open(ctx, j.backend, j.config.Routes[0].Name); err == nil {
		r.Session = s
	}
	r.Remind(ctx)
	if err := j.closeDeadRun(ctx, nil); err != nil {
		j.warn(fmt.Sprintf("whether a run had died could not be looked up: %v", err))
	}
}

// rotate renews one route's tokens if they are due. It returns nil if the state could not be read.
func (j *job) rotate(ctx context.Context, r config.Route, out *result.Route) *state.Session {
	s, err := j.session(ctx, r)
	if err != nil {
		j.alert(r, nil, out).Failed(ctx, err)
		return nil
	}
	k := j.keeper(r, s)
	done, err := k.RotateIfDue(ctx, j.options.force)
	j.renewInstagram(ctx, r, k, out, done)
	out.Tokens = s.Doc().Tokens
	a := j.alert(r, s, out)
	var putOff *token.PutOffError
	switch t := s.Doc().Tokens.X; {
	case errors.As(err, &putOff):
		out.Outcome.PutOff = putOff.Why
		fmt.Fprintf(j.p.Stdout, "%s: put off to the next run: %s\n", r.Name, putOff.Why)
	case err != nil:
		fmt.Fprintf(j.p.Stdout, "%s: X's token: %s\n", r.Name,
			map[bool]string{true: "rotated, but", false: "not rotated"}[done])
		a.Failed(ctx, err)
		return s
	case done:
		out.Rotation = fmt.Sprintf("tokens rotated, generation %d", t.Generation)
		fmt.Fprintf(j.p.Stdout, "%s: rotated, generation %d\n", r.Name, t.Generation)
	default:
		out.Rotation = "no token is due"
		fmt.Fprintf(j.p.Stdout, "%s: not due, last rotated %s\n", r.Name,
			t.Rotated.Format("2006-01-02 15:04 UTC"))
	}
	a.Adopt(ctx)
	a.Recovered(ctx, map[diagnosis.Component]bool{
		diagnosis.XToken: out.Outcome.PutOff == "", diagnosis.GitHub: true, diagnosis.State: true,
	})
	return s
}

// renewInstagram renews Instagram's token. A refusal is only a warning: the old token stays good, a
// reminder says when it will end, and a mirror run reports when it has ended.
func (j *job) renewInstagram(
	ctx context.Context, r config.Route, k *token.Manager, out *result.Route, rotated bool,
) {
	if j.creds[r.Name].instagramToken == "" {
		return
	}
	if _, open := k.Session.Doc().Breakers[string(diagnosis.Instagram)]; open {
		return // Instagram is left alone until a mirror run gets through
	}
	done, err := k.RenewInstagramIfDue(ctx, rotated, j.options.force)
	if err != nil {
		out.Outcome.Warnings = append(out.Outcome.Warnings,
			fmt.Sprintf("%s was not renewed: %v", r.Instagram.Token, err))
		return
	}
	if done {
		fmt.Fprintf(j.p.Stdout, "%s: %s renewed, good until %s\n", r.Name, r.Instagram.Token,
			k.Session.Doc().Tokens.Instagram.Expires.Format(time.DateOnly))
	}
}
