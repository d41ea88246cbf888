package report

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// TestPageLists: what is held and what is given up, each with its reason.
func TestPageLists(t *testing.T) {
	const (
		held = "## Held (UTC)\n\n"
		gone = "## Given up (UTC)\n\n`postferry retry PERMALINK` has one posted again.\n\n"
		d23  = "- 23\u00a0Nov\u00a02026\u00a009:07 · media 18 · "
	)
	waits := state.Record{
		MediaID: "18", Timestamp: now, Status: state.Posting, Reason: "404",
		Evidence: &state.Evidence{Hold: state.HeldMissing},
	}
	asked := waits
	asked.Reason = ""
	asked.Intent = &state.Intent{At: now.Add(day), Unanswered: true}
	asked.Evidence = nil
	next := message.Words{}.Column(asked.NextTry())
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
		{"held, asked by each run", []state.Record{waits}, "1 media is held", held + d23 +
			"the media host does not give its file: 404 · next try with the next run\n\n"},
		{"held, asked later", []state.Record{asked}, "1 media is held",
			held + d23 + Text(asked.Waits(message.Words{})) + " · next try " + next + "\n\n"},
		{"two are held", []state.Record{waits, waits}, "2 media are held", held},
		{"given up", []state.Record{lost}, "1 media was given up",
			gone + d23 + "a\\|b · since 24\u00a0Nov\u00a02026\u00a009:07\n\n"},
		{"given up and held", []state.Record{lost, waits, lost}, "2 media were given up", gone},
		{"acknowledged", []state.Record{seen}, "all is well", ""},
	} {
		p := StatusPage{Doc: &state.Document{Route: "main", Ledger: tt.ledger}, Now: now}
		verdict, well := p.verdict()
		if verdict != tt.verdict || well != (tt.want == "") {
			t.Errorf("%s: got %q, well %v, want %q", tt.name, verdict, well, tt.verdict)
		}
		got := string(p.readme(verdict))
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q is not in\n%s", tt.name, tt.want, got)
		}
		none := !strings.Contains(got, "## Held") && !strings.Contains(got, "## Given up")
		if none != (tt.want == "") {
			t.Errorf("%s: the lists are wrong in\n%s", tt.name, got)
		}
	}
}

// TestPageListsAreBounded: each list ends after maxHeld media.
func TestPageListsAreBounded(t *testing.T) {
	for _, status := range []state.Status{state.Posting, state.GivenUp} {
		d := &state.Document{}
		for range maxHeld + 5 {
			r := state.Record{MediaID: "18", Status: status, Timestamp: now, Settled: now}
			r.Ev().Hold = state.HeldMissing
			d.Ledger = append(d.Ledger, r)
		}
		var b strings.Builder
		l := pageLists{doc: d, now: now, b: &b}
		l.held()
		l.givenUp()
		if got := strings.Count(b.String(), "· media 18 ·"); got != maxHeld {
			t.Errorf("%s: got %d media, want %d", status, got, maxHeld)
		}
	}
}

// TestPageOfGivenUp: media that were given up stop nothing else, so there is no next try.
func TestPageOfGivenUp(t *testing.T) {
	d := &state.Document{Route: "main", Incidents: []state.Incident{
		{Component: string(diagnosis.GivenUp), First: now, Issue: 7},
	}}
	p := StatusPage{Doc: d, IssuesURL: "https://github.com/kamo/mirror/issues/", Now: now}
	got := string(p.Files()["README.md"])
	const want = "What to do: [#7](https://github.com/kamo/mirror/issues/7). Everything else is " +
		"mirrored as always.\n\n"
	if !strings.Contains(got, want) || strings.Contains(got, "Next try") {
		t.Errorf("got\n%s", got)
	}
}

// TestAges: what is known of Instagram's token, and nothing if it was never seen.
func TestAges(t *testing.T) {
	for _, tt := range []struct {
		token state.InstagramToken
		want  string
	}{
		{state.InstagramToken{DataAccess: now}, ""},
		{state.InstagramToken{Seen: now}, "first seen 2026-11-23 09:07 UTC"},
		{state.InstagramToken{Seen: ago(day), Refreshed: now, DataAccess: now.Add(time.Hour)},
			"renewed 2026-11-23 09:07 UTC, may read until 2026-11-23 10:07 UTC"},
	} {
		if got := (ages{t: state.Tokens{Instagram: tt.token}}).instagram(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestEndingBy: a summary names a token only when it ends soon.
func TestEndingBy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tokens state.Tokens
		want   int
	}{
		{"none", state.Tokens{}, 0},
		{"an X login of today", state.Tokens{X: state.XToken{Generation: 3, Rotated: now}}, 0},
		{"an X login that nobody renews",
			state.Tokens{X: state.XToken{Generation: 3, Rotated: now.AddDate(0, -6, 3)}}, 1},
		{"an Instagram token of today",
			state.Tokens{Instagram: state.InstagramToken{Seen: now, Expires: now.Add(60 * day)}}, 0},
		{"an Instagram token that ends",
			state.Tokens{Instagram: state.InstagramToken{Seen: now, Expires: now.Add(9 * day)}}, 1},
		{"the end of data access",
			state.Tokens{Instagram: state.InstagramToken{Seen: now, DataAccess: now.Add(9 * day)}}, 1},
	} {
		if got := (ages{t: tt.tokens}).endingBy(now.Add(endsSoon)); len(got) != tt.want {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
}
