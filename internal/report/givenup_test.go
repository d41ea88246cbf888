package report

import (
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/state"
)

// givenUpRecords are a media of which nothing is on X and one whose thread was begun.
func givenUpRecords() []state.Record {
	return []state.Record{
		{
			MediaID: "17", Permalink: "https://www.instagram.com/p/C9x/", Status: state.GivenUp,
			Timestamp: ago(2 * day), Settled: ago(day), Reason: "X refuses its file",
		},
		{
			MediaID: "18", Status: state.GivenUp, Timestamp: ago(day), Parts: 3,
			Posts: []string{"19", "20"}, Reason: "by @someone",
		},
	}
}

const (
	firstGivenUp = "- [p/C9x](https://www.instagram.com/p/C9x/), published 2026-11-21 09:07 UTC, " +
		"given up 2026-11-22 09:07 UTC: X refuses its file\n"
	secondGivenUp = "- media 18, published 2026-11-22 09:07 UTC, given up - (2 of 3 parts are on " +
		"X: [1](https://x.com/kamo_mugs/status/19) [2](https://x.com/kamo_mugs/status/20)): " +
		"by @\u200bsomeone\n"
)

// TestGivenUpTitle: one media is one.
func TestGivenUpTitle(t *testing.T) {
	all := givenUpRecords()
	for n, want := range map[int]string{
		1: "main: 1 media is not mirrored any more",
		2: "main: 2 media are not mirrored any more",
	} {
		if got := (GivenUp{Route: "main", List: all[:n]}).Title(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestGivenUpBody: each media has its proof, the button is a link only if its address is one, and
// the marker ends the body.
func TestGivenUpBody(t *testing.T) {
	const page = "https://github.com/kamo/mirror/actions/workflows/mirror.yml"
	const (
		into   = " and put its address into the field *retry*, or run `postferry retry --route main "
		byHand = "press *Actions > mirror > Run workflow*" + into
	)
	for _, tt := range []struct{ name, workflow, want string }{
		{"known", page,
			"press [Run workflow](" + page + ")" + into},
		{"unknown", "", byHand},
		{"not an address", "javascript:alert(1)", byHand},
	} {
		m := Marker("main", diagnosis.GivenUp, "0a1b2c3d4e5f")
		got := GivenUp{
			Route: "main", List: givenUpRecords(), Username: "kamo_mugs",
			RunWorkflow: tt.workflow, Marker: m,
		}.Body()
		for _, want := range []string{
			"2 media were given up: [p/C9x](https://www.instagram.com/p/C9x/), media 18.\n\n**What",
			"</summary>\n\n" + firstGivenUp + secondGivenUp + "\n</details>\n", tt.want,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", tt.name, want, got)
			}
		}
		if !strings.HasSuffix(got, "\n\n"+m+"\n") {
			t.Errorf("%s: the marker does not end\n%s", tt.name, got)
		}
		route, c, _, ok := Body(got).Marker()
		if route != "main" || c != diagnosis.GivenUp || !ok {
			t.Errorf("%s: the marker reads %q, %q, %v", tt.name, route, c, ok)
		}
	}
}

// TestGivenUpComment: it names those who joined, and nothing else.
func TestGivenUpComment(t *testing.T) {
	all := givenUpRecords()
	const begin = "Given up since the last message:\n\n"
	for _, tt := range []struct {
		list []state.Record
		want string
	}{
		{all[:1], begin + firstGivenUp},
		{all, begin + firstGivenUp + secondGivenUp},
	} {
		if got := (GivenUp{List: tt.list, Username: "kamo_mugs"}).Comment(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
