package config

import "time"

// Start is what the first run takes: "now", "all", or a date (2026-11-01, midnight UTC; or RFC 3339). Empty is now.
type Start string

// All says that everything the account ever published is taken.
func (s Start) All() bool { return s == "all" }

// Now says that nothing is taken that is there already.
func (s Start) Now() bool { return s == "now" || s == "" }

// Date is the moment from which on media are taken, in UTC; zero with All and Now.
func (s Start) Date() time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, string(s)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// valid is false for what is none of the three.
func (s Start) valid() bool { return s.All() || s.Now() || !s.Date().IsZero() }
