package verdict

import (
	"fmt"
	"time"
)

// Step is the call at which X refused.
type Step string

// The steps at which X can refuse a media.
const (
	Initialize Step = "initialize"
	Append     Step = "append"
	Finalize   Step = "finalize"
	Processing Step = "processing" // STATUS
	AtPost     Step = "post"
	AtReply    Step = "reply"
)

// Upload reports whether the step is before anything is public.
func (s Step) Upload() bool { return s != AtPost && s != AtReply }

// Try is one refusal of one media in one run.
type Try struct {
	Step Step
	Key  string // of the words, "" for words that no table knows
	Kind string // "photo" or "video", of the file; "" where no file was refused
	At   time.Time
	// Taken reports whether X took another one in the same run: a file of that kind at that step,
	// or a post (for a reply: a reply).
	Taken bool
	// TakenAt is when X last took another post of the route (for a reply: another reply), as far
	// as anybody knows when the run ends; zero if never.
	TakenAt time.Time
	// Several reports whether X refused more than one video in this run.
	Several bool
}

// Refusal is what X's refusals of one media have shown so far: the tries that counted, folded.
type Refusal struct {
	Step  Step      `yaml:"step"`
	Key   string    `yaml:"key,omitempty"`
	Kind  string    `yaml:"kind,omitempty"`
	First time.Time `yaml:"first,omitempty"` // the first try that counted
	Last  time.Time `yaml:"last,omitempty"`  // the last try that counted
	Tries int       `yaml:"tries,omitempty"`
	// Listed is how many of the tries had words of the closed list.
	Listed int `yaml:"listed,omitempty"`
	// Shown is how many of the listed tries had X take another one in the same run; OtherShown
	// is the same for other words.
	Shown      int `yaml:"shown,omitempty"`
	OtherShown int `yaml:"other_shown,omitempty"`
	// Recent is how many of the tries are younger than the last post that X took: they are taken
	// back if the fault turns out to be everybody's.
	Recent int `yaml:"recent,omitempty"`
	// Between reports whether X took another post between the first try and the last.
	Between bool `yaml:"between,omitempty"`
	// Several reports whether X refused other videos too.
	Several bool `yaml:"several,omitempty"`
}

// same reports whether a try is about the same thing as the refusal: a file that passed the upload
// and is refused at POST begins anew.
func (r Refusal) same(t Try) bool {
	return r.Step.Upload() == t.Step.Upload() && (r.Step == AtReply) == (t.Step == AtReply)
}

// Add folds one more try in. A try within an hour of the last one that counted changes nothing.
func (r Refusal) Add(t Try) Refusal {
	if r.Tries > 0 && !r.same(t) {
		r = Refusal{}
	}
	if r.Tries > 0 && t.At.Sub(r.Last) < tryGap {
		return r
	}
	if r.Tries == 0 {
		r.First = t.At
	}
	if t.TakenAt.After(r.First) && t.TakenAt.Before(t.At) {
		r.Between = true
	}
	r.Step, r.Key, r.Kind, r.Last = t.Step, t.Key, t.Kind, t.At
	r.Tries++
	r.Recent++
	r.Several = r.Several || t.Several
	switch listed := WhoseFault(t.Key) == File; {
	case listed:
		r.Listed++
		if t.Taken {
			r.Shown++
		}
	case t.Taken:
		r.OtherShown++
	}
	return r
}

// Took notes that X took another post of the route: the tries so far can't be everybody's any more.
func (r Refusal) Took() Refusal {
	r.Recent = 0
	return r
}

// Everybodys takes back the tries since X last took something: they say nothing about this media.
func (r Refusal) Everybodys() Refusal {
	if r.Recent >= r.Tries {
		return Refusal{}
	}
	r.Tries -= r.Recent
	r.Listed = min(r.Listed, r.Tries)
	r.Shown = min(r.Shown, r.Listed)
	r.OtherShown = min(r.OtherShown, r.Tries)
	r.Recent = 0
	return r
}

// otherWords is how long every try has to meet other words than the closed list's at an upload step
// before they prove anything, and otherRuns in how many of these runs X must have taken another file.
const (
	otherWords = 7 * 24 * time.Hour
	otherRuns  = 3
	severalGap = 24 * time.Hour
	postTries  = 3
	replyWords = 7 * 24 * time.Hour
)

// RefusedFile reports whether it is proven that X refuses this very file.
func RefusedFile(r Refusal) Verdict {
	need := triesOf(r.Key)
	days := r.Last.Sub(r.First)
	switch {
	case r.Shown >= need:
		return proven(fmt.Sprintf("X refused this file in %s, each at least an hour after the one before, "+
			"and took another %s in each of these runs", tries(r.Shown), fileKind(r.Kind)))
	case r.Kind == "video" && r.Shown == 0 && r.Listed >= need && (!r.Several || days >= severalGap):
		return proven(fmt.Sprintf("X refused this video in %s, at least an hour apart, with words about the file itself",
			tries(r.Listed)))
	case r.Step.Upload() && r.Tries > r.Listed && days >= otherWords && r.OtherShown+r.Shown >= otherRuns:
		return proven(fmt.Sprintf("X refused this file in every try of %d days, and took other files in %d of these runs",
			int(days.Hours()/24), r.OtherShown+r.Shown))
	case r.Listed > 0 && r.Shown < need && r.Kind == "video" && r.Several:
		return held("X refused other videos too: this one is asked again for a day before that counts against it")
	case r.Listed > 0:
		return held(fmt.Sprintf("X has refused this file in %s; it takes %d, with another %s taken in each of these runs",
			tries(r.Listed), need, fileKind(r.Kind)))
	}
	return held("these words do not name the file: it takes seven days of them, with other files taken in three runs")
}

// RefusedPost reports whether it is proven that X refuses this very post (or reply).
func RefusedPost(r Refusal) Verdict {
	switch {
	case r.Tries >= postTries && r.Between:
		return proven(fmt.Sprintf("X refused this %s in %s, each at least an hour after the one before, "+
			"and took another one between the first and the last", postKind(r.Step), tries(r.Tries)))
	case r.Between:
		return held(fmt.Sprintf("X has refused this %s in %s and took another one meanwhile; it takes %d",
			postKind(r.Step), tries(r.Tries), postTries))
	}
	return held(fmt.Sprintf("X has refused this %s in %s, and has taken no other one since the first",
		postKind(r.Step), tries(r.Tries)))
}

// NoReplies reports whether it is proven that X never lets this app finish this thread: its words
// were about replies in every try of seven days.
func NoReplies(r Refusal) Verdict {
	if WhoseFault(r.Key) == Replies && r.Step == AtReply && r.Last.Sub(r.First) >= replyWords {
		return proven("X said in every try of seven days that this app may not reply")
	}
	return held("X does not let this app reply at present: the rest of the thread waits")
}

// ParentGone reports whether the post that a reply answers was deleted. looks is in how many tries
// the timeline did not show it.
func ParentGone(looks int) Verdict {
	if looks >= 2 {
		return proven("the post that the next part answers was gone from X's timeline in two tries")
	}
	return held("the post that the next part answers was not found on X's timeline: one more look is needed")
}

func tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

func fileKind(kind string) string {
	if kind == "" {
		return "file"
	}
	return kind
}

func postKind(s Step) string {
	if s == AtReply {
		return "reply"
	}
	return "post"
}
