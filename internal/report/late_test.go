package report

import (
	"testing"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// TestLate: the words for posts that were quick, slow, and slower than any class says.
func TestLate(t *testing.T) {
	const heading = "## How late the posts were\n\n"
	for _, tt := range []struct {
		name  string
		sum   state.Late
		delay time.Duration
		want  string // "" for no part of the page
	}{
		{"none", state.Late{}, 0, ""},
		{"quick", state.Late{Classes: []int{3}, Minutes: 30, Schedule: 27, Unheld: 3}, 0,
			"Half of the 3 media of the last 30 days were on X within 15 minutes of their " +
				"publication. 95 % were within 15 minutes. 90 % of the time was the wait for the " +
				"first run after the publication, which GitHub starts.\n\nwithin 15 minutes: 3\n\n"},
		{"a delay is not the schedule's",
			state.Late{Classes: []int{0, 2}, Minutes: 50, Schedule: 45, Unheld: 2}, 20 * time.Minute,
			"Half of the 2 media of the last 30 days were on X within 30 minutes of their " +
				"publication. 95 % were within 30 minutes. 10 % of the time was the wait for the " +
				"first run after the publication, which GitHub starts.\n\nwithin 30 minutes: 2\n\n"},
		{"some were slow", state.Late{Classes: []int{3, 0, 0, 0, 0, 1}}, 0,
			"Half of the 4 media of the last 30 days were on X within 15 minutes of their " +
				"publication. More than 5 % took longer than 12 hours.\n\n" +
				"within 15 minutes: 3 · later: 1\n\n"},
		{"most were slow", state.Late{Classes: []int{0, 0, 0, 0, 0, 3}}, 0,
			"Half of the 3 media of the last 30 days were on X more than 12 hours after their " +
				"publication. More than 5 % took longer than 12 hours.\n\nlater: 3\n\n"},
	} {
		want := tt.want
		if want != "" {
			want = heading + want
		}
		if got := (late{sum: tt.sum, delay: tt.delay}).text(); got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
}

// TestLateOfThirtyDays: the page adds up the last 30 days where the person lives.
func TestLateOfThirtyDays(t *testing.T) {
	d := &state.Document{History: state.History{
		{Date: "2026-10-24", Late: &state.Late{Classes: []int{5}}},
		{Date: "2026-10-25", Late: &state.Late{Classes: []int{1}}},
		{Date: "2026-11-23", Late: &state.Late{Classes: []int{1}}},
	}}
	if got := (StatusPage{Doc: d, Now: now}).late().sum.Media(); got != 2 {
		t.Errorf("got %d media, want those of the last 30 days", got)
	}
}
