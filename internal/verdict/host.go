package verdict

import "time"

// missingFor is how long a file must have been missing, and missingShown in how many of these tries
// another file of the host must have come, before the file is called lost.
const (
	missingFor   = 24 * time.Hour
	missingShown = 2
	noFileGap    = time.Hour
)

// Missing is what is known of a file that the media host does not give.
type Missing struct {
	Since time.Time `yaml:"since"`
	Last  time.Time `yaml:"last,omitempty"` // the last try that counted
	// Shown is in how many tries another file of the host came.
	Shown int    `yaml:"shown,omitempty"`
	Why   string `yaml:"why,omitempty"` // what the host answered last
}

// Add notes one more run in which no usable file came. shown reports whether another file of the
// host came in that run. A run within an hour of the last one that counted shows the same moment of
// the host, and counts for nothing. A record that lies ahead of at was written under a wrong
// clock, and begins anew.
func (m Missing) Add(at time.Time, shown bool, why string) Missing {
	if m.Since.IsZero() || m.Since.After(at) || !Believable(m.Last, at, tryGap) {
		m = Missing{Since: at}
	}
	m.Why = why
	if at.Sub(m.Last) < tryGap {
		return m
	}
	m.Last = at
	if shown {
		m.Shown++
	}
	return m
}

// Lost reports whether it is proven that the file of a media can't be had.
func (m Missing) Lost(now time.Time) Verdict {
	since := begun(m.Since, now)
	missing := now.Sub(since)
	switch {
	case m.Shown < missingShown:
		return held("verdict.stored.more-files",
			"Count", m.Shown, "Need", missingShown)
	case missing >= missingFor:
		return proven("verdict.stored.file-lost",
			"Hours", int(missing.Hours()), "Count", m.Shown)
	}
	return heldUntil(since.Add(missingFor), "verdict.stored.asked-a-day")
}

// NoFile reports whether it is proven that Instagram gives no file for a media: two lists an hour
// apart gave none. since is when a list first gave none; zero if this is the first.
func NoFile(since, now time.Time) Verdict {
	if since = begun(since, now); now.Sub(since) >= noFileGap {
		return proven("verdict.stored.no-file")
	}
	return heldUntil(since.Add(noFileGap),
		"verdict.stored.list-again")
}

// unlistedGap is how far apart two lists without a media must be.
const unlistedGap = 24 * time.Hour

// Unlisted is what the list of a run shows in place of a media.
type Unlisted struct {
	// Since is since when lists have shown the older neighbour and not the media; zero if this
	// list is the first.
	Since time.Time
	// Shown reports whether this list shows the older neighbour, or, for the only media, whether
	// media_count is 0.
	Shown bool
	// Only reports whether it was the only media: there is no neighbour.
	Only bool
}

// Withdrawn reports whether it is proven that Instagram no longer lists a media.
func (u Unlisted) Withdrawn(now time.Time) Verdict {
	since := begun(u.Since, now)
	switch {
	case !u.Shown:
		return held("verdict.stored.list-short")
	case now.Sub(since) >= unlistedGap && u.Only:
		return proven("verdict.stored.no-media")
	case now.Sub(since) >= unlistedGap:
		return proven("verdict.stored.withdrawn")
	}
	return heldUntil(since.Add(unlistedGap),
		"verdict.stored.unlisted")
}

// begun is since when something lasts: now, where that is not known yet, or where it was written
// under a clock that was ahead.
func begun(since, now time.Time) time.Time {
	if since.IsZero() || since.After(now) {
		return now
	}
	return since
}

// olderInRow is how many media in a row must be older than what is looked for before a list counts
// as read: pinned media may stand first, and the order is not relied on.
const olderInRow = 10

// ShownAfter returns the moment after which a list that was not read to its end shows every media:
// the time of the youngest of the last ten that were read. times are the timestamps in the order of
// the list.
func ShownAfter(times []time.Time) (moment time.Time) {
	for _, t := range times[max(0, len(times)-olderInRow):] {
		if t.After(moment) {
			moment = t
		}
	}
	return moment
}

// NothingOlderIsNew reports whether a list has been read far enough: the last ten media that were
// read are all older than what is looked for. times are the timestamps in the order of the list.
func NothingOlderIsNew(times []time.Time, reach time.Time) bool {
	if len(times) < olderInRow {
		return false
	}
	for _, t := range times[len(times)-olderInRow:] {
		if !t.Before(reach) {
			return false
		}
	}
	return true
}
