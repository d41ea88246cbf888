package mirror

import (
	"slices"
	"sync"

	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/verdict"
)

// answers are what X took and refused in one run, and what did not come from the media host. Whose
// fault a refusal was shows only at the end of the run, by what else was taken.
type answers struct {
	mu    sync.Mutex   // guards taken and file: files are uploaded concurrently
	taken map[took]int // what X took, by step and kind of file
	file  bool         // the media host gave a file, or a byte of one

	refused []*refusal
	missing []hostFailure
	waiting map[string]hold // by media id
	posted  map[string]bool // by media id: posted to its end

	fault   *RefusedError // X refuses whatever the route posts
	replies *RefusedError // X does not let this app reply
	racing  bool          // X does not show a post yet that a reply answers
}

func newAnswers() *answers {
	return &answers{
		taken: map[took]int{}, waiting: map[string]hold{}, posted: map[string]bool{},
	}
}

// took is a step at which X took something, and the kind of file ("" for a post without one).
type took struct {
	step verdict.Step
	kind string
}

// tookStep notes that X took something at a step.
func (a *answers) tookStep(step verdict.Step, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken[took{step, kind}]++
}

// tookPost notes that X took a post.
func (a *answers) tookPost(p plan.Post, reply bool) {
	step := verdict.AtPost
	if reply {
		step = verdict.AtReply
	}
	a.tookStep(step, string(p.Kind()))
}

// fileCame notes that the media host answers.
func (a *answers) fileCame() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.file = true
}

// count is how often X took something at a step in this run.
func (a *answers) count(step verdict.Step) (n int) {
	for t, times := range a.taken {
		if t.step == step {
			n += times
		}
	}
	return n
}

// tookSame is how often X took a file of a refusal's kind at its step.
func (a *answers) tookSame(r *refusal) int { return a.taken[took{r.step, r.kind}] }

// tookAny reports whether X has taken a post or a reply in this run.
func (a *answers) tookAny() bool { return a.count(verdict.AtPost)+a.count(verdict.AtReply) > 0 }

// prove notes which calls the answers have proven to work.
func (a *answers) prove(w *Works) {
	w.File = a.file
	w.Upload = a.count(verdict.Finalize) > 0
	w.Post, w.Reply = a.tookAny(), a.count(verdict.AtReply) > 0
}

// tried reports whether a media has been tried in this run: it is no witness any more.
func (a *answers) tried(id string) bool {
	if _, held := a.waiting[id]; held || a.posted[id] {
		return true
	}
	return slices.ContainsFunc(a.refused, func(r *refusal) bool { return r.media() == id }) ||
		slices.ContainsFunc(a.missing, func(m hostFailure) bool { return m.thread.Media.ID == id })
}

// onlyFileTried reports whether no other media's file was refused.
func (a *answers) onlyFileTried(r *refusal) bool {
	return !slices.ContainsFunc(a.refused, func(other *refusal) bool {
		return other != r && other.step.Upload()
	})
}

// severalVideos reports whether X refused more than one video in this run, whatever its words were.
func (a *answers) severalVideos() bool {
	n := 0
	for _, r := range a.refused {
		if r.ofVideo() && r.aboutFile() {
			n++
		}
	}
	return n > 1
}
