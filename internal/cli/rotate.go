package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
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
	var routes []report.Route
	secretsToken, all := j.secretsTokenEnds(ctx)
	ends := []diagnosis.Expiry{secretsToken}
	for _, r := range j.config.Routes {
		out, s := j.keepAlive(ctx, r)
		routes = append(routes, out)
		if s == nil {
			all = false
			continue
		}
		ends = append(ends, routeEnds(r, s.Doc())...)
	}
	j.attend(ctx, ends, all)
	if j.repo != nil {
		// A job's death may have been told by the workflow's own shell, which the state does not know of.
		if err := j.revived(ctx, nil, j.config.Routes[0].Name); err != nil {
			j.warn(fmt.Sprintf("whether a run had died could not be looked up: %v", err))
		}
	}
	return j.end(ctx, routes)
}

// keepAlive renews one route's tokens if they are due. The session is nil if the state could not be read.
func (j *job) keepAlive(ctx context.Context, r config.Route) (report.Route, *state.Session) {
	out := report.Route{Name: r.Name, USDCap: r.Limits.USDPerMonth}
	s, err := j.session(ctx, r)
	if err != nil {
		return j.stopped(ctx, nil, out, err), nil
	}
	k := j.keeper(r, s)
	done, err := k.RotateIfDue(ctx, j.options.force)
	j.keepInstagram(ctx, r, k, &out, done)
	out.Tokens = report.TokenAges(s.Doc().Tokens)
	var putOff *token.PutOffError
	switch t := s.Doc().Tokens.X; {
	case errors.As(err, &putOff):
		out.Outcome.PutOff = putOff.Why
		fmt.Fprintf(j.p.Stdout, "%s: put off to the next run: %s\n", r.Name, putOff.Why)
	case err != nil:
		fmt.Fprintf(j.p.Stdout, "%s: X's token: %s\n", r.Name, map[bool]string{true: "rotated, but", false: "not rotated"}[done])
		return j.stopped(ctx, s, out, err), s
	case done:
		out.Rotation = fmt.Sprintf("tokens rotated, generation %d", t.Generation)
		fmt.Fprintf(j.p.Stdout, "%s: rotated, generation %d\n", r.Name, t.Generation)
	default:
		out.Rotation = "no token is due"
		fmt.Fprintf(j.p.Stdout, "%s: not due, last rotated %s\n", r.Name, t.Rotated.Format("2006-01-02 15:04 UTC"))
	}
	j.adopt(ctx, s)
	works := map[diagnosis.Component]bool{diagnosis.XToken: out.Outcome.PutOff == "", diagnosis.GitHub: true, diagnosis.State: true}
	return j.recovered(ctx, s, out, works), s
}

// keepInstagram renews Instagram's token. That it can't stops nothing: the old one stays good, the warnings ahead of time
// say when it ends, and the mirror says when it has.
func (j *job) keepInstagram(ctx context.Context, r config.Route, k *token.Manager, out *report.Route, rotated bool) {
	if j.creds[r.Name].instagramToken == "" {
		return
	}
	if _, open := k.Session.Doc().Breakers[string(diagnosis.Instagram)]; open {
		return // it is not asked while it is broken
	}
	done, err := k.RenewInstagramIfDue(ctx, rotated, j.options.force)
	if err != nil {
		out.Outcome.Warnings = append(out.Outcome.Warnings, fmt.Sprintf("%s was not renewed: %v", r.Instagram.Token, err))
		return
	}
	if done {
		fmt.Fprintf(j.p.Stdout, "%s: %s renewed, good until %s\n", r.Name, r.Instagram.Token, k.Session.Doc().Tokens.Instagram.Expires.Format(time.DateOnly))
	}
}
