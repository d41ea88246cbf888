package config

import "time"

// Start says what the first run takes: "now", "all", or a date (2026-11-01, which means midnight in
// the configuration's time zone, or RFC 3339). The zero value is now.
type Start string

// All reports whether the first run takes everything that the account ever published.
func (s Start) All() bool { return s == "all" }

// Now reports whether the first run takes nothing that was published before it.
func (s Start) Now() bool { return s == "now" || s == "" }

// Date returns the moment from which on media are taken, in UTC. It is zero if All or Now. A date
// without a time means midnight at loc.
func (s Start) Date(loc *time.Location) time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, string(s), loc); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// valid reports whether s is one of the three.
func (s Start) valid() bool { return s.All() || s.Now() || !s.Date(time.UTC).IsZero() }
