package verdict

import (
	"fmt"
	"time"
)

const (
	// severalGap is how far apart the first and the last try of a video must be where X refused
	// several videos and took none.
	severalGap = 24 * time.Hour
	// otherWords is how long every try has to meet other words than the closed list's at an upload
	// step before they prove anything, and otherRuns in how many of these runs X must have taken
	// another file.
	otherWords = 7 * 24 * time.Hour
	otherRuns  = 3
	// postTries is how many refusals of a post are needed.
	postTries = 3
	// replyWords is how long every try has to meet words about replies.
	replyWords = 7 * 24 * time.Hour
	// parentGone is in how many tries the post that a reply answers must be gone.
	parentGone = 2
)

// RefusedAtOnce reports whether one try alone proves that X refuses this very file: X's words name
// a limit that it exceeds; or it is a photo of an album, which X refused as it is and written anew
// while it took another photo.
func (t Try) RefusedAtOnce() Verdict {
	whose := WhoseFault(t.Key)
	switch {
	case t.Limit:
		return proven("X names a limit that this very file exceeds")
	case whose == Everybody, whose == Automated:
		return held("these words name the account, the app or X, and not the file")
	case t.Step.Upload() && t.Album && t.Kind == "photo" && t.Anew && t.Taken:
		return proven("X refused this photo as it is and written anew, and took another photo " +
			"in the same run")
	}
	return held("one refusal alone does not show whose fault it is")
}

// RefusedFile reports whether it is proven that X refuses this very file.
func (r Refusal) RefusedFile() Verdict {
	if why := r.fileProof(); why != "" {
		return proven(why)
	}
	switch {
	case rare(r.Kind) && r.Listed > 0 && r.Several:
		return held("X refused other videos too, so that this one is asked again for a day " +
			"before that counts against it")
	case r.Listed > 0:
		return held(fmt.Sprintf("X has refused this file in %s; it takes %d, with another %s "+
			"taken in each of these runs", tries(r.Listed), r.need(), fileKind(r.Kind)))
	}
	return held("these words do not name the file: it takes seven days of them, with other files " +
		"taken in three of the runs")
}

// fileProof returns the proof that X refuses this very file as a sentence, "" if there is none yet.
func (r Refusal) fileProof() string {
	need, alone, taken := r.need(), r.Listed-r.Shown, r.Shown+r.OtherShown
	days := r.Last.Sub(r.First)
	switch {
	case r.Shown >= need:
		return fmt.Sprintf("X refused this file in %s, each at least an hour after the one "+
			"before, and took another %s in each of these runs", tries(r.Shown), fileKind(r.Kind))
	case rare(r.Kind) && alone >= need && r.mayBeAlone():
		return fmt.Sprintf("X refused this %s in %s, at least an hour apart, with words "+
			"about the file itself, and took no other one in these runs", r.Kind, tries(alone))
	case r.Step.Upload() && days >= otherWords && taken >= otherRuns:
		return fmt.Sprintf("X refused this file in every try of %d days, and took another "+
			"%s in %d of these runs", int(days.Hours()/24), fileKind(r.Kind), taken)
	}
	return ""
}

// mayBeAlone reports whether the listed tries of a video of which X took no other prove its fault:
// at once where X refused no other video, else when they span a day. Uploads that X forgets are
// everybody's for as long as it forgets others too.
func (r Refusal) mayBeAlone() bool {
	if !r.Several {
		return true
	}
	first := r.First
	if !r.FirstListed.IsZero() {
		first = r.FirstListed
	}
	return !r.Forgotten && WhoseFault(r.Key) == File && r.Last.Sub(first) >= severalGap
}

// RefusedPost reports whether it is proven that X refuses this very post (or reply).
func (r Refusal) RefusedPost() Verdict {
	switch {
	case r.Step.Upload():
		return held("X has not refused the post itself")
	case r.Tries >= postTries && r.Between:
		return proven(fmt.Sprintf("X refused this %s in %s, each at least an hour after the one "+
			"before, and took another one between the first and the last",
			postKind(r.Step), tries(r.Tries)))
	case r.Between:
		return held(fmt.Sprintf("X has refused this %s in %s and took another one meanwhile; it "+
			"takes %d", postKind(r.Step), tries(r.Tries), postTries))
	}
	return held(fmt.Sprintf("X has refused this %s in %s, and has taken no other one since "+
		"the first", postKind(r.Step), tries(r.Tries)))
}

// NoReplies reports whether it is proven that X never lets this app finish this thread: its words
// were about replies in every try of seven days.
func (r Refusal) NoReplies() Verdict {
	since := r.RepliesSince
	if r.Step == AtReply && !since.IsZero() && r.Last.Sub(since) >= replyWords {
		return proven("X said in every try of seven days that this app may not reply")
	}
	return held("X does not let this app reply at present, so that the rest of the thread waits")
}

// ParentGone reports whether it is proven that the post which a reply answers was deleted.
func (r Refusal) ParentGone() Verdict {
	if r.Gone >= parentGone {
		return proven("the post that the next part answers was gone from X's timeline in two tries")
	}
	return held("the post that the next part answers was not found on X's timeline, and one more " +
		"look is needed")
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
