package setup

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/vault"
)

// vaultStep makes the key that seals the newest tokens into the state branch.
type vaultStep struct{ *Wizard }

func (w vaultStep) run(ctx context.Context) error {
	w.Step(4, "Where rotated tokens are kept")
	w.Say("   X's refresh token is single use." +
		" Its successors are sealed into the state branch with the secret VAULT_KEY.")
	_, err := w.secrets.UpdatedAt(ctx, "VAULT_KEY")
	if err != nil && httpx.ClassOf(err) != httpx.NotFound {
		return err
	}
	if err == nil {
		w.Say("   VAULT_KEY is there, and stays.")
	} else if err := w.newVaultKey(ctx); err != nil {
		return err
	}
	if w.KeepToken {
		return w.put(ctx, secret{"SECRETS_TOKEN", w.githubToken})
	}
	if w.Yes || !w.Interactive {
		return nil
	}
	w.Say("   They can be written into the secrets as well, which takes a token that may:" +
		" the one you gave could be kept as SECRETS_TOKEN.")
	keep, err := w.Confirm(ctx, "Keep it as SECRETS_TOKEN?")
	if err != nil || !keep {
		return err
	}
	return w.put(ctx, secret{"SECRETS_TOKEN", w.githubToken})
}

// newVaultKey takes the key that was given, or makes one.
func (w vaultStep) newVaultKey(ctx context.Context) error {
	key := w.given("VAULT_KEY")
	if key == "" {
		var b [32]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error.
		key = base64.StdEncoding.EncodeToString(b[:])
	}
	w.Hide(key)
	parsed, err := vault.ParseKey(key)
	if err != nil {
		return err
	}
	w.key = parsed
	// Before the key is stored: a key that is there stays, and its vault with it.
	if w.DiscardVault != nil {
		if err := w.DiscardVault(ctx, parsed); err != nil {
			return fmt.Errorf("begin a new vault: %w", err)
		}
	}
	return w.put(ctx, secret{"VAULT_KEY", key})
}

// files writes what is missing in the clone, after showing it.
func (w *Wizard) files(ctx context.Context) error {
	w.Step(5, "Workflows and configuration")
	pin, err := w.pin(ctx)
	if err != nil {
		return err
	}
	c := clone{w.Dir, w.Template, pin, w.Route.Instagram.Login, w.Workflows}
	files, byHand, err := c.files()
	if err != nil {
		return err
	}
	for _, f := range byHand {
		w.Say("   %s has been rewritten and does not pass every secret of the configuration."+
			" Add these lines to the step that uses postferry:\n\n%s", f.path, f.body)
	}
	if len(files) == 0 {
		if len(byHand) == 0 {
			w.Say("   All there.")
		}
		return nil
	}
	if err := w.offerHalfHours(ctx, files); err != nil {
		return err
	}
	return w.write(ctx, files)
}

// write shows the files and writes them, if the person agrees.
func (w *Wizard) write(ctx context.Context, files []file) error {
	for _, f := range files {
		w.Say("\n%s", strings.TrimSuffix(f.diff(), "\n"))
	}
	do, err := w.Confirm(ctx, fmt.Sprintf("Write these %d files?", len(files)))
	if err != nil || !do {
		return err
	}
	for _, f := range files {
		if err := f.write(w.Dir); err != nil {
			return fmt.Errorf("write %s: %w", f.path, err)
		}
		w.Say("   written: %s", f.path)
	}
	w.Say("   Commit and push them: git add .github && git commit -m 'postferry' && git push")
	return nil
}

// everyTenMinutes is the schedule of the mirror's template.
const everyTenMinutes = `cron: "7,17,27,37,47,57 * * * *"`

// offerHalfHours offers a private repository a schedule within GitHub's free minutes. Each run is
// counted as a whole minute.
func (w *Wizard) offerHalfHours(ctx context.Context, files []file) error {
	for i := range files {
		f := &files[i]
		if !w.private || f.old != "" || !strings.Contains(f.body, everyTenMinutes) {
			continue
		}
		w.Say("   The repository is private, so GitHub counts its minutes: 2,000 a month are free." +
			" A run every ten minutes takes 4,320 of them, one every half hour 1,440.")
		do, err := w.Confirm(ctx, "Look for new posts every half hour?")
		if err != nil {
			return err
		}
		if do {
			w.halfHours = true
			f.body = strings.Replace(f.body, everyTenMinutes, `cron: "7,37 * * * *"`, 1)
		}
	}
	return nil
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

// look sets the baseline, examines everything, and shows what the last media would look like.
func (w *Wizard) look(ctx context.Context) error {
	w.Step(6, "A look before anything goes live")
	if err := w.recall(ctx); err != nil {
		return err
	}
	r, err := w.Rehearse(ctx, w.Route, w.found, w.key)
	if err != nil {
		return err
	}
	if r.First {
		if err := r.Baseline(ctx); err != nil {
			return advise("Give the token Contents: read and write for this repository.",
				"the state branch can't be written: %w", err)
		}
		w.Say("   The baseline is set (start: %s).", w.Route.Start)
	}
	if err := r.Examine(ctx); err != nil {
		return err
	}
	if w.found.InstagramToken == "" {
		w.Say("   Your last media are shown by Actions > mirror > Run workflow, with dry-run.")
		return nil
	}
	lines, err := r.Preview(ctx, 3)
	if err != nil {
		return err
	}
	w.Say("\n   What your last media would look like on X:\n")
	for _, line := range lines {
		w.Say("   %s", line)
	}
	return nil
}

// recall asks once more for the Instagram token if it was set in an earlier dialogue: GitHub gives
// no secret back, and the look needs it. X's login is not asked for, because a new one would end
// the one that is there.
func (w *Wizard) recall(ctx context.Context) error {
	if !w.loggedIn() {
		w.Say("   X's login was set before and GitHub gives no secret back:" +
			" Actions > doctor looks at it.")
	}
	// The token of Facebook Login that works is the Page's, which nobody can paste.
	if w.found.InstagramToken != "" || !w.Interactive || w.Yes ||
		w.Route.Instagram.Login == instagram.FacebookLogin {
		return nil
	}
	w.Say("   The Instagram token was set before, and GitHub gives no secret back." +
		" Enter it once more to see your last posts, or press Enter to go on without.")
	token, err := w.Secret(ctx, "Instagram token", "", w.Route.Instagram.Token)
	w.found.InstagramToken = token
	return err
}

// loggedIn reports whether X's login was made in this dialogue.
func (w *Wizard) loggedIn() bool { return w.found.Refresh != "" || w.found.Keys != nil }

// switchOn lets the schedules run.
func (w *Wizard) switchOn(ctx context.Context) error {
	w.Step(7, "On")
	every := "every ten minutes"
	if w.halfHours {
		every = "every half hour"
	}
	w.Say("   From now on new posts are mirrored %s, and X bills them."+
		" The switch is the repository variable POSTFERRY.", every)
	on, err := w.Confirm(ctx, "Switch it on?")
	if err != nil {
		return err
	}
	if !on {
		w.Say("   It stays off. Run postferry setup again, or set the variable POSTFERRY to on.")
		return nil
	}
	if err := setSwitch(ctx, w.repo, "on"); err != nil {
		return err
	}
	w.Say("   On, since %s. Welcome aboard.", w.Now().UTC().Format(time.RFC1123))
	return nil
}
