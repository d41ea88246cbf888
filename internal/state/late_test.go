package state

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestToday: the limit counts UTC days, whatever days the history has, and holds when the clock is
// set back.
func TestToday(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*3600)
	morning := at("2026-11-23T23:30:00Z") // 08:30 of the 24th in Tokyo
	d := &Document{Zone: tokyo}
	d.Settle(&Record{}, Posted, "", morning)
	d.Settle(&Record{}, Posted, "", morning.Add(time.Minute))
	if got := d.History; len(got) != 1 || got[0].Date != "2026-11-24" || got[0].Media != 2 {
		t.Errorf("the history is %+v, want a day of Tokyo", got)
	}
	d.History.Failed("x", morning, d.Zone)
	if got := d.History; len(got) != 1 || len(got[0].Incidents) != 1 {
		t.Errorf("a failure is on another day: %+v", got)
	}
	for name, tt := range map[string]struct {
		at   time.Time
		want int
	}{
		"today":                   {morning, 2},
		"the next UTC day":        {morning.Add(time.Hour), 0},
		"a clock that is behind":  {morning.Add(-24 * time.Hour), 2},
		"a clock that was far on": {morning.Add(-48 * time.Hour), 0},
	} {
		if got := d.MirroredOn(tt.at); got != tt.want {
			t.Errorf("%s: got %d, want %d", name, got, tt.want)
		}
	}
	d.Settle(&Record{}, Posted, "", morning.Add(-24*time.Hour))
	if got := d.MirroredOn(morning); got != 3 {
		t.Errorf("what was posted while the clock was behind does not count: %d", got)
	}
	old := &Document{History: History{{Date: "2026-11-23", Media: 4}}}
	if got := old.MirroredOn(morning); got != 4 {
		t.Errorf("a document of before: got %d, want 4", got)
	}
	old.Settle(&Record{}, Posted, "", morning)
	if got := old.MirroredOn(morning); got != 5 {
		t.Errorf("a document of before goes on with %d, want 5", got)
	}
}

// TestLate: a media is counted in its class. What was held tells nothing of the schedule.
func TestLate(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Record
		want Late
	}{
		{"at once", Record{Timestamp: day(2)}, Late{Classes: []int{1}, Unheld: 1}},
		{"a published time that lies ahead", Record{Timestamp: day(3)},
			Late{Classes: []int{1}, Unheld: 1}},
		{"the end of a class", Record{Timestamp: day(2).Add(-15 * time.Minute)},
			Late{Classes: []int{1}, Minutes: 15, Schedule: 15, Unheld: 1}},
		{"uploaded some minutes before", Record{
			Timestamp: day(2).Add(-40 * time.Minute), Uploaded: day(2).Add(-10 * time.Minute),
		}, Late{Classes: []int{0, 0, 1}, Minutes: 40, Schedule: 30, Unheld: 1}},
		{"held", Record{Timestamp: day(1), Reason: "X refuses its file"},
			Late{Classes: []int{0, 0, 0, 0, 0, 1}}},
	} {
		var got Late
		got.add(&tt.r, day(2))
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.name, diff)
		}
	}
}

// TestLateOfDays: the sum of the last days, and within what time how many were posted.
func TestLateOfDays(t *testing.T) {
	d := &Document{}
	for n := range 40 {
		took := 10 * time.Minute
		if n%10 == 9 {
			took = 2 * time.Hour
		}
		d.Settle(&Record{Timestamp: day(n).Add(-took)}, Posted, "", day(n))
	}
	kept := slices.IndexFunc(d.History, func(d Day) bool { return d.Late != nil })
	if kept != 40-keepLate {
		t.Errorf("%d days have lost their lateness, want %d", kept, 40-keepLate)
	}
	sum := d.History.Late(day(20).Format(time.DateOnly))
	want := Late{Classes: []int{18, 0, 0, 2, 0, 0}, Minutes: 420, Schedule: 420, Unheld: 20}
	if diff := cmp.Diff(sum, want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
	half, most, all := sum.Within(0.5), sum.Within(0.95), (Late{Classes: []int{0, 0, 0, 0, 0, 1}})
	if half != 15*time.Minute || most != 3*time.Hour || all.Within(0.5) != 0 || sum.Media() != 20 {
		t.Errorf("half within %v, most within %v, the late within %v", half, most, all.Within(0.5))
	}
}
