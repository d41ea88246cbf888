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
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/vault"
)

// Guide takes a person through set-up without a terminal: in a workflow, through one issue for each
// route. Its exported fields are set beforehand.
type Guide struct {
	Services
	message.Words
	Route     config.Route
	Routes    []string          // names of all routes of the configuration
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
	Dir       string            // the checkout

	list  checklist
	board board
	rest  Rehearsal
}

// Take makes one pass over the checklist, as far as it goes without the person, and waits for the
// login to X if everything before it is right. A fault in a secret is no error: the issue
// names it.
func (g *Guide) Take(ctx context.Context) error {
	g.list = checklist{words: g.Words, names: g.names(), hide: g.Hide}
	g.board = board{
		Issues: g.Issues, words: g.Words, route: g.Route.Name, run: g.Run,
		several: len(g.Routes) > 1,
	}
	branch := g.prepare(ctx) // the state branch is made before the issue
	if err := g.open(ctx); err != nil {
		return err
	}
	if err := g.sweep(ctx); err != nil {
		return err
	}
	inspection{g}.all(ctx, branch)
	if !g.list.sound() {
		g.Talk(g.Text("setup.log.missing"))
		return g.publish(ctx)
	}
	err := g.proceed(ctx)
	switch {
	case errors.Is(err, errNewer):
		g.Talk(g.Text("setup.log.newer"))
		return nil
	case errors.Is(err, errClosed):
		g.Talk(g.Text("setup.log.closed"))
		return nil
	case err != nil:
		return err
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

// open finds the set-up's issue, or opens one.
func (g *Guide) open(ctx context.Context) error {
	found, err := g.board.find(ctx)
	if err != nil || found {
		return err
	}
	err = g.board.open(ctx, github.NewIssue{
		Title: g.board.titleIn(g.Words), Body: sheet{g}.text(), Assignees: g.assignees(),
	})
	if err != nil {
		return err
	}
	g.Talk(g.Text("setup.log.opened", "Number", g.board.number))
	return nil
}

// assignees are whoever started the run, so that GitHub tells the person of the issue. A push by a
// bot has nobody to tell.
func (g *Guide) assignees() []string {
	if g.Actor == "" || strings.HasSuffix(g.Actor, "[bot]") {
		return nil
	}
	return []string{g.Actor}
}

// publish brings the issue up to date.
func (g *Guide) publish(ctx context.Context) error { return g.board.publish(ctx, sheet{g}.text()) }

// proceed asks whose posts go where, logs in to X, and shows the last posts. It ends early where
// the person has not answered.
func (g *Guide) proceed(ctx context.Context) error {
	for _, step := range []func(context.Context) (bool, error){g.agreeInstagram, xLogin{g}.run} {
		if done, err := step(ctx); err != nil || !done {
			return err
		}
	}
	if g.list.sound() {
		g.finish(ctx)
	}
	return nil
}

// agreeInstagram asks whether another Instagram account than before is meant.
func (g *Guide) agreeInstagram(ctx context.Context) (bool, error) {
	me, was := g.list.account, g.rest.InstagramAccount()
	if was.UserID == "" || was.UserID == idOf(me) || g.Route.Instagram.Account != "" {
		return true, nil
	}
	return g.await(ctx, &confirmation{
		text: g.Text("setup.ask.other-instagram", "Secret", g.Route.Instagram.Token,
			"Found", report.Text("@"+me.Username), "Was", report.Text("@"+was.Username)),
		none:   g.Text("setup.note.no-yes"),
		accept: func(ctx context.Context) error { return g.rest.AcceptInstagram(ctx, me) },
	})
}

// idOf is the id by which an Instagram account is known.
func idOf(a instagram.Account) string {
	if a.UserID != "" {
		return a.UserID
	}
	return a.ID
}

// finish writes the baseline, looks at everything, and shows the last posts.
func (g *Guide) finish(ctx context.Context) {
	accept := func(ctx context.Context) error { return g.rest.AcceptInstagram(ctx, g.list.account) }
	preview := func(ctx context.Context) (err error) {
		g.list.preview, err = g.rest.Preview(ctx, 3)
		return err
	}
	for _, step := range []func(context.Context) error{
		g.rest.Baseline, accept, g.rest.Examine, preview,
	} {
		if err := step(ctx); err != nil {
			g.list.failed(stepLook, "", err, g.Text("setup.fix.start-again"))
			return
		}
	}
	g.list.ready = true
	g.Talk(g.Text("setup.log.ready"))
}

// workflow is the page on which set-up is started.
func (g *Guide) workflow() string { return g.Home + "/actions/workflows/setup.yml" }

// secretLink is a secret's name with the page that makes or changes it.
func (g *Guide) secretLink(name string) string {
	if g.Values[name] == "" {
		return fmt.Sprintf("[`%s`](%s/settings/secrets/actions/new)", name, g.Home)
	}
	return fmt.Sprintf("[`%s`](%s/settings/secrets/actions/%[1]s)", name, g.Home)
}

// names are what a diagnosis calls the route's own things.
func (g *Guide) names() diagnosis.Names { return diagnosis.NamesOf(g.Route, "", g.Home) }
