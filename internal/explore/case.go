package explore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Case is one interleaving of a pair of runs, with at most one event. It replays to the call.
type Case struct {
	Pair string
	Lag  time.Duration // of X's timeline
	// Choices are the run that begins, 0 or 1, and then the calls before which the other one goes
	// on. Calls are counted over both runs.
	Choices []int
	// Event meets the call number At: "kill", "lose", "cancel" or "cut"; "" is none.
	Event string
	At    int
}

// The events, and what each does to the run whose call it meets.
const (
	// Kill: the call has its effect, its answer is lost, and the run is dead.
	Kill = "kill"
	// Lose: the call has its effect and its answer is lost.
	Lose = "lose"
	// Cancel: the run is cancelled before the call is sent.
	Cancel = "cancel"
	// Cut: the run is cancelled while the call's answer is on its way.
	Cut = "cut"
)

var events = []string{Kill, Lose, Cancel, Cut}

// String is the case as ParseCase reads it: "mirror×rotate 5m0s 0,4,9 kill@7".
func (c Case) String() string {
	choices := make([]string, len(c.Choices))
	for i, n := range c.Choices {
		choices[i] = strconv.Itoa(n)
	}
	s := fmt.Sprintf("%s %v %s", c.Pair, c.Lag, strings.Join(choices, ","))
	if c.Event != "" {
		s += fmt.Sprintf(" %s@%d", c.Event, c.At)
	}
	return s
}

// ParseCase reads a case that was printed.
func ParseCase(s string) (Case, error) {
	f := strings.Fields(s)
	if len(f) != 3 && len(f) != 4 {
		return Case{}, fmt.Errorf("a case is PAIR LAG CHOICES [EVENT@CALL], it is %q", s)
	}
	c := Case{Pair: f[0]}
	var err error
	if c.Lag, err = time.ParseDuration(f[1]); err != nil {
		return Case{}, err
	}
	for _, one := range strings.Split(f[2], ",") {
		n, err := strconv.Atoi(one)
		if err != nil {
			return Case{}, fmt.Errorf("choices: %w", err)
		}
		c.Choices = append(c.Choices, n)
	}
	if len(f) == 3 {
		return c, nil
	}
	event, at, _ := strings.Cut(f[3], "@")
	if c.At, err = strconv.Atoi(at); err != nil || !slices.Contains(events, event) {
		return Case{}, fmt.Errorf("no event is called %q", f[3])
	}
	c.Event = event
	return c, nil
}

// switches reports whether the other run goes on before a call.
func (c Case) switches(step int) bool { return slices.Contains(c.Choices[1:], step) }

// last is the newest call that a choice or the event is about; -1 is none.
func (c Case) last() int {
	last := -1
	if c.Event != "" {
		last = c.At
	}
	for _, n := range c.Choices[1:] {
		last = max(last, n)
	}
	return last
}

// with is the case with one more preemption.
func (c Case) with(step int) Case {
	c.Choices = append(slices.Clone(c.Choices), step)
	return c
}

// meeting is the case with an event.
func (c Case) meeting(event string, step int) Case {
	c.Event, c.At = event, step
	return c
}

// smaller lists cases that have less in them, the smallest first.
func (c Case) smaller() (out []Case) {
	less := c
	less.Event, less.At = "", 0
	if c.Event != "" {
		out = append(out, less)
	}
	if c.Lag > 0 {
		less = c
		less.Lag = 0
		out = append(out, less)
	}
	for i := 1; i < len(c.Choices); i++ {
		less = c
		less.Choices = slices.Delete(slices.Clone(c.Choices), i, i+1)
		out = append(out, less)
	}
	if c.Choices[0] != 0 {
		less = c
		less.Choices = append([]int{0}, c.Choices[1:]...)
		out = append(out, less)
	}
	return out
}
