package report

import (
	"strings"
	"testing"
	"time"

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
		route, c, _, ok := ReadMarker(got)
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

// TestPageLists: what is held and what is given up, each with its reason.
func TestPageLists(t *testing.T) {
	const (
		held = "## Held\n\n| published (UTC) | Instagram | why | next try |\n|:--|:--|:--|:--|\n"
		gone = "## Given up\n\n`postferry retry PERMALINK` has one posted again.\n\n" +
			"| published (UTC) | Instagram | why | since |\n|:--|:--|:--|:--|\n"
		d23 = "| 23\u00a0Nov\u00a02026\u00a009:07 | media 18 | "
	)
	waits := state.Record{
		MediaID: "18", Timestamp: now, Status: state.Posting, Reason: "404",
		Evidence: &state.Evidence{Hold: state.HeldMissing},
	}
	asked := waits
	asked.Reason = ""
	asked.Intent = &state.Intent{At: now.Add(day), Unanswered: true}
	asked.Evidence = nil
	next := asked.NextTry().Format(unbroken)
	lost := state.Record{
		MediaID: "18", Timestamp: now, Status: state.GivenUp, Reason: "a|b", Settled: now.Add(day),
	}
	seen := lost
	seen.Acknowledged = true
	for _, tt := range []struct {
		name    string
		ledger  []state.Record
		verdict string
		want    string // "" for neither list
	}{
		{"neither", []state.Record{{MediaID: "1", Status: state.Posted}}, "all is well", ""},
		{"held, asked by each run", []state.Record{waits}, "1 media is held",
			held + d23 + "the media host does not give its file: 404 | with the next run |\n\n"},
		{"held, asked later", []state.Record{asked}, "1 media is held",
			held + d23 + Text(asked.Waits()) + " | " + next + " |\n\n"},
		{"two are held", []state.Record{waits, waits}, "2 media are held", held},
		{"given up", []state.Record{lost}, "1 media was given up",
			gone + d23 + "a\\|b | 24\u00a0Nov\u00a02026\u00a009:07 |\n\n"},
		{"given up and held", []state.Record{lost, waits, lost}, "2 media were given up", gone},
		{"acknowledged", []state.Record{seen}, "all is well", ""},
	} {
		p := StatusPage{Doc: &state.Document{Route: "main", Ledger: tt.ledger}, Now: now}
		got := string(p.readme())
		if v := p.verdict(); v != tt.verdict {
			t.Errorf("%s: got %q, want %q", tt.name, v, tt.verdict)
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q is not in\n%s", tt.name, tt.want, got)
		}
		none := !strings.Contains(got, "## Held") && !strings.Contains(got, "## Given up")
		if none != (tt.want == "") {
			t.Errorf("%s: the lists are wrong in\n%s", tt.name, got)
		}
	}
}

// TestPageListsAreBounded: each list ends after maxHeld rows.
func TestPageListsAreBounded(t *testing.T) {
	for _, status := range []state.Status{state.Posting, state.GivenUp} {
		d := &state.Document{}
		for range maxHeld + 5 {
			r := state.Record{MediaID: "18", Status: status, Timestamp: now, Settled: now}
			r.Ev().Hold = state.HeldMissing
			d.Ledger = append(d.Ledger, r)
		}
		var b strings.Builder
		p := StatusPage{Doc: d, Now: now}
		p.held(&b)
		p.givenUp(&b)
		if got := strings.Count(b.String(), "| media 18 |"); got != maxHeld {
			t.Errorf("%s: got %d rows, want %d", status, got, maxHeld)
		}
	}
}

// TestPageOfGivenUp: media that were given up stop nothing else, so there is no next try.
func TestPageOfGivenUp(t *testing.T) {
	d := &state.Document{Route: "main", Incidents: []state.Incident{
		{Component: string(diagnosis.GivenUp), First: now, Issue: 7},
	}}
	p := StatusPage{Doc: d, IssuesURL: "https://github.com/kamo/mirror/issues/", Now: now}
	got := string(p.readme())
	const want = "What to do: [#7](https://github.com/kamo/mirror/issues/7). Everything else is " +
		"mirrored as always.\n\n"
	if !strings.Contains(got, want) || strings.Contains(got, "Next try") {
		t.Errorf("got\n%s", got)
	}
}

// TestInstagramToken: what is known of it, and nothing if it was never seen.
func TestInstagramToken(t *testing.T) {
	for _, tt := range []struct {
		token state.InstagramToken
		want  string
	}{
		{state.InstagramToken{DataAccess: now}, ""},
		{state.InstagramToken{Seen: now}, "first seen 2026-11-23 09:07 UTC"},
		{state.InstagramToken{Seen: ago(day), Refreshed: now, DataAccess: now.Add(time.Hour)},
			"renewed 2026-11-23 09:07 UTC; may read until 2026-11-23 10:07 UTC"},
	} {
		if got := instagramToken(tt.token); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
