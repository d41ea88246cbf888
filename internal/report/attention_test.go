package report

import (
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// TestStillOnX: each deletion is named with its address on both sides, and what came from outside
// can't be a link or a mention.
func TestStillOnX(t *testing.T) {
	deleted := []state.Record{
		{MediaID: "1", Permalink: "https://www.instagram.com/p/DR_1/", Posts: []string{"11", "12"}},
		{MediaID: "@2", Permalink: "https://evil.example/@2", Posts: []string{""}},
	}
	got := StillOnX(message.Words{}, "tester_x", deleted)
	want := "2 deleted on Instagram are still on X: https://www.instagram.com/p/DR_1/ " +
		"(on X: https://x.com/tester_x/status/11), media " + Text("@2") + "."
	if got.Text != want {
		t.Errorf("got  %s\nwant %s", got.Text, want)
	}
	many := make([]state.Record, maxDeletions+3)
	if text := StillOnX(message.Words{}, "", many).Text; !strings.HasSuffix(text, " and 3 more.") {
		t.Errorf("of %d: %s", len(many), text)
	}
	a := Attention{Due: []Reminder{got}}
	body := a.Body()
	if !strings.Contains(body, want) || !strings.HasPrefix(body, "Nothing is broken.") ||
		strings.Contains(body, "before it breaks") {
		t.Errorf("the issue says\n%s", body)
	}
}
