package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// Guide takes a person through set-up without a terminal: in a workflow, through one issue. Its
// exported fields are set beforehand.
type Guide struct {
	Services
	Route     config.Route
	Given     Credentials       // what the repository's secrets hold
	Malformed map[string]string // by secret: what is wrong with its form
	Key       *vault.Key        // nil without VAULT_KEY
	Secrets   *github.Secrets   // nil without SECRETS_TOKEN
	Values    map[string]string // by secret: every value that was given, to find one in a comment
	Issues    *github.Issues
	Hide      func(string) string // takes secrets out of a text
	Login     Login               // without the app
	Home      string              // of the repository: "https://github.com/owner/name"
	Actor     string              // who started this run: nobody else's comment is an answer
	Run       string              // names this run: "7123456789.1"
	Again     bool                // log in to X though there is a login
	Now       func() time.Time
	Talk      func(line string) // the log of the run

	list    checklist
	number  int    // of the issue
	written string // the issue's body as this run last wrote it
	created bool   // by this run
	rest    Rehearsal
}

// Label is on every issue of ours.
const label = "postferry"

// Times of the wait for the person. X's code lives 30 seconds, and an unchanged list of comments
// costs nothing.
const (
	waitFor   = 10 * time.Minute
	askEvery  = 2 * time.Second
	leaveTime = 2500 * time.Millisecond // for taking the link out of the issue when cancelled
)

// Errors that end a wait. None of them is the run's failure.
var (
	errNewer  = errors.New("a newer set-up has taken over the issue")
	errClosed = errors.New("the issue was closed")
)

// Take makes one pass over the checklist, as far as it goes without the person, and waits for the
// login to X if everything before it is right. What is wrong with a secret is no error: the issue
// says so.
func (g *Guide) Take(ctx context.Context) error {
	g.list = checklist{guide: g}
	branch := g.prepare(ctx) // the state branch is made before the issue
	if err := g.open(ctx); err != nil {
		return err
	}
	if err := g.sweep(ctx); err != nil {
		return err
	}
	g.check(ctx, branch)
	if !g.list.sound() {
		g.Talk("something is missing: the issue says what")
		return g.publish(ctx)
	}
	err := g.logIn(ctx)
	switch {
	case errors.Is(err, errNewer):
		g.Talk("a newer set-up has taken over: this one ends")
		return nil
	case errors.Is(err, errClosed):
		g.Talk("the issue was closed: nobody waits for the login any more")
		return nil
	case err != nil:
		return err
	}
	if g.list.loggedIn && g.list.sound() {
		g.finish(ctx)
	}
	return g.publish(ctx)
}

// prepare opens the state, and makes the branch or proves that it takes a write.
func (g *Guide) prepare(ctx context.Context) error {
	var err error
	if g.rest, err = g.Rehearse(ctx, g.Route, g.Given, g.Key); err != nil {
		return err
	}
	return g.rest.Prepare(ctx)
}

// open finds the set-up's issue, or opens one. A closed one is opened again: its address is the
// callback that the person has entered at X.
func (g *Guide) open(ctx context.Context) error {
	list, err := g.Issues.List(ctx, label, "all", time.Time{})
	if err != nil {
		return g.unwritable(err)
	}
	for _, one := range list {
		route, component, _, ok := report.ReadMarker(one.Body)
		if !ok || component != diagnosis.Setup || route != g.Route.Name {
			continue
		}
		if mine, err := g.Issues.Mine(ctx, one); err != nil || !mine {
			continue
		}
		g.number, g.written = one.Number, one.Body
		if one.State != "open" {
			again := github.Edit{State: "open", Reason: "reopened"}
			if _, err := g.Issues.Edit(ctx, one.Number, again); err != nil {
				return g.unwritable(err)
			}
		}
		return nil
	}
	// A label that can't be made costs nothing but the label: Create makes the issue all the same.
	_ = g.Issues.EnsureLabel(ctx, label, "d4a72c", "postferry: says what is going on here")
	made, err := g.Issues.Create(ctx, github.NewIssue{
		Title: "Set postferry up", Body: g.list.text(), Labels: []string{label},
		Assignees: g.assignees(),
	})
	if err != nil {
		return g.unwritable(err)
	}
	g.number, g.written, g.created = made.Number, made.Body, true
	g.Talk(fmt.Sprintf("the checklist is issue #%d", g.number))
	return nil
}

func (g *Guide) assignees() []string {
	if g.Actor == "" || strings.HasSuffix(g.Actor, "[bot]") {
		return nil
	}
	return []string{g.Actor}
}

func (g *Guide) unwritable(err error) error {
	if httpx.ClassOf(err) == httpx.NotFound || httpx.As(err) != nil && httpx.As(err).Status == 410 {
		return advise("Settings > General > Features: switch Issues on, and start the workflow again.",
			"the checklist can't be written: %w", err)
	}
	return advise("Give the job of the workflow `setup` the permission `issues: write`, and start it"+
		" again.", "the checklist can't be written: %w", err)
}

// publish brings the issue up to date. It writes nothing if nothing changed.
func (g *Guide) publish(ctx context.Context) error {
	body := g.list.text()
	if same(body, g.written) {
		return nil
	}
	if _, err := g.Issues.Edit(ctx, g.number, github.Edit{Body: body}); err != nil {
		return g.unwritable(err)
	}
	g.written = body
	return nil
}

// same forgives what GitHub does to white space.
func same(a, b string) bool {
	tidy := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return tidy(a) == tidy(b)
}

// keep looks whether the issue is still this run's, and puts back what somebody edited: the consent
// link of a stranger must not stand there.
func (g *Guide) keep(ctx context.Context) error {
	one, err := g.Issues.Get(ctx, g.number)
	switch {
	case httpx.ClassOf(err) == httpx.NotFound:
		return errClosed
	case err != nil:
		return nil // the next look may work
	case one.State != "open":
		return errClosed
	}
	if run := runOf(one.Body); run != "" && run != g.Run {
		return errNewer
	}
	if !same(one.Body, g.written) {
		g.list.note("The text of this issue was changed by hand. It was put back.")
		return g.publish(ctx)
	}
	return nil
}

// logIn logs in to X where that takes a person, and leaves a sound login alone.
func (g *Guide) logIn(ctx context.Context) error {
	if g.Route.X.Auth == config.Keys {
		return g.proveKeys(ctx)
	}
	if g.rest.LoggedIn() && !g.Again {
		g.list.loggedIn = true
		return nil
	}
	g.list.link = newConsent(g)
	g.list.until = g.Now().Add(waitFor)
	if err := g.publish(ctx); err != nil {
		return err
	}
	g.Talk(fmt.Sprintf("waiting for the login to X: the link is in issue #%d alone", g.number))
	wait, cancel := context.WithTimeout(ctx, waitFor)
	err := g.wait(wait)
	cancel()
	if errors.Is(err, errNewer) {
		return err // the issue is the other run's
	}
	g.list.link = nil
	switch {
	case errors.Is(err, errClosed):
		_ = g.publish(ctx) // the issue may be gone
		return err
	case g.list.loggedIn, err == nil:
		return nil
	case ctx.Err() != nil:
		g.list.note("The run was cancelled before anybody had logged in.")
		g.Talk("cancelled: the link is taken out of the issue")
		leave, stop := httpx.Grace(ctx, leaveTime)
		defer stop()
		return errors.Join(ctx.Err(), g.publish(leave))
	case errors.Is(err, context.DeadlineExceeded):
		g.list.note("Nobody logged in within ten minutes, and the link is gone.")
		return nil
	}
	return errors.Join(err, g.publish(ctx))
}

// proveKeys asks X, which bills the question, whose the keys are.
func (g *Guide) proveKeys(ctx context.Context) error {
	me, err := g.Signed(*g.Given.Keys).Me(ctx)
	if err != nil {
		g.list.refused(stepX, g.Route.X.AccessToken, err)
		return nil
	}
	g.list.posts, g.list.loggedIn = me.Username, true
	if g.wrongAccount(me) {
		g.list.loggedIn = false
		return nil
	}
	return g.rest.AcceptX(ctx, me)
}

// wrongAccount says so if the configuration names another X account.
func (g *Guide) wrongAccount(me xapi.User) bool {
	want := strings.TrimPrefix(g.Route.X.Account, "@")
	if want == "" || strings.EqualFold(want, me.Username) {
		return false
	}
	g.list.note(fmt.Sprintf("That was %s, and the configuration names %s: nothing was stored."+
		" Log out of x.com (or use a private window) and press the link again.",
		report.Text("@"+me.Username), report.Text("@"+want)))
	return true
}

// finish writes the baseline, looks at everything, and shows the last posts.
func (g *Guide) finish(ctx context.Context) {
	if err := g.rest.Baseline(ctx); err != nil {
		g.list.failed(stepLook, "", err, "Start the workflow again.")
		return
	}
	if err := g.rest.AcceptInstagram(ctx, g.list.account); err != nil {
		g.list.failed(stepLook, "", err, "Start the workflow again.")
		return
	}
	if err := g.rest.Examine(ctx); err != nil {
		g.list.failed(stepLook, "", err, "Start the workflow again.")
		return
	}
	lines, err := g.rest.Preview(ctx, 3)
	if err != nil {
		g.list.failed(stepLook, "", err, "Start the workflow again.")
		return
	}
	g.list.preview, g.list.ready = lines, true
	g.Talk("all is ready: the issue shows the last posts and how to switch postferry on")
}
