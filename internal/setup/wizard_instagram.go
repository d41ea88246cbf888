package setup

import (
	"context"
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
)

// instagramStep finds the account whose media are mirrored.
type instagramStep struct{ *Wizard }

// run finds the account and stores the token that reads it.
func (w instagramStep) run(ctx context.Context) error {
	w.Step(3, "Instagram")
	names := w.Route.Instagram
	if do, err := w.redo(ctx, names.Token, "Connect Instagram again?"); err != nil || !do {
		return err
	}
	if err := w.chooseLogin(ctx); err != nil {
		return err
	}
	if err := w.metaApp(ctx); err != nil {
		return err
	}
	entered, err := w.Secret(ctx, "Instagram token", w.given(names.Token), names.Token)
	if err != nil {
		return err
	}
	account, err := w.findAccount(ctx, entered)
	if err != nil {
		return err
	}
	w.found.InstagramToken, w.found.InstagramUser = account.Token, account.UserID
	w.found.Instagram = account.Me
	return w.put(ctx,
		secret{names.Token, account.Token}, secret{names.UserID, account.UserID},
		secret{names.AppID, w.found.AppID}, secret{names.AppSecret, w.found.AppSecret})
}

// findAccount finds the account behind a token, and asks whether it is the right one.
func (w instagramStep) findAccount(ctx context.Context, token string) (Account, error) {
	find := &Instagram{
		Login: w.Route.Instagram.Login, Token: token, Names: diagnosis.NamesOf(w.Route, "", ""),
	}
	find.Client = func(token, userID string) *instagram.Client {
		c := w.found.Credentials
		c.InstagramToken, c.InstagramUser = token, userID
		return w.Services.Instagram(w.Route, c)
	}
	account, err := find.Find(ctx)
	if err != nil {
		return account, err
	}
	right, err := w.Confirm(ctx, fmt.Sprintf(
		"The posts of @%s will be mirrored. Is that right?", account.Username))
	if err != nil {
		return account, err
	}
	if !right {
		return account, advise("Make a token for the right account.",
			"@%s is not the account to mirror", account.Username)
	}
	w.Say("   the token is good for %s", account.Lasts)
	return account, nil
}

// metaApp says where to get a token. Facebook Login needs the app's id and secret too.
func (w instagramStep) metaApp(ctx context.Context) (err error) {
	if w.Route.Instagram.Login != instagram.FacebookLogin {
		w.Say("   On a computer, in the Meta App Dashboard (https://developers.facebook.com/apps)," +
			" which asks for a login with two factors:")
		w.Say("     1. Create app, with the use case Manage messaging & content on Instagram")
		w.Say("     2. App roles > Roles > Add people > Instagram tester: the account. A pending" +
			" invitation is accepted on instagram.com, Settings > Apps and websites > Tester invites")
		w.Say("     3. Instagram > API setup with Instagram login > 1. Generate access tokens")
		w.Say("     4. Add account, log in as the account to mirror, and allow everything")
		w.Say("     5. Generate token beside the account, and copy the token")
		return nil
	}
	w.Say("   On a computer, in the Graph API Explorer" +
		" (https://developers.facebook.com/tools/explorer):")
	w.Say("     1. Meta App: choose your app, of the type Business")
	w.Say("     2. User or Page: Get User Access Token")
	w.Say("     3. Permissions: instagram_basic, pages_show_list, pages_read_engagement," +
		" business_management")
	w.Say("     4. Generate Access Token; in the dialog tick your Page and your account")
	w.Say("   The App ID and the App secret are in the App Dashboard under App settings > Basic.")
	names := w.Route.Instagram
	if w.found.AppID, err = w.Ask(ctx, "App ID", w.given(names.AppID), names.AppID); err != nil {
		return err
	}
	w.found.AppSecret, err = w.Secret(ctx, "App secret", w.given(names.AppSecret), names.AppSecret)
	return err
}

// chooseLogin settles the login type: by flag, else by the configuration where there is a file,
// else by asking.
func (w instagramStep) chooseLogin(ctx context.Context) error {
	login := w.Login
	if w.retrying && !w.HasConfig {
		login = ""
	}
	if login == "" && (w.HasConfig || !w.Interactive) {
		login = w.Route.Instagram.Login
	}
	if login != "" {
		w.Route.Instagram.Login = login
		return nil
	}
	w.Say("   Instagram Login needs nothing but the account (instagram);" +
		" Facebook Login goes through a Facebook Page (facebook).")
	for {
		answer, err := w.Ask(ctx, "Login [instagram]", "", "--login")
		if err != nil {
			return err
		}
		if login = loginTypes[strings.ToLower(answer)]; login != "" {
			w.Route.Instagram.Login = login
			return nil
		}
		w.Say("   The login is instagram or facebook, it is %q.", answer)
	}
}

// loginTypes are the answers to the question for the login type.
var loginTypes = map[string]string{
	"": instagram.InstagramLogin, "1": instagram.InstagramLogin,
	instagram.InstagramLogin: instagram.InstagramLogin,
	"2":                      instagram.FacebookLogin,
	instagram.FacebookLogin:  instagram.FacebookLogin,
}
