//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// sample is one run of a program.
type sample struct {
	wall, cpu time.Duration
	rss       int64 // peak resident memory, in bytes
}

type program struct {
	name    string
	argv    []string
	samples []sample
}

// table renders a row for each program, with the first program's wall time against its own.
func table(programs []*program) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\twall\tbest\tCPU\tresident\tthe first against it\tby CPU\t")
	for _, p := range programs {
		wall, cpu := p.median(wallOf), p.median(cpuOf)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f MB\t%s\t%s\t\n", p.name, ms(wall), ms(p.best()), ms(cpu),
			float64(p.resident())/1e6, against(programs[0].median(wallOf), wall),
			ratio(programs[0].median(cpuOf), cpu))
	}
	w.Flush() // a strings.Builder never fails
	return b.String()
}

// ratio is a as a multiple of b.
func ratio(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// against compares a with b, for example "1.71 × as long".
func against(a, b time.Duration) string {
	if a == 0 || b == 0 {
		return "-"
	}
	if a >= b {
		return fmt.Sprintf("%.2f × as long", float64(a)/float64(b))
	}
	return fmt.Sprintf("%.2f × as fast", float64(b)/float64(a))
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func wallOf(s sample) time.Duration { return s.wall }
func cpuOf(s sample) time.Duration  { return s.cpu }

// median returns the median of one figure. Of an even number of samples it is the mean of the
// middle two.
func (p *program) median(of func(sample) time.Duration) time.Duration {
	var all []time.Duration
	for _, s := range p.samples {
		all = append(all, of(s))
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func (p *program) best() time.Duration {
	best := p.median(wallOf)
	for _, s := range p.samples {
		best = min(best, s.wall)
	}
	return best
}

// resident returns the largest peak of all runs, because a memory bound must hold in every run.
func (p *program) resident() int64 {
	var most int64
	for _, s := range p.samples {
		most = max(most, s.rss)
	}
	return most
}
