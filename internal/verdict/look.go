package verdict

import (
	"slices"
	"time"
)

const (
	// TimelineLag is how long after an intent X's timeline must be read to show that a post is not
	// there.
	TimelineLag = 20 * time.Minute
	// beforeIntent is how much older than its intent a post may be and still be its: clocks differ.
	beforeIntent = 5 * time.Minute
	// timelineEnd is how many posts a timeline can be read before it proves no end: X keeps 3,200.
	timelineEnd = 3000
	// undecidedLooks is how many looks that can't decide are an incident.
	undecidedLooks = 3
)

// Sought is a post whose answer was lost.
type Sought struct {
	At    time.Time // of the intent, or of the first look if the intent lies ahead
	Media []string  // X media ids
	Text  string    // digest of the text without its links, "" if the text is empty
	Link  string    // digest of the links it was to carry, "" for none
	Files bool      // whether it was to carry files
}

// Seen is a post on X's timeline.
type Seen struct {
	ID         string
	At         time.Time
	Media      []string // X media ids or keys, as far as X names them
	MediaNamed bool     // whether X named the files
	Text, Link string   // digests, as in Sought
	Files      bool
}

// Ours reports whether a post on the timeline is the one that is sought: one of its media ids, or,
// where X names none, the same text (or the same link), with files where files were meant.
func Ours(s Sought, p Seen) bool {
	if p.At.Before(s.At.Add(-beforeIntent)) {
		return false
	}
	if p.MediaNamed && len(s.Media) > 0 {
		return slices.ContainsFunc(s.Media, func(id string) bool { return slices.Contains(p.Media, id) })
	}
	if s.Files != p.Files {
		return false
	}
	return s.Text != "" && s.Text == p.Text && s.Link == p.Link || s.Text == "" && s.Link != "" && s.Link == p.Link
}

// CouldBe reports whether a post on the timeline could be the one that is sought, though it is not
// proven: same text and links, its files not named. Such a post forbids to call ours absent. One
// without files is not ours where files were meant: a person typed the same words.
func CouldBe(s Sought, p Seen) bool {
	if p.At.Before(s.At.Add(-beforeIntent)) || p.MediaNamed && len(s.Media) > 0 {
		return false
	}
	return s.Text == p.Text && s.Link == p.Link && s.Files == p.Files
}

// Look is one reading of the timeline in search of a post.
type Look struct {
	At      time.Time
	Whole   bool // whether the timeline was read to its end from before the intent
	Posts   int  // posts read
	CouldBe bool // whether a post that is in no record could be the sought one
}

// Presence is what a look shows.
type Presence string

// The three answers. TooEarly says that the timeline may still lag.
const (
	Absent    Presence = "absent"
	TooEarly  Presence = "too-early"
	Undecided Presence = "undecided"
)

// NotOnX reports what a look that did not find a post proves (contract §9, "the post is not on X").
func NotOnX(s Sought, l Look) (Presence, Verdict) {
	switch {
	case l.At.Sub(s.At) < TimelineLag:
		return TooEarly, heldUntil(s.At.Add(TimelineLag),
			"X did not answer, and its timeline may lag: whether the post was made is looked up 20 minutes after the try")
	case !l.Whole || l.Posts >= timelineEnd:
		return Undecided, held("X's timeline could not be read to its end, so that it proves nothing")
	case l.CouldBe:
		return Undecided, held("X's timeline shows a post that could be this one and does not name its files")
	}
	return Absent, proven("X's own timeline, read to its end 20 minutes after the try, does not show the post")
}

// IsUndecided reports whether so many looks could not decide that a person is asked.
func IsUndecided(looks int) bool { return looks >= undecidedLooks }
