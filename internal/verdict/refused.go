package verdict

import "time"

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
		return proven("verdict.stored.limit")
	case whose == Everybody, whose == Automated:
		return held("verdict.stored.account")
	case t.Step.Upload() && t.Album && t.Kind == "photo" && t.Anew && t.Taken:
		return proven("verdict.stored.anew")
	}
	return held("verdict.stored.one")
}

// RefusedFile reports whether it is proven that X refuses this very file.
func (r Refusal) RefusedFile() Verdict {
	if v := r.fileProof(); v.Proven {
		return v
	}
	switch {
	case rare(r.Kind) && r.Listed > 0 && r.Several:
		return held("verdict.stored.several")
	case r.Listed > 0:
		return held("verdict.stored.more-refusals",
			"Count", r.Listed, "Need", r.need(), "Kind", fileKind(r.Kind))
	}
	return held("verdict.stored.other-words")
}

// fileProof returns the proof that X refuses this very file, and no verdict if there is none yet.
func (r Refusal) fileProof() (none Verdict) {
	need, alone, taken := r.need(), r.Listed-r.Shown, r.Shown+r.OtherShown
	days := r.Last.Sub(r.First)
	switch {
	case r.Shown >= need:
		return proven("verdict.stored.file",
			"Count", r.Shown, "Kind", fileKind(r.Kind))
	case rare(r.Kind) && alone >= need && r.mayBeAlone():
		return proven("verdict.stored.alone",
			"Kind", r.Kind, "Count", alone)
	case r.Step.Upload() && days >= otherWords && taken >= otherRuns:
		return proven("verdict.stored.file-days",
			"Days", int(days.Hours()/24), "Kind", fileKind(r.Kind), "Runs", taken)
	}
	return none
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
		return held("verdict.stored.not-the-post")
	case r.Tries >= postTries && r.Between:
		return proven("verdict.stored.post",
			"Kind", postKind(r.Step), "Count", r.Tries)
	case r.Between:
		return held("verdict.stored.more-tries",
			"Kind", postKind(r.Step), "Count", r.Tries, "Need", postTries)
	}
	return held("verdict.stored.no-other",
		"Kind", postKind(r.Step), "Count", r.Tries)
}

// NoReplies reports whether it is proven that X never lets this app finish this thread: its words
// were about replies in every try of seven days.
func (r Refusal) NoReplies() Verdict {
	since := r.RepliesSince
	if r.Step == AtReply && !since.IsZero() && r.Last.Sub(since) >= replyWords {
		return proven("verdict.stored.no-replies")
	}
	return held("verdict.stored.replies-wait")
}

// ParentGone reports whether it is proven that the post which a reply answers was deleted.
func (r Refusal) ParentGone() Verdict {
	if r.Gone >= parentGone {
		return proven("verdict.stored.parent-gone")
	}
	return held("verdict.stored.parent-sought")
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
