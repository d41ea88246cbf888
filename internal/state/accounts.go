package state

import "time"

// OtherInstagram makes the route another Instagram account's, of which only media published after
// from are new. The old account's waiting media are forgotten, and those of which a part may
// be on X are given up.
func (d *Document) OtherInstagram(from, now time.Time) {
	for i := range d.Ledger {
		r := &d.Ledger[i]
		switch {
		case r.Status != Posting:
		case r.Begun():
			d.GiveUp(r, "another Instagram account was taken while its thread was half posted", now)
		default:
			d.Settle(r, Withdrawn, "another Instagram account was taken", now)
		}
	}
	// Last: settling moves the cursor.
	d.Baseline, d.Cursor = from, Cursor{Timestamp: from}
}

// OtherX makes the route another X account's: waiting media are posted there, and those of which a
// part may be on the old account are listed as given up.
func (d *Document) OtherX(was string, now time.Time) {
	for i := range d.Ledger {
		if r := &d.Ledger[i]; r.Status == Posting && r.Begun() {
			d.GiveUp(r, "it was begun on @"+was+", and another X account was taken", now)
		}
	}
}
