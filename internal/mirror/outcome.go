package mirror

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Outcome is what a run did.
type Outcome struct {
	First      bool // the first run: a baseline was set
	Posted     []Entry
	Skipped    []Entry // left out by the configuration
	GivenUp    []Entry // ended by a verdict
	Withdrawn  []Entry // taken back by their owner before anything was on X
	Held       []Entry // wait for a proof; each counts as pending too
	Reconciled int
	Pending    int    // media that are selected and not ended
	HeldBy     string // the limit that holds media back, "" if none
	PutOff     string // why this run left the work to another one
	Stopped    string // why the run ended its posting early without an incident
	USD        float64
	Warnings   []string
	// CutTo280 reports whether a text was cut because X does not take long ones of this account.
	CutTo280 bool
	// Faults are what is wrong beside what stopped the route: each is of a component of its own.
	Faults []Fault
	// Works is what was proven to work in this run.
	Works Works
}

// Works is what a run has proven to work: the very calls whose failure an incident may be about.
// Read is a call that only reads X: the timeline, and whose account it is.
type Works struct{ Listed, Token, File, Upload, Post, Reply, Read bool }

// Fault is a failure that does not stop the route.
type Fault struct {
	Component string // "media-host", "x-replies", "undecided"
	Err       error
}

// Entry is one media in an Outcome.
type Entry struct {
	MediaID   string
	Permalink string
	Posts     []string // X post ids
	Why       string
	Next      time.Time // of a held media: when it is asked again; zero for every run
	Notes     []string
	Of        int // posts planned
}

// nameHeld adds the held media that this run did not ask: every held one is named.
func (o *Outcome) nameHeld(d *state.Document) {
	for _, rec := range d.Ledger.Held() {
		named := func(e Entry) bool { return e.MediaID == rec.MediaID }
		if slices.ContainsFunc(o.Held, named) {
			continue
		}
		e := entryOf(rec, cmp.Or(rec.Reason, rec.Waits(english)))
		e.Next = rec.NextTry()
		o.Held = append(o.Held, e)
	}
}

func entryOf(rec state.Record, why string) Entry {
	return Entry{
		MediaID: rec.MediaID, Permalink: rec.Permalink, Posts: rec.Posts, Why: why, Of: rec.Parts,
	}
}

var (
	// errTaken aborts a commit because another run is at work on the same media.
	errTaken = errors.New("another run is posting this media")
	// errUnread says that X's timeline could not be read to its end.
	errUnread error = message.Sentence("mirror.stored.unread")
	// errProcessing says that X is still processing a video.
	errProcessing error = message.Sentence("mirror.stored.processing")
)

// RefusedError says that X refuses whatever this route posts. Nothing is counted against a media.
type RefusedError struct {
	Err error
	// Replies reports whether only replies are refused.
	Replies bool
	// Alone is the permalink of the only media that waited: the refusal may be about it alone.
	Alone string
}

func (e *RefusedError) Error() string { return e.Err.Error() }

// About is the permalink of the only media that the refusal may be about, "" if several waited.
func (e *RefusedError) About() string { return e.Alone }

// Unwrap gives X's refusal.
func (e *RefusedError) Unwrap() error { return e.Err }

// Component names the part of the mirror that an incident of this error is about.
func (e *RefusedError) Component() string {
	if e.Replies {
		return "x-replies"
	}
	return "x"
}
