package sim

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Scheduler lets the processes of a world go on one at a time. Processes meet only at their calls:
// each one waits there until the scheduler lets it through, so that a list of choices replays a run
// to the interleaving. A process that sleeps keeps its turn, and the other ones wait meanwhile.
type Scheduler struct {
	// Settle returns once every process waits, for its turn or for time to pass: synctest.Wait.
	Settle func()
	// Choose names the process that goes on. It is asked before each call while more than one is
	// alive. Nil lets each process run to its end before the next one begins.
	Choose func(Turn) (process int)
	// Before is told of each call before it is let through, for instance to kill its process. It
	// may be nil.
	Before func(Turn)

	mu      sync.Mutex
	wake    chan struct{}
	running []*running
	at      int // the process whose turn it is
	steps   []Step
}

// Turn is a moment at which the scheduler may choose another process.
type Turn struct {
	Step    int      // how many calls were let through before
	Process int      // the process whose turn it was
	Next    []string // by process: the call at which it waits, or "" if it sleeps or has ended
}

// Step is one call that was let through.
type Step struct {
	Process int
	Call    string // "POST /2/tweets"
	// Others reports whether another process was alive.
	Others bool
}

// running is a process with the calls at which it waits.
type running struct {
	way     *Transport
	do      func()
	waiting []*waiting
	ended   bool
}

// waiting is one call that waits for its turn.
type waiting struct {
	call, query string
	through     chan struct{}
}

// Add adds a process that reaches the world by way. Its number is how many were added before it.
func (s *Scheduler) Add(way *Transport, do func()) {
	p := &running{way: way, do: do}
	s.running = append(s.running, p)
	way.mu.Lock()
	defer way.mu.Unlock()
	way.gate = func(r *http.Request) { s.pass(p, r) }
}

// Run runs every process to its end. It begins with process first, and returns the calls in the
// order in which they were let through.
func (s *Scheduler) Run(first int) []Step {
	s.wake, s.at = make(chan struct{}, 1), first
	for _, p := range s.running {
		go func() {
			p.do()
			s.mu.Lock()
			p.ended = true
			s.mu.Unlock()
			s.awake()
		}()
		s.Settle() // they begin one after the other
	}
	for s.step() {
	}
	for !s.ended() { // a killed process may sleep before it notices
		<-s.wake
	}
	return s.steps
}

// step lets one call through, or lets time pass until a process wants one. It reports whether a
// process is alive.
func (s *Scheduler) step() bool {
	s.Settle()
	alive := s.alive()
	if len(alive) == 0 {
		return false
	}
	if !slices.Contains(alive, s.at) {
		s.at = alive[0]
	}
	turn := s.turn()
	if turn.Next[s.at] == "" { // it sleeps
		<-s.wake
		return true
	}
	if len(alive) > 1 && s.Choose != nil {
		if chosen := s.Choose(turn); chosen != s.at && slices.Contains(alive, chosen) {
			s.at = chosen
			return true
		}
	}
	if s.Before != nil {
		s.Before(turn)
	}
	s.let(len(alive) > 1)
	return true
}

// let lets the next call of the process through whose turn it is.
func (s *Scheduler) let(others bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.running[s.at]
	next := p.waiting[0]
	p.waiting = p.waiting[1:]
	s.steps = append(s.steps, Step{s.at, next.call, others})
	close(next.through)
}

// ended reports whether every process has ended, the killed ones too.
func (s *Scheduler) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(s.running, func(p *running) bool { return !p.ended })
}

// alive lists the processes that have neither ended nor been killed.
func (s *Scheduler) alive() (out []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.running {
		if !p.ended && !p.way.Killed() {
			out = append(out, i)
		}
	}
	return out
}

// turn describes the moment.
func (s *Scheduler) turn() Turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := Turn{Step: len(s.steps), Process: s.at}
	for _, p := range s.running {
		next := ""
		if len(p.waiting) > 0 {
			next = p.waiting[0].call
		}
		t.Next = append(t.Next, next)
	}
	return t
}

// pass returns when it is the call's turn, or when its request or its process has ended.
func (s *Scheduler) pass(p *running, r *http.Request) {
	if p.way.Killed() {
		return
	}
	w := &waiting{r.Method + " " + r.URL.Path, r.URL.RawQuery, make(chan struct{})}
	s.mu.Lock()
	p.waiting = append(p.waiting, w)
	// Goroutines of one process arrive in any order.
	slices.SortStableFunc(p.waiting, func(a, b *waiting) int {
		return strings.Compare(a.call+"?"+a.query, b.call+"?"+b.query)
	})
	s.mu.Unlock()
	s.awake()
	select {
	case <-w.through:
		return
	case <-r.Context().Done():
	case <-p.way.died:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(one *waiting) bool { return one == w })
}

// awake tells the scheduler that a process waits for its turn, or has ended.
func (s *Scheduler) awake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
