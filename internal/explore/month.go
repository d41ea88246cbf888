package explore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// monthly lets as much be posted as is published.
const monthly = `version: 1
routes: {main: {limits: {usd_per_month: 1000, per_day: 500}}}
`

// Month is a month of faults of every kind. The same seed plays the same month.
type Month struct {
	Seed   uint64
	Days   int
	Happen Happened
	Log    func(string, ...any) // may be nil
	// Without are events that are left out: their places in the order in which they are drawn.
	Without []int
}

// Report is what became of a month.
type Report struct {
	Broken string   // the promises that were broken; "" for none
	Events []string // that happened, with their numbers
	Drawn  int      // how many were drawn
	Counts string   // of media, posts, issues, …
	Calls  []string
}

// month is a Month that is being played.
type month struct {
	*Scene
	plan  Month
	r     *rand.Rand
	deck  []event
	drawn int
	out   Report
	broke broken

	media []*wanted

	lag      bool
	outage   bool // Instagram is broken as in September 2023
	refusing bool // X refuses one photo
	answers  int  // how many questions a person has answered
	lost     bool // the state was put back or deleted, and nobody has answered yet
	excused  bool // the chain may be dead: an answer or a state was lost
	xMoved   bool // another X account was accepted once
	xOther   bool // the login is of the other X account than the accepted one
	xNow     int  // which of the two X accounts the person wants
	igOther  bool
	igNow    int
	igTokens [2]string
	igIDs    [2]string
}

// wanted is a media and what is to become of it.
type wanted struct {
	id, caption string
	parts       int
	at          time.Time
	// free reports whether it may also be missing: a person has taken another account, or begun anew.
	free bool
	// never reports whether it must not be posted.
	never bool
	// held reports whether it was held once: others may have passed it.
	held bool
}

// Play plays the month, lets a calm week follow, and checks the promises.
func (m Month) Play(t *testing.T) (out Report) {
	path := filepath.Join(t.TempDir(), "postferry.yml")
	if err := os.WriteFile(path, []byte(monthly), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := &month{
			Scene: newScene(t, path, m.Happen), plan: m,
			r: rand.New(rand.NewPCG(m.Seed, 2023)),
		}
		p.Scene.Log = m.Log
		p.play()
		p.calm()
		p.check()
		p.out.Drawn = p.drawn
		if len(p.broke) > 0 {
			p.out.Broken = p.broke.String()
		}
		for _, c := range p.W.Log() {
			call := fmt.Sprintln(c.At.UnixNano(), c.Method, withoutCommits(c.Path), c.Status)
			p.out.Calls = append(p.out.Calls, call)
		}
		out = p.out
	})
	return out
}

// play plays the days in which everything goes wrong.
func (m *month) play() {
	m.openStrangers()
	id, _ := m.W.X().Account()
	m.logf("X account %s", id)
	m.igTokens[0] = m.env["INSTAGRAM_TOKEN"]
	m.igIDs[0] = ""
	m.igIDs[1] = "17841400000000777"
	m.igTokens[1] = m.W.Instagram().AddAccount(m.igIDs[1], igNames[1])
	m.alone(m.start("mirror"))
	for end := m.W.Now().Add(time.Duration(m.plan.Days) * 24 * time.Hour); m.W.Now().Before(end); {
		m.pass()
		m.draw()
		m.person()
		switch n := m.r.IntN(100); {
		case n < 70:
			m.single("mirror")
		case n < 85:
			m.single("rotate")
		default:
			m.both()
		}
	}
}

// pass lets time go by: minutes mostly, sometimes hours or days.
func (m *month) pass() {
	d := time.Duration(5+m.r.IntN(15)) * time.Minute
	switch n := m.r.IntN(100); {
	case n < 3:
		d = time.Duration(1+m.r.IntN(3)) * 24 * time.Hour
	case n < 15:
		d = time.Duration(1+m.r.IntN(8)) * time.Hour
	}
	m.W.Advance(d)
}

// draw has the next event of the deck happen. The deck is shuffled anew when it is used up, so that
// no event fails to happen by chance.
func (m *month) draw() {
	if len(m.deck) == 0 {
		for _, e := range deck {
			for range e.cards {
				m.deck = append(m.deck, e)
			}
		}
		m.r.Shuffle(len(m.deck), func(i, j int) { m.deck[i], m.deck[j] = m.deck[j], m.deck[i] })
	}
	e := m.deck[0]
	m.deck = m.deck[1:]
	m.drawn++
	// What an event draws for itself is drawn from a source of its own: without the event the rest
	// of the month is the same.
	before := m.r
	m.r = rand.New(rand.NewPCG(m.plan.Seed, uint64(m.drawn)))
	defer func() { m.r = before }()
	if slices.Contains(m.plan.Without, m.drawn) {
		return
	}
	if e.do(m) {
		m.out.Events = append(m.out.Events, fmt.Sprintf("%d %s", m.drawn, e.name))
		m.logf("## %d %s", m.drawn, e.name)
		m.Happen.Count(e.name)
	}
}

// single runs one process that may be killed or cancelled.
func (m *month) single(command string) {
	p := m.start(command)
	m.doom(p)
	m.watch(func() { m.alone(p) }, p)
}

// both starts two runs at the same moment. Who goes on is drawn at each call.
func (m *month) both() {
	a, b := m.start("mirror"), m.start([]string{"mirror", "rotate"}[m.r.IntN(2)])
	m.doom(a)
	m.doom(b)
	r := rand.New(rand.NewPCG(m.r.Uint64(), 1))
	turns := &sim.Scheduler{Choose: func(t sim.Turn) int {
		if r.IntN(4) == 0 {
			return 1 - t.Process
		}
		return t.Process
	}}
	m.Happen.Count("two runs at once")
	m.watch(func() {
		m.together(turns, m.r.IntN(2), func(p *Process) func() { return func() { m.run(p) } }, a, b)
	}, a, b)
}

// doom has a process killed or cancelled, or live.
func (m *month) doom(p *Process) {
	n, after := m.r.IntN(40), m.r.IntN(2) == 0
	when := []string{sim.Before, sim.Middle, sim.After}[m.r.IntN(3)]
	wait := time.Duration(m.r.IntN(25_000)) * time.Millisecond
	cancel := func(name string) func() {
		return func() {
			if !p.Ended && p.ctx.Err() == nil {
				m.Happen.Count(name)
				p.Cancel()
			}
		}
	}
	switch m.r.IntN(8) {
	case 0, 1:
		p.KillAt(n, after)
	case 2:
		p.OnCall(n/2, when, cancel("a run was cancelled at a call"))
	case 3, 4:
		time.AfterFunc(wait, cancel("a run was cancelled in a wait"))
	}
}

// watch checks what must hold after each run: nobody is told to log in for no reason, and no two
// issues are open for one cause.
func (m *month) watch(run func(), all ...*Process) {
	alive, from := m.alive(), len(m.W.Log())
	run()
	for _, p := range all {
		if p.Killed() {
			m.Happen.Count("a run was killed")
		}
	}
	if alive && !m.alive() && !m.tokenLost(from, all) {
		m.broke.add("the token chain died at %s, and no answer was lost",
			m.W.Now().Format(time.RFC3339))
	}
	m.oneIssue(&m.broke)
	m.noteHeld(all)
}

// noteHeld remembers what was held: others may pass it.
func (m *month) noteHeld(all []*Process) {
	d := m.doc()
	for _, w := range m.media {
		rec := d.Find(w.id)
		w.held = w.held || rec != nil && (rec.Evidence != nil || rec.Intent != nil)
		for _, p := range all {
			code := "/C" + w.id[len(w.id)-9:] + "/"
			for line := range strings.Lines(p.Out.String()) {
				w.held = w.held ||
					strings.HasPrefix(line, "  held ") && strings.Contains(line, code)
			}
		}
	}
}

// tokenLost reports whether the answer of the token endpoint was lost, or its reader was killed.
func (m *month) tokenLost(from int, all []*Process) bool {
	for _, c := range m.W.Log()[from:] {
		if c.Path == "/2/oauth2/token" && (c.Fault || c.Status == 0) {
			return true
		}
	}
	return m.excused || slices.ContainsFunc(all, (*Process).Killed)
}

// calm lets the schedules run without faults, and a person answer what is asked.
func (m *month) calm() {
	m.W.ClearFaults()
	m.W.Instagram().Repair()
	m.W.X().SetTimelineLag(0)
	m.Skew = 0
	m.backToOwn()
	for range 40 {
		m.W.Advance(6*time.Hour + time.Minute)
		m.alone(m.start("rotate"))
		m.answerAll()
		m.alone(m.start("mirror"))
		m.retryRefused()
	}
}

// withoutCommits takes the ids of commits out of a path: a commit holds a sealed vault, which is
// another one each time.
func withoutCommits(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if len(part) == 40 {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, "/")
}
