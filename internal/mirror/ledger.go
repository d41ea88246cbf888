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

// ledger writes down what ends without a post: what the configuration leaves out, and what
// Instagram no longer lists.
type ledger struct {
	*Run
	media   []instagram.Media // as listed
	plan    plan.Result
	ownName string // the account's name, if it was read in this run

	unlisted map[string]bool // by media id: whether the list shows its older neighbour
	relisted []string        // the held or withdrawn media that are listed again
	// What the last writing of the document has ended.
	withdrawn, givenUp []Entry
}

// record commits what the plan leaves out, so that each is reported once, and what has become of
// media that the list does not show. A run that finds nothing of that writes nothing.
func (l *ledger) record(ctx context.Context) error {
	l.findUnlisted(ctx)
	l.findRelisted()
	if !l.changes() {
		return nil
	}
	if err := l.Session.Publish(ctx, l.message("skip"), l.write); err != nil {
		return err
	}
	l.out.Withdrawn = append(l.out.Withdrawn, l.withdrawn...)
	l.out.GivenUp = append(l.out.GivenUp, l.givenUp...)
	for _, s := range slices.Concat(l.plan.Skips, l.plan.Ended) {
		l.out.Skipped = append(l.out.Skipped,
			Entry{MediaID: s.Media.ID, Permalink: s.Media.Permalink, Why: s.Why})
	}
	return nil
}

// renamed reports whether the account has another name than the document remembers.
func (l *ledger) renamed() bool {
	return l.ownName != "" && l.ownName != l.Session.Doc().Account.InstagramUsername
}

// changes reports whether there is anything to write down.
func (l *ledger) changes() bool {
	planned := len(l.plan.Skips) + len(l.plan.Ended) + len(l.plan.Unfiltered)
	return planned+len(l.unlisted)+len(l.relisted) > 0 || l.renamed()
}

// write makes the entries in one document. It is called again with a newer one if another run wrote
// first.
func (l *ledger) write(d *state.Document) error {
	l.withdrawn, l.givenUp = nil, nil
	if l.renamed() {
		d.Account.InstagramUsername = l.ownName
	}
	for _, m := range l.ending(d) {
		l.selected.recordOvertaken(d, m)
	}
	l.writeLeftOut(d)
	for _, id := range l.relisted {
		if rec := d.Find(id); rec != nil {
			rec.Relist()
		}
	}
	for id, shown := range l.unlisted {
		l.writeUnlisted(d, id, verdict.Unlisted{Shown: shown, Only: len(l.media) == 0})
	}
	return nil
}

// writeLeftOut enters what the configuration leaves out, and what waits because its filter can't be
// evaluated.
func (l *ledger) writeLeftOut(d *state.Document) {
	for _, s := range l.plan.Skips {
		if d.Find(s.Media.ID) == nil {
			rec := d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink)
			d.Settle(rec, state.Skipped, s.Why, l.Now())
		}
	}
	for _, s := range l.plan.Ended {
		rec := d.Find(s.Media.ID)
		if rec != nil && rec.Status == state.Posting && !rec.Begun() {
			d.Settle(rec, state.Skipped, s.Why, l.Now())
		}
	}
	for _, s := range l.plan.Unfiltered {
		rec := d.Record(s.Media.ID, s.Media.Timestamp, s.Media.Permalink)
		rec.Ev().Hold, rec.Reason = state.HeldFilter, s.Why
	}
}

// ending are the media that may be ended without a post now: the cursor may move to each.
func (l *ledger) ending(d *state.Document) (out []instagram.Media) {
	for _, s := range slices.Concat(l.plan.Skips, l.plan.Ended) {
		out = append(out, s.Media)
	}
	for id := range l.unlisted {
		if rec := d.Find(id); rec != nil {
			out = append(out, instagram.Media{ID: id, Timestamp: rec.Timestamp})
		}
	}
	return out
}

// findUnlisted finds unfinished media that the list does not show, and whether it shows the older
// neighbour of each, which alone proves anything. It keeps only those that change the document.
func (l *ledger) findUnlisted(ctx context.Context) {
	listed := ids(l.media)
	l.unlisted = map[string]bool{}
	for _, rec := range l.Session.Doc().Ledger {
		if rec.Status != state.Posting || listed[rec.MediaID] || rec.Intent != nil {
			continue
		}
		shown := showsOlder(l.media, rec.Timestamp) || len(l.media) == 0 && l.hasNoMedia(ctx)
		since := l.unlistedSince(rec.Evidence)
		u := verdict.Unlisted{Since: since, Shown: shown, Only: len(l.media) == 0}
		v := u.Withdrawn(l.Now())
		if v.Proven || shown && since.IsZero() {
			l.unlisted[rec.MediaID] = shown
			continue
		}
		e := entryOf(rec, v.Why)
		e.Next = v.Next
		l.out.Held = append(l.out.Held, e)
	}
}

// unlistedSince is since when the list lacks a media, zero if it did not before. A time that lies
// ahead was written under a wrong clock, and begins anew.
func (l *ledger) unlistedSince(ev *state.Evidence) time.Time {
	if ev == nil || ev.Unlisted.After(l.Now()) {
		return time.Time{}
	}
	return ev.Unlisted
}

// hasNoMedia reports whether Instagram says that the account has no media at all. An empty list by
// itself proves nothing.
func (l *ledger) hasNoMedia(ctx context.Context) bool {
	me, err := l.Instagram.Me(ctx)
	return err == nil && me.MediaCounted && me.MediaCount == 0
}

func showsOlder(media []instagram.Media, t time.Time) bool {
	return slices.ContainsFunc(media, func(m instagram.Media) bool { return m.Timestamp.Before(t) })
}

func ids(media []instagram.Media) map[string]bool {
	out := map[string]bool{}
	for _, m := range media {
		out[m.ID] = true
	}
	return out
}

// writeUnlisted notes that a media is not listed, and ends it where that is proven.
func (l *ledger) writeUnlisted(d *state.Document, id string, u verdict.Unlisted) {
	rec := d.Find(id)
	if rec == nil || rec.Status != state.Posting || rec.Intent != nil {
		return
	}
	ev := rec.Ev()
	u.Since = l.unlistedSince(ev)
	v := u.Withdrawn(l.Now())
	switch {
	case v.Proven && len(rec.Posts) == 0:
		d.Settle(rec, state.Withdrawn, v.Why, l.Now())
		l.withdrawn = append(l.withdrawn, entryOf(*rec, v.Why))
	case v.Proven:
		d.GiveUp(rec, english.Text("mirror.stored.half", "Why", v.Why), l.Now())
		l.givenUp = append(l.givenUp, entryOf(*rec, rec.Reason))
	case u.Since.IsZero():
		ev.Unlisted, rec.Reason = l.Now().UTC().Truncate(time.Second), v.Why
		if ev.Hold == "" {
			ev.Hold = state.HeldUnlisted
		}
	}
}

// findRelisted finds the held or withdrawn media that Instagram lists again.
func (l *ledger) findRelisted() {
	listed := ids(l.media)
	for _, rec := range l.Session.Doc().Ledger {
		unlisted := rec.Evidence != nil && !rec.Evidence.Unlisted.IsZero()
		if listed[rec.MediaID] && (unlisted || rec.Status == state.Withdrawn) {
			l.relisted = append(l.relisted, rec.MediaID)
		}
	}
}
