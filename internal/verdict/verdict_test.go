package verdict

import (
	"strings"
	"testing"
	"time"
)

// noon is the moment from which the tests count.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

func at(d time.Duration) time.Time { return noon.Add(d) }

// check compares a verdict. why is a part of the sentence that must be there.
func check(t *testing.T, got Verdict, proven bool, why string) {
	t.Helper()
	if got.Proven != proven {
		t.Errorf("proven: %v, want %v (%s)", got.Proven, proven, got.Why)
	}
	if got.Why == "" || !strings.Contains(got.Why, why) {
		t.Errorf("why: %q does not say %q", got.Why, why)
	}
	if got.Proven && !got.Next.IsZero() {
		t.Errorf("a proven verdict is asked again at %v", got.Next)
	}
}

func checkTime(t *testing.T, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProbeWait(t *testing.T) {
	for _, tt := range []struct {
		n    int
		want time.Duration
	}{
		{-1, hour}, {0, hour}, {1, hour}, {2, 2 * hour}, {3, 4 * hour},
		{4, 6 * hour}, {5, 6 * hour}, {100, 6 * hour},
	} {
		if got := ProbeWait(tt.n); got != tt.want {
			t.Errorf("ProbeWait(%d) = %v, want %v", tt.n, got, tt.want)
		}
	}
}
