package build

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
	old, young := Fact{"prices", day(5, 1)}, Fact{"prices", day(10, 1)}
	for _, tt := range []struct {
		name, release string
		list          []Published
		facts         []Fact
		want          News
	}{
		{"newer by number, not by letter", "v1.9.0", list, nil,
			News{Own: list[0], Newest: list[1]}},
		{"the newest", "v1.10.0", list, nil, News{Own: list[1]}},
		{"newer than all", "v1.11.0", list, nil, News{Own: Published{Version: "v1.11.0"}}},
		{"withdrawn", "v1.9.1", list, nil,
			News{Own: Published{Version: "v1.9.1"}, Newest: list[1]}},
		{"no release", "", list, nil, News{Own: Published{Version: Version()}}},
		{"the list could not be had", "v1.2.3", nil, nil,
			News{Own: Published{Version: "v1.2.3"}}},
		{"an aged fact", "v1.10.0", list, []Fact{old}, News{Own: list[1], Aged: []Fact{old}}},
		{"a fact of last month", "v1.10.0", list, []Fact{young}, News{Own: list[1]}},
		{"both", "v1.2.3", list, []Fact{old, young},
			News{Own: list[3], Newest: list[1], Aged: []Fact{old}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			Release = tt.release
			if diff := cmp.Diff(tt.want, Read(tt.list, tt.facts, now)); diff != "" {
				t.Error(diff)
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
