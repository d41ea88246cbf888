package state

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRotate(t *testing.T) {
	stored := at("2026-11-22T00:00:00Z")
	for _, tt := range []struct {
		name            string
		now, next, want XToken
	}{
		{"the first", XToken{}, XToken{Refresh: "b"}, XToken{Refresh: "b", Generation: 1}},
		{
			"the one before is spent",
			XToken{Generation: 4, Refresh: "a", Spent: []string{"z"}}, XToken{Refresh: "b"},
			XToken{Refresh: "b", Generation: 5, Spent: []string{"z", "a"}},
		},
		{
			"a login's token is spent, too",
			XToken{Generation: 4, Refresh: "a", Intent: &TokenIntent{Refresh: "login"}},
			XToken{Refresh: "b"},
			XToken{Refresh: "b", Generation: 5, Spent: []string{"a", "login"}},
		},
		{
			"once",
			XToken{
				Generation: 4, Refresh: "a", Intent: &TokenIntent{Refresh: "a"},
				Spent: []string{"a"},
			},
			XToken{Refresh: "b"},
			XToken{Refresh: "b", Generation: 5, Spent: []string{"a"}},
		},
		{
			"one that came back as it was is not spent",
			XToken{Generation: 4, Refresh: "a"}, XToken{Refresh: "a"},
			XToken{Refresh: "a", Generation: 5},
		},
		{
			"the secret's generation stays where it was not written",
			XToken{Generation: 4, Secret: 4, SecretAt: stored}, XToken{Refresh: "b"},
			XToken{Refresh: "b", Generation: 5, Secret: 4, SecretAt: stored},
		},
		{
			"and moves where it was",
			XToken{Generation: 4, Secret: 4}, XToken{Refresh: "b", Secret: 5, SecretAt: stored},
			XToken{Refresh: "b", Generation: 5, Secret: 5, SecretAt: stored},
		},
		{
			"what was refused is over",
			XToken{Generation: 4, Dead: RefusedToken{Digest: "a", Count: 1}, Failing: true},
			XToken{Refresh: "b"},
			XToken{Refresh: "b", Generation: 5},
		},
		{
			"the owner stays known, by the login that was asked",
			XToken{Generation: 4, Login: "l", Owner: "l"}, XToken{Refresh: "b", Login: "m"},
			XToken{Refresh: "b", Login: "m", Owner: "l", Generation: 5},
		},
		{
			"a 401 is remembered for the same login",
			XToken{Generation: 4, Login: "l", Forced: stored}, XToken{Refresh: "b", Login: "l"},
			XToken{Refresh: "b", Login: "l", Forced: stored, Generation: 5},
		},
		{
			"and forgotten for another",
			XToken{Generation: 4, Login: "l", Forced: stored}, XToken{Refresh: "b", Login: "m"},
			XToken{Refresh: "b", Login: "m", Generation: 5},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.now
			got.Rotate(tt.next)
			if len(got.Spent) == 0 {
				got.Spent = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A year of rotations does not make the document longer, and the latest are those that are
// remembered.
func TestRotateForgets(t *testing.T) {
	var x XToken
	for n := range 365 {
		x.Rotate(XToken{Refresh: fmt.Sprint(n)})
	}
	if n := len(x.Spent); n != keepSpent || x.Spent[keepSpent-1] != "363" || x.Generation != 365 {
		t.Errorf("%d digests, the last is %s, generation %d", n, x.Spent[n-1], x.Generation)
	}
}

// Version 1 kept the digest of a token that it called dead: it counts as one refusal.
func TestRefusedToken(t *testing.T) {
	const head = "version: 1\nroute: main\nbaseline: 2026-11-20T09:00:00Z\n" +
		"cursor: {timestamp: 2026-11-20T09:00:00Z}\n"
	for _, tt := range []struct {
		name, dead string
		want       RefusedToken
		refused    bool
	}{
		{"none", "", RefusedToken{}, false},
		{"version 1", "dead: 1a2b3c4d", RefusedToken{Digest: "1a2b3c4d", Count: 1}, false},
		{
			"now", "dead: {digest: 1a2b3c4d, first: 2026-11-21T09:00:00Z, " +
				"last: 2026-11-21T10:00:00Z, count: 2, lost: true}",
			RefusedToken{
				Digest: "1a2b3c4d", First: at("2026-11-21T09:00:00Z"),
				Last: at("2026-11-21T10:00:00Z"), Count: 2, Lost: true,
			}, false,
		},
		{
			"a key of a later version",
			"dead: {digest: 1a2b3c4d, first: 2026-11-21T09:00:00Z, count: 1, more: 1}",
			RefusedToken{}, true,
		},
		{"a list", "dead: [1a2b3c4d]", RefusedToken{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			written := head + "tokens: {x: {generation: 1, " + tt.dead + "}}\n"
			d, err := Decode("state/main.yaml", []byte(written))
			if (err != nil) != tt.refused {
				t.Fatalf("got error %v", err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(tt.want, d.Tokens.X.Dead); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			body, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			again, err := Decode("state/main.yaml", body)
			if err != nil || again.Tokens.X.Dead != tt.want {
				t.Errorf("written and read again it is %+v, %v", again.Tokens.X.Dead, err)
			}
		})
	}
}
