package mirror

import (
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// deletions notes which of the mirrored media their owner has deleted on Instagram. They stay on X:
// a list may lack a media for other reasons, and a post that is deleted can't be brought back.
type deletions struct {
	media []instagram.Media // as listed
	// back is the moment after which the list shows everything. It is zero if the list was read to
	// its end.
	back time.Time
	now  func() time.Time
}

// note enters in a document what the list shows, and reports whether that changes the document.
func (s *deletions) note(d *state.Document) (changed bool) {
	listed := ids(s.media)
	for i := range d.Ledger {
		rec := &d.Ledger[i]
		switch {
		case rec.Status != state.Posted:
		case listed[rec.MediaID]:
			changed = changed || rec.Deleted != nil
			rec.Deleted = nil // its owner took it out of the archive
		case rec.Timestamp.After(d.Baseline) && s.lacks(rec.Timestamp):
			changed = s.missing(rec) || changed
		}
	}
	return changed
}

// lacks reports whether a media of that time would be listed: the list reaches back to it, and
// shows an older one.
func (s *deletions) lacks(t time.Time) bool { return t.After(s.back) && showsOlder(s.media, t) }

// missing notes that the list lacks a mirrored media. It reports whether that is news.
func (s *deletions) missing(rec *state.Record) bool {
	now := s.now()
	del := rec.Deleted
	if del == nil || del.Since.After(now) {
		rec.Deleted = &state.Deletion{Since: now.UTC().Truncate(time.Second)}
		return true
	}
	proven := verdict.Unlisted{Since: del.Since, Shown: true}.Withdrawn(now).Proven
	if del.Proven || !proven {
		return false
	}
	del.Proven = true
	return true
}
