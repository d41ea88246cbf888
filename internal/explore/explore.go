package explore

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
)

// Sweep is an exploration of one pair of runs.
type Sweep struct {
	Pair string
	// Every is which part of the cases with an event or two preemptions is played: one in so many.
	// 1 plays all of them.
	Every  int
	Happen Happened
	Failed func(Case, string) // is told of a case that broke a promise, once it is shrunk

	Played, Left int // cases that were played, and those that were known of and left out
}

// configuration makes long captions threads, so that a media can be two posts with one upload.
const configuration = `version: 1
routes: {main: {text: {long: thread}, limits: {usd_per_month: 1000, per_day: 500, gap: 0s}}}
`

// Run plays the cases of the pair: depth first, from the two runs one after the other.
func (w *Sweep) Run(t *testing.T) {
	pl := newPlayer(t, w.Happen)
	var stack []Case
	for _, lag := range pairs[w.Pair].lags {
		for first := range 2 {
			stack = append(stack, Case{Pair: w.Pair, Lag: lag, Choices: []int{first}})
		}
	}
	for failures := 0; len(stack) > 0 && failures < 3; {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out := pl.play(t, c)
		w.Played++
		if len(out.broken) > 0 {
			failures++
			small, failed := pl.shrink(t, c)
			w.Failed(small, failed.broken.String())
		}
		for _, one := range next(c, out.steps) {
			if w.chosen(one) || single(one) && irrevocable(out.steps[one.At].Call) {
				stack = append(stack, one)
			} else {
				w.Left++
			}
		}
	}
}

// chosen reports whether a case is played. Those without an event, without a lag and with one
// preemption at most always are.
func (w *Sweep) chosen(c Case) bool {
	part := w.Every
	switch {
	case c.Event == "" && c.Lag == 0 && len(c.Choices) <= 2:
		return true
	case c.Event == "":
		part = min(part, 20)
	}
	h := fnv.New32a()
	h.Write([]byte(c.String()))
	return int(h.Sum32()>>8)%part == 0
}

// single reports whether a case is an event that meets two runs one after the other.
func single(c Case) bool { return c.Event != "" && len(c.Choices) == 1 && c.Choices[0] == 0 }

// irrevocable reports whether a call must not be made twice: its events are always played.
func irrevocable(call string) bool {
	return call == "POST /2/tweets" || call == "POST /2/oauth2/token"
}

// Replay plays one case and says what it broke, "" for nothing.
func Replay(t *testing.T, c Case, log func(string, ...any)) string {
	pl := newPlayer(t, NewHappened())
	pl.log = log
	out := pl.play(t, c)
	if len(out.broken) == 0 {
		return ""
	}
	return out.broken.String()
}

func newPlayer(t *testing.T, happen Happened) player {
	path := filepath.Join(t.TempDir(), "postferry.yml")
	if err := os.WriteFile(path, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	return player{config: path, happen: happen}
}
