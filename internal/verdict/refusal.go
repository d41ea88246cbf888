package verdict

import "time"

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

// rare reports whether a file is of a kind of which an account may have no other for weeks. X
// processes an animated GIF as it does a video.
func rare(kind string) bool { return kind == "video" || kind == "gif" }

// Try is one refusal of one media in one run, after what helps without loss has failed: a photo
// written anew, an upload made anew.
type Try struct {
	Step Step
	Key  string // of the words, "" for words that no table knows
	Kind string // "photo", "video" or "gif", of the file; "" where no file was refused
	File string // which files of the media were refused, as ids; "" at POST
	At   time.Time
	// Taken reports whether X took another one in the same run: a file of that kind at that step,
	// or a post (for a reply: a reply).
	Taken bool
	// TakenOther reports whether X took a file of any kind at that step in the same run.
	TakenOther bool
	// TakenAt is when X last took another post of the route (for a reply: another reply), as far
	// as anybody knows when the run ends; zero if never.
	TakenAt time.Time
	// Several reports whether X refused more than one video in this run.
	Several bool
	// Limit reports whether the words name a limit that this very file exceeds ([ExceedsLimit]).
	Limit bool
	// Album reports whether the file is one of several of its media.
	Album bool
	// Anew reports whether a photo was refused as it is, and again when written anew.
	Anew bool
	// Gone reports whether the timeline was read to its end and does not show the post that this
	// reply answers.
	Gone bool
}

// Refusal is what X's refusals of one media have shown so far: the tries that counted, folded. The
// zero value is a media that X has not refused.
type Refusal struct {
	Step  Step      `yaml:"step,omitempty"`
	Key   string    `yaml:"key,omitempty"` // of the last try
	Kind  string    `yaml:"kind,omitempty"`
	File  string    `yaml:"file,omitempty"`
	First time.Time `yaml:"first,omitempty"` // the first try that counted
	Last  time.Time `yaml:"last,omitempty"`  // the last try that counted
	Tries int       `yaml:"tries,omitempty"`
	// Listed is how many of the tries had words of the closed list, and FirstListed when the first
	// of them was; zero if that was the first try of all.
	Listed      int       `yaml:"listed,omitempty"`
	FirstListed time.Time `yaml:"first_listed,omitempty"`
	// Shown is how many of the listed tries had X take another one in the same run; OtherShown
	// is the same for other words.
	Shown      int `yaml:"shown,omitempty"`
	OtherShown int `yaml:"other_shown,omitempty"`
	// Forgotten reports whether one of the tries was an upload that STATUS did not find.
	Forgotten bool `yaml:"forgotten,omitempty"`
	// RepliesSince is since when every try had words about replies.
	RepliesSince time.Time `yaml:"replies_since,omitempty"`
	// Gone is in how many tries the post that the reply answers was gone.
	Gone int `yaml:"gone,omitempty"`
	// Between reports whether X took another post between the first try and the last.
	Between bool `yaml:"between,omitempty"`
	// Several reports whether X refused other videos too.
	Several bool `yaml:"several,omitempty"`
	// Before is the refusal as it was when X last took a post; nil if no try has counted since. It
	// is what is left if the fault turns out to be everybody's.
	Before *Refusal `yaml:"before,omitempty"`
}

// same reports whether a try is about the same thing as the refusal. A file that passed the upload
// and is refused at POST begins anew, and so does another file of the same media.
func (r Refusal) same(t Try) bool {
	return r.Step.Upload() == t.Step.Upload() && (r.Step == AtReply) == (t.Step == AtReply) &&
		r.Kind == t.Kind && r.File == t.File
}

// Add folds one more try in. A try within an hour of the last one of this media that counted
// changes nothing. Tries that lie further ahead than that were written under a wrong clock, and are
// forgotten.
func (r Refusal) Add(t Try) Refusal {
	switch {
	case !Believable(r.Last, t.At, tryGap):
		r = Refusal{}
	case t.At.Sub(r.Last) < tryGap:
		return r
	}
	before := r.Before
	if before == nil {
		was := r
		before = &was
	}
	if r.Tries == 0 || !r.same(t) {
		r = Refusal{First: t.At}
	}
	r.Step, r.Key, r.Kind, r.File, r.Last, r.Before = t.Step, t.Key, t.Kind, t.File, t.At, before
	r.Tries++
	r.Several = r.Several || t.Several
	// Times are whole seconds: a post that X took in the second of this try came before it, because
	// the run stops at a refusal.
	r.Between = r.Between || t.TakenAt.After(r.First) && !t.TakenAt.After(t.At)
	r.addWords(t)
	return r
}

// addWords notes what the words of a try say.
func (r *Refusal) addWords(t Try) {
	whose := WhoseFault(t.Key)
	r.addShown(t, whose)
	r.Forgotten = r.Forgotten || t.Key == uploadForgotten
	switch {
	case whose != Replies:
		r.RepliesSince = time.Time{}
	case r.RepliesSince.IsZero():
		r.RepliesSince = t.At
	}
	switch {
	case t.Gone:
		r.Gone++
	case whose == ReplyGone:
		r.Gone = 0 // the timeline shows the post that X calls gone
	}
}

// addShown notes whether X took another file in the run of a try: words of the closed list and
// other words are counted apart, because they prove different things.
func (r *Refusal) addShown(t Try, whose Whose) {
	if whose != File {
		if t.Taken || t.TakenOther {
			r.OtherShown++
		}
		return
	}
	r.Listed++
	if r.Listed == 1 && r.Tries > 1 {
		r.FirstListed = t.At
	}
	if t.Taken {
		r.Shown++
	}
}

// need is how many tries prove a file's fault with words of the closed list. An upload that STATUS
// does not find takes one more: X's uploads have answered 404 for days (tweepy/tweepy#1851).
func (r Refusal) need() int {
	if r.Forgotten {
		return 3
	}
	return 2
}

// Took notes that X took another post of the route: the tries so far can't be everybody's any more.
func (r Refusal) Took() Refusal {
	r.Before = nil
	return r
}

// Everybodys takes back the tries since X last took a post: they say nothing about this media.
func (r Refusal) Everybodys() Refusal {
	if r.Before == nil {
		return r
	}
	return *r.Before
}
