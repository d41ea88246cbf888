package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// TestPage: what the state branch shows of a route that is well, one that is not, and one that has
// only begun.
func TestPage(t *testing.T) {
	for _, tt := range []struct {
		name string
		doc  *state.Document
	}{
		{"well", document()},
		{"broken", brokenDocument()},
		{"new", &state.Document{Version: 1, Route: "main", Baseline: now}},
	} {
		inBoth(t, tt.name, func(t *testing.T, w message.Words, folder string) {
			p := StatusPage{
				Words: w, Doc: tt.doc, Routes: []string{"main"}, USDCap: 5, Now: now,
				IssuesURL: "https://github.com/kamo/mirror/issues/",
			}
			files := p.Files()
			want := []string{"README.md", "badge.json", "status.svg"}
			if got := slices.Sorted(maps.Keys(files)); !cmp.Equal(got, want) {
				t.Errorf("got the files %q, want %q", got, want)
			}
			for file, body := range files {
				golden(t, folder+"page/"+tt.name+"/"+file, body)
			}
		})
	}
}

// TestPageOfSeveral: each route has a folder, and the first page leads to all of them.
func TestPageOfSeveral(t *testing.T) {
	files := StatusPage{Doc: document(), Routes: []string{"main", "shop"}, USDCap: 5, Now: now}.Files()
	if got, want := slices.Sorted(maps.Keys(files)), []string{"README.md", "main/README.md", "main/badge.json", "main/status.svg"}; !cmp.Equal(got, want) {
		t.Errorf("got the files %q, want %q", got, want)
	}
	golden(t, "page/several/README.md", files["README.md"])
}

// TestVerdict: the few words of the title, the picture and the badge.
func TestVerdict(t *testing.T) {
	open := func(areas ...string) *state.Document {
		d := &state.Document{Route: "main"}
		for _, a := range areas {
			d.Incidents = append(d.Incidents, state.Incident{Component: a, First: now})
		}
		return d
	}
	closed := open("x")
	closed.Incidents[0].Closed = now
	for _, tt := range []struct {
		name  string
		doc   *state.Document
		want  string
		color string
	}{
		{"nothing", open(), "all is well", "brightgreen"},
		{"lately closed", closed, "all is well", "brightgreen"},
		{"attention is no failure", open("attention"), "all is well", "brightgreen"},
		{"one", open("x-token", "attention"), "X's login can't be renewed", "orange"},
		{"two", open("x", "instagram"), "2 things do not work", "orange"},
		{"an area of a later version", open("mastodon"), "something does not work", "orange"},
	} {
		files := StatusPage{Doc: tt.doc, Routes: []string{"main"}, Now: now}.Files()
		var badge struct {
			Version int `json:"schemaVersion"`
			Label   string
			Message string
			Color   string
		}
		if err := json.Unmarshal(files["badge.json"], &badge); err != nil {
			t.Fatal(err)
		}
		if badge.Version != 1 || badge.Label != "postferry" || badge.Message != tt.want || badge.Color != tt.color {
			t.Errorf("%s: got %+v, want %q in %s", tt.name, badge, tt.want, tt.color)
		}
		if title := "# main: " + tt.want + "\n"; !strings.HasPrefix(string(files["README.md"]), title) {
			t.Errorf("%s: the page does not begin with %q", tt.name, title)
		}
	}
}

// TestVerdictKnowsAllComponents: a new component of incidents needs its words here.
func TestVerdictKnowsAllComponents(t *testing.T) {
	for c := range diagnosis.Components() {
		d := &state.Document{Incidents: []state.Incident{{Component: string(c)}}}
		verdict, well := StatusPage{Doc: d}.verdict()
		if well == c.Failure() || strings.HasPrefix(verdict, "report.") {
			t.Errorf("%s: got %q, well %v", c, verdict, well)
		}
	}
}

// TestPageIsDeterministic: two runs that write the same document at the same moment write the same
// page.
func TestPageIsDeterministic(t *testing.T) {
	render := func() map[string][]byte {
		d := brokenDocument()
		d.RetryAfter = map[string]time.Time{"x": now.Add(time.Hour), "github": now.Add(time.Hour), "x-token": now.Add(2 * time.Hour), "instagram": now.Add(time.Hour)}
		return StatusPage{Doc: d, Routes: []string{"main"}, USDCap: 5, Now: now}.Files()
	}
	first := render()
	for range 20 {
		if again := render(); !maps.EqualFunc(again, first, bytes.Equal) {
			t.Fatalf("another page:\n%s", cmp.Diff(again, first))
		}
	}
}

// TestNextTry: a breaker's, the end of a pause that a service asked for, or the next run.
func TestNextTry(t *testing.T) {
	d := brokenDocument()
	d.RetryAfter = map[string]time.Time{"x": now.Add(15 * time.Minute), "github": ago(time.Hour)}
	p := StatusPage{Doc: d, Now: now}
	for area, want := range map[string]string{
		"instagram": "2026-11-23 11:07 UTC", "x": "2026-11-23 09:22 UTC",
		"github": "with the next run", "job": "with the next run",
	} {
		if got := p.nextTry(area); got != want {
			t.Errorf("%s: got %q, want %q", area, got, want)
		}
	}
	if got, want := p.rateLimited(), []string{"x"}; !cmp.Equal(got, want) {
		t.Errorf("left alone: got %q, want %q: not what is an incident, nor what is over", got, want)
	}
}

// TestPageIsBounded: the fullest document that the state allows makes a page that a browser opens
// at once.
func TestPageIsBounded(t *testing.T) {
	d := document()
	d.Ledger = nil
	for n := range 400 {
		r := state.Record{MediaID: fmt.Sprint(n), Timestamp: ago(time.Duration(400-n) * time.Minute), Permalink: permalinkOf(n), Status: state.Posted, Reason: strings.Repeat("é", 500)}
		for range 60 {
			r.Posts = append(r.Posts, "1990000000000000001")
		}
		d.Ledger = append(d.Ledger, r)
	}
	for n := range d.History {
		d.History[n].Media = 1 << 40
		d.History[n].Incidents = slices.Repeat([]string{"instagram"}, 100)
	}
	files := StatusPage{Doc: d, Routes: []string{"main"}, Now: now}.Files()
	for name, limit := range map[string]int{"README.md": 64 << 10, "status.svg": 32 << 10, "badge.json": 1 << 10} {
		if n := len(files[name]); n > limit {
			t.Errorf("%s: %d bytes, want at most %d", name, n, limit)
		}
	}
	page := string(files["README.md"])
	if !strings.Contains(page, "DRk0399") || !strings.Contains(page, "DRk0380") || strings.Contains(page, "DRk0379") {
		t.Error("the page does not show the last 20")
	}
}

// TestChartDays: 90 days until today, each by its date, whatever order a clock that was set back
// has left.
func TestChartDays(t *testing.T) {
	c := chart{now: now, history: []state.Day{
		{Date: "2026-11-24", Media: 50}, {Date: "2026-08-26", Media: 2}, {Date: "2026-08-25", Media: 70}, {Date: "2026-11-23", Media: 3, Incidents: []string{"x"}},
		{Date: "2026-11-20", Media: -5}, {Date: "yesterday", Media: 9}, {Date: "2026-11-21", Incidents: []string{"x"}},
	}}
	days, most := c.days()
	if len(days) != chartDays || days[0].Date != "2026-08-26" || days[0].Media != 2 || days[89].Date != "2026-11-23" || most != 3 {
		t.Errorf("got %d days, %+v to %+v, at most %d", len(days), days[0], days[len(days)-1], most)
	}
	if got, want := c.sentence(), "90 days until 2026-11-23: 5 media mirrored, something failed "+
		"on 2 "+
		"days"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTextAlternatives: who does not see the picture reads the same, on the page and in the picture
// itself.
func TestTextAlternatives(t *testing.T) {
	files := StatusPage{Doc: brokenDocument(), Routes: []string{"main"}, Now: now}.Files()
	const says = "90 days until 2026-11-23: 103 media mirrored, something failed on 9 days"
	svg := string(files["status.svg"])
	for _, part := range []string{`role="img" aria-labelledby="t d"`, `<title id="t">main: Instagram can&#39;t be read</title>`, `<desc id="d">` + says + `</desc>`, "prefers-color-scheme: dark"} {
		if !strings.Contains(svg, part) {
			t.Errorf("the picture lacks %s", part)
		}
	}
	if alt := "![" + says + "](status.svg)"; !strings.Contains(string(files["README.md"]), alt) {
		t.Errorf("the page lacks %s", alt)
	}
}
