package mirror

import (
	"context"
	"fmt"
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
}

// read reads the media as far back as there may be something to do. Pinned media may stand first,
// and the order is not relied on.
func (r *lister) read(ctx context.Context) ([]instagram.Media, error) {
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
	for _, unread := range r.Instagram.Unread() {
		r.warn("%s", unread)
	}
	if !r.Instagram.ReadAll() {
		r.back = verdict.ShownAfter(times)
	}
	return media, nil
}

// noteDeletions has each further commit of this run note what was deleted on Instagram. A media that
// can't be read is missing in the list and is not deleted. Until the guard has passed, the list may
// be another account's.
func (r *lister) noteDeletions(media []instagram.Media) {
	if len(r.Instagram.Unread()) > 0 {
		return
	}
	seen := &deletions{media: media, back: r.back, now: r.Now}
	r.Session.Along = func(d *state.Document) bool {
		return (r.guarded || r.Guard == nil) && seen.note(d)
	}
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
		r.warn("the account's username could not be read (%v): "+
			"what another account may have posted waits until it can", err)
		return ""
	}
	r.ownName = me.Username
	return me.Username
}
