package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
)

const (
	// maxTries is in how many runs X may refuse a media before the media is skipped.
	maxTries = 3
	// fileDeadline is how long a file is asked for that the media host does not deliver.
	fileDeadline = 24 * time.Hour
)

// ledger records media that are not posted: skipped by the plan, failed, or deleted on Instagram.
type ledger struct{ *Run }

// recordSkips commits which media the plan skips, so that each is reported once, and counts a try
// for each unfinished media that Instagram no longer lists.
func (l *ledger) recordSkips(ctx context.Context, media []instagram.Media, res plan.Result) error {
	missing := unlisted(l.Session.Doc(), media)
	if len(res.Skips)+len(missing) == 0 {
		return nil
	}
	err := l.Session.Publish(ctx, l.message("skip"), func(d *state.Document) error {
		cursor := d.Cursor
		for _, s := range res.Skips {
			if d.Find(s.Media.ID) == nil {
				rec := d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink)
				d.Settle(rec, state.Skipped, s.Why, l.Now())
			}
		}
		for _, id := range missing {
			if rec := d.Find(id); rec != nil && rec.Status == state.Posting {
				l.countTry(d, rec, "Instagram no longer lists it")
			}
		}
		// A skipped media may be days younger than one that is still to be posted: a cursor that
		// had moved past the older one would lose it.
		if len(res.Threads)+res.Pending > 0 {
			d.Cursor = cursor
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range res.Skips {
		l.out.Skipped = append(l.out.Skipped, Entry{
			MediaID: s.Media.ID, Permalink: s.Media.Permalink, Why: s.Why,
		})
	}
	return nil
}

// unlisted returns the unfinished media that the list should show and does not.
func unlisted(d *state.Document, media []instagram.Media) []string {
	listed := map[string]bool{}
	for _, m := range media {
		listed[m.ID] = true
	}
	var missing []string
	for _, rec := range d.Ledger {
		if rec.Status == state.Posting && !listed[rec.MediaID] {
			missing = append(missing, rec.MediaID)
		}
	}
	return missing
}

// recordFailure commits that a media could not be mirrored in this run, through no fault of the
// others.
func (l *ledger) recordFailure(ctx context.Context, t plan.Thread, cause error) error {
	var over bool
	var reason string
	message := l.message("could not post " + t.Media.ID)
	err := l.Session.Publish(context.WithoutCancel(ctx), message, func(d *state.Document) error {
		rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
		if rec.Status != state.Posting {
			return errTaken
		}
		rec.Fallback = t.Fallback
		over = l.countFailure(d, rec, cause)
		reason = rec.Reason
		return nil
	})
	if err != nil {
		return withStateError(cause, err)
	}
	e := Entry{MediaID: t.Media.ID, Permalink: t.Media.Permalink, Why: reason}
	if over {
		l.out.Skipped = append(l.out.Skipped, e)
		return nil
	}
	l.out.Failed = append(l.out.Failed, e)
	l.out.Pending++
	return nil
}

// countFailure reports whether a failed media is given up. A file that the host does not deliver
// gets more time than a media that X refuses, because the host may be down for hours.
func (l *ledger) countFailure(d *state.Document, rec *state.Record, cause error) (over bool) {
	switch {
	case unusableVideo(cause) && l.Route.RejectedVideo == plan.Skip:
		l.end(d, rec, fmt.Sprintf("X refuses the video (rejected_video: skip): %v", cause))
		return true
	case !httpx.IsTransient(cause):
		return l.countTry(d, rec, cause.Error())
	case rec.Failing.IsZero():
		rec.Failing, rec.Reason = l.Now().UTC().Truncate(time.Second), cause.Error()
	case l.Now().Sub(rec.Failing) > fileDeadline:
		l.end(d, rec, fmt.Sprintf("given up after %v: %v", fileDeadline, cause))
		return true
	}
	return false
}

// countTry counts a run in which a media failed. It gives the media up at the third.
func (l *ledger) countTry(d *state.Document, rec *state.Record, why string) (over bool) {
	rec.Reason = why
	if rec.LastRun != l.Nonce {
		rec.Tries, rec.LastRun = rec.Tries+1, l.Nonce
	}
	if rec.Tries < maxTries {
		return false
	}
	l.end(d, rec, fmt.Sprintf("given up after %d tries: %s", rec.Tries, why))
	return true
}

// end settles a media that is given up: as skipped, or as posted if some of its parts are on X.
func (l *ledger) end(d *state.Document, rec *state.Record, why string) {
	status := state.Skipped
	if len(rec.Posts) > 0 {
		status = state.Posted
	}
	d.Settle(rec, status, why, l.Now())
}
