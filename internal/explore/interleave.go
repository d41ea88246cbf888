package explore

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// Preemptions is how often at most a run is interrupted by the other one.
const Preemptions = 2

// player plays cases.
type player struct {
	config string
	happen Happened
	log    func(string, ...any)
}

// outcome is what became of a case.
type outcome struct {
	steps  []sim.Step
	hit    bool // the event met a call
	broken broken
}

// play plays a case to the end and checks the promises.
func (pl player) play(t *testing.T, c Case) (out outcome) {
	synctest.Test(t, func(t *testing.T) {
		p := pairs[c.Pair]
		s := newScene(t, pl.config, pl.happen)
		s.Log = pl.log
		s.openStrangers()
		p.prepare(s)
		s.W.X().SetTimelineLag(c.Lag)
		alive := s.alive()
		runs := []*Process{
			s.start(strings.Fields(p.runs[0])...), s.start(strings.Fields(p.runs[1])...),
		}
		out.steps = s.together(pl.scheduler(s, c, runs, &out), c.Choices[0], s.body, runs...)
		if !out.hit {
			s.oneIssue(&out.broken) // else the next run sees to it
		}
		excused := out.lostToken(c, runs)
		if alive && !s.alive() && !excused {
			out.broken.add("the token chain is dead")
		}
		if !excused {
			pl.codes(c, p, runs, &out)
		}
		s.repeat(runs)
		s.recover(p, c.Event == "" || c.Event == Cancel, &out.broken)
		s.kept(p, &out.broken)
	})
	return out
}

// lostToken reports whether the answer of the token endpoint was lost, or its reader was killed
// before it could store what it got.
func (o outcome) lostToken(c Case, runs []*Process) bool {
	for i, step := range o.steps {
		if !strings.Contains(step.Call, "oauth2/token") {
			continue
		}
		lost := o.hit && i == c.At && (c.Event == Kill || c.Event == Lose)
		if lost || runs[step.Process].Killed() {
			return true
		}
	}
	return false
}

// body is what a process of a scene does: the program, or a person.
func (s *Scene) body(p *Process) func() {
	if act, ok := people[p.Args[0]]; ok {
		return func() {
			p.Act(p.Args[0], func() { act(s) })
			p.Ended = true
		}
	}
	return func() { s.run(p) }
}

// scheduler lets the runs go on as a case says.
func (pl player) scheduler(s *Scene, c Case, runs []*Process, out *outcome) *sim.Scheduler {
	switched := -1
	return &sim.Scheduler{
		Choose: func(t sim.Turn) int {
			if !c.switches(t.Step) || switched == t.Step {
				return t.Process
			}
			switched = t.Step
			return 1 - t.Process
		},
		Before: func(t sim.Turn) {
			s.logf("%3d: run %d: %s", t.Step, t.Process, t.Next[t.Process])
			if c.Event == "" || t.Step != c.At {
				return
			}
			out.hit = true
			runs[t.Process].meet(c.Event)
		},
	}
}

// meet has an event meet the process's next call.
func (p *Process) meet(event string) {
	n := p.Calls()
	switch event {
	case Kill:
		p.KillAt(n, true)
	case Lose:
		p.LoseAt(n)
	case Cancel:
		p.OnCall(n, sim.Before, p.Cancel)
	case Cut:
		p.OnCall(n, sim.Middle, p.Cancel)
	}
}

// codes checks that a run ends well unless something has happened to it.
func (pl player) codes(c Case, p pair, runs []*Process, out *outcome) {
	for i, r := range runs {
		met := out.hit && out.steps[c.At].Process == i
		spared := r.Killed() || met && (c.Event == Lose || byHand(r))
		if r.Code != 0 && !p.reports && !spared {
			out.broken.add("run %d (%s) ended with %d:\n%s", i, r.Args[0], r.Code, &r.Out)
		}
	}
}

// byHand reports whether a person waits for a run, and sees how it ends.
func byHand(p *Process) bool { return p.Args[0] == "retry" }

// repeat has a person repeat what did not end well.
func (s *Scene) repeat(runs []*Process) {
	for _, p := range runs {
		if byHand(p) && (p.Code != 0 || p.Killed() || p.Cancelled) {
			s.alone(s.start(p.Args...))
		}
	}
}

// recover runs the schedule until everything that waits has ended, or is given up as hopeless.
// converges reports whether one issue must be open for a cause from the first run on.
func (s *Scene) recover(p pair, converges bool, b *broken) {
	s.W.ClearFaults()
	for n := range 10 {
		s.W.Advance(25*time.Minute + time.Duration(n)*20*time.Minute)
		// A run that dies, or does not hear of the issue that it has opened, may leave two of one
		// question until one of them is answered.
		if n > 0 && converges {
			s.oneIssue(b)
		}
		if p.asks && n > 0 {
			s.closeAll("completed")
		}
		if s.askedToLogIn() {
			s.Happen.Count("a login was asked for")
			s.login()
		}
		s.alone(s.start("mirror"))
		var left broken
		if s.kept(p, &left); len(left) == 0 {
			return
		}
		s.alone(s.start("rotate"))
	}
}

// kept checks the promises once everything has ended.
func (s *Scene) kept(p pair, b *broken) {
	texts, parts := s.threads("")
	for i, text := range texts {
		texts[i] = firstWord(text)
	}
	if p.anyOrder {
		slices.Sort(texts)
	}
	if want := p.want; !slices.Equal(texts, want) {
		b.add("on X: %v, want %v", texts, want)
	}
	for text, n := range parts {
		if want := p.parts[firstWord(text)]; n != max(want, 1) {
			b.add("%s has %d posts, want %d", firstWord(text), n, max(want, 1))
		}
	}
	s.ledger(b)
	s.oneIssue(b)
	s.strangersStay(b)
	s.nothingOpen(b)
	s.noSecrets(b)
	if !s.alive() {
		b.add("the token chain is dead")
	}
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// visible reports whether a call can matter to another run or depend on one: all but those that only
// read what no run writes, and the upload of a file, which nobody else sees.
func visible(call string) bool {
	for _, private := range []string{"GET /file/", "POST /2/media/", "GET /2/media/", "GET /v"} {
		if strings.HasPrefix(call, private) {
			return false
		}
	}
	return true
}

// next lists the cases that a case leads to: one more preemption, or one event, after the last.
func next(c Case, steps []sim.Step) (out []Case) {
	for i, step := range steps {
		if i <= c.last() && !(i == c.last() && c.Event == "") {
			continue
		}
		if len(c.Choices) <= Preemptions && step.Others && visible(step.Call) && i > c.last() {
			out = append(out, c.with(i))
		}
		if c.Event == "" {
			for _, event := range eventsAt(step.Call, i) {
				out = append(out, c.meeting(event, i))
			}
		}
	}
	return out
}

// eventsAt lists the events that can make a difference at a call. To die after a call that changes
// nothing for others is to die before it, and its answer can't be lost in two ways.
func eventsAt(call string, step int) []string {
	changes := visible(call) && !strings.HasPrefix(call, "GET ")
	switch {
	case strings.HasPrefix(call, "ACT "):
		return nil
	case changes:
		return events
	case step == 0:
		return []string{Kill, Lose, Cancel}
	}
	return []string{Lose, Cancel}
}

// String lists what is broken, each on a line.
func (b broken) String() string {
	return fmt.Sprintf("%d promises are broken:\n  %s", len(b), strings.Join(b, "\n  "))
}
