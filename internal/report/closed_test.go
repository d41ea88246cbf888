package report

import (
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/diagnosis"
)

// TestMarks: a mark stands on a line of its own before the marker, which is still found, and at the
// end of a body without a marker.
func TestMarks(t *testing.T) {
	m := Marker("main", diagnosis.X, "0a1b2c3d4e5f")
	for _, tt := range []struct {
		name string
		mark func(string) string
		has  func(string) bool
		body string
		want string
	}{
		{"closed", MarkClosed, ClosedByUs, "text\n\n" + m + "\n",
			"text\n\n" + closedByUs + "\n" + m + "\n"},
		{"closed twice", MarkClosed, ClosedByUs, MarkClosed("text\n\n" + m + "\n"),
			"text\n\n" + closedByUs + "\n" + m + "\n"},
		{"closed without a marker", MarkClosed, ClosedByUs, "text", "text\n\n" + closedByUs},
		{"reopened", MarkReopened, WasReopened, "text\n\n" + m + "\n",
			"text\n\n" + reopenedByUs + "\n" + m + "\n"},
		{"reopened without a marker", MarkReopened, WasReopened, "text",
			"text\n\n" + reopenedByUs},
		{"before the last marker", MarkReopened, WasReopened, m + "\n" + m + "\n",
			m + "\n" + reopenedByUs + "\n" + m + "\n"},
	} {
		got := tt.mark(tt.body)
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if !tt.has(got) {
			t.Errorf("%s: the mark is not found in %q", tt.name, got)
		}
		if _, _, _, ok := ReadMarker(got); ok != strings.Contains(tt.body, m) {
			t.Errorf("%s: a marker is found: %v", tt.name, ok)
		}
	}
}

// TestUnmarkClosed: an issue that is opened again has the body it had, and keeps the other mark.
func TestUnmarkClosed(t *testing.T) {
	m := Marker("main", diagnosis.X, "0a1b2c3d4e5f")
	for _, body := range []string{
		"text\n\n" + m + "\n",
		MarkReopened("text\n\n" + m + "\n"),
	} {
		got := UnmarkClosed(MarkClosed(body))
		if got != body {
			t.Errorf("got %q, want %q", got, body)
		}
		if ClosedByUs(got) {
			t.Errorf("%q still has the mark", got)
		}
		if WasReopened(got) != strings.Contains(body, reopenedByUs) {
			t.Errorf("%q: the mark of a reopened issue is not as it was", got)
		}
	}
}

// TestMarksAreLines: a mark counts only as a line of its own.
func TestMarksAreLines(t *testing.T) {
	for _, tt := range []struct {
		body             string
		closed, reopened bool
	}{
		{"", false, false},
		{"text", false, false},
		{closedByUs, true, false},
		{reopenedByUs, false, true},
		{"> " + closedByUs + "\n" + reopenedByUs + " text", false, false},
		{"text\n" + closedByUs + "\n" + reopenedByUs + "\ntext", true, true},
	} {
		if got := ClosedByUs(tt.body); got != tt.closed {
			t.Errorf("%q: closed by us: got %v", tt.body, got)
		}
		if got := WasReopened(tt.body); got != tt.reopened {
			t.Errorf("%q: reopened: got %v", tt.body, got)
		}
	}
}

// TestMarkerOfVersion1: the budget had another name in old markers.
func TestMarkerOfVersion1(t *testing.T) {
	route, c, print, ok := ReadMarker("text\n" + Marker("main", "price", "0a1b2c") + "\n")
	if route != "main" || c != diagnosis.Budget || print != "0a1b2c" || !ok {
		t.Errorf("got %q, %q, %q, %v", route, c, print, ok)
	}
}
