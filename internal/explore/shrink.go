package explore

import "testing"

// shrinkPlays is how many months are played at most in order to find a smaller one that fails.
const shrinkPlays = 80

// Shrink leaves out as many events of a failing month as it can while the month still fails: halves
// first, then quarters, and so on.
func (m Month) Shrink(t *testing.T) Month {
	m.Happen, m.Log = NewHappened(), nil
	drawn := m.Play(t).Drawn
	plays := 0
	fails := func(without []int) bool {
		plays++
		less := m
		less.Without = without
		return less.Play(t).Broken != ""
	}
	for size := (drawn + 1) / 2; size > 0 && plays < shrinkPlays; size /= 2 {
		for from := 1; from <= drawn && plays < shrinkPlays; from += size {
			without := addRange(m.Without, from, min(from+size-1, drawn))
			if len(without) > len(m.Without) && fails(without) {
				m.Without = without
			}
		}
	}
	return m
}

// addRange is a set of numbers with those from one to another added, in order.
func addRange(set []int, from, to int) (out []int) {
	in := map[int]bool{}
	last := to
	for _, n := range set {
		in[n] = true
		last = max(last, n)
	}
	for n := 1; n <= last; n++ {
		if in[n] || from <= n && n <= to {
			out = append(out, n)
		}
	}
	return out
}

// shrink reduces a failing case for as long as a smaller one fails too.
func (pl player) shrink(t *testing.T, c Case) (Case, outcome) {
	failed := pl.play(t, c)
	for _, less := range c.smaller() {
		if out := pl.play(t, less); len(out.broken) > 0 {
			return pl.shrink(t, less)
		}
	}
	return c, failed
}
