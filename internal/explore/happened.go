package explore

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Happened counts events by name. It may be used by several tests at once.
type Happened struct{ *counts }

type counts struct {
	mu sync.Mutex
	n  map[string]int
}

// NewHappened returns counts without an event.
func NewHappened() Happened { return Happened{&counts{n: map[string]int{}}} }

// Count counts an event once more.
func (h Happened) Count(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n[name]++
}

// Counts returns how often each event happened.
func (h Happened) Counts() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.n)
}

// Never lists those of some events that did not happen.
func (h Happened) Never(names []string) []string {
	counts := h.Counts()
	return slices.DeleteFunc(slices.Clone(names),
		func(name string) bool { return counts[name] > 0 })
}

// The events that are told by what a process prints.
var printed = map[string]string{
	"a lost answer was adopted":             "found on X as",
	"an absent post was posted again":       "never reached X",
	"a lagging timeline was waited for":     ": X did not answer",
	"a stale secret was refused":            "that has been rotated since",
	"another run's rotation was respected":  "another run began to rotate",
	"a rotation was made by another run":    "another run rotated the token",
	"a witness was asked":                   "asked as a witness",
	"a photo was written anew":              "is written anew as a JPEG",
	"a rollback was put back":               "the lost state was put back",
	"another Instagram account was taken":   "another Instagram account was accepted",
	"an open breaker was waited for":        ": skipped:",
	"a media was given up":                  "  given up ",
	"a run was told that it was cancelled":  "the run was cancelled",
	"a wrong clock was noticed":             "achine's clock is",
	"a rollback was noticed":                "was put back by a force push",
	"a deletion was noticed":                "was deleted: see #",
	"another account was noticed":           "is logged in as another account",
	"a given-up media was retried":          "is put back: the next run mirrors it",
	"a media was passed that X still holds": "  held     ",
}

// The events that are told by a record of the ledger.
var recorded = map[string]func(state.Record) bool{
	"a look could not tell": func(r state.Record) bool {
		return r.Evidence != nil && r.Evidence.Hold == state.HeldUndecided
	},
	"a media was held by itself": func(r state.Record) bool { return r.Hold().ByItself() },
	"a thread was half posted": func(r state.Record) bool {
		return r.Status == state.Posting && len(r.Posts) > 0
	},
	"a post went unanswered": func(r state.Record) bool {
		return r.Intent != nil && r.Intent.Unanswered
	},
	"a rescue lost something": func(r state.Record) bool {
		return len(r.LeftOut) > 0 || r.Fallback != ""
	},
}

// note counts the events that a process has reached, and logs the process.
func (s *Scene) note(p *Process) {
	out := p.Out.String()
	for name, words := range printed {
		if strings.Contains(out, words) {
			s.Happen.Count(name)
		}
	}
	for _, rec := range s.doc().Ledger {
		for name, is := range recorded {
			if is(rec) {
				s.Happen.Count(name)
			}
		}
	}
	s.noteOutside()
	s.logf("%v", p)
	s.logIssues()
}

// noteOutside counts the events that are told by what is on X and on GitHub.
func (s *Scene) noteOutside() {
	for _, tw := range s.W.X().Tweets() {
		if captionOf(tw.Text) != tw.Text {
			s.Happen.Count("a duplicate was told apart")
		}
	}
	for _, i := range s.ours() {
		if i.State == "closed" && report.Body(i.Body).ClosedByUs() && !isQuestion(i) {
			s.Happen.Count("an incident was over")
		}
	}
}

// logIssues logs the issues that are new or have changed.
func (s *Scene) logIssues() {
	if s.Log == nil {
		return
	}
	for _, i := range s.W.GitHub().Issues() {
		now := fmt.Sprintf("#%d %s (%s): %s", i.Number, i.State, i.Reason, i.Title)
		if s.issues[i.Number] != now {
			s.issues[i.Number] = now
			s.logf("%s", now)
		}
	}
}
