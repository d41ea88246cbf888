package run

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
)

// Mirror mirrors the new posts of every route, and prints what became of them. With DryRun it only
// prints what it would post. The error is a Status.
func (j *Job) Mirror(ctx context.Context) error {
	if j.options.DryRun {
		return dryRun{j}.all(ctx)
	}
	routes := j.each(ctx, (*turn).mirror)
	done := report.Run{Words: j.console.Words, Routes: routes}
	lines := done.Lines()
	if j.options.JSON {
		lines = done.JSON()
	}
	for _, line := range lines {
		fmt.Fprintln(j.console.Out, line)
	}
	return j.end(ctx, routes)
}

// mirror is the work of `mirror`: circuit breakers → mirror → incidents.
func (t *turn) mirror(ctx context.Context) error {
	out, a := t.out, t.incidents
	out.Outcome.Pending = mirror.Unfinished(t.session.Doc())
	a.Decide(ctx)
	breakers := alert.Breakers{Route: a}
	out.Waiting = breakers.Blocked(ctx, diagnosis.Instagram, diagnosis.XToken, diagnosis.X,
		diagnosis.Undecided, diagnosis.Account)
	if out.Waiting != "" {
		return nil
	}
	m, accounts := t.mirroring()
	if err := accounts.Pending(ctx); err != nil {
		return err
	}
	m.Probe, m.NoReplies = breakers.Probe(diagnosis.X), breakers.Tripped(ctx, diagnosis.XReplies)
	m.ProbesReplies = breakers.Probe(diagnosis.XReplies) > 0
	var err error
	out.Outcome, err = m.Do(ctx)
	d := t.session.Doc()
	out.Username, out.Tokens = d.Account.XUsername, d.Tokens
	out.USDMonth = d.Spend.In(t.clock.now())
	if t.env.Runner.ByHand() {
		a.Adopt(ctx)
	}
	a.Recovered(ctx, alert.AnswersOf(out.Outcome, err))
	a.Faults(ctx, out.Outcome.Faults)
	if err == nil {
		a.Held(ctx)
	}
	return err
}

// mirroring makes the flow. Before its first post the flow asks whether the state is the newest and
// the accounts are the chain's.
func (r *route) mirroring() (*mirror.Run, *guard.Accounts) {
	m := &mirror.Run{
		Route: r.conf, Session: r.session, Tokens: logins{r}.chain(),
		Instagram: r.instagram(logins{r}.instagramToken()), X: r.x(),
		Files: &mediahost.Client{HTTP: r.files, Secrets: r.secrets},
		Now:   r.clock.now, ID: r.env.Runner.RunID, Nonce: r.nonce,
		Talk: r.console.Talk, Progress: r.console.Watch, Elsewhere: r.elsewhere, Gap: r.gap(),
		Guarded: r.stateGuard().Seen,
	}
	accounts := r.accounts()
	accounts.Note, accounts.XMe = r.console.Warn, m.Owner
	accounts.InstagramMe = func(ctx context.Context) (instagram.Account, error) {
		return m.Instagram.Me(ctx)
	}
	m.Guard = func(ctx context.Context) error {
		if err := r.stateGuard().Check(ctx); err != nil {
			return err
		}
		return accounts.Check(ctx)
	}
	return m, accounts
}

// gap is how long a run waits between two media: not at all in a rehearsal, whose clock is another.
func (r *route) gap() time.Duration {
	if r.env.Rehearsal {
		return 0
	}
	return r.conf.Limits.Gap
}
