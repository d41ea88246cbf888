package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/token"
)

// Rotate keeps the tokens of all routes alive, even while Instagram or X refuses the posting, and
// reminds of what will end. The error is a Status.
func (j *Job) Rotate(ctx context.Context) error {
	end, ok := alert.SecretsTokenExpiry(ctx, j.console.Words, j.secretStore())
	reminder := &alert.Reminder{
		Run: j.alerts, Expiries: []alert.Expiry{end}, Partial: !ok || len(j.broken) > 0,
	}
	var routes []result.Route
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		routes = append(routes, r.turn(ctx, (*turn).rotate))
		if r.session == nil {
			reminder.Partial = true
			continue
		}
		ends := alert.RouteExpiries(j.console.Words, conf, r.session.Doc())
		reminder.Expiries = append(reminder.Expiries, ends...)
		if conf.OnDeleted == "tell" {
			reminder.Deleted = append(reminder.Deleted, r.session)
		}
	}
	routes = append(routes, brokenRoutes{j}.report(ctx)...)
	reminder.Expiries = append(reminder.Expiries, j.clock.reminder(j.console.Words))
	if j.repo != nil {
		r := j.remind(ctx, reminder)
		for i := range routes {
			if routes[i].Name == r.conf.Name {
				r.stands(&routes[i]) // a reminder is written down too
			}
		}
	}
	return j.end(ctx, routes)
}

// remind keeps the issues that no route's own run closes: what will expire soon or has aged, and a
// dead run.
// The workflow's shell may have reported the dead run, and the state does not know of that.
// It returns the route whose document has the reminders.
func (j *Job) remind(ctx context.Context, reminder *alert.Reminder) *route {
	r := j.route(config.Route{Name: j.options.Names[0]})
	// A document that is not there is not made for this: it may have been lost.
	if err := r.open(ctx); err == nil && !r.session.First() {
		reminder.Session = r.session
		reminder.Expiries = append(reminder.Expiries, news{j}.reminders(ctx, r.session)...)
	}
	reminder.Remind(ctx)
	if j.branchHistory().Gone() != nil {
		return r // nothing is done but to wait for an answer
	}
	died := deadRun{j.route(r.conf)}
	if err := died.close(ctx); err != nil {
		j.console.Warn(j.console.Words.Text("run.died-unknown", "Why", err))
	}
	return r
}

// rotate is the work of `rotate`: both services' tokens are renewed if they are due.
func (t *turn) rotate(ctx context.Context) error {
	out, m, chain := t.out, logins{t.route}.manager(), t.creds.Keys == nil
	done, err := false, error(nil)
	if chain {
		out.Waiting = alert.Breakers{Route: t.incidents}.Blocked(ctx, diagnosis.XToken)
	}
	if chain && out.Waiting == "" {
		done, err = m.RotateIfDue(ctx, t.options.Force)
	}
	if warning := t.renewInstagram(ctx, m, done); warning != "" {
		out.Outcome.Warnings = append(out.Outcome.Warnings, warning)
	}
	out.Tokens = t.session.Doc().Tokens
	var putOff *token.PutOffError
	if errors.As(err, &putOff) {
		out.Outcome.PutOff, err = putOff.Why, nil
	}
	fmt.Fprintf(t.console.Out, "%s: %s\n", t.conf.Name, t.rotation(done, err))
	if err != nil {
		return err
	}
	t.incidents.Adopt(ctx)
	// With X's own keys X was not asked.
	asked := chain && out.Outcome.PutOff == "" && out.Waiting == ""
	answered := alert.Answered{Works: mirror.Works{Token: asked}, Done: out.Waiting == ""}
	t.incidents.Recovered(ctx, answered)
	return nil
}

// rotation says what became of X's tokens. It writes that into the result where it is news. The
// result is in English, as all results are, and whoever prints it says it in the person's language.
func (t *turn) rotation(done bool, err error) string {
	w, out, english := t.console.Words, t.out, message.Words{}
	switch x := out.Tokens.X; {
	case out.Outcome.PutOff != "":
		return w.Text("run.rotate.put-off", "Why", w.Stored(out.Outcome.PutOff))
	case out.Waiting != "":
		return w.Text("run.rotate.waiting", "Why", w.Stored(out.Waiting))
	case err != nil && done:
		return w.Text("run.rotate.but")
	case err != nil:
		return w.Text("run.rotate.failed")
	case done:
		out.Rotation = english.Text("run.stored.rotated", "Generation", x.Generation)
		return w.Text("run.rotate.done", "Generation", x.Generation)
	case t.creds.Keys != nil:
		out.Rotation = english.Text("run.stored.keys")
		return w.Text("run.stored.keys")
	default:
		out.Rotation = english.Text("run.stored.not-due")
		return w.Text("run.rotate.not-due", "At", x.Rotated)
	}
}

// renewInstagram renews Instagram's token. A refusal is only a warning, which it returns: the old
// token stays good, a reminder says when it will end, and a mirror run reports when it has ended.
func (t *turn) renewInstagram(ctx context.Context, m *token.Manager, rotated bool) string {
	d, name := t.session.Doc(), t.conf.Instagram.Token
	if t.creds.InstagramToken == "" {
		return ""
	}
	if _, open := d.Breakers[string(diagnosis.Instagram)]; open {
		return "" // Instagram is left alone until a mirror run gets through
	}
	done, err := m.RenewInstagramIfDue(ctx, rotated, t.options.Force)
	if err != nil {
		return message.Words{}.Text("run.stored.not-renewed", "Name", name, "Why", err)
	}
	if done {
		until := t.console.Words.Date(t.session.Doc().Tokens.Instagram.Expires)
		fmt.Fprintf(t.console.Out, "%s: %s\n", t.conf.Name,
			t.console.Words.Text("run.rotate.instagram", "Name", name, "Day", until))
	}
	return ""
}
