package cli

import (
	"cmp"
	"context"
	"flag"

	postferry "github.com/postferry/postferry"
	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/provenance"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/workflow"
)

// authorizeURL is X's consent page.
const authorizeURL = "https://x.com/i/oauth2/authorize"

// runSetup takes a person from two accounts to a schedule that runs.
func runSetup(ctx context.Context, p *Process, args []string) error {
	var o options
	var w setup.Wizard
	var yes bool
	err := p.flags("setup", args, func(fs *flag.FlagSet) {
		fs.StringVar(&o.config, "config", "",
			"read the configuration at `PATH` (default .github/postferry.yml)")
		fs.StringVar(&o.route, "route", "", "set up the route `R`")
		fs.StringVar(&w.Repo, "repo", "",
			"the repository `O/N`, owner and name (default: the clone's origin)")
		fs.StringVar(&w.Login, "login", "", "the login type: `L` is instagram or facebook")
		fs.StringVar(&w.Dir, "dir", ".", "the clone is in the folder `DIR`")
		fs.StringVar(&w.Pin, "pin", "",
			"name the published action by `PIN`, \"<commit> # <version>\"; only in a repository"+
				" that is no copy of postferry's own")
		fs.IntVar(&w.Port, "port", setup.DefaultPort, "the browser returns to `PORT` of 127.0.0.1")
		fs.BoolVar(&w.Paste, "paste", false,
			"the browser is on another machine: its address is pasted")
		fs.BoolVar(&yes, "yes", false, "answer every question with yes")
		fs.BoolVar(&w.KeepToken, "keep-token", false,
			"keep the GitHub token as the secret SECRETS_TOKEN")
		fs.BoolVar(&o.force, "force", false,
			"in a workflow: log in to X again, though there is a login")
	})
	if err != nil {
		return err
	}
	if p.Getenv("GITHUB_ACTIONS") == "true" {
		return p.guideSetup(ctx, o, w.Port)
	}
	if err := p.prepareWizard(&w, o); err != nil {
		return err
	}
	w.Yes = yes
	if line := provenance.Sentence(ctx, ""); line != "" {
		w.Say("postferry %s of %s: %s", build.Version(), build.Home, line)
	}
	defer p.keyboard.Release()
	return w.Run(ctx)
}

// prepareWizard checks the flags and the environment, and gives the wizard what it works with.
func (p *Process) prepareWizard(w *setup.Wizard, o options) error {
	conf, err := o.loadConfig(p.language())
	if err != nil {
		return err
	}
	e := p.readEnvironment()
	w.AuthorizeURL = cmp.Or(e.address("X_AUTHORIZE_URL", ""), authorizeURL)
	if err := e.err(); err != nil {
		return err
	}
	switch w.Login {
	case "", instagram.InstagramLogin, instagram.FacebookLogin:
	default:
		return usagef("--login must be instagram or facebook, it is %q", w.Login)
	}
	if _, _, ok := actions.SplitName(w.Repo); w.Repo != "" && !ok {
		return usagef("the repository must be owner/name, it is %q", w.Repo)
	}
	if w.Repo == "" && e.runner.Repo != "" {
		w.Repo = e.runner.Owner + "/" + e.runner.Repo
	}
	w.Dialogue = &setup.Dialogue{
		Read: p.ReadLine, Out: p.Stdout, Interactive: p.Interactive, Live: p.ReadLine != nil,
		Hide: p.secrets.Add,
	}
	if p.ReadLine == nil {
		w.Read = setup.Lines(p.Stdin)
	}
	w.Route, w.HasConfig = conf.Routes[0], conf.File() != ""
	w.Getenv, w.Template, w.Open, w.Now = e.get, postferry.Template, p.Open, e.now
	w.Release = build.Release
	every := o
	every.route = "" // a workflow passes the secrets of all routes
	all, err := every.loadConfig(p.language())
	if err != nil {
		return err
	}
	w.Workflows = workflow.Options{
		Secrets: workflow.Secrets(all), Environment: all.SecretsEnvironment,
	}
	w.Services = wiring{e.newJob(o, conf)}.services()
	return nil
}

// wiring is the job behind the wizard. What each step finds is kept in it.
type wiring struct{ *job }

// useRepository points the job at another repository.
func (j wiring) useRepository(
	ctx context.Context, owner, name, token string,
) (*github.Client, *github.Secrets) {
	j.runner.Owner, j.runner.Repo = owner, name
	j.githubToken, j.secretsToken = token, token
	j.connect(ctx, need{})
	return j.repo, j.secretStore()
}

// services makes clients of what the wizard finds out.
func (j wiring) services() setup.Services {
	return setup.Services{
		Repository: j.useRepository,
		Commit: func(ctx context.Context, release string) (string, error) {
			o := j.repoOptions(j.githubToken)
			o.Owner, o.Repo, _ = actions.SplitName(build.Home)
			return github.New(o).Commit(ctx, release)
		},
		OAuth:  j.oauth,
		X:      j.xClient,
		Signed: j.signed,
		Instagram: func(r config.Route, c setup.Credentials) *instagram.Client {
			j.creds[r.Name] = credentialsOf(c)
			return j.route(r).instagram(c.InstagramToken)
		},
		DiscardVault: j.discardVault,
		Rehearse:     j.rehearse,
	}
}

func credentialsOf(c setup.Credentials) credentials {
	return credentials{
		instagramToken: c.InstagramToken, instagramUser: c.InstagramUser,
		appID: c.AppID, appSecret: c.AppSecret,
		clientID: c.ClientID, clientSecret: c.ClientSecret,
		refresh: c.Refresh, access: c.Access, keys: c.Keys,
	}
}

// discardVault empties the vaults that a key does not open: their own key is gone.
func (j wiring) discardVault(ctx context.Context, key *vault.Key) error {
	for _, conf := range j.config.Routes {
		s, err := state.Open(ctx, j.backend, conf.Name)
		if err != nil {
			return err
		}
		if err := token.DiscardVault(ctx, s, key); err != nil {
			return err
		}
	}
	return nil
}
