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
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/token"
)

// runRotate keeps the tokens of all routes alive. It does so even while Instagram or X refuses the
// posting.
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
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		routes = append(routes, r.rotate(ctx))
		if r.session == nil {
			reminder.Partial = true
			continue
		}
		ends := alert.RouteExpiries(conf, r.session.Doc())
		reminder.Expiries = append(reminder.Expiries, ends...)
	}
	routes = append(routes, j.reportBroken(ctx)...)
	reminder.Partial = reminder.Partial || len(j.broken) > 0
	reminder.Expiries = append(reminder.Expiries, j.clockReminder())
	if j.repo != nil {
		j.remind(ctx, reminder)
	}
	return j.end(ctx, routes)
}

// remind keeps the issues that no route's own run closes: what will expire soon, and a dead run.
// The workflow's shell may have reported the dead run, and the state does not know of that.
func (j *job) remind(ctx context.Context, reminder *alert.Reminder) {
	r := j.route(config.Route{Name: j.names[0]})
	// A document that is not there is not made for this: it may have been lost.
	if err := r.open(ctx); err == nil && !r.session.First() {
		reminder.Session = r.session
	}
	reminder.Remind(ctx)
	if j.branchHistory().Gone() != nil {
		return // nothing is done but to wait for an answer
	}
	if err := j.route(r.conf).closeDeadRun(ctx); err != nil {
		j.warn(fmt.Sprintf("whether a run had died could not be looked up: %v", err))
	}
}

// rotate renews the tokens of one route if they are due.
func (r *route) rotate(ctx context.Context) (out result.Route) {
	out = result.Route{Name: r.conf.Name, USDCap: r.conf.Limits.USDPerMonth}
	err := r.open(ctx)
	defer r.stands(&out)
	a := r.alert(&out)
	if err == nil {
		r.configWorks(ctx, a)
		out.Outcome.PutOff, err = r.ready(ctx)
	}
	if out.Outcome.PutOff != "" {
		return out
	}
	if err != nil {
		a.Failed(ctx, err)
		return out
	}
	defer a.End(ctx)
	m, done, chain := r.tokens(), false, keysOf(r) == nil
	if chain {
		out.Waiting = a.Blocked(ctx, diagnosis.XToken)
	}
	if chain && out.Waiting == "" {
		done, err = m.RotateIfDue(ctx, r.options.force)
	}
	if warning := r.renewInstagram(ctx, m, done); warning != "" {
		out.Outcome.Warnings = append(out.Outcome.Warnings, warning)
	}
	out.Tokens = r.session.Doc().Tokens
	var putOff *token.PutOffError
	if errors.As(err, &putOff) {
		out.Outcome.PutOff, err = putOff.Why, nil
	}
	fmt.Fprintf(r.p.Stdout, "%s: %s\n", r.conf.Name, r.rotation(&out, done, err))
	if err != nil {
		a.Failed(ctx, err)
		return out
	}
	a.Adopt(ctx)
	// With X's own keys X was not asked.
	asked := out.Outcome.PutOff == "" && out.Waiting == "" && chain
	a.Recovered(ctx, alert.Answered{Works: mirror.Works{Token: asked}, Done: out.Waiting == ""})
	return out
}

// rotation says what became of X's tokens. It writes that into the result where it is news.
func (r *route) rotation(out *result.Route, done bool, err error) string {
	switch t := out.Tokens.X; {
	case out.Outcome.PutOff != "":
		return "put off to the next run: " + out.Outcome.PutOff
	case out.Waiting != "":
		return "waiting: " + out.Waiting
	case err != nil && done:
		return "X's token: rotated, but"
	case err != nil:
		return "X's token: not rotated"
	case done:
		out.Rotation = fmt.Sprintf("tokens rotated, generation %d", t.Generation)
		return fmt.Sprintf("rotated, generation %d", t.Generation)
	case keysOf(r) != nil:
		out.Rotation = "X's own keys are not rotated"
		return out.Rotation
	default:
		out.Rotation = "no token is due"
		return "not due, last rotated " + t.Rotated.Format("2006-01-02 15:04 UTC")
	}
}

// renewInstagram renews Instagram's token. A refusal is only a warning, which it returns: the old
// token stays good, a reminder says when it will end, and a mirror run reports when it has ended.
func (r *route) renewInstagram(ctx context.Context, m *token.Manager, rotated bool) string {
	d, name := r.session.Doc(), r.conf.Instagram.Token
	if r.creds[r.conf.Name].instagramToken == "" {
		return ""
	}
	if _, open := d.Breakers[string(diagnosis.Instagram)]; open {
		return "" // Instagram is left alone until a mirror run gets through
	}
	done, err := m.RenewInstagramIfDue(ctx, rotated, r.options.force)
	if err != nil {
		return fmt.Sprintf("%s was not renewed: %v", name, err)
	}
	if done {
		until := r.session.Doc().Tokens.Instagram.Expires.Format(time.DateOnly)
		fmt.Fprintf(r.p.Stdout, "%s: %s renewed, good until %s\n", r.conf.Name, name, until)
	}
	return ""
}
