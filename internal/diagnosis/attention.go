package diagnosis

import (
	"fmt"
	"slices"
	"time"
)

// Attention is the area of the one issue that tells of what will run out. It is no failure: no run is red for it.
const Attention Component = "attention"

// Expiry is something that ends on a known day.
type Expiry struct {
	What string // "the token behind SECRETS_TOKEN"
	At   time.Time
	Fix  string
	Link string
	// Ahead is how long before the end it is worth a person's attention.
	Ahead time.Duration
}

// Soon is how long before an end a person is told, SoonChange the same for a Graph version, which asks for a look at a
// changelog.
const (
	Soon       = 14 * 24 * time.Hour
	SoonChange = 90 * 24 * time.Hour
)

// Due are the expiries that it is time to tell of, the nearest first. A zero time is not known, or never.
func Due(all []Expiry, now time.Time) []Expiry {
	var out []Expiry
	for _, e := range all {
		if !e.At.IsZero() && e.At.Sub(now) <= e.Ahead {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Expiry) int { return a.At.Compare(b.At) })
	return out
}

// Says is the expiry in a sentence.
func (e Expiry) Says(now time.Time) string {
	day := e.At.UTC().Format(time.DateOnly)
	switch days := int(e.At.Sub(now).Hours() / 24); {
	case !e.At.After(now):
		return fmt.Sprintf("%s ended on %s.", e.What, day)
	case days == 0:
		return fmt.Sprintf("%s ends today (%s).", e.What, day)
	default:
		return fmt.Sprintf("%s ends on %s, in %d days.", e.What, day, days)
	}
}
