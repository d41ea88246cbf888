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
		mark func(Body) string
		has  func(Body) bool
		body Body
		want string
	}{
		{"closed", Body.AsClosed, Body.ClosedByUs, Body("text\n\n" + m + "\n"),
			"text\n\n" + closedByUs + "\n" + m + "\n"},
		{"closed twice", Body.AsClosed, Body.ClosedByUs, Body(Body("text\n\n" + m + "\n").AsClosed()),
			"text\n\n" + closedByUs + "\n" + m + "\n"},
		{"closed without a marker", Body.AsClosed, Body.ClosedByUs, "text", "text\n\n" + closedByUs},
		{"reopened", Body.AsReopened, Body.WasReopened, Body("text\n\n" + m + "\n"),
			"text\n\n" + reopenedByUs + "\n" + m + "\n"},
		{"reopened without a marker", Body.AsReopened, Body.WasReopened, "text",
			"text\n\n" + reopenedByUs},
		{"before the last marker", Body.AsReopened, Body.WasReopened, Body(m + "\n" + m + "\n"),
			m + "\n" + reopenedByUs + "\n" + m + "\n"},
	} {
		got := tt.mark(tt.body)
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if !tt.has(Body(got)) {
			t.Errorf("%s: the mark is not found in %q", tt.name, got)
		}
		if _, _, _, ok := Body(got).Marker(); ok != strings.Contains(string(tt.body), m) {
			t.Errorf("%s: a marker is found: %v", tt.name, ok)
		}
	}
}

// TestAsOpen: an issue that is opened again has the body it had, and keeps the other mark.
func TestAsOpen(t *testing.T) {
	m := Marker("main", diagnosis.X, "0a1b2c3d4e5f")
	for _, body := range []Body{
		Body("text\n\n" + m + "\n"),
		Body(Body("text\n\n" + m + "\n").AsReopened()),
	} {
		got := Body(body.AsClosed()).asOpen()
		if got != body {
			t.Errorf("got %q, want %q", got, body)
		}
		if got.ClosedByUs() {
			t.Errorf("%q still has the mark", got)
		}
		if got.WasReopened() != strings.Contains(string(body), reopenedByUs) {
			t.Errorf("%q: the mark of a reopened issue is not as it was", got)
		}
	}
}

// TestMarksAreLines: a mark counts only as a line of its own.
func TestMarksAreLines(t *testing.T) {
	for _, tt := range []struct {
		body             Body
		closed, reopened bool
	}{
		{"", false, false},
		{"text", false, false},
		{closedByUs, true, false},
		{reopenedByUs, false, true},
		{"> " + closedByUs + "\n" + reopenedByUs + " text", false, false},
		{"text\n" + closedByUs + "\n" + reopenedByUs + "\ntext", true, true},
	} {
		if got := tt.body.ClosedByUs(); got != tt.closed {
			t.Errorf("%q: closed by us: got %v", tt.body, got)
		}
		if got := tt.body.WasReopened(); got != tt.reopened {
			t.Errorf("%q: reopened: got %v", tt.body, got)
		}
	}
}

// TestMarkerOfVersion1: the budget had another name in old markers.
func TestMarkerOfVersion1(t *testing.T) {
	route, c, print, ok := Body("text\n" + Marker("main", "price", "0a1b2c") + "\n").Marker()
	if route != "main" || c != diagnosis.Budget || print != "0a1b2c" || !ok {
		t.Errorf("got %q, %q, %q, %v", route, c, print, ok)
	}
}
