package explore

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	exploreAll  = flag.Bool("explore.all", false, "play every interleaving and event")
	exploreCase = flag.String("explore.case", "", "replay one `CASE`, as a failure prints it")
	explorePair = flag.String("explore.pair", "", "explore this `PAIR` of runs alone")
)

// usually is which part of the cases with an event `go test` plays: one in so many.
const usually = 200

// sometimes are the events that a sweep must have reached.
var sometimes = []string{
	"a lost answer was adopted", "a post went unanswered", "a thread was half posted",
	"a media was given up", "a given-up media was retried", "a rollback was noticed",
	"a rollback was put back", "a login was asked for", "another account was noticed",
	"another run's rotation was respected", "a rotation was made by another run",
	"a run was told that it was cancelled", "an incident was over",
	"an open breaker was waited for", "a lagging timeline was waited for",
}

// TestInterleavings plays two runs side by side in every order of their calls that up to two
// preemptions make, each also with a kill, a lost answer or a cancellation at every call.
func TestInterleavings(t *testing.T) {
	if *exploreCase != "" {
		replay(t, *exploreCase)
		return
	}
	happen := NewHappened()
	var mu sync.Mutex
	var lines []string
	t.Run("pairs", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(pairs)) {
			if *explorePair != "" && name != *explorePair {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := &Sweep{Pair: name, Every: usually, Happen: happen}
				if *exploreAll {
					w.Every = 1
				}
				w.Failed = func(c Case, broken string) {
					t.Errorf("%s\nreplay: go test ./internal/explore -run TestInterleavings "+
						"-explore.case '%v' -v", broken, c)
				}
				w.Run(t)
				mu.Lock()
				defer mu.Unlock()
				lines = append(lines,
					fmt.Sprintf("%s: %d cases were played, %d known ones left out",
						name, w.Played, w.Left))
			})
		}
	})
	slices.Sort(lines)
	t.Log("\n" + strings.Join(lines, "\n"))
	if never := happen.Never(sometimes); len(never) > 0 && *explorePair == "" {
		t.Errorf("these events never happened: %s", strings.Join(never, "; "))
	}
	for _, name := range slices.Sorted(maps.Keys(happen.Counts())) {
		t.Logf("%6d × %s", happen.Counts()[name], name)
	}
}

// replay plays one case and prints each call and each run.
func replay(t *testing.T, text string) {
	c, err := ParseCase(text)
	if err != nil {
		t.Fatal(err)
	}
	if broken := Replay(t, c, t.Logf); broken != "" {
		t.Error(broken)
	}
}

// TestOnceBroken replays the cases in which a promise was broken once.
func TestOnceBroken(t *testing.T) {
	for _, text := range []string{
		// A run recovered while another one met the same failure: the issue stayed open for ever.
		"incident×recovery 0s 0,2,33",
		// A first run took the branch that another first run had just made for one that was deleted.
		"first×first 0s 0,3",
		// The answer to a question was used and its number stayed: each run asked in another issue.
		"account×mirror 0s 0 cancel@12",
		// Two runs asked about another account in two issues.
		"question×question 0s 0,6",
	} {
		t.Run(text, func(t *testing.T) { replay(t, text) })
	}
}

func TestParseCase(t *testing.T) {
	for _, text := range []string{"mirror×rotate 5m0s 0,4,9 kill@7", "first×first 0s 1"} {
		c, err := ParseCase(text)
		if err != nil || c.String() != text {
			t.Errorf("%q became %q, error %v", text, c, err)
		}
	}
	for _, text := range []string{"", "a 0s", "a 0s x", "a 0s 0 burn@7", "a 0s 0 kill@x", "a b 0"} {
		if _, err := ParseCase(text); err == nil {
			t.Errorf("%q is no case", text)
		}
	}
}
