package config

import (
	"testing"
	"time"
)

func TestStart(t *testing.T) {
	for _, tt := range []struct {
		in       string
		now, all bool
		date     string
	}{
		{"now", true, false, ""},
		{"all", false, true, ""},
		{"'all'", false, true, ""},
		{"2026-11-01", false, false, "2026-11-01T00:00:00Z"},
		{`"2026-11-01"`, false, false, "2026-11-01T00:00:00Z"},
		{"2026-11-01T09:30:00+09:00", false, false, "2026-11-01T00:30:00Z"},
		{"2026-11-01T23:59:59Z", false, false, "2026-11-01T23:59:59Z"},
		{"2024-02-29", false, false, "2024-02-29T00:00:00Z"},
	} {
		s := mustParse(t, "routes: {main: {start: "+tt.in+"}}").Routes[0].Start
		date := ""
		if d := s.Date(time.UTC); !d.IsZero() {
			date = d.Format(time.RFC3339)
		}
		if s.Now() != tt.now || s.All() != tt.all || date != tt.date {
			t.Errorf("%s: got now %v, all %v, date %q; want %v, %v, %q",
				tt.in, s.Now(), s.All(), date, tt.now, tt.all, tt.date)
		}
	}
}

// A Start that nobody set takes nothing that is there already: the mistake that posts least.
func TestZeroStartIsNow(t *testing.T) {
	var s Start
	if !s.Now() || s.All() || !s.Date(time.UTC).IsZero() {
		t.Errorf("got now %v, all %v, date %v", s.Now(), s.All(), s.Date(time.UTC))
	}
}

func TestStartsThatAreNone(t *testing.T) {
	for _, in := range []string{
		"Now", "ALL", "yesterday", "2026-11", "2026-1-1", "01.11.2026", "2026-02-29", "2026-13-01",
		"2026-11-01 09:30:00", "2026-11-01T09:30", "0001-01-01", "true", "[now]", "''",
		"20261101"} {
		if got := problemsOf("routes: {main: {start: " + in + "}}"); got == "" {
			t.Errorf("%s is accepted", in)
		}
	}
}
