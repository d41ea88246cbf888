//go:build unix

package main

import (
	"strings"
	"testing"
	"time"
)

func samples(walls ...int) []sample {
	var out []sample
	for i, n := range walls {
		wall := time.Duration(n) * time.Millisecond
		out = append(out, sample{wall: wall, cpu: time.Millisecond, rss: int64(i+1) * 1e6})
	}
	return out
}

// One slow round on a busy machine must not change the table.
func TestTableComparesMedians(t *testing.T) {
	got := table([]*program{
		{name: "ours", samples: samples(10, 900, 12, 11, 13)},
		{name: "bare", samples: samples(8, 6)},
		{name: "node", samples: samples(240)},
	})
	want := []string{
		"wall best CPU resident the first against it by CPU",
		"ours 12.0 ms 10.0 ms 1.0 ms 5.0 MB 1.00 × as long 1.00",
		"bare 7.0 ms 6.0 ms 1.0 ms 2.0 MB 1.71 × as long 1.00",
		"node 240.0 ms 240.0 ms 1.0 ms 1.0 MB 20.00 × as fast 1.00",
	}
	for i, line := range strings.Split(strings.TrimSpace(got), "\n") {
		if line := strings.Join(strings.Fields(line), " "); i >= len(want) || line != want[i] {
			t.Errorf("line %d is %q, want %q", i, line, want[min(i, len(want)-1)])
		}
	}
}

// A program that fails must not count as a quick one.
func TestRunStopsAtAFailure(t *testing.T) {
	if err := run(1, []string{"broken=false"}); err == nil {
		t.Error("run(false) succeeds, want its exit status")
	}
	if err := run(1, []string{"no command"}); err == nil {
		t.Error("run without a command succeeds, want an error")
	}
}
