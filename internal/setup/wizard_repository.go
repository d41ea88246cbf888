package setup

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/actions"
)

// repositoryStep finds the repository that is set up.
type repositoryStep struct{ *Wizard }

// run finds the repository and a token for it, and proves that the token can do what is
// needed.
func (w repositoryStep) run(ctx context.Context) error {
	w.Step(1, "The repository")
	owner, name, err := w.ask(ctx)
	if err != nil {
		return err
	}
	token, from := w.given("GITHUB_TOKEN"), "GITHUB_TOKEN"
	if token == "" && !w.retrying {
		token, from = ghToken(ctx), "gh auth token"
	}
	if token == "" {
		w.Say("   It takes a fine-grained token for this one repository" +
			" with Contents, Issues, Secrets and Variables: read and write.")
		w.Say("   https://github.com/settings/personal-access-tokens/new")
	}
	if w.githubToken, err = w.Secret(ctx, "GitHub token", token, from); err != nil {
		return err
	}
	w.repo, w.secrets = w.Repository(ctx, owner, name, w.githubToken)
	if err := w.pinnable(ctx); err != nil {
		return err // before anything is written
	}
	about, err := prove(ctx, w.repo, w.secrets)
	if err != nil {
		return err
	}
	w.private = about.Private
	w.Say("   ok: secrets and variables can be written, issues are on")
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
		full, err := w.Ask(ctx, "Repository (owner/name)", given, "--repo or the clone's origin")
		if err != nil {
			return "", "", err
		}
		if owner, name, ok := actions.SplitName(full); ok {
			return owner, name, nil
		}
		w.Say("   The repository must be owner/name, it is %q.", full)
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
	_, _, err = clone{w.Dir, w.Template, pin, w.Route.Instagram.Login, w.Workflows}.files()
	return err
}

// pin names the commit of the published action that this build belongs to, "" if there is none.
func (w *Wizard) pin(ctx context.Context) (string, error) {
	if w.Pin != "" || w.Release == "" {
		return w.Pin, nil
	}
	sha, err := w.Commit(ctx, w.Release)
	if err != nil {
		return "", fmt.Errorf("find the commit of %s: %w", w.Release, err)
	}
	return sha + " # " + w.Release, nil
}
