package mirror

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
)

// first reports whether no run has mirrored this route yet. A document alone does not prove one:
// `rotate` may have made it.
func first(s *state.Session, r config.Route) bool {
	if s.First() {
		return true
	}
	d := s.Doc()
	untouched := d.Baseline.IsZero() && d.Cursor.Timestamp.IsZero() && len(d.Ledger) == 0
	return untouched && !r.Start.All()
}

// Begin is the first run's first step: it sets the baseline before anything can fail. Media that
// are published from then on are mirrored, even if Instagram can't be read until tomorrow. Begin
// leaves a route that has begun as it is.
func (r *Run) Begin(ctx context.Context) error {
	r.out.First = true
	return r.Session.Publish(ctx, r.message("baseline"), func(d *state.Document) error {
		if d.Baseline.IsZero() && len(d.Ledger) == 0 { // else another first run was faster
			d.Baseline = baseline(r.Route, r.Now())
		}
		return nil
	})
}

// baseline returns the moment after which media are new. It subtracts a second, because Instagram's
// times have no fractions: a media published in the very second of the first run, but after it, is
// new.
func baseline(r config.Route, now time.Time) time.Time {
	switch {
	case r.Start.All():
		return time.Time{}
	case r.Start.Now():
		return now.UTC().Truncate(time.Second).Add(-time.Second)
	}
	return r.Start.Date(r.Location()).Add(-time.Second)
}

// firstRunSkips skips every listed media in a first run that mirrors nothing. A media younger
// than the baseline was published in the baseline's own second, or Instagram's clock is ahead of
// ours. The limits do not apply, because a media that they hold back would be new to the next
// run.
func firstRunSkips(d *state.Document, media []instagram.Media) plan.Result {
	var out plan.Result
	for _, m := range media {
		if d.New(m.ID, m.Timestamp) {
			out.Skips = append(out.Skips,
				plan.Reason{Media: m, Why: english.Text("mirror.stored.baseline")})
		}
	}
	return out
}
