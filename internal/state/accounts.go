package state

import (
	"time"

	"github.com/postferry/postferry/internal/message"
)

// english makes the reasons that the document keeps. They are stored messages: who prints one says
// it in the person's language.
var english message.Words

// OtherInstagram makes the route another Instagram account's, of which only media published after
// from are new. The old account's waiting media are forgotten, and those of which a part may
// be on X are given up.
func (d *Document) OtherInstagram(from, now time.Time) {
	for i := range d.Ledger {
		r := &d.Ledger[i]
		switch {
		case r.Status != Posting:
		case r.Begun():
			d.GiveUp(r, english.Text("state.stored.half-posted"), now)
		default:
			d.Settle(r, Withdrawn, english.Text("state.stored.other-instagram"), now)
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
			d.GiveUp(r, english.Text("state.stored.other-x", "Was", was), now)
		}
	}
}
