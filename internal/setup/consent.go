package setup

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// DefaultPort is the port on loopback to which the browser returns. It is fixed, because X compares
// the callback address with the registered one to the letter.
const DefaultPort = 8417

// patience is how long a person may take to log in.
const patience = 10 * time.Minute

// Login is X's consent in the browser: OAuth 2.0 with PKCE (S256) and a callback on loopback.
// Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
type Login struct {
	message.Words
	AuthorizeURL string
	OAuth        *xapi.OAuth
	Port         int
	Open         func(address string) error // opens the browser; nil only prints the address
	// Me asks X whose token it is; nil leaves the name out.
	Me    func(ctx context.Context, access string) (xapi.User, error)
	Paste bool // the browser is on another machine: its address is pasted
	// Redirect is where X sends the browser, "" for loopback.
	Redirect string
}

// Granted is what X grants, and to which account.
type Granted struct {
	xapi.Token
	xapi.User // zero if it was not asked
}

// Callback is the address to enter in X's portal. X does not accept the name localhost.
func (l *Login) Callback() string {
	if l.Redirect != "" {
		return l.Redirect
	}
	return fmt.Sprintf("http://127.0.0.1:%d/callback", l.Port)
}

// Tokens has the person log in, and returns what X grants. The error is an *Advice.
func (l *Login) Tokens(ctx context.Context, d *Dialogue) (Granted, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a := newAttempt(l)
	if l.Paste {
		d.Say(l.Text("setup.consent.open"))
		d.copied(a.address() + "\n")
		d.Say(l.Text("setup.consent.ends", "Callback", l.Callback()))
		pasted, err := d.Ask(ctx, l.Text("setup.consent.paste"), "",
			l.Text("setup.consent.from"))
		if err != nil {
			return Granted{}, err
		}
		return a.pasted(ctx, pasted)
	}
	return a.browser(ctx, d)
}

// attempt is one login. Its state and its verifier are used once, and so is its code, however often
// the browser comes back: a code that is sent twice may revoke the tokens that it gave (RFC 6749
// §4.1.2).
type attempt struct {
	*Login
	state, verifier string
	done            chan outcome
	once            sync.Once
	outcome         outcome
}

type outcome struct {
	granted Granted
	err     error
}

// newAttempt makes the state and the verifier of one login. Both are random and never leave memory
// but for the state in X's address.
func newAttempt(l *Login) *attempt {
	return &attempt{
		Login: l, state: rand.Text(), verifier: rand.Text() + rand.Text(),
		done: make(chan outcome, 1),
	}
}

// address is X's consent page for this login. It holds the verifier's hash alone (S256).
func (a *attempt) address() string {
	sum := sha256.Sum256([]byte(a.verifier))
	return xapi.AuthorizeURL(a.AuthorizeURL, a.OAuth.ClientID, a.Callback(), a.state,
		base64.RawURLEncoding.EncodeToString(sum[:]), token.Scopes)
}

// browser waits on loopback for the browser to come back.
func (a *attempt) browser(ctx context.Context, d *Dialogue) (Granted, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", a.Port))
	if err != nil {
		return Granted{}, advise(a.Text("setup.fix.port"),
			a.Text("setup.consent.port", "Port", a.Port))
	}
	server := &http.Server{Handler: a.handler(ctx, d), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // It ends with ErrServerClosed.
	defer func() {
		// The person's page must be out before the program goes on.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
		_ = listener.Close() // A server that had not begun to serve does not know it yet.
	}()
	d.Say(a.Text("setup.consent.browser"))
	d.copied(a.address() + "\n")
	if a.Open != nil {
		if err := a.Open(a.address()); err != nil {
			d.Say(a.Text("setup.consent.no-browser", "Why", err))
		}
	}
	if d.Live {
		d.Say(a.Text("setup.consent.elsewhere", "Callback", a.Callback()))
		d.Say(a.Text("setup.consent.wrong"))
	}
	return a.wait(ctx, d)
}

// errAnew says that the person pressed Enter: X's page may say only "Something went wrong", which
// it does when the client id or the callback address is not the app's.
var errAnew = errors.New("the person wants to enter the app again")

// wait waits for the browser, or for what the person types: the address that a browser elsewhere
// ended at, or Enter.
func (a *attempt) wait(ctx context.Context, d *Dialogue) (Granted, error) {
	keys := make(chan typed, 1)
	read := func() {
		if d.Live {
			go func() { line, err := d.Read(ctx, false); keys <- typed{line, err} }()
		}
	}
	read()
	for {
		select {
		case o := <-a.done:
			return o.granted, o.err
		case t := <-keys:
			if t.err == nil && !meant(t.line) {
				d.Say(a.Text("setup.consent.not-back"))
				read()
			} else if t.err == nil || ctx.Err() == nil {
				return a.typed(ctx, d, t)
			} // else the context has ended, which is told below
		case <-ctx.Done():
			return Granted{}, a.unreturned(ctx, d)
		}
	}
}

// meant reports whether a line is what a person types while set-up waits: Enter, or an address.
func meant(line string) bool {
	return strings.TrimSpace(line) == "" || strings.Contains(line, "state=")
}

// typed acts on what a person typed while set-up waited for the browser.
func (a *attempt) typed(ctx context.Context, d *Dialogue, t typed) (Granted, error) {
	switch {
	case t.err != nil:
		return Granted{}, d.left(a.Text("setup.consent.left"))
	case strings.TrimSpace(t.line) == "":
		return Granted{}, errAnew
	}
	return a.pasted(ctx, t.line)
}

// unreturned says why the browser did not come back before ctx ended.
func (a *attempt) unreturned(ctx context.Context, d *Dialogue) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return d.left(a.Text("setup.consent.left"))
	}
	return advise(a.Text("setup.fix.paste"),
		a.Text("setup.consent.nobody", "Patience", a.Span(patience)))
}

// handler answers the browser. The code is exchanged within ctx, not within the request: if the tab
// is closed early, the tokens must not be lost.
func (a *attempt) handler(ctx context.Context, d *Dialogue) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(rw http.ResponseWriter, r *http.Request) {
		granted, err := a.answer(ctx, r.URL.Query())
		if errors.Is(err, errState) {
			// A tab of another login must not end this one.
			d.Say(a.Text("setup.consent.other-tab"))
			a.page(a.Text("setup.page.other"), a.Text("setup.page.other-text")).fail(rw)
			return
		}
		if err != nil {
			advice, _ := adviceOf(err)
			a.page(a.Text("setup.page.failed"), a.Text("setup.page.failed-text",
				"What", report.Capitalize(err.Error()), "Fix", advice.Fix)).fail(rw)
		} else {
			a.granted(granted).write(rw, http.StatusOK)
		}
		select {
		case a.done <- outcome{granted, err}:
		default: // The page was reloaded: this is the first answer once more.
		}
	})
	return mux
}

// granted makes the page of a login that worked. It says whose account it is, because a browser may
// be logged in to another one than the person thinks.
func (a *attempt) granted(g Granted) page {
	if g.Username == "" {
		return a.page(a.Text("setup.page.done"), a.Text("setup.page.done-text"))
	}
	return a.page(a.Text("setup.page.done-as", "Account", g.Username),
		a.Sentences(a.Text("setup.page.done-text"), a.Text("setup.page.wrong-account")))
}

// page makes a page in the person's language.
func (a *attempt) page(title, text string) page {
	return page{
		language: cmp.Or(a.Language, message.English), title: title, text: text,
		foot: a.Text("setup.page.foot"),
	}
}

// pasted reads the address that the browser ended up at.
func (a *attempt) pasted(ctx context.Context, address string) (Granted, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Query().Get("state") == "" {
		return Granted{}, advise(a.Text("setup.fix.bar"), a.Text("setup.consent.no-address"))
	}
	tokens, err := a.answer(ctx, u.Query())
	if errors.Is(err, errState) {
		return tokens, advise(a.Text("setup.fix.next-address"), a.Text("setup.consent.another"))
	}
	return tokens, err
}

var errState = errors.New("the state is not the one that was sent")

// answer reads the query that X sent the browser back with. The first answer of this login counts;
// later ones get the same result.
func (a *attempt) answer(ctx context.Context, q url.Values) (Granted, error) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.state)) != 1 {
		return Granted{}, errState
	}
	a.once.Do(func() { a.outcome.granted, a.outcome.err = a.grant(ctx, q) })
	return a.outcome.granted, a.outcome.err
}

// grant exchanges the code, and asks whose tokens they are: the page in the browser names the
// account. X bills that question.
func (a *attempt) grant(ctx context.Context, q url.Values) (Granted, error) {
	tokens, err := a.exchange(ctx, q)
	if err != nil || a.Me == nil {
		return Granted{Token: tokens}, err
	}
	me, err := a.Me(ctx, tokens.Access)
	if err != nil {
		err = adviseOn(err, a.Text("setup.fix.again"), a.Text("setup.app.who", "Why", err))
	}
	return Granted{Token: tokens, User: me}, err
}

// exchange trades the code for tokens, at once: a code is good for 30 seconds.
func (a *attempt) exchange(ctx context.Context, q url.Values) (xapi.Token, error) {
	switch code := q.Get("error"); {
	case code == "access_denied":
		return xapi.Token{}, advise(a.Text("setup.fix.authorize"), a.Text("setup.consent.denied"))
	case code != "":
		return xapi.Token{}, advise(a.Text("setup.fix.settings"),
			a.Text("setup.consent.ended", "Code", fmt.Sprintf("%.100q", code)))
	case q.Get("code") == "":
		return xapi.Token{}, advise(a.Text("setup.fix.address"), a.Text("setup.consent.no-code"))
	}
	tokens, err := a.OAuth.Exchange(ctx, q.Get("code"), a.verifier, a.Callback())
	return tokens, a.unusable(tokens, err)
}

// unusable says what is wrong with X's answer to a code, nil for nothing.
func (l *Login) unusable(tokens xapi.Token, err error) error {
	e, missing := httpx.As(err), token.MissingScopes(tokens.Scope)
	switch {
	case e != nil && e.Status == http.StatusUnauthorized:
		return advise(l.Text("setup.fix.app"), l.Text("setup.consent.app", "Why", err))
	case e != nil && e.Status == http.StatusBadRequest:
		return advise(l.Text("setup.fix.code"), l.Text("setup.consent.code", "Why", err))
	case err != nil:
		return advise(l.Text("setup.fix.log-in"), l.Text("setup.consent.no-token", "Why", err))
	case len(missing) > 0:
		return advise(l.Text("setup.fix.scopes"),
			l.Text("setup.consent.scopes", "Scopes", l.Join(missing...)))
	case tokens.Refresh == "":
		return advise(l.Text("setup.fix.offline"), l.Text("setup.consent.no-refresh"))
	}
	return nil
}
