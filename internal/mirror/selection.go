package mirror

import (
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
)

// selection are the media that are selected and not ended.
type selection []instagram.Media

// recordOvertaken gives every older media that has no record one, in the commit that lets m
// overtake it: the cursor never passes a media without a record. Records that were found in the
// document before are stale afterwards.
func (s selection) recordOvertaken(d *state.Document, m instagram.Media) {
	for _, older := range s {
		if plan.Compare(older, m) < 0 && d.New(older.ID, older.Timestamp) {
			d.Record(older.ID, older.Timestamp, older.Permalink)
		}
	}
}

// Unfinished counts the media that a document knows as selected and not ended. A route that waits
// for a breaker lists nothing, and knows these alone.
func Unfinished(d *state.Document) int { return selection(nil).pending(d) }

// pending counts the media that are selected and not ended by now, and the unfinished ones that the
// list does not show. A run that could not read the list knows the unfinished ones alone.
func (s selection) pending(d *state.Document) (n int) {
	listed := map[string]bool{}
	for _, m := range s {
		listed[m.ID] = true
		rec := d.Find(m.ID)
		if rec == nil && d.New(m.ID, m.Timestamp) || rec != nil && rec.Status == state.Posting {
			n++
		}
	}
	for _, rec := range d.Ledger {
		if rec.Status == state.Posting && !listed[rec.MediaID] {
			n++
		}
	}
	return n
}
