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
	Media []string  // X media ids; empty where it has none, or where they are not known
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

// Is reports whether a post on the timeline is the one that is sought. If both have media
// ids, one id that they share proves it, and nothing else does. Otherwise the post must have been
// made after the intent, less five minutes, with files exactly where files were meant, and with the
// same link or the same text. An empty text proves nothing, and neither does the same text around
// another link: a template may give every post the same text.
func (s Sought) Is(p Seen) bool {
	if p.MediaNamed && len(s.Media) > 0 {
		return slices.ContainsFunc(s.Media, func(id string) bool {
			return slices.Contains(p.Media, id)
		})
	}
	if s.tooOld(p) || s.Files != p.Files {
		return false
	}
	if s.Link != "" && s.Link == p.Link {
		return true
	}
	return s.Text != "" && s.Text == p.Text && p.Link == ""
}

// CouldBe reports whether a post on the timeline could be the one that is sought, though that is
// not proven: it has the same text, and X names no files that would tell the two apart. While there
// is such a post, ours is not called absent. A post without files is not ours if files were meant:
// a person typed the same words. The links are compared only if there is no text, because X may
// show them otherwise.
func (s Sought) CouldBe(p Seen) bool {
	named := p.MediaNamed && len(s.Media) > 0
	if named || s.tooOld(p) || s.Files != p.Files || s.Text != p.Text {
		return false
	}
	return s.Text != "" || s.Link == p.Link
}

// tooOld reports whether a post was made before the one that is sought can have been.
func (s Sought) tooOld(p Seen) bool { return p.At.Before(s.At.Add(-beforeIntent)) }

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

// NotOnX reports what a look that did not find a post proves: that the post is not on X, or nothing
// yet.
func (s Sought) NotOnX(l Look) (Presence, Verdict) {
	switch {
	case l.At.Sub(s.At) < TimelineLag:
		return TooEarly, heldUntil(s.At.Add(TimelineLag),
			"verdict.stored.timeline-lags")
	case !l.Whole || l.Posts >= timelineEnd:
		return Undecided, held("verdict.stored.timeline-cut")
	case l.CouldBe:
		return Undecided, held("verdict.stored.could-be")
	}
	return Absent, proven("verdict.stored.absent")
}

// IsUndecided reports whether so many looks could not decide that a person is asked.
func IsUndecided(looks int) bool { return looks >= undecidedLooks }
