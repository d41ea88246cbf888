package cli

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"fmt"
	"strings"
	"time"

	postferry "github.com/postferry/postferry"
	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// wizard is a set-up at work: a job whose credentials are found one after the other.
type wizard struct {
	*job
	*setup.Dialogue
	flags   setupFlags
	route   config.Route
	secrets *github.Secrets
}

type setupFlags struct {
	repo, login, pin, dir string
	port                  int
	paste, yes, keepToken bool
}

// runSetup takes a person from two accounts to a schedule that runs.
func runSetup(ctx context.Context, p *Process, args []string) error {
	var o options
	var f setupFlags
	err := p.flags("setup", args, func(fs *flag.FlagSet) {
		fs.StringVar(&o.config, "config", "", "path of the configuration")
		fs.StringVar(&o.route, "route", "", "this route")
		fs.StringVar(&f.repo, "repo", "", "owner/name; the clone's origin if left out")
		fs.StringVar(&f.login, "login", "", "instagram or facebook")
		fs.StringVar(&f.dir, "dir", ".", "the clone")
		fs.StringVar(&f.pin, "pin", "", "the published action's commit and version, where this is no copy of the repository")
		fs.IntVar(&f.port, "port", setup.DefaultPort, "where the browser comes back to")
		fs.BoolVar(&f.paste, "paste", false, "the browser is on another machine: its address is pasted")
		fs.BoolVar(&f.yes, "yes", false, "answer every question with yes")
		fs.BoolVar(&f.keepToken, "keep-token", false, "keep the GitHub token as the secret SECRETS_TOKEN")
	})
	if err != nil {
		return err
	}
	w, err := p.newWizard(o, f)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "postferry setup: seven steps. What is done is kept: you can leave at any time (Ctrl-C) and go on later.\n")
	for _, step := range []func(context.Context) error{w.repository, w.x, w.instagramAccount, w.vault, w.files, w.look, w.switchOn} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pin names the commit of the published action that this build belongs to, "" if it is none.
func (w *wizard) pin(ctx context.Context) (string, error) {
	if w.flags.pin != "" || release == "" {
		return w.flags.pin, nil
	}
	o := w.repoOptions(w.githubToken)
	o.Owner, o.Repo = "postferry", "postferry"
	sha, err := github.New(o).Commit(ctx, release)
	if err != nil {
		return "", fmt.Errorf("find the commit of %s: %w", release, err)
	}
	return sha + " # " + release, nil
}

func (p *Process) newWizard(o options, f setupFlags) (*wizard, error) {
	conf, err := o.loadConfig()
	if err != nil {
		return nil, err
	}
	e := p.readEnvironment()
	if err := e.err(); err != nil {
		return nil, err
	}
	w := &wizard{
		job:      &job{environment: e, options: o, config: conf, routes: o.routes, creds: map[string]credentials{}, nonce: rand.Text()[:10]},
		Dialogue: &setup.Dialogue{In: bufio.NewReader(p.Stdin), Out: p.Stdout, Hidden: p.Hidden, Asks: p.Asks, Yes: f.yes, Hide: p.secrets.Add},
		flags:    f, route: conf.Routes[0],
	}
	switch f.login {
	case "", instagram.InstagramLogin, instagram.FacebookLogin:
	default:
		return nil, usagef("--login must be instagram or facebook, it is %q", f.login)
	}
	return w, nil
}

// repository finds the repository and a token for it, and proves that it can do what is needed.
func (w *wizard) repository(ctx context.Context) error {
	w.Step(1, "The repository")
	name := w.flags.repo
	if name == "" && w.runner.Repo != "" {
		name = w.runner.Owner + "/" + w.runner.Repo
	}
	if name == "" {
		name = setup.Remote(ctx, w.flags.dir)
	}
	name, err := w.Ask("Repository (owner/name)", name, "--repo or the clone's origin")
	if err != nil {
		return err
	}
	owner, repository, ok := actions.SplitName(name)
	if !ok {
		return usagef("the repository must be owner/name, it is %q", name)
	}
	token, from := w.githubToken, "GITHUB_TOKEN"
	if token == "" {
		token, from = setup.GitHubToken(ctx), "gh auth token"
	}
	if token == "" {
		w.Say("   It takes a fine-grained token for this one repository with Contents, Issues, Secrets and Variables: read and write.")
		w.Say("   https://github.com/settings/personal-access-tokens/new")
	}
	if token, err = w.Secret("GitHub token", token, from); err != nil {
		return err
	}
	w.runner.Owner, w.runner.Repo, w.githubToken = owner, repository, token
	w.secretsToken = token
	w.connect(ctx, need{})
	w.secrets = w.secretStore()
	if err := setup.Prove(ctx, w.repo, w.secrets); err != nil {
		return err
	}
	w.Say("   ok: secrets and variables can be written, issues are on")
	return nil
}

// again asks whether a step that was done is to be done again.
func (w *wizard) again(ctx context.Context, secret, what string) (bool, error) {
	at, err := w.secrets.UpdatedAt(ctx, secret)
	if httpx.ClassOf(err) == httpx.NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	w.Say("   The secret %s is there, written on %s.", secret, at.Format("2006-01-02"))
	if w.Yes {
		return w.get(secret) != "", nil // what is given anew is taken
	}
	return w.Confirm(what)
}

// put writes secrets. Each is there for good once its step is over.
func (w *wizard) put(ctx context.Context, secrets ...[2]string) error {
	for _, s := range secrets {
		if s[1] == "" {
			continue
		}
		if err := w.secrets.Put(ctx, s[0], s[1]); err != nil {
			return fmt.Errorf("write the secret %s: %w", s[0], err)
		}
		w.Say("   written: secret %s", s[0])
	}
	return nil
}

// x logs the X account in.
func (w *wizard) x(ctx context.Context) error {
	w.Step(2, "X")
	names := w.route.X
	if do, err := w.again(ctx, names.RefreshToken, "Log in to X again?"); err != nil || !do {
		return err
	}
	login := &setup.Login{AuthorizeURL: w.address("X_AUTHORIZE_URL", "https://x.com/i/oauth2/authorize"), Port: w.flags.port, Open: w.p.Open, Paste: w.flags.paste}
	w.Say("   In X's developer portal (https://developer.x.com/en/portal/dashboard) make an app with pay-per-use credit and set, under User authentication settings:")
	w.Say("     App permissions   Read and write")
	w.Say("     Type of App       Web App, Automated App or Bot")
	w.Say("     Callback URI      %s", login.Callback())
	id, err := w.Ask("Client ID", w.get(names.ClientID), names.ClientID)
	if err != nil {
		return err
	}
	if id == "" {
		return &setup.Advice{Err: fmt.Errorf("without a client id there is no login"), Fix: "It is on the app's Keys and tokens page, under OAuth 2.0."}
	}
	secret, err := w.clientSecret(names.ClientSecret)
	if err != nil {
		return err
	}
	tokens, err := w.xTokens(ctx, login, id, secret)
	if err != nil {
		return err
	}
	w.creds[w.route.Name] = credentials{clientID: id, clientSecret: secret, refresh: tokens.Refresh, access: tokens.Access}
	return w.put(ctx, [2]string{names.RefreshToken, tokens.Refresh}, [2]string{names.AccessToken, tokens.Access},
		[2]string{names.ClientID, id}, [2]string{names.ClientSecret, secret})
}

// clientSecret may be empty: a public client has none.
func (w *wizard) clientSecret(name string) (string, error) {
	if given := w.get(name); given != "" || !w.Asks {
		w.Hide(given)
		return given, nil
	}
	return w.Secret("Client secret, empty for a Native App", "", name)
}

// xTokens is the login itself, and the question whether it is the right account. A refresh token that was given beforehand
// is taken as it is: to try it would be to spend it.
func (w *wizard) xTokens(ctx context.Context, login *setup.Login, id, secret string) (xapi.Token, error) {
	if given := w.secret(w.route.X.RefreshToken); given != "" {
		w.Say("   the refresh token is taken from %s", w.route.X.RefreshToken)
		return xapi.Token{Refresh: given, Access: w.secret(w.route.X.AccessToken)}, nil
	}
	login.OAuth = w.oauth(id, secret)
	tokens, err := login.Tokens(ctx, w.Dialogue)
	if err != nil {
		return tokens, err
	}
	w.Hide(tokens.Refresh)
	w.Hide(tokens.Access)
	me, err := w.xClient(tokens.Access).Me(ctx)
	if err != nil {
		return tokens, fmt.Errorf("ask X whose account it is: %w", err)
	}
	right, err := w.Confirm(fmt.Sprintf("It is @%s that will post. Is that right?", me.Username))
	if err == nil && !right {
		err = &setup.Advice{Err: fmt.Errorf("@%s is not the account that is to post", me.Username),
			Fix: "Log out of x.com in the browser (or use a private window), log in as the right account, and run postferry setup again."}
	}
	return tokens, err
}

// instagramAccount finds the account whose media are mirrored.
func (w *wizard) instagramAccount(ctx context.Context) error {
	w.Step(3, "Instagram")
	names := w.route.Instagram
	if do, err := w.again(ctx, names.Token, "Connect Instagram again?"); err != nil || !do {
		return err
	}
	if err := w.chooseLogin(); err != nil {
		return err
	}
	if err := w.metaApp(); err != nil {
		return err
	}
	find := &setup.Instagram{Login: w.route.Instagram.Login, Client: func(token, userID string) *instagram.Client {
		c := w.job.instagram(w.route, token)
		c.UserID = userID
		return c
	}}
	var err error
	if find.Token, err = w.Secret("Instagram token", w.get(names.Token), names.Token); err != nil {
		return err
	}
	account, err := find.Find(ctx)
	if err != nil {
		return err
	}
	right, err := w.Confirm(fmt.Sprintf("The posts of @%s will be mirrored. Is that right?", account.Username))
	if err != nil {
		return err
	}
	if !right {
		return &setup.Advice{Err: fmt.Errorf("@%s is not the account to mirror", account.Username), Fix: "Make a token for the right account and run postferry setup again."}
	}
	w.Say("   the token is good for %s", account.Lasts)
	c := w.creds[w.route.Name]
	c.instagramToken, c.instagramUser = account.Token, account.UserID
	w.creds[w.route.Name] = c
	return w.put(ctx, [2]string{names.Token, account.Token}, [2]string{names.UserID, account.UserID}, [2]string{names.AppID, c.appID}, [2]string{names.AppSecret, c.appSecret})
}

// metaApp says where the token is to be had. Facebook Login needs the app's id and secret too.
func (w *wizard) metaApp() (err error) {
	if w.route.Instagram.Login != instagram.FacebookLogin {
		w.Say("   In the Meta App Dashboard (https://developers.facebook.com/apps) under Instagram > API setup with Instagram login,")
		w.Say("   press Generate token beside your account, and copy it.")
		return nil
	}
	w.Say("   In the Graph API Explorer (https://developers.facebook.com/tools/explorer) choose your app and make a user token with")
	w.Say("   instagram_basic, pages_show_list, pages_read_engagement and business_management, ticking your Page and account.")
	names, c := w.route.Instagram, w.creds[w.route.Name]
	if c.appID, err = w.Ask("App ID", w.get(names.AppID), names.AppID); err != nil {
		return err
	}
	c.appSecret, err = w.Secret("App secret", w.get(names.AppSecret), names.AppSecret)
	w.creds[w.route.Name] = c
	return err
}

// chooseLogin settles which door to Instagram it is. The configuration's word counts where there is a file.
func (w *wizard) chooseLogin() error {
	login := w.flags.login
	if login == "" && w.config.File() != "" || !w.Asks && login == "" {
		login = w.route.Instagram.Login
	}
	if login == "" {
		w.Say("   Instagram Login needs nothing but the account (instagram); Facebook Login goes through a Facebook Page (facebook).")
		var err error
		if login, err = w.Ask("Login [instagram]", "", "--login"); err != nil {
			return err
		}
	}
	switch login = strings.ToLower(login); login {
	case "", "1", instagram.InstagramLogin:
		w.route.Instagram.Login = instagram.InstagramLogin
	case "2", instagram.FacebookLogin:
		w.route.Instagram.Login = instagram.FacebookLogin
	default:
		return usagef("the login is instagram or facebook, it is %q", login)
	}
	return nil
}

// vault makes the key that seals the newest tokens into the state branch.
func (w *wizard) vault(ctx context.Context) error {
	w.Step(4, "Where rotated tokens are kept")
	w.Say("   X's refresh token is single use. Its successors are sealed into the state branch with the secret VAULT_KEY.")
	_, err := w.secrets.UpdatedAt(ctx, "VAULT_KEY")
	if err != nil && httpx.ClassOf(err) != httpx.NotFound {
		return err
	}
	if err == nil {
		w.Say("   VAULT_KEY is there, and stays.")
	} else if err := w.newVaultKey(ctx); err != nil {
		return err
	}
	if !w.flags.keepToken && (w.Yes || !w.Asks) {
		return nil
	}
	keep := w.flags.keepToken
	if !keep {
		w.Say("   They can be written into the secrets as well, which takes a token that may: the one you gave could be kept as SECRETS_TOKEN.")
		if keep, err = w.Confirm("Keep it as SECRETS_TOKEN?"); err != nil || !keep {
			return err
		}
	}
	return w.put(ctx, [2]string{"SECRETS_TOKEN", w.githubToken})
}

func (w *wizard) newVaultKey(ctx context.Context) error {
	key := w.get("VAULT_KEY")
	if key == "" {
		var b vault.Key
		_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error
		key = base64.StdEncoding.EncodeToString(b[:])
	}
	w.Hide(key)
	parsed, err := vault.ParseKey(key)
	if err != nil {
		return err
	}
	w.vaultKey = parsed
	return w.put(ctx, [2]string{"VAULT_KEY", key})
}

// files writes what is missing in the clone, after showing it.
func (w *wizard) files(ctx context.Context) error {
	w.Step(5, "Workflows and configuration")
	pin, err := w.pin(ctx)
	if err != nil {
		return err
	}
	files, err := setup.Files(w.flags.dir, postferry.Workflows, w.route.Instagram.Login, pin)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		w.Say("   All there.")
		return nil
	}
	for _, f := range files {
		w.Say("\n%s", strings.TrimSuffix(f.Diff(), "\n"))
	}
	do, err := w.Confirm(fmt.Sprintf("Write these %d files?", len(files)))
	if err != nil || !do {
		return err
	}
	for _, f := range files {
		if err := f.Write(w.flags.dir); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		w.Say("   written: %s", f.Path)
	}
	w.Say("   Commit and push them: git add .github && git commit -m 'postferry' && git push")
	return nil
}

// look sets the baseline, examines everything, and shows what the last media would look like.
func (w *wizard) look(ctx context.Context) error {
	w.Step(6, "A look before anything goes live")
	c := w.creds[w.route.Name]
	if c.instagramToken == "" || c.refresh == "" {
		w.Say("   The tokens were set before, and secrets can't be read back: look with Actions > doctor, and Actions > mirror with dry-run.")
		return nil
	}
	s, err := w.session(ctx, w.route)
	if err != nil {
		return err
	}
	run := w.mirror(w.route, s)
	if s.First() {
		if err := run.Begin(ctx); err != nil {
			return &setup.Advice{Err: fmt.Errorf("the state branch can't be written: %w", err), Fix: "Give the token Contents: read and write for this repository, and run postferry setup again."}
		}
		w.Say("   The baseline is set (start: %s).", w.route.Start)
	}
	e := examination{Route: w.route.Name}
	e.add(w.doctor(w.route, s).All(ctx))
	w.tell(e)
	if !e.Healthy {
		return &setup.Advice{Err: fmt.Errorf("something is wrong: %s", e.Causes[0].Title), Fix: e.Causes[0].Fix + " Then run postferry setup again."}
	}
	last, err := run.Last(ctx, 3)
	if err != nil {
		return err
	}
	w.Say("\n   What your last media would look like on X:\n")
	for _, line := range report.Preview(w.route, last, 0) {
		w.Say("   %s", line)
	}
	return nil
}

// switchOn lets the schedules run.
func (w *wizard) switchOn(ctx context.Context) error {
	w.Step(7, "On")
	w.Say("   From now on new posts are mirrored every ten minutes, and X bills them. The switch is the repository variable POSTFERRY.")
	on, err := w.Confirm("Switch it on?")
	if err != nil {
		return err
	}
	if !on {
		w.Say("   It stays off. Run postferry setup again, or set the variable POSTFERRY to on.")
		return nil
	}
	if err := setup.Switch(ctx, w.repo); err != nil {
		return err
	}
	w.Say("   On, since %s. Welcome aboard.", w.now().UTC().Format(time.RFC1123))
	return nil
}
