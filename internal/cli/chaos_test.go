package cli_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/explore"
)

var (
	chaosSeeds = flag.Int("chaos.seeds", 0,
		"how many months of chaos are played, instead of the usual ones")
	chaosSeed = flag.Uint64("chaos.seed", 0, "play this one month")
	chaosDays = flag.Int("chaos.days", 0,
		"how long each is; 10 days, or 30 where -chaos.seed or -chaos.seeds is given")
	chaosWithout = flag.String("chaos.without", "",
		"the `NUMBERS` of events to leave out, as a failure prints them")
	chaosLog = flag.Bool("chaos.log", false, "print every run, post and call")
)

// usualMonths are played by every `go test`. Together they reach every event.
var usualMonths = []uint64{2, 13}

// TestChaos plays months of faults of every kind, kills, cancellations, clock jumps, changed
// accounts, lost states and runs side by side. When the faults stop, each post is on X exactly once,
// in order, its thread complete; no refresh token was lost but with its answer; nobody was stormed
// with notifications; and no secret is anywhere. Every event has happened in the sweep.
func TestChaos(t *testing.T) {
	happen := explore.NewHappened()
	seeds, days := usualMonths, 10
	switch {
	case *chaosSeed != 0:
		seeds, days = []uint64{*chaosSeed}, 30
	case *chaosSeeds != 0:
		seeds, days = nil, 30
		for n := range *chaosSeeds {
			seeds = append(seeds, uint64(n)+1)
		}
	}
	if *chaosDays > 0 {
		days = *chaosDays
	}
	t.Run("months", func(t *testing.T) {
		for _, seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				chaos(t, explore.Month{Seed: seed, Days: days, Happen: happen})
			})
		}
	})
	for _, name := range slices.Sorted(maps.Keys(happen.Counts())) {
		t.Logf("%6d × %s", happen.Counts()[name], name)
	}
	if never := happen.Never(explore.Events()); len(never) > 0 && *chaosSeed == 0 {
		t.Errorf("these events never happened: %s", strings.Join(never, "; "))
	}
}

// chaos plays one month. If it breaks a promise, the month is shrunk, and a command that replays it
// is printed.
func chaos(t *testing.T, m explore.Month) {
	m.Without = parseRanges(t, *chaosWithout)
	if *chaosLog {
		m.Log = t.Logf
	}
	out := m.Play(t)
	t.Log(out.Counts)
	if out.Broken == "" {
		return
	}
	t.Error(out.Broken)
	if *chaosWithout == "" && *chaosSeeds == 0 { // of a sweep, replay the month to have it shrunk
		m = m.Shrink(t)
	}
	t.Logf("replay: go test ./internal/cli -run TestChaos -chaos.seed %d -chaos.days %d "+
		"-chaos.without '%s' -chaos.log -v", m.Seed, m.Days, ranges(m.Without))
	t.Logf("what is left of it:\n%s", strings.Join(m.Play(t).Events, "\n"))
}

// TestChaosReplays plays a month twice: every call is the same.
func TestChaosReplays(t *testing.T) {
	m := explore.Month{Seed: 3, Days: 3, Happen: explore.NewHappened()}
	first, second := m.Play(t), m.Play(t)
	if !slices.Equal(first.Calls, second.Calls) {
		t.Errorf("%d and %d calls, which are not the same", len(first.Calls), len(second.Calls))
	}
	if len(first.Calls) < 100 {
		t.Errorf("only %d calls were made", len(first.Calls))
	}
}

// ranges writes numbers in order as "1-4,7".
func ranges(list []int) string {
	var out []string
	for i := 0; i < len(list); i++ {
		from := i
		for i+1 < len(list) && list[i+1] == list[i]+1 {
			i++
		}
		one := strconv.Itoa(list[from])
		if i > from {
			one += "-" + strconv.Itoa(list[i])
		}
		out = append(out, one)
	}
	return strings.Join(out, ",")
}

// parseRanges reads what ranges writes.
func parseRanges(t *testing.T, s string) (out []int) {
	if s == "" {
		return nil
	}
	for _, one := range strings.Split(s, ",") {
		a, b, ranged := strings.Cut(one, "-")
		from, err := strconv.Atoi(a)
		to := from
		if ranged && err == nil {
			to, err = strconv.Atoi(b)
		}
		if err != nil {
			t.Fatalf("-chaos.without: %v", err)
		}
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
	}
	return out
}
