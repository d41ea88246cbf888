package mirror

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
)

// lister reads a route's media from Instagram.
type lister struct{ *Run }

// list reads the media as far back as there may be something to do.
func (l *lister) list(ctx context.Context) ([]instagram.Media, error) {
	media, err := l.Instagram.List(ctx, until(l.Session.Doc().Reach(), ""))
	if err != nil {
		return nil, fmt.Errorf("list the media: %w", err)
	}
	l.out.Listed = true
	for _, unread := range l.Instagram.Unread() {
		l.warn("%s", unread)
	}
	return media, nil
}

// relist reads one media again, for new addresses of its files.
func (l *lister) relist(ctx context.Context, old instagram.Media) (instagram.Media, error) {
	media, err := l.Instagram.List(ctx, until(old.Timestamp, old.ID))
	if err != nil {
		return old, fmt.Errorf("list the media again, for fresh addresses: %w", err)
	}
	for _, m := range media {
		if m.ID == old.ID {
			return m, nil
		}
	}
	return old, &httpx.Error{
		Service: "media", Op: "GET media file", Class: httpx.Invalid,
		Message: "its address has expired and Instagram no longer lists it",
	}
}

// until makes a stop condition for a list, which is newest first: it reports whether a page holds
// the media id or one that is older than oldest.
func until(oldest time.Time, id string) func([]instagram.Media) bool {
	return func(page []instagram.Media) bool {
		for _, m := range page {
			if m.ID == id || m.Timestamp.Before(oldest) {
				return true
			}
		}
		return false
	}
}

// username returns the account's own name. It is needed only if the list shows more than one; an
// error is a warning, because nothing depends on the name but collaborations.
func (l *lister) username(ctx context.Context, media []instagram.Media) string {
	names := map[string]bool{}
	for _, m := range media {
		names[m.Username] = true
	}
	delete(names, "")
	if len(names) < 2 || l.Route.Collaborations {
		return ""
	}
	if known := l.Session.Doc().Account.InstagramUsername; known != "" {
		return known
	}
	me, err := l.Instagram.Me(ctx)
	if err != nil {
		l.warn("the account's username could not be read (%v): collaborations are mirrored too", err)
	}
	return me.Username
}
