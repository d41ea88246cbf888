package mirror

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// lister reads what Instagram has of the account.
type lister struct {
	*Run
	ownName string // the account's name, if Instagram was asked for it in this run
	// back is the moment after which the list shows everything, zero if it was read to its end.
	back time.Time
	// all reports whether the list was asked for with all fields.
	all bool
}

// refusedFor is for how long a field that Instagram refused is left out of the list of a run that
// has nothing to do.
const refusedFor = 7 * 24 * time.Hour

// read reads the media as far back as there may be something to do. Fields that Instagram refused
// lately are left out at first, and asked for again where there is something to do: what they tell
// travels with a post, and Instagram may give them again.
func (r *lister) read(ctx context.Context) ([]instagram.Media, error) {
	known := r.Session.Doc().ListFields
	r.all = r.outdated(r.Session.Doc())
	if !r.all {
		r.Instagram.LeaveOut(known.LeftOut)
	}
	media, err := r.list(ctx)
	if err == nil && !r.all && slices.ContainsFunc(media, r.isOpen) {
		r.all = true
		r.Instagram.LeaveOut(0)
		media, err = r.list(ctx)
	}
	return media, err
}

// outdated reports whether the document names no field that Instagram refused within a week.
func (r *lister) outdated(d *state.Document) bool {
	age := r.Now().Sub(d.ListFields.Since)
	return d.ListFields.LeftOut == 0 || age < 0 || age >= refusedFor
}

// isOpen reports whether a media is new, or is not ended.
func (r *lister) isOpen(m instagram.Media) bool {
	d := r.Session.Doc()
	rec := d.Find(m.ID)
	return d.New(m.ID, m.Timestamp) || rec != nil && rec.Status == state.Posting
}

// list reads the list. Pinned media may stand first, and the order is not relied on.
func (r *lister) list(ctx context.Context) ([]instagram.Media, error) {
	reach := r.Session.Doc().Reach()
	var times []time.Time
	media, err := r.Instagram.List(ctx, func(page []instagram.Media) bool {
		for _, m := range page {
			times = append(times, m.Timestamp)
		}
		return verdict.NothingOlderIsNew(times, reach)
	})
	if err != nil {
		return nil, fmt.Errorf("list the media: %w", err)
	}
	r.out.Works.Listed = true
	r.out.Warnings = append(r.out.Warnings, r.Instagram.Unread()...)
	if r.back = (time.Time{}); !r.Instagram.ReadAll() {
		r.back = verdict.ShownAfter(times)
	}
	return media, nil
}

// noteAlong has each further commit of this run note what the list has shown, since that costs
// nothing. Until the guard has passed, the list may be another account's.
func (r *lister) noteAlong(media []instagram.Media) {
	seen := r.deletions(media)
	r.Session.Along = func(d *state.Document) bool {
		fields := r.noteFields(d)
		return r.readable() && (r.guarded || r.Guard == nil) && seen.note(d) || fields
	}
}

// noteAlone notes at the end of a run what has changed since it was last noted: a deletion costs a
// commit when it is first seen, and one when it is proven. A run that posts nothing does not ask the
// guard; a list that shows a media of this route is no other account's.
func (r *lister) noteAlone(media []instagram.Media) func(*state.Document) error {
	return func(d *state.Document) error {
		if r.Instagram.LeftOut() != d.ListFields.LeftOut || r.outdated(d) {
			r.noteFields(d)
		}
		if r.readable() && !r.doubted && showsMirrored(d, media) {
			r.deletions(media).note(d)
		}
		return nil
	}
}

func (r *lister) deletions(media []instagram.Media) *deletions {
	return &deletions{media: media, back: r.back, now: r.Now}
}

// readable reports whether every media of the list could be read. One that could not is missing in
// the list, and is not deleted.
func (r *lister) readable() bool { return len(r.Instagram.Unread()) == 0 }

// showsMirrored reports whether the list shows a media that this route has posted.
func showsMirrored(d *state.Document, media []instagram.Media) bool {
	listed := ids(media)
	return slices.ContainsFunc(d.Ledger, func(rec state.Record) bool {
		return rec.Status == state.Posted && listed[rec.MediaID]
	})
}

// noteFields notes which fields Instagram refused, if all were asked for. It reports whether that
// changes the document.
func (r *lister) noteFields(d *state.Document) bool {
	before := d.ListFields
	if r.all {
		d.ListFields = state.ListFields{LeftOut: r.Instagram.LeftOut()}
		if d.ListFields.LeftOut > 0 {
			d.ListFields.Since = r.Now().UTC().Truncate(time.Second)
		}
	}
	return d.ListFields != before
}

// username returns the account's own name. It is needed only where the list shows more than one. A
// remembered name counts only while the list shows it: the account may have been renamed. "" says
// that the name can't be had, and that no collaboration can be told apart.
func (r *lister) username(ctx context.Context, media []instagram.Media) string {
	names := map[string]bool{}
	for _, m := range media {
		names[m.Username] = true
	}
	delete(names, "")
	if len(names) < 2 || r.Route.Collaborations {
		return ""
	}
	if known := r.Session.Doc().Account.InstagramUsername; names[known] {
		return known
	}
	me, err := r.Instagram.Me(ctx)
	if err != nil {
		r.warn("mirror.stored.no-username", "Why", err)
		return ""
	}
	r.ownName = me.Username
	return me.Username
}
