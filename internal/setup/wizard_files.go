package setup

import (
	"context"
	"fmt"
	"strings"
)

// filesStep writes the workflows and the configuration.
type filesStep struct{ *Wizard }

// run writes what is missing in the clone, after showing it.
func (w filesStep) run(ctx context.Context) error {
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
func (w filesStep) write(ctx context.Context, files []file) error {
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
func (w filesStep) offerHalfHours(ctx context.Context, files []file) error {
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
