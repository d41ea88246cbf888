package alert

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// soonQuiet is how long before GitHub switches the schedules of a quiet repository off a person is
// reminded. Its button against it is there by then.
const soonQuiet = 10 * 24 * time.Hour

// askDaily asks what changes slowly, once a day, in one request: when the default branch got its
// last commit. Whether the repository is private is asked again only when that has changed, and
// when it is to be told of. A refusal is silent: the next rotation asks again.
func (r *Reminder) askDaily(ctx context.Context) {
	known, now := r.Session.Doc().Daily, r.Now()
	since := now.Sub(known.Asked)
	if r.Session.First() || since >= 0 && since < 24*time.Hour {
		return
	}
	found := state.Daily{Asked: now.UTC().Truncate(time.Second), Private: known.Private}
	commit, err := r.Issues.Client.LastCommit(ctx)
	if err != nil {
		return
	}
	found.Commit = commit.UTC().Truncate(time.Second)
	if !found.Commit.Equal(known.Commit) || found.ScheduleEnds().Sub(now) <= soonQuiet {
		about, err := r.Issues.Client.About(ctx)
		if err != nil {
			return
		}
		found.Private = about.Private
	}
	what := r.Session.Route + ": the questions of the day"
	err = r.Session.Publish(ctx, what, func(d *state.Document) error {
		d.Daily = found
		return nil
	})
	if err != nil {
		r.warn(err, "alert.warn.daily", "Route", r.Session.Route)
	}
}

// schedule is the day on which GitHub switches the schedules off. Once it has passed, this run
// shows that it came to nothing: somebody has pressed the button, which GitHub tells nobody of.
func (r *Reminder) schedule() Expiry {
	ends := r.Session.Doc().Daily.ScheduleEnds()
	if !ends.After(r.Now()) {
		return Expiry{}
	}
	return Expiry{
		At: ends, Ahead: soonQuiet, Link: r.workflow(mirrorFile),
		Fix: r.Words.Text("alert.renew.schedule"),
	}.called(r.Words, "alert.end.schedule")
}
