package setup

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/xapi"
)

// inspection looks at everything that can be looked at without the person and without a bill. A new
// login ends the one before, so all of it comes before the consent link.
type inspection struct{ *Guide }

// all looks at every secret. branch is why the state branch takes no write, nil if it does.
func (i inspection) all(ctx context.Context, branch error) {
	if branch != nil {
		i.list.failed(stepStore, "", branch, i.Text("setup.fix.contents"))
	}
	if i.Route.X.Auth == config.Keys {
		i.keys()
	} else {
		i.app(ctx)
	}
	exchanged := i.instagram(ctx)
	i.store(ctx, branch == nil)
	if exchanged != nil && !i.list.flawed(stepStore) {
		i.keep(ctx, *exchanged)
	}
}

// app looks at the X app's client id and secret.
func (i inspection) app(ctx context.Context) {
	names, c := i.Route.X, i.Given
	switch {
	case i.fourKeys():
		i.list.wrong(stepX, "", i.Text("setup.flaw.four-keys"),
			i.Text("setup.fix.use-keys", "Home", i.Home))
		return
	case !i.whole(stepX, names.ClientID, c.ClientID, "OAuth 2.0 Client ID"),
		!i.whole(stepX, names.ClientSecret, c.ClientSecret, "OAuth 2.0 Client Secret"):
		return
	}
	if !looksLikeClientID(c.ClientID) {
		i.list.hint(stepX, i.Text("setup.hint.no-client-id", "Secret", names.ClientID))
	}
	// X refuses this token either way. It refuses it with 401 only if it does not know the app.
	_, err := i.OAuth(c.ClientID, c.ClientSecret).Refresh(ctx,
		"postferry-asks-whether-the-app-is-known")
	e := httpx.As(err)
	switch {
	case e == nil || e.Status == http.StatusBadRequest:
	case e.Status == http.StatusUnauthorized:
		i.list.wrong(stepX, names.ClientID, i.Text("setup.flaw.unknown-app"),
			i.Text("setup.fix.copy-both"))
	default:
		i.list.refused(stepX, names.ClientID, err)
	}
}

// fourKeys reports whether the secrets hold X's own keys instead of an app's client id.
func (i inspection) fourKeys() bool {
	return i.Given.ClientID == "" && i.Values[i.Route.X.APIKey] != "" &&
		i.Values[i.Route.X.APISecret] != ""
}

// looksLikeClientID reports whether a client id has the shape that X gives it today: base64 of a
// text that ends in ":1:ci". It is a hint, never a gate.
func looksLikeClientID(id string) bool {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	if err != nil {
		text, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(id, "="))
	}
	return err == nil && strings.HasSuffix(string(text), ":1:ci")
}

// keys looks at the form of X's own four keys. A call is billed, and comes last.
func (i inspection) keys() {
	names, k := i.Route.X, i.Given.Keys
	if k == nil {
		k = &xapi.Keys{}
	}
	i.whole(stepX, names.APIKey, k.APIKey, "API Key")
	i.whole(stepX, names.APISecret, k.APISecret, "API Key Secret")
	i.whole(stepX, names.AccessToken, k.AccessToken, "Access Token")
	i.whole(stepX, names.AccessTokenSecret, k.AccessSecret, "Access Token Secret")
	if looksLikeClientID(k.APIKey) {
		i.list.hint(stepX, i.Text("setup.hint.is-client-id", "Secret", names.APIKey))
	}
}

// whole reports whether a secret is there and well formed, and says so if it is not. field is its
// name on the page where a person copies it.
func (i inspection) whole(step step, secret, value, field string) bool {
	if what := i.Malformed[secret]; what != "" {
		i.list.wrong(step, secret, what, i.Text("setup.fix.copy-again", "Field", field))
		return false
	}
	if value != "" {
		return true
	}
	what, fix := i.Text("setup.flaw.not-set"), i.Text("setup.fix.copy", "Field", field)
	if paths := unpassed(i.Dir, secret); len(paths) > 0 {
		for n, path := range paths {
			paths[n] = fmt.Sprintf("[%s](%s/edit/HEAD/%[1]s)", path, i.Home)
		}
		what = i.Text("setup.flaw.not-passed")
		fix = i.Sentences(fix, i.Text("setup.fix.pass", "Pages", i.Join(paths...),
			"Secret", secret, "Value", "${{ secrets."+secret+" }}"))
	}
	i.list.wrong(step, secret, what, fix)
	return false
}

// instagram finds the account behind Instagram's token and reads its list. It returns the account
// if its token was exchanged for another one, which is to be kept.
func (i inspection) instagram(ctx context.Context) (exchanged *Account) {
	names, given := i.Route.Instagram, i.Given.InstagramToken
	field := i.Text("setup.field.generate")
	if names.Login == instagram.FacebookLogin {
		field = i.Text("setup.field.access-token")
	}
	if !i.whole(stepInstagram, names.Token, given, field) {
		return nil
	}
	if hint := instagram.TokenHint(names.Login, given); hint != "" {
		i.list.wrong(stepInstagram, names.Token, i.Stored(hint), i.Text("setup.fix.copy-token"))
		return nil
	}
	token := given
	if i.rest.InstagramToken != nil {
		token = i.rest.InstagramToken() // an earlier run has exchanged or renewed the given one
	}
	found, err := i.account(ctx, token)
	if err != nil {
		i.unread(ctx, err)
		return nil
	}
	i.list.account = found.Me
	if !i.named(found) || found.Token == token {
		return nil
	}
	return &found
}

// account finds the account behind a token.
func (i inspection) account(ctx context.Context, token string) (Account, error) {
	find := &Instagram{
		Words: i.Words, Login: i.Route.Instagram.Login, Token: token, Names: i.names(),
	}
	find.Client = func(token, userID string) *instagram.Client {
		c := i.Given
		c.InstagramToken, c.InstagramUser = token, userID
		return i.Services.Instagram(i.Route, c)
	}
	return find.Find(ctx)
}

// unread says why the account can't be read. A refusal of the media has many causes, so the probes
// of the doctor tell which one it is.
func (i inspection) unread(ctx context.Context, err error) {
	names := i.Route.Instagram
	if i.probed(err) {
		if d := i.rest.Diagnose(ctx, err); d.Title != "" {
			i.list.diagnosed(stepInstagram, names.Token, d)
			return
		}
	}
	if advice, ok := adviceOf(err); ok {
		i.list.wrong(stepInstagram, names.Token, advice.Error(), advice.Fix)
		return
	}
	i.list.refused(stepInstagram, names.Token, err)
}

// probed reports whether the doctor's probes can explain a refusal: they ask with the given token
// and id, so they know nothing of a token that was exchanged on the way.
func (i inspection) probed(err error) bool {
	e := httpx.As(err)
	if e == nil || httpx.IsTransient(err) || i.rest.Diagnose == nil {
		return false
	}
	return i.Route.Instagram.Login != instagram.FacebookLogin ||
		i.Given.InstagramUser != "" && strings.HasSuffix(e.Op, "/media")
}

// named reports whether the account that was found is the one in the configuration. It says if it
// is not, and if the secret does not hold the account's id, which Facebook Login needs.
func (i inspection) named(found Account) bool {
	names := i.Route.Instagram
	want := strings.TrimPrefix(names.Account, "@")
	if want != "" && !strings.EqualFold(want, found.Username) {
		i.list.wrong(stepInstagram, names.Token,
			i.Text("setup.flaw.other-account", "Found", found.Username, "Wanted", want),
			i.Text("setup.fix.right-account"))
		return false
	}
	if names.Login != instagram.FacebookLogin || i.Given.InstagramUser == found.UserID ||
		i.Secrets != nil { // keep writes it
		return true
	}
	what := i.Text("setup.flaw.other-user-id")
	if i.Given.InstagramUser == "" {
		what = i.Text("setup.flaw.not-set")
	}
	i.list.wrong(stepInstagram, names.UserID, what,
		i.Text("setup.fix.user-id", "ID", found.UserID, "Account", found.Username))
	return true
}

// keep stores the Page's token, and the account's id where secrets can be written.
func (i inspection) keep(ctx context.Context, found Account) {
	next, err := i.rest.BeginInstagram(ctx, found)
	if err != nil {
		i.list.failed(stepInstagram, i.Route.Instagram.Token, err,
			i.Text("setup.fix.start-again"))
		return
	}
	i.rest = next
}

// store looks whether rotated tokens have a place.
func (i inspection) store(ctx context.Context, opened bool) {
	if what := i.Malformed["VAULT_KEY"]; what != "" {
		i.list.wrong(stepStore, "VAULT_KEY", what, i.Text("setup.fix.short-phrase"))
		return
	}
	if i.Key == nil && i.Secrets == nil {
		i.list.wrong(stepStore, "VAULT_KEY", i.Text("setup.flaw.not-set"),
			i.Text("setup.fix.make-phrase"))
	}
	if i.Secrets != nil {
		if err := probe(ctx, i.Secrets); err != nil {
			i.list.failed(stepStore, "SECRETS_TOKEN", err, i.Text("setup.fix.make-token"))
		}
	}
	if !opened {
		return
	}
	if err := i.rest.VaultOpens(); err != nil {
		i.list.wrong(stepStore, "VAULT_KEY", i.Text("setup.flaw.closed-vault"),
			i.Text("setup.fix.old-phrase"))
	}
}

// probe writes a secret and takes it away, to see whether a token can.
func probe(ctx context.Context, s *github.Secrets) error {
	const name = "POSTFERRY_PROBE"
	if err := s.Put(ctx, name, "written by postferry setup to see whether it can"); err != nil {
		return err
	}
	_ = s.Delete(ctx, name) // A probe that stays does no harm.
	return nil
}
