package mirror

import (
	"context"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// ledger writes down what ends without a post: what the configuration leaves out, and what Instagram
// no longer lists.
type ledger struct{ *Run }

// record commits what the plan leaves out, so that each is said once, and what has become of media
// that the list does not show. A run that finds nothing of that writes nothing.
func (l *ledger) record(ctx context.Context, media []instagram.Media, res plan.Result) error {
	unlisted := l.findUnlisted(ctx, media)
	relisted := l.relisted(media)
	renamed := l.ownName != "" && l.ownName != l.Session.Doc().Account.InstagramUsername
	if len(res.Skips)+len(unlisted)+len(relisted)+len(res.Ended)+len(res.Unfiltered) == 0 && !renamed {
		return nil
	}
	var withdrawn, givenUp []Entry
	err := l.Session.Publish(ctx, l.message("skip"), func(d *state.Document) error {
		withdrawn, givenUp = nil, nil
		if renamed {
			d.Account.InstagramUsername = l.ownName
		}
		for _, m := range ending(d, res, unlisted) {
			l.recordOvertaken(d, m)
		}
		for _, s := range res.Skips {
			if d.Find(s.Media.ID) == nil {
				rec := d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink)
				d.Settle(rec, state.Skipped, s.Why, l.Now())
			}
		}
		for _, s := range res.Ended {
			if rec := d.Find(s.Media.ID); rec != nil && rec.Status == state.Posting && !rec.Begun() {
				d.Settle(rec, state.Skipped, s.Why, l.Now())
			}
		}
		for _, s := range res.Unfiltered {
			rec := d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink)
			rec.Ev().Hold, rec.Reason = state.HeldFilter, s.Why
		}
		for _, id := range relisted {
			if rec := d.Find(id); rec != nil {
				rec.Relist()
			}
		}
		for id, shown := range unlisted {
			w, g := l.writeUnlisted(d, id, verdict.Unlisted{Shown: shown, Only: len(media) == 0})
			withdrawn, givenUp = append(withdrawn, w...), append(givenUp, g...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.out.Withdrawn = append(l.out.Withdrawn, withdrawn...)
	l.out.GivenUp = append(l.out.GivenUp, givenUp...)
	for _, s := range append(res.Skips, res.Ended...) {
		l.out.Skipped = append(l.out.Skipped,
			Entry{MediaID: s.Media.ID, Permalink: s.Media.Permalink, Why: s.Why})
	}
	return nil
}

// findUnlisted finds unfinished media that the list does not show, and reports for each whether the list
// shows its older neighbour, which alone proves anything. Only what changes the document is returned.
func (l *ledger) findUnlisted(ctx context.Context, media []instagram.Media) map[string]bool {
	listed := ids(media)
	out := map[string]bool{}
	for _, rec := range l.Session.Doc().Ledger {
		if rec.Status != state.Posting || listed[rec.MediaID] || rec.Intent != nil {
			continue
		}
		shown := showsOlder(media, rec.Timestamp) || len(media) == 0 && l.hasNoMedia(ctx)
		since := time.Time{}
		if rec.Evidence != nil && !rec.Evidence.Unlisted.After(l.Now()) {
			since = rec.Evidence.Unlisted // one that lies ahead was written under a wrong clock
		}
		v := verdict.Unlisted{Since: since, Shown: shown, Only: len(media) == 0}.Withdrawn(l.Now())
		switch {
		case v.Proven, shown && since.IsZero():
			out[rec.MediaID] = shown
		default:
			e := entryOf(rec, v.Why)
			e.Next = v.Next
			l.out.Held = append(l.out.Held, e)
		}
	}
	return out
}

// hasNoMedia reports whether Instagram says that the account has no media at all. An empty list by
// itself proves nothing.
func (l *ledger) hasNoMedia(ctx context.Context) bool {
	me, err := l.Instagram.Me(ctx)
	return err == nil && me.MediaCounted && me.MediaCount == 0
}

func showsOlder(media []instagram.Media, t time.Time) bool {
	for _, m := range media {
		if m.Timestamp.Before(t) {
			return true
		}
	}
	return false
}

func ids(media []instagram.Media) map[string]bool {
	out := map[string]bool{}
	for _, m := range media {
		out[m.ID] = true
	}
	return out
}

// writeUnlisted notes that a media is not listed, and ends it where that is proven.
func (l *ledger) writeUnlisted(
	d *state.Document, id string, u verdict.Unlisted,
) (withdrawn, givenUp []Entry) {
	rec := d.Find(id)
	if rec == nil || rec.Status != state.Posting || rec.Intent != nil {
		return nil, nil
	}
	ev := rec.Ev()
	if ev.Unlisted.After(l.Now()) {
		ev.Unlisted = time.Time{}
	}
	u.Since = ev.Unlisted
	v := u.Withdrawn(l.Now())
	switch {
	case v.Proven && len(rec.Posts) == 0:
		d.Settle(rec, state.Withdrawn, v.Why, l.Now())
		return []Entry{entryOf(*rec, v.Why)}, nil
	case v.Proven:
		d.GiveUp(rec, v.Why+", and a part of its thread is on X", l.Now())
		return nil, []Entry{entryOf(*rec, rec.Reason)}
	case ev.Unlisted.IsZero():
		ev.Unlisted, rec.Reason = l.Now().UTC().Truncate(time.Second), v.Why
		if ev.Hold == "" {
			ev.Hold = state.HeldUnlisted
		}
	}
	return nil, nil
}

// relisted are the held or withdrawn media that Instagram lists again.
func (l *ledger) relisted(media []instagram.Media) (out []string) {
	listed := ids(media)
	for _, rec := range l.Session.Doc().Ledger {
		unlisted := rec.Evidence != nil && !rec.Evidence.Unlisted.IsZero()
		if listed[rec.MediaID] && (unlisted || rec.Status == state.Withdrawn) {
			out = append(out, rec.MediaID)
		}
	}
	return out
}

// ending are the media that may be ended without a post now: the cursor may move to each.
func ending(d *state.Document, res plan.Result, unlisted map[string]bool) (out []instagram.Media) {
	for _, s := range slices.Concat(res.Skips, res.Ended) {
		out = append(out, s.Media)
	}
	for id := range unlisted {
		if rec := d.Find(id); rec != nil {
			out = append(out, instagram.Media{ID: id, Timestamp: rec.Timestamp})
		}
	}
	return out
}

// recordOvertaken gives every older media that is selected and has no record one, in the commit that
// lets this one overtake it: the cursor never passes a media without a record. Records that were
// found in the document before are stale afterwards.
func (r *Run) recordOvertaken(d *state.Document, m instagram.Media) {
	for _, older := range r.selected {
		if plan.Compare(older, m) < 0 && d.New(older.ID, older.Timestamp) {
			d.Record(older.ID, older.Timestamp, older.Permalink)
		}
	}
}
