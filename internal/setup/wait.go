package setup

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
)

// consent is one run's login to X, answered by comments. Two addresses lead back from X and share a
// state and a verifier: the issue's own, and loopback, which shows nothing but has the code in its
// address too. The verifier never leaves the process, so a code in a public comment is worthless.
type consent struct {
	issue, loopback *attempt
	used            map[string]bool // codes: one that is sent twice may revoke the tokens it gave
	pending         *Granted        // waits for the person's yes: it is another account's
}

func newConsent(g *Guide) *consent {
	login := g.Login
	login.OAuth = g.OAuth(g.Given.ClientID, g.Given.ClientSecret)
	back := login
	back.Redirect = g.address()
	c := &consent{issue: newAttempt(&back), used: map[string]bool{}}
	c.loopback = newAttempt(&login)
	c.loopback.state, c.loopback.verifier = c.issue.state, c.issue.verifier
	return c
}

// of returns the attempt that an address belongs to.
func (c *consent) of(address string) *attempt {
	if strings.HasPrefix(address, c.loopback.Callback()) {
		return c.loopback
	}
	return c.issue
}

// address is the issue's own.
func (g *Guide) address() string { return fmt.Sprintf("%s/issues/%d", g.Home, g.number) }

// lookEvery is how many looks at the comments come before one at the issue itself.
const lookEvery = 15

// wait reads the comments until the person has logged in. It returns nil then, or ctx's error.
func (g *Guide) wait(ctx context.Context) error {
	seen, etag := map[string]bool{}, ""
	for n := 1; ; n++ {
		got, err := g.Issues.Comments(ctx, g.number, etag)
		if err != nil && !httpx.IsTransient(err) && ctx.Err() == nil {
			return g.unwritable(err)
		}
		if err == nil {
			etag = got.ETag
			if done, err := g.readAll(ctx, got.List, seen); done || err != nil {
				return err
			}
		}
		if n%lookEvery == 0 {
			if err := g.keep(ctx); err != nil {
				return err
			}
		}
		if err := httpx.Sleep(ctx, askEvery); err != nil {
			return err
		}
	}
}

// readAll reads the comments that are new or were edited, and brings the issue up to date.
func (g *Guide) readAll(
	ctx context.Context, list []github.Comment, seen map[string]bool,
) (done bool, err error) {
	for _, c := range list {
		key := fmt.Sprint(c.ID, " ", c.Body)
		if seen[key] {
			continue
		}
		seen[key] = true
		if done, err = g.read(ctx, c); done || err != nil {
			return done, err
		}
	}
	return false, g.publish(ctx)
}

// sweep deletes what must not stand in a comment, and the addresses of earlier links.
func (g *Guide) sweep(ctx context.Context) error {
	if g.created {
		return nil
	}
	got, err := g.Issues.Comments(ctx, g.number, "")
	if err != nil {
		return g.unwritable(err)
	}
	for _, c := range got.List {
		_, q := returned(c.Body)
		switch {
		case g.leak(ctx, c):
		case c.Author == g.Actor && q != nil:
			g.remove(ctx, c)
		}
	}
	return nil
}

// addresses finds the addresses of a comment.
var addresses = regexp.MustCompile("https?://[^\\s<>\"'`()]+")

// returned finds in a comment the address to which X sends a browser back.
func returned(body string) (address string, q url.Values) {
	for _, a := range addresses.FindAllString(body, -1) {
		u, err := url.Parse(a)
		if err != nil {
			continue
		}
		if q := u.Query(); q.Get("state") != "" && (q.Get("code") != "" || q.Get("error") != "") {
			return a, q
		}
	}
	return "", nil
}

// read acts on one comment. It reports whether the login is done.
func (g *Guide) read(ctx context.Context, c github.Comment) (done bool, err error) {
	if c.Bot || g.leak(ctx, c) {
		return false, nil
	}
	address, q := returned(c.Body)
	yes := g.list.link.pending != nil && strings.EqualFold(strings.Trim(c.Body, " \t\r\n.!"), "yes")
	if q == nil && !yes {
		return false, nil // people may talk
	}
	if !strings.EqualFold(c.Author, g.Actor) {
		g.list.note(fmt.Sprintf("A comment of %s was left aside: only %s, who started this run, can"+
			" finish it.", report.Text("@"+c.Author), report.Text("@"+g.Actor)))
		return false, nil
	}
	if err := g.mineStill(ctx); err != nil {
		return false, err
	}
	if yes {
		g.remove(ctx, c)
		return g.accept(ctx, *g.list.link.pending)
	}
	// The exchange comes first: a code lives 30 seconds. The comment goes whatever came of it.
	done, err = g.exchange(ctx, address, q)
	g.remove(ctx, c)
	return done, err
}

// mineStill reports as an error whether a newer run has the issue: its login would end this one's.
func (g *Guide) mineStill(ctx context.Context) error {
	one, err := g.Issues.Get(ctx, g.number)
	if err != nil {
		return nil // the code's 30 seconds run
	}
	if run := runOf(one.Body); run != "" && run != g.Run {
		return errNewer
	}
	return nil
}

// exchange trades the code of an address for tokens, and keeps them if they are the right
// account's.
func (g *Guide) exchange(ctx context.Context, address string, q url.Values) (bool, error) {
	link := g.list.link
	switch code := q.Get("code"); {
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(link.issue.state)) != 1:
		g.list.note("That address is of an older link. Press the one above, and paste the address that" +
			" it ends at.")
		return false, nil
	case code != "" && link.used[code]:
		g.list.note("That address was used before. Press the link again.")
		return false, nil
	case code != "":
		link.used[code] = true
	}
	// Once X has the code, a cancelled run must not lose the tokens.
	keep, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	tokens, err := link.of(address).exchange(keep, q)
	if err != nil {
		var advice *Advice
		if errors.As(err, &advice) {
			g.list.note("The login did not work: " + report.Text(advice.Error()) + ". " + advice.Fix +
				" The same link may be pressed again.")
			return false, nil
		}
		return false, err
	}
	granted := Granted{Token: tokens}
	me, err := g.X(tokens.Access).Me(keep)
	if err != nil {
		// The login before has ended: the tokens are kept, and whose they are is asked later.
		g.list.refused(stepX, g.Route.X.ClientID, err)
		return g.store(keep, granted)
	}
	granted.User = me
	if g.wrongAccount(me) {
		return false, nil
	}
	if was := g.rest.XAccount(); was.ID != "" && was.ID != me.ID && g.Route.X.Account == "" {
		link.pending = &granted
		g.list.note(fmt.Sprintf("You logged in as %s. Until now the posts went to %s. Comment `yes` to"+
			" go on as %[1]s; or log out of x.com and press the link again as %[2]s.",
			report.Text("@"+me.Username), report.Text("@"+was.Username)))
		return false, nil
	}
	return g.store(keep, granted)
}

// accept keeps the login of another account, to which the person said yes.
func (g *Guide) accept(ctx context.Context, granted Granted) (bool, error) {
	keep, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	return g.store(keep, granted)
}

// store keeps a login in the vault or in the secrets, with the account that it belongs to.
func (g *Guide) store(ctx context.Context, granted Granted) (bool, error) {
	next, err := g.rest.Begin(ctx, granted)
	if err != nil {
		d := diagnosis.Explain(err).For(g.names())
		g.list.note("The login could not be stored: " + d.Title + ". " + d.Advice())
		return false, err
	}
	g.rest = next
	g.Given.Refresh, g.Given.Access = granted.Refresh, granted.Access
	g.list.posts, g.list.loggedIn = granted.Username, true
	g.list.notes = nil
	return true, nil
}

// remove deletes a comment. One that stays does no harm, because its code is used or worthless.
func (g *Guide) remove(ctx context.Context, c github.Comment) {
	out, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	_ = g.Issues.DeleteComment(out, c.ID)
}

// Shapes of credentials: GitHub's tokens, Meta's, and long words of mixed letters and digits, as
// X's keys and tokens are. A commit's id has no capital letters.
var (
	gitHubToken = regexp.MustCompile(`\b(gh[pousr]_|github_pat_)\w{16,}`)
	metaToken   = regexp.MustCompile(`\b(IG|EAA)[A-Za-z0-9]{40,}`)
	longWord    = regexp.MustCompile(`[A-Za-z0-9+/=_-]{40,}`)
)

// leak deletes a comment that holds a secret, or what looks like one, and says which key to renew.
func (g *Guide) leak(ctx context.Context, c github.Comment) bool {
	renew := g.leaked(c.Body)
	if c.Bot || renew == "" {
		return false
	}
	err := g.Issues.DeleteComment(ctx, c.ID)
	if err != nil {
		renew += " **The comment could not be deleted: delete it yourself.**"
	}
	g.list.warn(renew)
	return true
}

// leaked returns how to renew the secret that a text holds, "" for none.
func (g *Guide) leaked(body string) string {
	for name, value := range g.Values {
		if len(value) >= 12 && strings.Contains(body, value) && name != g.Route.X.ClientID {
			return "Renew `" + name + "` now: " + g.renewal(name)
		}
	}
	if address, q := returned(body); q != nil {
		body = strings.ReplaceAll(body, address, "") // its code looks like a token, and is worthless
	}
	switch {
	case gitHubToken.MatchString(body):
		return "Revoke that token now: https://github.com/settings/tokens"
	case metaToken.MatchString(body):
		return "Renew Instagram's token now: " + g.renewal(g.Route.Instagram.Token)
	}
	for _, word := range longWord.FindAllString(addresses.ReplaceAllString(body, ""), -1) {
		if mixed(word) {
			return "If it was a key or a token of X, renew it now: " + g.renewal(g.Route.X.ClientSecret)
		}
	}
	return ""
}

// mixed reports whether a word has small letters, capital letters and digits.
func mixed(word string) bool {
	return strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz") &&
		strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ContainsAny(word, "0123456789")
}

// renewal says where a secret is made anew.
func (g *Guide) renewal(name string) string {
	x := g.Route.X
	switch name {
	case g.Route.Instagram.Token, g.Route.Instagram.AppSecret:
		return metaApps + ", *Generate token*, and put the new one into the secret " +
			g.secretLink(name)
	case x.ClientSecret, x.APIKey, x.APISecret, x.AccessToken, x.AccessTokenSecret, x.RefreshToken:
		return portal + ", *Keys and tokens > Regenerate*, and put the new value into the secret " +
			g.secretLink(name)
	case "VAULT_KEY":
		return "put another phrase into the secret " + g.secretLink(name) +
			", delete the line `vault:` in the route's file on the state branch, and log in to X anew."
	}
	return "put a new one into the secret " + g.secretLink(name)
}

// minutes gives a time of today for people.
func minutes(t time.Time) string { return t.UTC().Format("15:04 UTC") }
