package mirror

import (
	"context"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// looked is what a look at the timeline shows.
type looked struct {
	verdict.Look
	found string // the id of the post, "" if it was not found
}

// timeline reads the account's own posts from a bound on. X bills each post that is read.
func (a *account) timeline(ctx context.Context, from xapi.Bound) (line xapi.Timeline, err error) {
	user, err := a.userID(ctx)
	if err != nil {
		return xapi.Timeline{}, err
	}
	err = a.authorized(ctx, func() error {
		line, err = a.x.Timeline(ctx, user, from)
		return err
	})
	a.usd += plan.USDRead * float64(line.Read)
	return line, err
}

// since reads the account's own posts from a moment on, and reports whether that was all of them.
func (a *account) since(ctx context.Context, at time.Time) ([]xapi.Tweet, bool, error) {
	line, err := a.timeline(ctx, xapi.Bound{Since: at})
	return line.Posts, line.Complete, err
}

// shows reports whether the account's own timeline shows a post that was made at a moment. It is
// true where the timeline can't be read to its end: nothing is concluded from that.
func (a *account) shows(ctx context.Context, id string, made time.Time) (bool, error) {
	line, err := a.timeline(ctx, xapi.Bound{Since: made.Add(-time.Hour)})
	return shows(line.Posts, id) || !line.Complete, err
}

// look reads the account's own timeline, from before the intent to its end, in search of a post.
func (a *account) look(ctx context.Context, s verdict.Sought) (looked, error) {
	line, err := a.timeline(ctx, a.bound(s))
	if err != nil {
		return looked{}, err
	}
	out := looked{
		Look: verdict.Look{At: a.now(), Whole: line.Complete, Posts: len(line.Posts)},
	}
	settled := settledPosts(a.session.Doc())
	for _, p := range line.Posts {
		if settled[p.ID] {
			continue
		}
		s, seen := s, seenOf(p)
		if s.Link == state.AnyLink {
			s.Link, seen.Link = "", "" // nobody knows which it was: the text alone is compared
		}
		if s.Is(seen) {
			out.found = p.ID
			return out, nil
		}
		out.CouldBe = out.CouldBe || s.CouldBe(seen)
	}
	return out, nil
}

// bound is from where the timeline is read: the newest known post that was made before the intent,
// or an hour before the intent.
func (a *account) bound(s verdict.Sought) xapi.Bound {
	b := xapi.Bound{Since: s.At.Add(-time.Hour)}
	for _, rec := range a.session.Doc().Ledger {
		settledBefore := !rec.Settled.IsZero() && rec.Settled.Before(s.At.Add(-5*time.Minute))
		earlierPart := rec.Intent != nil && rec.Intent.At.Equal(s.At)
		if !settledBefore && !earlierPart {
			continue
		}
		for _, id := range rec.Posts {
			if state.CompareIDs(id, b.SinceID) > 0 {
				b.SinceID = id
			}
		}
	}
	return b
}

// seenOf is a post of the timeline as the verdicts want to know it.
func seenOf(p xapi.Tweet) verdict.Seen {
	s := verdict.Seen{
		ID: p.ID, At: p.CreatedAt, MediaNamed: len(p.MediaKeys) > 0,
		Text: state.TextDigest(p.PlainText()), Link: state.LinksDigest(p.Links),
		Files: len(p.MediaKeys) > 0 || p.HasFiles,
	}
	for _, key := range p.MediaKeys {
		s.Media = append(s.Media, mediaID(key))
	}
	return s
}

// mediaID returns the id in a media key such as "3_1880028106020515840".
func mediaID(key string) string {
	if _, id, ok := strings.Cut(key, "_"); ok {
		return id
	}
	return key
}

// settledPosts returns the ids of all X posts in the ledger.
func settledPosts(d *state.Document) map[string]bool {
	out := map[string]bool{}
	for _, rec := range d.Ledger {
		for _, id := range rec.Posts {
			out[id] = true
		}
	}
	return out
}
