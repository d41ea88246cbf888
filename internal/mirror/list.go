package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/verdict"
)

// lister reads what Instagram has of the account.
type lister struct {
	*Run
	ownName string // the account's name, if Instagram was asked for it in this run
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
	return media, nil
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
