package setup

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/xapi"
)

// xStep logs the X account in.
type xStep struct{ *Wizard }

func (w xStep) run(ctx context.Context) error {
	w.Step(2, "X")
	names := w.Route.X
	if do, err := w.redo(ctx, names.RefreshToken, "Log in to X again?"); err != nil || !do {
		return err
	}
	login := &Login{AuthorizeURL: w.AuthorizeURL, Port: w.Port, Open: w.Open, Paste: w.Paste}
	w.Say("   In X's developer portal (https://developer.x.com/en/portal/dashboard)" +
		" make an app with pay-per-use credit and set, under User authentication settings:")
	w.Say("     App permissions   Read and write")
	w.Say("     Type of App       Web App, Automated App or Bot")
	w.Say("     Callback URI      %s", login.Callback())
	id, err := w.Ask("Client ID", w.Getenv(names.ClientID), names.ClientID)
	if err != nil {
		return err
	}
	if id == "" {
		return advise("It is on the app's Keys and tokens page, under OAuth 2.0.",
			"without a client id there is no login")
	}
	secretValue, err := w.clientSecret(names.ClientSecret)
	if err != nil {
		return err
	}
	login.OAuth = w.OAuth(id, secretValue)
	tokens, err := w.xTokens(ctx, login)
	if err != nil {
		return err
	}
	w.found.ClientID, w.found.ClientSecret = id, secretValue
	w.found.Refresh, w.found.Access = tokens.Refresh, tokens.Access
	return w.put(ctx,
		secret{names.RefreshToken, tokens.Refresh}, secret{names.AccessToken, tokens.Access},
		secret{names.ClientID, id}, secret{names.ClientSecret, secretValue})
}

// clientSecret asks for the app's secret. An empty one is an answer too: a public client has none.
func (w xStep) clientSecret(name string) (string, error) {
	if given := w.Getenv(name); given != "" || !w.Interactive {
		w.Hide(given)
		return given, nil
	}
	return w.Secret("Client secret, empty for a Native App", "", name)
}

// xTokens is the login itself, and the question whether it is the right account. A refresh token
// that was given beforehand is taken as it is: trying it would spend it.
func (w xStep) xTokens(ctx context.Context, login *Login) (xapi.Token, error) {
	names := w.Route.X
	if given := w.Getenv(names.RefreshToken); given != "" {
		tokens := xapi.Token{Refresh: given, Access: w.Getenv(names.AccessToken)}
		w.Hide(tokens.Refresh)
		w.Hide(tokens.Access)
		w.Say("   the refresh token is taken from %s", names.RefreshToken)
		return tokens, nil
	}
	tokens, err := login.Tokens(ctx, w.Dialogue)
	if err != nil {
		return tokens, err
	}
	w.Hide(tokens.Refresh)
	w.Hide(tokens.Access)
	me, err := w.X(tokens.Access).Me(ctx)
	if err != nil {
		return tokens, fmt.Errorf("ask X whose account it is: %w", err)
	}
	right, err := w.Confirm(fmt.Sprintf("It is @%s that will post. Is that right?", me.Username))
	if err == nil && !right {
		err = advise("Log out of x.com in the browser (or use a private window),"+
			" log in as the right account, and run postferry setup again.",
			"@%s is not the account that is to post", me.Username)
	}
	return tokens, err
}
