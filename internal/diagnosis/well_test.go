package diagnosis

import (
	"testing"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// TestUnwell: what is open comes first, then what was given up, then what has waited for too long;
// what is closed, seen, or only reminds is well.
func TestUnwell(t *testing.T) {
	expired := state.Incident{Component: "instagram", Cause: "instagram-token-expired"}
	closed := expired
	closed.Closed = now
	nameless := state.Incident{Component: "x-token", Cause: "no such cause"}
	reminder := state.Incident{Component: "attention", Cause: "instagram-token-expired"}
	setup := state.Incident{Component: "setup"}
	given := state.Record{MediaID: "1", Status: state.GivenUp}
	seen := given
	seen.Acknowledged = true
	held := func(since time.Duration) state.Record {
		intent := &state.Intent{At: now.Add(-since), Unanswered: true}
		return state.Record{MediaID: "2", Status: state.Posting, Intent: intent}
	}
	posted := held(48 * time.Hour)
	posted.Status = state.Posted

	incidents := func(all ...state.Incident) state.Document {
		return state.Document{Incidents: all}
	}
	ledger := func(all ...state.Record) state.Document { return state.Document{Ledger: all} }
	first := ledger(given)
	first.Incidents = []state.Incident{closed, expired}
	const long = "a media is held for more than a day"

	for _, tt := range []struct {
		what string
		doc  state.Document
		want string
	}{
		{"nothing", state.Document{}, ""},
		{"an incident", incidents(expired), "the Instagram token has expired"},
		{"a closed one", incidents(closed), ""},
		{"a reminder and the set-up", incidents(reminder, setup), ""},
		{"one behind them", incidents(closed, reminder, expired), "the Instagram token has expired"},
		{"one without a diagnosis", incidents(nameless), "something does not work: X's login"},
		{"one beside a given-up media", first, "the Instagram token has expired"},
		{"given up", ledger(given, given), "media that were given up: 2"},
		{"given up and seen", ledger(seen), ""},
		{"given up, one seen, and held", ledger(seen, given, held(48*time.Hour)),
			"media that were given up: 1"},
		{"held for a day", ledger(held(heldLong)), ""},
		{"held for longer", ledger(held(heldLong + time.Second)), long},
		{"the second is held for longer", ledger(held(time.Hour), held(48*time.Hour)), long},
		{"not held any more", ledger(posted), ""},
	} {
		if got := Unwell(message.Words{}, &tt.doc, now); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
}
