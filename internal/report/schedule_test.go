package report

import (
	"strings"
	"testing"
	"time"
)

func TestLate(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 31, 40, 0, time.UTC)
	for _, tt := range []struct{ schedule, want string }{
		{"7,17,27,37,47,57 * * * *", "at 09:27 UTC at the latest; it began 5 min after"},
		{"13 1,7,13,19 * * *", "at 07:13 UTC at the latest; it began 2 h 19 min after"},
		{"*/10 * * * *", "at 09:30 UTC"},
		{"5-59/10 8-9 * * *", "at 09:25 UTC"},
		{"31 9 * * *", "at 09:31 UTC at the latest; it began 1 min after"},
		{"32 9 * * *", "at 09:32 UTC at the latest; it began 1 d 0 h after"},
		{"7 * * * 1", ""}, {"", ""}, {"61 * * * *", ""}, {"x * * * *", ""}, {"*/0 * * * *", ""}, {"5-1 * * * *", ""}, {"::error::x * * * *", ""},
	} {
		got := Late(tt.schedule, now)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.schedule, got, tt.want)
		}
	}
}

// FuzzLate: the cron line comes from GITHUB_EVENT_PATH, which is outside.
func FuzzLate(f *testing.F) {
	f.Add("7,17 * * * *")
	f.Add("*/5 1-3 * * *")
	now := time.Date(2026, 11, 23, 9, 31, 40, 0, time.UTC)
	f.Fuzz(func(t *testing.T, schedule string) {
		if s := Late(schedule, now); strings.Count(s, "\n") > 1 {
			t.Errorf("%q: %q", schedule, s)
		}
	})
}
