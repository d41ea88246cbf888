package report

import (
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/diagnosis"
)

func TestMarkerIsFoundOnlyWhereItIsPut(t *testing.T) {
	m := Marker("main", diagnosis.Instagram, "0a1b2c3d4e5f")
	for _, tt := range []struct {
		name, body string
		ok         bool
	}{
		{"at the end", "text\n\n" + m + "\n", true},
		{"with a person's CRLF", "text\r\n\r\n" + m + "\r\n", true},
		{"none", "text", false},
		{"quoted before the end", m + "\ntext", false},
		{"inside a line", "text " + m, false},
		{"forged in front of the real one", strings.Replace(m, "main", "other", 1) + "\ntext\n" + m, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			route, area, fp, ok := ReadMarker(tt.body)
			if ok != tt.ok {
				t.Fatalf("found %v, want %v", ok, tt.ok)
			}
			if ok && (route != "main" || area != diagnosis.Instagram || fp != "0a1b2c3d4e5f") {
				t.Errorf("read %q %q %q", route, area, fp)
			}
		})
	}
}

func FuzzReadMarker(f *testing.F) {
	f.Add("text\n" + Marker("main", diagnosis.X, "abc") + "\n")
	f.Fuzz(func(t *testing.T, body string) {
		route, area, fp, ok := ReadMarker(body)
		if ok && !strings.Contains(body, Marker(route, area, fp)) {
			t.Errorf("read a marker that is not there: %q %q %q", route, area, fp)
		}
	})
}
