package diagnosis

import (
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// heldLong is how long a media may be held while all is called well.
const heldLong = 24 * time.Hour

// Unwell says what keeps a route from being well, "" if all is well: an open incident, media that
// were given up and that nobody has acknowledged, or a media that is held for more than a day.
func Unwell(d *state.Document, now time.Time) string {
	for _, i := range d.Incidents {
		c := Component(i.Component)
		if !i.Closed.IsZero() || !c.Failure() {
			continue
		}
		if title := titleOf(i.Cause); title != "" {
			return title
		}
		return "something does not work: " + c.Name()
	}
	if n := len(d.Ledger.GivenUp()); n > 0 {
		return fmt.Sprintf("media that were given up: %d", n)
	}
	for _, r := range d.Ledger.Held() {
		if now.Sub(r.HeldSince()) > heldLong {
			return "a media is held for more than a day"
		}
	}
	return ""
}

func titleOf(key string) string {
	d, _ := DiagnosisOf(key)
	return d.Title
}
