package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
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
	for _, r := range j.config.Routes {
		routes = append(routes, j.keepAlive(ctx, r))
	}
	j.publish(routes)
	j.heartbeat(ctx)
	if j.red {
		return statusError(exitIncident)
	}
	return nil
}

// keepAlive rotates one route's tokens if they are due.
func (j *job) keepAlive(ctx context.Context, r config.Route) report.Route {
	out := report.Route{Name: r.Name, USDCap: r.Limits.USDPerMonth}
	s, err := state.Open(ctx, j.backend, r.Name)
	if err != nil {
		return j.stopped(ctx, nil, out, err)
	}
	done, err := j.keeper(r, s).Keep(ctx, j.options.force)
	var putOff *vault.PutOffError
	switch t := s.Doc().Tokens.X; {
	case errors.As(err, &putOff):
		out.Outcome.PutOff, err = putOff.Why, nil
		fmt.Fprintf(j.p.Stdout, "%s: put off to the next run: %s\n", r.Name, putOff.Why)
	case err != nil:
		fmt.Fprintf(j.p.Stdout, "%s: not rotated\n", r.Name)
		return j.stopped(ctx, s, out, err)
	case done:
		out.Outcome.Token = true
		fmt.Fprintf(j.p.Stdout, "%s: rotated, generation %d\n", r.Name, t.Generation)
	default:
		out.Outcome.Token = t.Generation > 0
		fmt.Fprintf(j.p.Stdout, "%s: not due, last rotated %s\n", r.Name, t.Rotated.Format("2006-01-02 15:04 UTC"))
	}
	return j.recovered(ctx, s, out, err)
}
