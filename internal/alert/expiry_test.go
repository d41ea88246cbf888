package alert

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/message"
)

// TestDue: an expiry is due once its time ahead has begun, the nearest first.
func TestDue(t *testing.T) {
	day := 24 * time.Hour
	all := []Expiry{
		{What: "far", At: now.Add(15 * day), Ahead: soon},
		{What: "near", At: now.Add(13 * day), Ahead: soon}, {What: "never", Ahead: soon},
		{What: "version", At: now.Add(89 * day), Ahead: soonVersion},
		{What: "over", At: now.Add(-day), Ahead: soon},
		{What: "today", At: now.Add(time.Hour), Ahead: soon},
	}
	var got []string
	for _, e := range due(all, now) {
		got = append(got, e.sentence(message.Words{}, now))
	}
	want := "over ended on 2026-11-22. today ends today (2026-11-23). near ends on 2026-12-06, " +
		"in 13 days. version ends on 2027-02-20, in 89 days."
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}
