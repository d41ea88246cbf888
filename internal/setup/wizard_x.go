package setup

import (
	"context"
	"errors"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/xapi"
)

// xStep logs the X account in.
type xStep struct{ *Wizard }

// run logs in, and asks whether the account is the right one, before anything is stored.
func (w xStep) run(ctx context.Context) error {
	w.step(2, w.Text("setup.app.step"))
	names := w.Route.X
	if names.Auth == config.Keys {
		return w.keys(ctx)
	}
	if do, err := w.redo(ctx, names.RefreshToken, w.Text("setup.app.again")); err != nil || !do {
		return err
	}
	login := &Login{
		Words: w.Words, AuthorizeURL: w.AuthorizeURL, Port: w.Port, Open: w.Open, Paste: w.Paste,
	}
	login.Me = func(ctx context.Context, access string) (xapi.User, error) {
		return w.X(access).Me(ctx)
	}
	w.Say(w.Text("setup.app.portal", "Portal", portal))
	w.list(w.Text("setup.app.settings"), w.Text("setup.app.read-write"), w.Text("setup.app.type"),
		w.Text("setup.app.callback", "Address", login.Callback()),
		w.Text("setup.app.website"), w.Text("setup.app.client"))
	var tokens xapi.Token
	err := errAnew
	for anew := false; errors.Is(err, errAnew); anew = true {
		if tokens, err = w.login(ctx, login, anew); err != nil && !errors.Is(err, errAnew) {
			return err
		}
	}
	w.found.Refresh, w.found.Access = tokens.Refresh, tokens.Access
	return w.put(ctx,
		secret{names.RefreshToken, tokens.Refresh}, secret{names.AccessToken, tokens.Access},
		secret{names.ClientID, w.found.ClientID}, secret{names.ClientSecret, w.found.ClientSecret})
}

// login asks for the app and logs in. anew asks for an app that was given beforehand, too.
func (w xStep) login(ctx context.Context, login *Login, anew bool) (xapi.Token, error) {
	names, given := w.Route.X, w.given
	if anew {
		w.Say(w.Text("setup.app.callback-again", "Address", login.Callback()))
		given = func(string) string { return "" }
	}
	var err error
	w.found.ClientID, err = w.Ask(ctx, "Client ID", given(names.ClientID), names.ClientID)
	if err != nil {
		return xapi.Token{}, err
	}
	if w.found.ClientID == "" {
		return xapi.Token{}, advise(w.Text("setup.fix.client-id"),
			w.Text("setup.app.no-client-id"))
	}
	w.found.ClientSecret, err = w.clientSecret(ctx, names.ClientSecret, given(names.ClientSecret))
	if err != nil {
		return xapi.Token{}, err
	}
	login.OAuth = w.OAuth(w.found.ClientID, w.found.ClientSecret)
	return w.xTokens(ctx, login)
}

// keys asks for the four values that the portal shows for the owner's own account.
func (w xStep) keys(ctx context.Context) error {
	names, k := w.Route.X, &xapi.Keys{}
	do, err := w.redo(ctx, names.AccessTokenSecret, w.Text("setup.keys.again"))
	if err != nil || !do {
		return err
	}
	w.Say(w.Text("setup.keys.portal", "Portal", portal))
	w.list(w.Text("setup.app.settings"), w.Text("setup.keys.read-write"),
		w.Text("setup.keys.api"), w.Text("setup.keys.access"))
	var secrets []secret
	for _, one := range []struct {
		value          *string
		question, name string
	}{
		{&k.APIKey, "API Key", names.APIKey}, {&k.APISecret, "API Key Secret", names.APISecret},
		{&k.AccessToken, "Access Token", names.AccessToken},
		{&k.AccessSecret, "Access Token Secret", names.AccessTokenSecret},
	} {
		*one.value, err = w.Secret(ctx, one.question, w.given(one.name), one.name)
		if err != nil {
			return err
		}
		secrets = append(secrets, secret{one.name, *one.value})
	}
	me, err := w.Signed(*k).Me(ctx)
	if httpx.ClassOf(err) == httpx.Unauthorized {
		return adviseOn(err, w.Text("setup.fix.keys"), w.Text("setup.keys.refused", "Why", err))
	}
	if err != nil {
		return told{w.Text("setup.app.who", "Why", err), err}
	}
	if err := w.confirmAccount(ctx, me.Username); err != nil {
		return err
	}
	w.found.Keys, w.found.X = k, me
	return w.put(ctx, secrets...)
}

// confirmAccount asks whether it is the right account.
func (w xStep) confirmAccount(ctx context.Context, username string) error {
	right, err := w.Confirm(ctx, w.Text("setup.app.right", "Account", username))
	if err != nil || right {
		return err
	}
	return advise(w.Text("setup.fix.log-out"), w.Text("setup.app.not-right", "Account", username))
}

// clientSecret asks for the app's secret. An empty one is an answer too: a public client has none.
func (w xStep) clientSecret(ctx context.Context, name, given string) (string, error) {
	if given != "" || !w.Interactive {
		w.Hide(given)
		return given, nil
	}
	return w.Secret(ctx, w.Text("setup.app.secret-question"), "", name)
}

// xTokens is the login itself, and the question whether it is the right account. A refresh token
// that was given beforehand is taken as it is: trying it would spend it.
func (w xStep) xTokens(ctx context.Context, login *Login) (xapi.Token, error) {
	names := w.Route.X
	if given := w.given(names.RefreshToken); given != "" {
		tokens := xapi.Token{Refresh: given, Access: w.given(names.AccessToken)}
		w.Hide(tokens.Refresh)
		w.Hide(tokens.Access)
		w.Say(w.Text("setup.app.refresh-given", "Name", names.RefreshToken))
		return tokens, nil
	}
	granted, err := login.Tokens(ctx, w.Dialogue)
	w.Hide(granted.Refresh)
	w.Hide(granted.Access)
	if err != nil {
		return xapi.Token{}, err
	}
	if err := w.confirmAccount(ctx, granted.Username); err != nil {
		return xapi.Token{}, err
	}
	w.found.X = granted.User
	return granted.Token, nil
}
