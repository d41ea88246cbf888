package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const versionOne = `version: 1
route: main
waits: {price: 2026-11-25T12:00:00Z, x: 2026-11-25T13:00:00Z}
passing: {price: 2}
breakers:
  price: {opened: 2026-11-25T11:00:00Z, tries: 1, next_try: 2026-11-25T12:00:00Z}
history:
  - {date: "2026-11-24", incidents: [price, x]}
incidents:
  - area: price
    fingerprint: f
    told: [one]
    first: 2026-11-25T11:00:00Z
    last: 2026-11-25T11:00:00Z
    count: 1
    seen: [{at: 2026-11-25T11:00:00Z, run: "7"}]
ledger:
  - media_id: "1"
    timestamp: 2026-11-20T11:00:00Z
    status: skipped
    reason: given up after 3 tries
    tries: 3
  - media_id: "2"
    timestamp: 2026-11-21T11:00:00Z
    status: skipped
    reason: no hashtag
  - media_id: "3"
    timestamp: 2026-11-22T11:00:00Z
    status: posting
    tries: 2
    last_run: "7"
    failing: true
    intent: {part: 0, at: 2026-11-25T11:00:00Z, nonce: n, text: e3b0c44298fc1c14, attempt: 1}
  - media_id: "4"
    timestamp: 2026-11-23T11:00:00Z
    status: posting
    intent: {part: 0, at: 2026-11-25T11:00:00Z, nonce: n, text: "0123456789abcdef", attempt: 1}
`

func TestMigrate(t *testing.T) {
	d, err := Decode("state/main.yaml", []byte(versionOne))
	if err != nil {
		t.Fatal(err)
	}
	if d.Version != Version {
		t.Errorf("it has version %d", d.Version)
	}
	t.Run("keys", func(t *testing.T) {
		if !d.RetryAfter["budget"].Equal(noon) || len(d.RetryAfter) != 2 {
			t.Errorf("retry_after is %v", d.RetryAfter)
		}
		if d.TransientRuns["budget"] != 2 || d.Breakers["budget"].Tries != 1 {
			t.Errorf("got %v and %v", d.TransientRuns, d.Breakers)
		}
		if diff := cmp.Diff([]string{"budget", "x"}, d.History[0].Incidents); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
	t.Run("incidents", func(t *testing.T) {
		hour := at("2026-11-25T11:00:00Z")
		want := []Incident{{
			Component: "budget", Fingerprint: "f", Reported: []string{"one"},
			First: hour, Last: hour, Count: 1, Occurrences: []Occurrence{{At: hour, Run: "7"}},
		}}
		if diff := cmp.Diff(want, d.Incidents); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
	t.Run("ledger", func(t *testing.T) {
		for id, want := range map[string]Status{
			"1": GivenUp, "2": Skipped, "3": Posting, "4": Posting,
		} {
			if r := d.Find(id); r == nil || r.Status != want {
				t.Errorf("media %s is %+v, want it %s", id, r, want)
			}
		}
		for id, want := range map[string]string{"3": "", "4": "0123456789abcdef"} {
			if i := d.Find(id).Intent; i == nil || i.Text != want || i.Link != AnyLink {
				t.Errorf("the intent of %s is %+v, want the text %q", id, i, want)
			}
		}
		if d.Find("3").Evidence != nil {
			t.Error("the old tries became evidence")
		}
		if diff := cmp.Diff([]string{"1"}, names(d.Ledger.GivenUp())); diff != "" {
			t.Errorf("listed as given up (-want +got):\n%s", diff)
		}
	})
	t.Run("once", func(t *testing.T) {
		body, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("state/main.yaml", body)
		if diff := cmp.Diff(d, again); err != nil || diff != "" {
			t.Errorf("written and read again: %v (-want +got):\n%s", err, diff)
		}
	})
}

// TestMigrateOddShapes: what is no list or no mapping is left for the strict decoding to refuse.
func TestMigrateOddShapes(t *testing.T) {
	for _, tt := range []struct{ name, body string }{
		{"a record that is a word", "version: 1\nledger: [word]\n"},
		{"an incident that is a word", "version: 1\nincidents: [word]\n"},
		{"a history that is a word", "version: 1\nhistory: word\n"},
		{"an intent that is a word", "version: 1\nledger: [{media_id: '1', intent: word}]\n"},
		{"two documents", "version: 1\n---\nversion: 1\n"},
		{"an old key in version 2", "version: 2\nwaits: {}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d, err := Decode("state/main.yaml", []byte(tt.body)); err == nil {
				t.Errorf("it was read as %+v", d)
			}
		})
	}
	var root yaml.Node
	migrate(&root) // It must bear an empty node.
	if len(root.Content) != 0 {
		t.Errorf("an empty node became %+v", root)
	}
}
