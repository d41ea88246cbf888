package setup

import (
	"context"
	"strconv"

	"github.com/postferry/postferry/internal/actions"
)

// repositoryStep finds the repository that is set up.
type repositoryStep struct{ *Wizard }

// run finds the repository and a token for it, and proves that the token can do what is
// needed.
func (w repositoryStep) run(ctx context.Context) error {
	w.step(1, w.Text("setup.repo.step"))
	owner, name, err := w.ask(ctx)
	if err != nil {
		return err
	}
	token, from := w.given("GITHUB_TOKEN"), "GITHUB_TOKEN"
	if token == "" && !w.retrying {
		token, from = ghToken(ctx), "gh auth token"
	}
	if token == "" {
		w.Say(w.Text("setup.repo.token-help"))
		w.Say("https://github.com/settings/personal-access-tokens/new")
	}
	w.githubToken, err = w.Secret(ctx, w.Text("setup.repo.token"), token, from)
	if err != nil {
		return err
	}
	w.repo, w.secrets = w.Repository(ctx, owner, name, w.githubToken)
	if err := w.pinnable(ctx); err != nil {
		return err // before anything is written
	}
	about, err := proof{w.Words, w.repo, w.secrets}.run(ctx)
	if err != nil {
		return err
	}
	w.private = about.Private
	w.Say(w.Text("setup.repo.ok"))
	return nil
}

// ask asks until the answer is of the form owner/name.
func (w repositoryStep) ask(ctx context.Context) (owner, name string, err error) {
	given := w.Repo
	if given == "" {
		given = originName(ctx, w.Dir)
	}
	if w.retrying {
		given = ""
	}
	for {
		full, err := w.Ask(ctx, w.Text("setup.repo.question"), given, w.Text("setup.repo.from"))
		if err != nil {
			return "", "", err
		}
		if owner, name, ok := actions.SplitName(full); ok {
			return owner, name, nil
		}
		w.Say(w.Text("setup.repo.not-a-name", "Answer", strconv.Quote(full)))
		given = ""
	}
}

// pinnable reports as an error if the workflows can't name the action. It asks before a secret is
// written, so that nothing is left behind in a repository that can't be set up.
func (w *Wizard) pinnable(ctx context.Context) error {
	pin, err := w.pin(ctx)
	if err != nil {
		return err
	}
	_, _, err = w.clone(pin).files()
	return err
}

// pin names the commit of the published action that this build belongs to, "" if there is none.
func (w *Wizard) pin(ctx context.Context) (string, error) {
	if w.Pin != "" || w.Release == "" {
		return w.Pin, nil
	}
	sha, err := w.Commit(ctx, w.Release)
	if err != nil {
		return "", told{w.Text("setup.repo.no-commit", "Release", w.Release, "Why", err), err}
	}
	return sha + " # " + w.Release, nil
}

// clone is the folder of the person's repository.
func (w *Wizard) clone(pin string) clone {
	return clone{
		words: w.Words, dir: w.Dir, template: w.Template, pin: pin,
		login: w.Route.Instagram.Login, want: w.Workflows,
	}
}
