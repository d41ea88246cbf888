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
			route, area, fp, ok := Body(tt.body).Marker()
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
		route, area, fp, ok := Body(body).Marker()
		if ok && !strings.Contains(body, Marker(route, area, fp)) {
			t.Errorf("read a marker that is not there: %q %q %q", route, area, fp)
		}
	})
}

// TestWrittenBy: an attempt of a run is found by the hidden comment, or by the link of an
// occurrence, and is not taken for another attempt or another run.
func TestWrittenBy(t *testing.T) {
	const runs = "https://github.com/o/r/actions/runs/"
	end := "\n" + Marker("main", "job", "abc") + "\n"
	for _, tt := range []struct {
		name, body, run, attempt string
		want                     bool
	}{
		{"the comment", RunMarker("47", "") + end, "47", "", true},
		{"saved in a browser", "a\r\n" + RunMarker("47", "") + "\r\n" + end, "47", "", true},
		{"another attempt", RunMarker("47", "2") + end, "47", "", false},
		{"another run", RunMarker("471", "") + end, "47", "", false},
		{"marked as closed", Body(RunMarker("47", "2") + end).AsClosed(), "47", "2", true},
		{"quoted", "it said " + RunMarker("47", "") + end, "47", "", false},
		{"an occurrence", "| [47](" + runs + "47) |" + end, "47", "", true},
		{"an occurrence of another attempt", "[47](" + runs + "47/attempts/2)" + end, "47", "", false},
		{"the second attempt", "[47](" + runs + "47/attempts/2)" + end, "47", "2", true},
		{"the twentieth", "[47](" + runs + "47/attempts/20)" + end, "47", "2", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Body(tt.body).WrittenBy(runs, tt.run, tt.attempt); got != tt.want {
				t.Errorf("got %v, want %v of %q", got, tt.want, tt.body)
			}
			if _, _, _, ok := Body(tt.body).Marker(); !ok {
				t.Error("the marker at the end can't be read")
			}
		})
	}
}
