package verdict

import (
	"testing"
	"time"
)

func TestFileLost(t *testing.T) {
	type tried struct {
		at    time.Duration
		shown bool
	}
	for _, tt := range []struct {
		name string
		in   []tried
		want bool
		why  string
		next time.Time
	}{
		{"never asked for", nil, false, "0 tries", time.Time{}},
		{"24 hours, shown twice", []tried{{0, true}, {day, true}}, true, "24 hours", time.Time{}},
		{"30 hours, shown twice of three", []tried{{0, false}, {day, true}, {30 * hour, true}},
			true, "30 hours, and gave other files in 2 tries", time.Time{}},
		{"just under 24 hours", []tried{{0, true}, {day - 1, true}}, false, "24 hours", at(day)},
		{"shown once", []tried{{0, true}, {day, false}}, false, "1 try", time.Time{}},
		{"the host gives nothing at all", []tried{{0, false}, {2 * day, false}, {9 * day, false}},
			false, "0 tries", time.Time{}},
		{"shown twice within the hour", []tried{{0, false}, {day, true}, {day + hour - 1, true}},
			false, "1 try", time.Time{}},
		{"shown twice an hour apart", []tried{{0, false}, {day, true}, {day + hour, true}},
			true, "25 hours", time.Time{}},
		{"begun under a clock that was ahead", []tried{{9 * day, true}, {0, true}, {hour, true}},
			false, "24 hours", at(day)},
		{"and 24 hours later", []tried{{9 * day, true}, {0, true}, {day, true}},
			true, "24 hours", time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Missing
			now := noon
			for _, try := range tt.in {
				now = at(try.at)
				m = m.Add(now, try.shown, "404")
			}
			got := m.Lost(now)
			check(t, got, tt.want, tt.why)
			checkTime(t, got.Next, tt.next)
		})
	}
}

func TestMissingAdd(t *testing.T) {
	m := Missing{}.Add(at(0), true, "404").Add(at(59*minute), true, "410")
	want := Missing{Since: at(0), Last: at(0), Shown: 1, Why: "410"}
	if m != want {
		t.Errorf("within the hour: %+v, want %+v", m, want)
	}
	m = m.Add(at(2*hour), false, "HTML")
	want.Last, want.Why = at(2*hour), "HTML"
	if m != want {
		t.Errorf("two hours later: %+v, want %+v", m, want)
	}
	m = Missing{Since: at(0), Last: at(9 * day), Shown: 1}.Add(at(day), true, "404")
	if want := (Missing{Since: at(day), Last: at(day), Shown: 1, Why: "404"}); m != want {
		t.Errorf("the last one lies ahead: %+v, want %+v", m, want)
	}
	m = Missing{Since: at(0), Last: at(day + hour), Shown: 1}.Add(at(day), true, "404")
	if want := (Missing{Since: at(0), Last: at(day + hour), Shown: 1, Why: "404"}); m != want {
		t.Errorf("the last one lies ahead by an hour: %+v, want %+v", m, want)
	}
	m = Missing{Since: at(1), Shown: 1}.Add(at(0), true, "404")
	if want := (Missing{Since: at(0), Last: at(0), Shown: 1, Why: "404"}); m != want {
		t.Errorf("the beginning lies ahead: %+v, want %+v", m, want)
	}
}

// TestFileLostOfState judges what a document may hold, whoever wrote it.
func TestFileLostOfState(t *testing.T) {
	for _, since := range []time.Time{{}, at(hour)} {
		got := Missing{Since: since, Shown: 2}.Lost(noon)
		check(t, got, false, "24 hours")
		checkTime(t, got.Next, at(day))
	}
}

func TestNoFile(t *testing.T) {
	for _, tt := range []struct {
		name  string
		since time.Time
		want  bool
		next  time.Time
	}{
		{"the first list", time.Time{}, false, at(hour)},
		{"just under an hour", at(-hour + 1), false, at(1)},
		{"an hour", at(-hour), true, time.Time{}},
		{"a day", at(-day), true, time.Time{}},
		{"since a moment ahead", at(9 * day), false, at(hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := NoFile(tt.since, noon)
			check(t, got, tt.want, "list")
			checkTime(t, got.Next, tt.next)
		})
	}
}

func TestWithdrawn(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   Unlisted
		want bool
		next time.Time
	}{
		{"the first list", Unlisted{Shown: true}, false, at(day)},
		{"24 hours apart", Unlisted{Since: at(-day), Shown: true}, true, time.Time{}},
		{"just under 24 hours", Unlisted{Since: at(-day + 1), Shown: true}, false, at(1)},
		{"the neighbour is not shown either", Unlisted{Since: at(-9 * day)}, false, time.Time{}},
		{"since a moment ahead", Unlisted{Since: at(9 * day), Shown: true}, false, at(day)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.in.Withdrawn(noon)
			check(t, got, tt.want, "list")
			checkTime(t, got.Next, tt.next)
		})
	}
}

func TestNothingOlderIsNew(t *testing.T) {
	old, young := at(-1), noon
	list := func(young ...int) []time.Time {
		times := make([]time.Time, 12)
		for i := range times {
			times[i] = old
		}
		for _, i := range young {
			times[i] = noon
		}
		return times
	}
	for _, tt := range []struct {
		name string
		in   []time.Time
		want bool
	}{
		{"nothing read", nil, false},
		{"nine old ones", list()[:9], false},
		{"ten old ones", list()[:10], true},
		{"a young one in front of ten", list(1), true},
		{"a young one is the tenth from the end", list(2), false},
		{"a young one is the last", list(11), false},
		{"one of the very moment", append(list(), young), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := NothingOlderIsNew(tt.in, noon); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
