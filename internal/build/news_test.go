package build

import (
	"strings"
	"testing"
	"time"
)

func day(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 8, 0, 0, 0, time.UTC)
}

func TestNews(t *testing.T) {
	defer func() { Release = "" }()
	now := day(11, 25)
	list := []Published{
		{"v1.9.0", day(11, 1)}, {"v1.10.0", day(11, 20)}, {"v1.9.5", day(11, 2)},
		{"v1.2.3", day(10, 1)},
		{"v2-beta", day(11, 24)}, {"nightly", day(11, 24)},
	}
	for _, tt := range []struct {
		name, release string
		list          []Published
		facts         []Fact
		want          []string // each line has it
	}{
		{"newer by number, not by letter", "v1.9.0", list, nil,
			[]string{"A newer postferry, v1.10.0 of 2026-11-20, is out; this is v1.9.0 of " +
				"2026-11-01, 24 days old."}},
		{"the newest", "v1.10.0", list, nil, nil},
		{"newer than all", "v1.11.0", list, nil, nil},
		{"withdrawn", "v1.9.1", list, nil, []string{"this is v1.9.1. https"}},
		{"no release", "", list, nil, nil},
		{"the list could not be had", "v1.2.3", nil, nil, nil},
		{"an aged fact", "v1.10.0", list, []Fact{{"the price list", day(5, 1)}},
			[]string{"The price list in this version was last checked on 2026-05-01, 208 days ago. No"}},
		{"a fact of last month", "v1.10.0", list, []Fact{{"the price list", day(10, 1)}}, nil},
		{"both", "v1.2.3", list, []Fact{{"the price list", day(5, 1)}},
			[]string{"v1.10.0", "208 days ago."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			Release = tt.release
			got := Read(tt.list, tt.facts, now).Lines(now)
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, line := range got {
				if !strings.Contains(line, tt.want[i]) {
					t.Errorf("got %q, want %q", line, tt.want[i])
				}
			}
		})
	}
}

func TestNewer(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"v1.0.1", "v1.0.0", true}, {"v1.0.0", "v1.0.1", false}, {"v1.0.0", "v1.0.0", false},
		{"v2.0.0", "v1.99.99", true}, {"v1.0", "v0.0.1", false}, {"1.0.1", "v1.0.0", false},
		{"v1.0.-1", "v0.0.1", false}, {"v1.0.0", "commit abc", false},
		{"v99999999999.0.0", "v1.0.0", false},
	} {
		if got := newer(tt.a, tt.b); got != tt.want {
			t.Errorf("newer(%s, %s) = %v", tt.a, tt.b, got)
		}
	}
}
