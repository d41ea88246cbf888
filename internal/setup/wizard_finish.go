package setup

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/instagram"
)

// lookStep looks at everything before the first post.
type lookStep struct{ *Wizard }

// run sets the baseline, examines everything, and shows what the last media would look like.
func (w lookStep) run(ctx context.Context) error {
	w.Step(6, "A look before anything goes live")
	if err := w.recall(ctx); err != nil {
		return err
	}
	r, err := w.Rehearse(ctx, w.Route, w.found.Credentials, w.key)
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
	if err := w.accept(ctx, r); err != nil {
		return err
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

// accept makes the route the accounts' that the person has agreed to in this dialogue: otherwise
// the first run would ask in an issue.
func (w lookStep) accept(ctx context.Context, r Rehearsal) error {
	if w.found.X.ID != "" {
		if err := r.AcceptX(ctx, w.found.X); err != nil {
			return fmt.Errorf("keep the X account: %w", err)
		}
	}
	if w.found.Instagram.Username == "" {
		return nil
	}
	if err := r.AcceptInstagram(ctx, w.found.Instagram); err != nil {
		return fmt.Errorf("keep the Instagram account: %w", err)
	}
	return nil
}

// recall asks once more for the Instagram token if it was set in an earlier dialogue: GitHub gives
// no secret back, and the look needs it. X's login is not asked for, because a new one would end
// the one that is there.
func (w lookStep) recall(ctx context.Context) error {
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
func (w lookStep) loggedIn() bool { return w.found.Refresh != "" || w.found.Keys != nil }

// switchStep lets the schedules run.
type switchStep struct{ *Wizard }

// run lets the schedules run.
func (w switchStep) run(ctx context.Context) error {
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
