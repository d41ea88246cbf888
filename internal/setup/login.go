package setup

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/xapi"
)

// consent is one run's login to X, answered by comments. Two addresses lead back from X and share a
// state and a verifier: the issue's own, and loopback, which shows nothing but has the code in its
// address too. The verifier never leaves the process, so a code in a public comment is worthless.
type consent struct {
	guide           *Guide
	issue, loopback *attempt
	used            map[string]bool // codes: one that is sent twice may revoke the tokens it gave
	pending         *Granted        // waits for the person's yes: it is another account's
}

// newConsent makes a login with both addresses that lead back. They share state and verifier, so
// that the person may press either link.
func newConsent(g *Guide) *consent {
	login := g.Login
	login.Words = g.Words
	login.OAuth = g.OAuth(g.Given.ClientID, g.Given.ClientSecret)
	back := login
	back.Redirect = g.board.address(g.Home)
	c := &consent{guide: g, issue: newAttempt(&back), used: map[string]bool{}}
	c.loopback = newAttempt(&login)
	c.loopback.state, c.loopback.verifier = c.issue.state, c.issue.verifier
	return c
}

// show puts both links into the issue, or takes them out.
func (c *consent) show(l *checklist, shown bool) {
	l.link = nil
	if shown {
		l.link = c
	}
}

// missed says that the links are gone. The next run shows new ones.
func (c *consent) missed() string { return c.guide.Text("setup.note.no-login") }

// meant reports whether a comment holds an address of X's, or a yes that was asked for.
func (c *consent) meant(body string) bool {
	_, q := returned(body)
	return q != nil || c.pending != nil && isYes(body)
}

// take exchanges the code of an address for tokens, at once, or keeps a login that waited for a
// yes.
func (c *consent) take(ctx context.Context, body string) (done bool, err error) {
	// X has ended the login before once it took the code, so a cancelled run must not lose the
	// tokens.
	keep, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	address, q := returned(body)
	if q == nil {
		return c.store(keep, *c.pending)
	}
	if !c.fresh(q) {
		return false, nil
	}
	tokens, err := c.of(address).exchange(keep, q)
	if advice, ok := adviceOf(err); ok {
		c.guide.list.note(c.guide.Text("setup.note.login-failed",
			"Why", report.Text(advice.Error()), "Fix", advice.Fix))
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return c.granted(keep, tokens)
}

// of returns the attempt that an address belongs to.
func (c *consent) of(address string) *attempt {
	if strings.HasPrefix(address, c.loopback.Callback()) {
		return c.loopback
	}
	return c.issue
}

// fresh reports whether an answer of X belongs to this link and comes for the first time.
func (c *consent) fresh(q url.Values) bool {
	code := q.Get("code")
	switch {
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.issue.state)) != 1:
		c.guide.list.note(c.guide.Text("setup.note.old-link"))
		return false
	case code != "" && c.used[code]:
		c.guide.list.note(c.guide.Text("setup.note.used-code"))
		return false
	}
	c.used[code] = code != ""
	return true
}

// granted keeps the tokens of a login if they are the right account's.
func (c *consent) granted(ctx context.Context, tokens xapi.Token) (done bool, err error) {
	g, login := xLogin{c.guide}, Granted{Token: tokens}
	me, err := g.X(tokens.Access).Me(ctx)
	if err != nil {
		// The login before has ended: the tokens are kept, and whose they are is asked later.
		g.list.refused(stepX, g.Route.X.ClientID, err)
		return c.store(ctx, login)
	}
	login.User = me
	if g.wrongAccount(me) {
		return false, nil
	}
	if was, another := g.another(me); another {
		c.pending = &login
		g.list.note(g.Text("setup.note.other-x", "Found", report.Text("@"+me.Username),
			"Was", report.Text("@"+was.Username)))
		return false, nil
	}
	return c.store(ctx, login)
}

// store keeps a login in the vault or in the secrets, with the account that it belongs to.
func (c *consent) store(ctx context.Context, granted Granted) (bool, error) {
	g := c.guide
	next, err := g.rest.Begin(ctx, granted)
	if err != nil {
		d := diagnosis.Explain(err).In(g.Words).For(g.names())
		g.list.note(g.Text("setup.note.not-stored", "Why", d.Title, "Fix", d.Advice()))
		return false, err
	}
	g.rest = next
	g.Given.Refresh, g.Given.Access = granted.Refresh, granted.Access
	g.list.posts, g.list.loggedIn = granted.Username, true
	g.list.notes = nil
	return true, nil
}

// xLogin finds out whose the login to X is.
type xLogin struct{ *Guide }

// run logs in to X where that takes a person, and leaves a sound login alone.
func (g xLogin) run(ctx context.Context) (bool, error) {
	if g.Route.X.Auth == config.Keys {
		return g.proveKeys(ctx)
	}
	if g.rest.LoggedIn() && !g.Again {
		g.list.loggedIn = true
		return true, nil
	}
	g.Talk(g.Text("setup.log.waiting", "Number", g.board.number))
	return g.await(ctx, newConsent(g.Guide))
}

// proveKeys asks X, which bills the question, whose the keys are, and whether they may write: keys
// that were made before the app was set to Read and write may only read.
func (g xLogin) proveKeys(ctx context.Context) (bool, error) {
	x := g.Signed(*g.Given.Keys)
	me, err := x.Me(ctx)
	if err == nil {
		g.list.posts = me.Username
		err = x.MayWrite(ctx)
	}
	if err != nil {
		g.list.refused(stepX, g.Route.X.AccessToken, err)
		return false, nil
	}
	if g.wrongAccount(me) {
		return false, nil
	}
	accept := func(ctx context.Context) error { return g.rest.AcceptX(ctx, me) }
	if was, another := g.another(me); another {
		accepted, err := g.await(ctx, &confirmation{
			text: g.Text("setup.ask.other-keys", "Found", report.Text("@"+me.Username),
				"Was", report.Text("@"+was.Username)),
			none:   g.Text("setup.note.no-yes"),
			accept: accept,
		})
		g.list.loggedIn = accepted
		return accepted, err
	}
	g.list.loggedIn = true
	return true, accept(ctx)
}

// wrongAccount says so if the configuration names another X account.
func (g xLogin) wrongAccount(me xapi.User) bool {
	want := strings.TrimPrefix(g.Route.X.Account, "@")
	if want == "" || strings.EqualFold(want, me.Username) {
		return false
	}
	g.list.note(g.Text("setup.note.wrong-x", "Found", report.Text("@"+me.Username),
		"Wanted", report.Text("@"+want)))
	return true
}

// another returns the account that got the posts until now, and reports whether me is another one
// that nobody has agreed to yet.
func (g xLogin) another(me xapi.User) (was xapi.User, another bool) {
	was = g.rest.XAccount()
	return was, was.ID != "" && was.ID != me.ID && g.Route.X.Account == ""
}
