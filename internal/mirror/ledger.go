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
	// maxTries is in how many runs a media is tried that X refuses, before it is skipped.
	maxTries = 3
	// giveUp is how long a media is tried whose file the media host does not give.
	giveUp = 24 * time.Hour
)

// note commits what the plan leaves out, so that it is said once, and what has gone from Instagram half way.
func (r *Run) note(ctx context.Context, media []instagram.Media, res plan.Result) error {
	gone := vanished(r.Session.Doc(), media)
	if len(res.Skips)+len(gone) == 0 {
		return nil
	}
	err := r.Session.Publish(ctx, r.message("skip"), func(d *state.Document) error {
		if before := d.Cursor; len(res.Threads)+res.Pending > 0 {
			// What is left out may be days younger than what still waits: a cursor that had moved past it would lose that.
			defer func() { d.Cursor = before }()
		}
		for _, s := range res.Skips {
			if d.Find(s.Media.ID) == nil {
				d.Settle(d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink), state.Skipped, s.Why, r.Now())
			}
		}
		for _, id := range gone {
			if rec := d.Find(id); rec != nil && rec.Status == state.Posting {
				r.missed(d, rec, "Instagram no longer lists it")
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range res.Skips {
		r.out.Skipped = append(r.out.Skipped, Entry{MediaID: s.Media.ID, Permalink: s.Media.Permalink, Why: s.Why})
	}
	return nil
}

// vanished lists unfinished media that the list should show and does not.
func vanished(d *state.Document, media []instagram.Media) []string {
	listed := map[string]bool{}
	for _, m := range media {
		listed[m.ID] = true
	}
	var gone []string
	for _, rec := range d.Ledger {
		if rec.Status == state.Posting && !listed[rec.MediaID] {
			gone = append(gone, rec.MediaID)
		}
	}
	return gone
}

// missed counts a try that failed for good, and ends the media at the third: skipped, or as much as is posted of it.
func (r *Run) missed(d *state.Document, rec *state.Record, why string) (over bool) {
	rec.Reason = why
	if rec.LastRun != r.Nonce {
		rec.Tries, rec.LastRun = rec.Tries+1, r.Nonce
	}
	if rec.Tries < maxTries {
		return false
	}
	r.end(d, rec, fmt.Sprintf("given up after %d tries: %s", rec.Tries, why))
	return true
}

func (r *Run) end(d *state.Document, rec *state.Record, why string) {
	status := state.Skipped
	if len(rec.Posts) > 0 {
		status = state.Posted
	}
	d.Settle(rec, status, why, r.Now())
}

// failed records that a media could not be mirrored this time, through no fault of the others.
func (r *Run) failed(ctx context.Context, p plan.Thread, cause error) error {
	var over bool
	var reason string
	err := r.Session.Publish(context.WithoutCancel(ctx), r.message("could not post "+p.Media.ID), func(d *state.Document) error {
		rec := d.Record(p.Media.ID, p.Media.Timestamp, p.Media.Permalink)
		if rec.Status != state.Posting {
			return errTaken
		}
		over = r.count(d, rec, p, cause)
		reason = rec.Reason
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
	}
	e := Entry{MediaID: p.Media.ID, Permalink: p.Media.Permalink, Why: reason}
	if over {
		r.out.Skipped = append(r.out.Skipped, e)
		return nil
	}
	r.out.Failed = append(r.out.Failed, e)
	r.out.Pending++
	return nil
}

// count decides whether a failed media is over. A file that can't be had is worth more patience than one that X refuses:
// the host may be down for hours.
func (r *Run) count(d *state.Document, rec *state.Record, p plan.Thread, cause error) bool {
	rec.Fallback = p.Fallback
	switch {
	case unusableVideo(cause) && r.Route.RejectedVideo == plan.Skip:
		r.end(d, rec, fmt.Sprintf("X refuses the video (rejected_video: skip): %v", cause))
		return true
	case !httpx.IsTransient(cause):
		return r.missed(d, rec, cause.Error())
	case rec.Failing.IsZero():
		rec.Failing, rec.Reason = r.Now().UTC().Truncate(time.Second), cause.Error()
	case r.Now().Sub(rec.Failing) > giveUp:
		r.end(d, rec, fmt.Sprintf("given up after %v: %v", giveUp, cause))
		return true
	}
	return false
}
