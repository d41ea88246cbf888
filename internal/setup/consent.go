package setup

import (
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
		d.Say("   Open this address in a browser, log in as the account that is to post, and"+
			" press Authorize app:\n\n%s\n", a.address())
		d.Say("   The browser then ends up at an address that begins with %s and shows nothing.",
			l.Callback())
		pasted, err := d.Ask(ctx, "Paste that address", "", "--paste in a terminal")
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
		return Granted{}, advise("Close the program that uses it, or choose another with"+
			" --port and enter that callback address in X's portal.",
			"port %d of this machine is in use", a.Port)
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
	d.Say("   Log in as the account that is to post, and press Authorize app. If no browser"+
		" opens:\n\n%s\n", a.address())
	if a.Open != nil {
		if err := a.Open(a.address()); err != nil {
			d.Say("   No browser could be opened here (%v): open the address by hand.", err)
		}
	}
	if d.Live {
		d.Say("   If the browser is on another machine, it ends at an address that begins with"+
			" %s and shows nothing: paste that address here.", a.Callback())
		d.Say("   If X says only that something went wrong, press Enter: the client id or the" +
			" callback address is not the app's.")
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
				d.Say("   That is not the address of a browser that comes back from X.")
				read()
			} else if t.err == nil || ctx.Err() == nil {
				return a.typed(ctx, t)
			} // else the context has ended, which is told below
		case <-ctx.Done():
			return Granted{}, unreturned(ctx)
		}
	}
}

// meant reports whether a line is what a person types while set-up waits: Enter, or an address.
func meant(line string) bool {
	return strings.TrimSpace(line) == "" || strings.Contains(line, "state=")
}

// typed acts on what a person typed while set-up waited for the browser.
func (a *attempt) typed(ctx context.Context, t typed) (Granted, error) {
	switch {
	case t.err != nil:
		return Granted{}, left("Authorize app")
	case strings.TrimSpace(t.line) == "":
		return Granted{}, errAnew
	}
	return a.pasted(ctx, t.line)
}

// unreturned says why the browser did not come back before ctx ended.
func unreturned(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return left("Authorize app")
	}
	return advise("Log in again, with --paste if the browser is on another machine.",
		"nobody came back from X within %v", patience)
}

// handler answers the browser. The code is exchanged within ctx, not within the request: if the tab
// is closed early, the tokens must not be lost.
func (a *attempt) handler(ctx context.Context, d *Dialogue) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(rw http.ResponseWriter, r *http.Request) {
		granted, err := a.answer(ctx, r.URL.Query())
		if errors.Is(err, errState) {
			// A tab of another login must not end this one.
			d.Say("   A browser came back from a login that was not begun here: it was left aside.")
			writePage(rw, http.StatusBadRequest, "This is another login",
				"This page belongs to a login that was not begun by the program that is waiting"+
					" now. Close this tab and use the newest one.")
			return
		}
		if err != nil {
			var advice *Advice
			errors.As(err, &advice)
			writePage(rw, http.StatusBadRequest, "That did not work",
				report.Capitalize(err.Error())+". "+advice.Fix)
		} else {
			writePage(rw, http.StatusOK, granted.title(),
				"You can close this tab and go back to the terminal.")
		}
		select {
		case a.done <- outcome{granted, err}:
		default: // The page was reloaded: this is the first answer once more.
		}
	})
	return mux
}

// title heads the page that the browser ends at.
func (g Granted) title() string {
	if g.Username == "" {
		return "postferry may post now"
	}
	return "postferry may post as @" + g.Username + " now"
}

// pasted reads the address that the browser ended up at.
func (a *attempt) pasted(ctx context.Context, address string) (Granted, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Query().Get("state") == "" {
		return Granted{}, advise("Copy all of the browser's address bar, from http:// on.",
			"that is not the address that X sends the browser to")
	}
	tokens, err := a.answer(ctx, u.Query())
	if errors.Is(err, errState) {
		return tokens, advise("Use the address that is printed next.",
			"that address is from another login")
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
		err = advise("Do this step again.", "ask X whose account it is: %w", err)
	}
	return Granted{Token: tokens, User: me}, err
}

// exchange trades the code for tokens, at once: a code is good for 30 seconds.
func (a *attempt) exchange(ctx context.Context, q url.Values) (xapi.Token, error) {
	switch code := q.Get("error"); {
	case code == "access_denied":
		return xapi.Token{}, advise("Press Authorize app.",
			"the login was refused in the browser")
	case code != "":
		return xapi.Token{}, advise("Compare the app's settings in X's portal with those above.",
			"X ended the login: %.100q", code)
	case q.Get("code") == "":
		return xapi.Token{}, advise("Copy all of the browser's address, from http:// on.",
			"X's answer came without a code")
	}
	tokens, err := a.OAuth.Exchange(ctx, q.Get("code"), a.verifier, a.Callback())
	return tokens, unusable(tokens, err)
}

// unusable says what is wrong with X's answer to a code, nil for nothing.
func unusable(tokens xapi.Token, err error) error {
	e := httpx.As(err)
	switch {
	case e != nil && e.Status == http.StatusUnauthorized:
		return advise("Copy the client id and the client secret from the app's Keys and"+
			" tokens page again. An app of the type Native or Single page has no secret: leave it"+
			" empty then.",
			"X does not accept the app's credentials: %v", err)
	case e != nil && e.Status == http.StatusBadRequest:
		return advise("A code is good for 30 seconds, and once: log in again.",
			"X does not accept the login's code: %v", err)
	case err != nil:
		return advise("Log in again.", "X gave no token: %v", err)
	case len(token.MissingScopes(tokens.Scope)) > 0:
		return advise("In X's portal set the app's permissions to Read and write, then"+
			" log in again: scopes are fixed at the login.",
			"the login lacks %s", strings.Join(token.MissingScopes(tokens.Scope), ", "))
	case tokens.Refresh == "":
		return advise("Log in again; the app needs the scope offline.access.",
			"X gave no refresh token")
	}
	return nil
}
