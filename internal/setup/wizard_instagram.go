package setup

import (
	"context"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
)

// instagramStep finds the account whose media are mirrored.
type instagramStep struct{ *Wizard }

// run finds the account and stores the token that reads it.
func (w instagramStep) run(ctx context.Context) error {
	w.step(3, w.Text("setup.ig.step"))
	names := w.Route.Instagram
	if do, err := w.redo(ctx, names.Token, w.Text("setup.ig.again")); err != nil || !do {
		return err
	}
	if err := w.chooseLogin(ctx); err != nil {
		return err
	}
	if err := w.metaApp(ctx); err != nil {
		return err
	}
	entered, err := w.Secret(ctx, w.Text("setup.ig.token"), w.given(names.Token), names.Token)
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
		Words: w.Words, Login: w.Route.Instagram.Login, Token: token,
		Names: diagnosis.NamesOf(w.Route, "", ""),
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
	right, err := w.Confirm(ctx, w.Text("setup.ig.right", "Account", account.Username))
	if err != nil {
		return account, err
	}
	if !right {
		return account, advise(w.Text("setup.fix.other-token"),
			w.Text("setup.ig.not-right", "Account", account.Username))
	}
	w.Say(w.Text("setup.ig.lasts", "Lasts", account.Lasts))
	return account, nil
}

// metaApp says where to get a token. Facebook Login needs the app's id and secret too.
func (w instagramStep) metaApp(ctx context.Context) (err error) {
	if w.Route.Instagram.Login != instagram.FacebookLogin {
		w.Say(w.Text("setup.ig.dashboard"))
		w.list(w.Text("setup.ig.use-case"), w.Text("setup.ig.tester"), w.Text("setup.ig.setup"),
			w.Text("setup.ig.add-account"), w.Text("setup.ig.generate"))
		return nil
	}
	w.Say(w.Text("setup.fb.explorer"))
	w.list(w.Text("setup.fb.app"), w.Text("setup.fb.user"),
		w.Text("setup.fb.permissions", "Scopes", strings.Join(facebookScopes[:], ", ")),
		w.Text("setup.fb.tick"))
	w.Say(w.Text("setup.fb.basic"))
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
	w.Say(w.Text("setup.ig.which-login"))
	for {
		answer, err := w.Ask(ctx, w.Text("setup.ig.login"), "", "--login")
		if err != nil {
			return err
		}
		if login = loginTypes[strings.ToLower(answer)]; login != "" {
			w.Route.Instagram.Login = login
			return nil
		}
		w.Say(w.Text("setup.ig.no-login", "Answer", strconv.Quote(answer)))
	}
}

// loginTypes are the answers to the question for the login type.
var loginTypes = map[string]string{
	"": instagram.InstagramLogin, "1": instagram.InstagramLogin,
	instagram.InstagramLogin: instagram.InstagramLogin,
	"2":                      instagram.FacebookLogin,
	instagram.FacebookLogin:  instagram.FacebookLogin,
}
