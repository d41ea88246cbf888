package diagnosis

import (
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// heldLong is how long a media may be held while all is called well.
const heldLong = 24 * time.Hour

// Unwell says what keeps a route from being well, "" if all is well: an open incident, media that
// were given up and that nobody has acknowledged, or a media that is held for more than a day.
func Unwell(w message.Words, d *state.Document, now time.Time) string {
	for _, i := range d.Incidents {
		c := Component(i.Component)
		if !i.Closed.IsZero() || !c.Failure() {
			continue
		}
		if cause, ok := DiagnosisOf(i.Cause); ok {
			return cause.In(w).Title
		}
		return w.Text("diagnosis.unwell.component", "Component", c.Name(w))
	}
	if n := len(d.Ledger.GivenUp()); n > 0 {
		return w.Text("diagnosis.unwell.given-up", "Count", n)
	}
	for _, r := range d.Ledger.Held() {
		if now.Sub(r.HeldSince()) > heldLong {
			return w.Text("diagnosis.unwell.held")
		}
	}
	return ""
}
