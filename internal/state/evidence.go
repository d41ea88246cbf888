package state

import (
	"slices"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/verdict"
)

// keepGivenUp is how many given-up media that nobody has acknowledged are remembered.
const keepGivenUp = 50

// Begun reports whether something of a media may be on X: a part of it, or an open intent. rec may
// be nil.
func (r *Record) Begun() bool { return r != nil && (len(r.Posts) > 0 || r.Intent != nil) }

// Took notes that X took a post of the route: a refusal that is older can't be everybody's.
func (d *Document) Took(mediaID string, reply bool, now time.Time) {
	now = now.UTC().Truncate(time.Second)
	d.X.Taken, d.X.RefusedRuns = now, 0
	if reply {
		d.X.TakenReply = now
	}
	if d.X.Suspect == mediaID {
		d.X.Suspect = ""
	}
	if d.X.Words == "automated" {
		d.X.Slow = now.Add(24 * time.Hour)
	}
	d.X.Words = ""
	for i := range d.Ledger {
		ev := d.Ledger[i].Evidence
		if ev == nil || ev.Refusal == nil || d.Ledger[i].MediaID == mediaID {
			continue
		}
		took := ev.Refusal.Took()
		ev.Refusal = &took
	}
}

// GiveUp ends a media by a verdict. why is the proof; it is listed until a person retries or
// acknowledges it.
func (d *Document) GiveUp(r *Record, why string, now time.Time) {
	d.Settle(r, GivenUp, why, now)
	var open []int
	for i, rec := range d.Ledger {
		if rec.Status == GivenUp && !rec.Acknowledged {
			open = append(open, i)
		}
	}
	for len(open) > keepGivenUp {
		d.Ledger[open[0]].Acknowledged = true
		open = open[1:]
	}
}

// held reports whether a media waits for a proof: it has a hold, X refused it, or X did not answer.
func (r *Record) held() bool {
	if r.Status != Posting {
		return false
	}
	refused := r.Evidence != nil && r.Evidence.Refusal != nil && r.Evidence.Refusal.Tries > 0
	return r.Hold() != "" || refused || r.Intent != nil && r.Intent.Unanswered
}

// NextTry is when a held media is asked again. It is zero for one that every run asks.
func (r *Record) NextTry() time.Time {
	ev := r.Evidence
	switch {
	case r.Intent != nil && r.Intent.Looks == 0:
		return r.Intent.At.Add(verdict.TimelineLag)
	case ev == nil:
		return time.Time{}
	case ev.Hold.ByItself():
		return ev.Asked.Add(verdict.ProbeWait(ev.Alone + 1))
	case ev.Hold == HeldNoFile:
		return verdict.NoFile(ev.NoFile, ev.NoFile).Next
	case ev.Hold == HeldUnlisted:
		return verdict.Unlisted{Since: ev.Unlisted, Shown: true}.Withdrawn(ev.Unlisted).Next
	}
	return time.Time{}
}

// Waits says what a held media waits for.
func (r *Record) Waits(w message.Words) string {
	key := holds[r.Hold()]
	if key == "" {
		key = "state.stored.hold.unproven"
		if r.Intent != nil {
			key = holds[HeldTimeline]
		}
	}
	if r.Reason == "" {
		return w.Text(key)
	}
	return w.Text(key) + ": " + w.Stored(r.Reason)
}

// holds are the messages that say each hold.
var holds = map[Hold]string{
	HeldFile:       "state.stored.hold.file",
	HeldPost:       "state.stored.hold.post",
	HeldReply:      "state.stored.hold.reply",
	HeldMissing:    "state.stored.hold.missing",
	HeldNoFile:     "state.stored.hold.no-file",
	HeldProcessing: "state.stored.hold.processing",
	HeldUnlisted:   "state.stored.hold.unlisted",
	HeldFilter:     "state.stored.hold.filter",
	HeldTimeline:   "state.stored.hold.timeline",
	HeldUndecided:  "state.stored.hold.undecided",
	HeldReplies:    "state.stored.hold.replies",
}

// Retry puts a media back that was given up, and takes back what is held against one that is open.
// An intent whose outcome nobody knows is decided as not made. It reports whether there was
// anything.
func (d *Document) Retry(mediaID string) bool {
	r := d.Find(mediaID)
	switch {
	case r == nil:
		return false
	case r.Status == GivenUp, r.Status == Withdrawn:
		r.Status, r.Settled, r.Acknowledged = Posting, time.Time{}, false
	case r.Status == Posting && (r.Evidence != nil || r.Intent != nil):
		if r.Intent != nil && r.Intent.Looks == 0 {
			return false // it is looked up first
		}
	default:
		return false
	}
	r.Intent, r.Evidence, r.Reason, r.Retried = nil, nil, "", len(r.Posts) > 0
	r.Fallback, r.LeftOut = "", nil
	r.ForgetUploads()
	if d.X.Suspect == mediaID {
		d.X.Suspect = ""
	}
	return true
}

// TakeAsPosted settles the open intent of a record as posted, because a person says so. The id of
// the post is not known.
func (d *Document) TakeAsPosted(r *Record, now time.Time) {
	i := r.Intent
	if i == nil {
		return
	}
	text := i.Planned
	if text == "" {
		text = i.Text
	}
	r.Posts, r.Texts = append(r.Posts, ""), append(r.Texts, text)
	r.LastPost, r.USD = i.At, r.USD+i.USD
	d.Spend.Add(i.USD, i.At)
	r.Intent, r.Evidence, r.Reason, r.Distinct = nil, nil, "", 0
	if len(r.Posts) >= r.Parts {
		d.Settle(r, Posted, "", now)
	}
}

// HeldSince is since when a media is held, as far as its evidence tells; else when it was
// published.
func (r *Record) HeldSince() time.Time {
	var times []time.Time
	if r.Intent != nil {
		times = append(times, r.Intent.At)
	}
	if ev := r.Evidence; ev != nil {
		times = append(times, ev.NoFile, ev.Unlisted, ev.Processing)
		if ev.Refusal != nil {
			times = append(times, ev.Refusal.First)
		}
		if ev.Missing != nil {
			times = append(times, ev.Missing.Since)
		}
	}
	times = slices.DeleteFunc(times, time.Time.IsZero)
	if len(times) == 0 {
		return r.Timestamp
	}
	return slices.MinFunc(times, time.Time.Compare)
}

// Relist notes that Instagram lists a media again.
func (r *Record) Relist() {
	if r.Status == Withdrawn {
		r.Status, r.Settled, r.Reason = Posting, time.Time{}, ""
	}
	if r.Evidence != nil {
		r.Evidence.Unlisted = time.Time{}
		if r.Evidence.Hold == HeldUnlisted {
			r.Evidence.Hold, r.Reason = "", ""
		}
	}
	r.Tidy()
}

// FileCame notes that a file was had: what was missing before is not missing any more.
func (e *Evidence) FileCame() {
	e.Missing, e.NoFile = nil, time.Time{}
	if e.Hold == HeldMissing || e.Hold == HeldNoFile {
		e.Hold = ""
	}
}

// kept reports whether prune must keep a record whatever its age.
func (r *Record) kept() bool {
	return r.Status == Posting || r.Status == GivenUp && !r.Acknowledged
}
