package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestScheduler lets two processes of three calls go on as it is told to.
func TestScheduler(t *testing.T) {
	for _, tt := range []struct {
		name     string
		first    int
		switches []int // the calls before which the other one goes on
		before   func(turn sim.Turn, ways []*sim.Transport)
		want     string // the process of each call
	}{
		{"one after the other", 0, nil, nil, "000111"},
		{"the other one first", 1, nil, nil, "111000"},
		{"one preemption", 0, []int{1}, nil, "011100"},
		{"two preemptions", 0, []int{1, 2}, nil, "010011"},
		{"killed at its second call", 0, nil, func(turn sim.Turn, ways []*sim.Transport) {
			if turn.Step == 1 {
				ways[0].KillAt(ways[0].Calls(), true)
			}
		}, "00111"},
		{"killed while it waits", 0, []int{1}, func(turn sim.Turn, ways []*sim.Transport) {
			if turn.Step == 2 {
				ways[0].Kill()
			}
		}, "0111"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := sim.New(sim.Options{Real: true, Now: time.Now()})
				ways := []*sim.Transport{w.Transport(), w.Transport()}
				switched := -1
				s := &sim.Scheduler{Settle: synctest.Wait}
				s.Choose = func(turn sim.Turn) int {
					for _, at := range tt.switches {
						if at == turn.Step && switched != at {
							switched = at
							return 1 - turn.Process
						}
					}
					return turn.Process
				}
				if tt.before != nil {
					s.Before = func(turn sim.Turn) { tt.before(turn, ways) }
				}
				for _, way := range ways {
					s.Add(way, func() { threeCalls(way) })
				}
				var got strings.Builder
				for _, step := range s.Run(tt.first) {
					fmt.Fprint(&got, step.Process)
				}
				if got.String() != tt.want {
					t.Errorf("calls of %s, want %s", got.String(), tt.want)
				}
			})
		})
	}
}

// threeCalls makes three calls with a pause between them. A failure does not end it.
func threeCalls(way *sim.Transport) {
	client := &http.Client{Transport: way}
	for range 3 {
		if resp, err := client.Get("https://api.github.com/repos/someone/mirror"); err == nil {
			resp.Body.Close()
		}
		time.Sleep(time.Second)
	}
}

// TestLoseAt: the call has its effect and its answer is lost; the next one is answered.
func TestLoseAt(t *testing.T) {
	w := sim.New(sim.Options{})
	way := w.Transport()
	way.LoseAt(0)
	client := &http.Client{Transport: way}
	for n, lost := range []bool{true, false} {
		resp, err := client.Get("https://api.github.com/repos/someone/mirror")
		if (err != nil) != lost {
			t.Errorf("call %d: error %v, lost %v", n, err, lost)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
	if n := len(w.Log()); n != 2 {
		t.Errorf("%d calls arrived, want 2", n)
	}
}
