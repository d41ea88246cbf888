package setup

import (
	"context"
	"errors"
	"strings"
)

// filesStep writes the workflows and the configuration.
type filesStep struct{ *Wizard }

// run writes what is missing in the clone, after showing it.
func (w filesStep) run(ctx context.Context) error {
	w.step(5, w.Text("setup.files.step"))
	pin, err := w.pin(ctx)
	if err != nil {
		return err
	}
	c := w.clone(pin)
	files, byHand, err := c.files()
	if err != nil {
		return err
	}
	for _, f := range byHand {
		w.Say(w.Text("setup.files.by-hand", "Path", f.path))
		w.copied(f.body)
	}
	if len(files) == 0 {
		if len(byHand) == 0 {
			w.Say(w.Text("setup.files.all"))
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
		w.copied(strings.TrimSuffix(f.diff(), "\n"))
	}
	do, err := w.Confirm(ctx, w.Text("setup.files.write", "Count", len(files)))
	if err != nil || !do {
		return err
	}
	for _, f := range files {
		if err := f.write(w.Dir); err != nil {
			why := err.Error()
			if errors.Is(err, errChanged) {
				why = w.Text("setup.files.changed")
			}
			return told{w.Text("setup.files.unwritten", "Path", f.path, "Why", why), err}
		}
		w.Say(w.Text("setup.files.written", "Path", f.path))
	}
	w.Say(w.Text("setup.files.commit"))
	w.copied(indent + "git add .github && git commit -m 'postferry' && git push")
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
		w.Say(w.Text("setup.files.private"))
		do, err := w.Confirm(ctx, w.Text("setup.files.half-hours"))
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
