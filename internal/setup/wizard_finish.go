package setup

import (
	"context"

	"github.com/postferry/postferry/internal/instagram"
)

// lookStep looks at everything before the first post.
type lookStep struct{ *Wizard }

// run sets the baseline, examines everything, and shows what the last media would look like.
func (w lookStep) run(ctx context.Context) error {
	w.step(6, w.Text("setup.look.step"))
	if err := w.recall(ctx); err != nil {
		return err
	}
	r, err := w.Rehearse(ctx, w.Route, w.found.Credentials, w.key)
	if err != nil {
		return err
	}
	if r.First {
		if err := r.Baseline(ctx); err != nil {
			return adviseOn(err, w.Text("setup.fix.token-contents"),
				w.Text("setup.look.unwritable", "Why", err))
		}
		w.Say(w.Text("setup.look.baseline", "Start", w.Route.Start))
	}
	if err := w.accept(ctx, r); err != nil {
		return err
	}
	if err := r.Examine(ctx); err != nil {
		return err
	}
	if w.found.InstagramToken == "" {
		w.Say(w.Text("setup.look.elsewhere"))
		return nil
	}
	lines, err := r.Preview(ctx, 3)
	if err != nil {
		return err
	}
	w.gap()
	w.Say(w.Text("setup.look.preview"))
	w.gap()
	for _, line := range lines {
		w.Say(line)
	}
	return nil
}

// accept makes the route the accounts' that the person has agreed to in this dialogue: otherwise
// the first run would ask in an issue.
func (w lookStep) accept(ctx context.Context, r Rehearsal) error {
	if w.found.X.ID != "" {
		if err := r.AcceptX(ctx, w.found.X); err != nil {
			return told{w.Text("setup.look.unkept-x", "Why", err), err}
		}
	}
	if w.found.Instagram.Username == "" {
		return nil
	}
	if err := r.AcceptInstagram(ctx, w.found.Instagram); err != nil {
		return told{w.Text("setup.look.unkept-instagram", "Why", err), err}
	}
	return nil
}

// recall asks once more for the Instagram token if it was set in an earlier dialogue: GitHub gives
// no secret back, and the look needs it. X's login is not asked for, because a new one would end
// the one that is there.
func (w lookStep) recall(ctx context.Context) error {
	if !w.loggedIn() {
		w.Say(w.Text("setup.look.x-before"))
	}
	// The token of Facebook Login that works is the Page's, which nobody can paste.
	if w.found.InstagramToken != "" || !w.Interactive || w.Yes ||
		w.Route.Instagram.Login == instagram.FacebookLogin {
		return nil
	}
	w.Say(w.Text("setup.look.token-before"))
	token, err := w.Secret(ctx, w.Text("setup.ig.token"), "", w.Route.Instagram.Token)
	w.found.InstagramToken = token
	return err
}

// loggedIn reports whether X's login was made in this dialogue.
func (w lookStep) loggedIn() bool { return w.found.Refresh != "" || w.found.Keys != nil }

// switchStep lets the schedules run.
type switchStep struct{ *Wizard }

// run lets the schedules run.
func (w switchStep) run(ctx context.Context) error {
	w.step(7, w.Text("setup.on.step"))
	if w.halfHours {
		w.Say(w.Text("setup.on.half-hours"))
	} else {
		w.Say(w.Text("setup.on.ten-minutes"))
	}
	on, err := w.Confirm(ctx, w.Text("setup.on.question"))
	if err != nil {
		return err
	}
	if !on {
		w.Say(w.Text("setup.on.off"))
		return nil
	}
	if err := setSwitch(ctx, w.repo, "on"); err != nil {
		return err
	}
	w.Say(w.Text("setup.on.on", "At", w.Now()))
	return nil
}
