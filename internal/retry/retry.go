// Package retry puts media back that were given up, so that the next run mirrors them, and decides
// a post whose outcome nobody knows as not made.
//
// It knows what a person may call a media: its permalink, its id, or the word all. It writes to the
// route's document and reads Instagram's list; it posts nothing. A media that is on X, or that the
// configuration left out, is refused with the reason.
package retry

import (
	"context"
	"net/url"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// All is the word that means all media of the list of what was given up.
const All = "all"

// Retry looks for one media, or for all that were given up, in the documents of the routes.
type Retry struct {
	Wanted string // a permalink, an id or All
	Words  message.Words
	Say    func(route, text string) // what became of a media
}

// Recorded puts back what the route's document has a record of. It reports whether there is one.
func (r *Retry) Recorded(ctx context.Context, s *state.Session) (found bool, err error) {
	if s.First() {
		return false, nil
	}
	for _, rec := range s.Doc().Ledger {
		if !r.matches(rec) {
			continue
		}
		found = true
		if err := r.putBack(ctx, s, rec); err != nil {
			return found, err
		}
	}
	return found, nil
}

// matches reports whether a record is what is asked for. All means the whole list of what was given
// up; a post whose outcome nobody knows is decided only by its own name, because a wrong answer
// posts it twice.
func (r *Retry) matches(rec state.Record) bool {
	if r.Wanted == All {
		return rec.Status == state.GivenUp && !rec.Acknowledged
	}
	return r.names(rec.MediaID, rec.Permalink)
}

// names reports whether a person means the media with this id and permalink.
func (r *Retry) names(id, permalink string) bool {
	return id == r.Wanted || samePost(permalink, r.Wanted)
}

// samePost reports whether two addresses name the same post on Instagram. A person may paste one
// with a query, without "www.", or of the other kind (/p/ for /reel/).
func samePost(a, b string) bool {
	code := shortcode(a)
	return code != "" && code == shortcode(b)
}

func shortcode(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !strings.HasSuffix("."+u.Hostname(), ".instagram.com") {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	return parts[len(parts)-1]
}

// putBack has the next run mirror a media that is recorded, and says so.
func (r *Retry) putBack(ctx context.Context, s *state.Session, rec state.Record) error {
	name, undecided := nameOf(message.Words{}, rec), rec.Intent != nil
	switch {
	case rec.Status == state.Posted:
		return message.New("retry.stored.posted", "Media", name)
	case rec.Status == state.Skipped:
		return message.New("retry.stored.skipped", "Media", name, "Why", rec.Reason)
	}
	done := false
	err := s.Publish(ctx, s.Route+": retry "+rec.MediaID, func(d *state.Document) error {
		if done = d.Retry(rec.MediaID); done && undecided {
			delete(d.Breakers, string(diagnosis.Undecided))
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Say(s.Route, r.outcome(rec, done))
	return nil
}

// outcome says what became of a record that was asked for.
func (r *Retry) outcome(rec state.Record, done bool) string {
	name := nameOf(r.Words, rec)
	switch {
	case !done && rec.Intent != nil:
		return r.Words.Text("retry.is-looked-for", "Media", name)
	case !done:
		return r.Words.Text("retry.waits", "Media", name)
	case rec.Status == state.Posting && rec.Intent != nil:
		return r.Words.Text("retry.not-posted", "Media", name)
	case rec.Status == state.Posting:
		return r.Words.Text("retry.was-held", "Media", name)
	}
	return r.Words.Text("retry.put-back", "Media", name)
}

func nameOf(w message.Words, rec state.Record) string {
	if rec.Permalink != "" {
		return rec.Permalink
	}
	return w.Text("retry.media", "ID", rec.MediaID)
}

// Listed puts back a media that Instagram's list shows: it may have been given up so long ago that
// no record of it is left.
func (r *Retry) Listed(ctx context.Context, s *state.Session, ig *instagram.Client) error {
	if s.First() {
		return message.Sentence("retry.stored.nothing")
	}
	m, err := r.find(ctx, ig)
	if err != nil {
		return err
	}
	says := r.Words.Text("retry.put-back", "Media", m.Permalink)
	err = s.Publish(ctx, s.Route+": retry "+m.ID, func(d *state.Document) error {
		if d.New(m.ID, m.Timestamp) {
			says = r.Words.Text("retry.new", "Media", m.Permalink)
			return nil
		}
		d.Record(m.ID, m.Timestamp, m.Permalink)
		return nil
	})
	if err == nil {
		r.Say(s.Route, says)
	}
	return err
}

// find reads the list as far as the page with the media.
func (r *Retry) find(ctx context.Context, ig *instagram.Client) (instagram.Media, error) {
	var found instagram.Media
	_, err := ig.List(ctx, func(page []instagram.Media) bool {
		for _, m := range page {
			if r.names(m.ID, m.Permalink) {
				found = m
				return true
			}
		}
		return false
	})
	switch {
	case err != nil:
		return found, message.Wrap(err, "retry.stored.list")
	case found.ID == "":
		return found, message.New("retry.stored.unknown", "Media", r.Wanted)
	}
	return found, nil
}
