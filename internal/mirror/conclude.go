package mirror

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// mostKept is how many bytes of an answer a record keeps.
const mostKept = 200

// conclusion is what the end of a run makes of its answers: only then it is known what else X took.
// A crash before that forgets the refusals, which is the safe side; so does a cancelled run.
type conclusion struct {
	*round
	// What the last writing of the document has held and ended.
	held, givenUp, skipped []Entry
	replaced               []instagram.Media // what takes the place of their file is posted
}

// conclude writes down what the refusals of the run count for. The error is the incident, if X
// refuses whatever the route posts.
func (c *conclusion) conclude(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	fault := (&judge{c.round}).judgeUploads()
	(&hostSide{c.round}).report()
	if c.nothingToWrite() {
		return fault
	}
	err := c.Session.Publish(ctx, c.message("held media"), c.write)
	c.out.Held = append(c.out.Held, c.held...)
	c.out.GivenUp = append(c.out.GivenUp, c.givenUp...)
	c.out.Skipped = append(c.out.Skipped, c.skipped...)
	switch {
	case err == nil && fault == nil:
		return c.replace(ctx)
	case err == nil:
		return fault
	case fault != nil:
		c.warn("mirror.stored.unwritten", "Why", err)
		return fault
	}
	return fmt.Errorf("write down what X refused: %w", err)
}

// nothingToWrite reports whether the run has learned nothing. A suspect that is not in the queue
// any more has to be forgotten.
func (c *conclusion) nothingToWrite() bool {
	suspect := c.Session.Doc().X.Suspect
	stale := suspect != "" && c.fault == nil && !c.stop &&
		!slices.ContainsFunc(c.queue, isThread(suspect))
	return len(c.refused)+len(c.missing)+len(c.waiting) == 0 && !stale
}

// replace posts, in the same run, what takes the place of a file whose fault is proven.
func (c *conclusion) replace(ctx context.Context) error {
	for _, m := range c.replaced {
		if c.late() {
			return nil
		}
		t := c.compose(m, nil)
		err := c.poster.publish(ctx, t)
		switch {
		case err == nil:
		case c.refusalOf(t, err) == nil:
			return err
		default:
			c.warn("mirror.stored.replaced", "Permalink", m.Permalink, "Why", err)
		}
	}
	return nil
}

// write enters the conclusions in one document. It is called again with a newer one if another run
// wrote first.
func (c *conclusion) write(d *state.Document) error {
	c.held, c.givenUp, c.skipped, c.replaced = nil, nil, nil, nil
	c.writeAnswers(d)
	for _, r := range c.refused {
		c.writeRefusal(d, r)
	}
	for _, m := range c.missing {
		c.writeMissing(d, m)
	}
	for _, t := range slices.Concat(c.queue, c.own) {
		if h, ok := c.waiting[t.Media.ID]; ok {
			c.writeHold(d, t, h)
		}
	}
	return nil
}

// writeAnswers keeps what the run's answers have in common.
func (c *conclusion) writeAnswers(d *state.Document) {
	d.X.Suspect = ""
	stopped := slices.IndexFunc(c.refused, func(r *refusal) bool { return r.next == verdict.Stop })
	if stopped >= 0 {
		d.X.Suspect = c.refused[stopped].media()
	}
	switch {
	case c.fault != nil:
		d.X.RefusedRuns, d.X.Words = 0, httpx.As(c.fault.Err).Type
		takeBackTries(d)
	case stopped >= 0 && !c.tookAny():
		d.X.RefusedRuns++
	}
}

// takeBackTries forgets the tries since X last took a post, of the media that are not held by
// themselves: they were everybody's.
func takeBackTries(d *state.Document) {
	for i := range d.Ledger {
		rec := &d.Ledger[i]
		ev := rec.Evidence
		if ev == nil || ev.Refusal == nil || ev.Hold.ByItself() {
			continue
		}
		kept := ev.Refusal.Everybodys()
		ev.Refusal = &kept
		if kept.Tries == 0 {
			ev.Refusal = nil
		}
		rec.Tidy()
	}
}

// open finds or makes the record of a media that was not posted in this run, nil if another run has
// been at it.
func (c *conclusion) open(d *state.Document, m instagram.Media) *state.Record {
	c.selected.recordOvertaken(d, m)
	rec := d.Record(m.ID, m.Timestamp, m.Permalink)
	if rec.Status != state.Posting || rec.Intent != nil {
		return nil
	}
	return rec
}

// writeRefusal folds one refusal into the record of its media, and asks for the verdict.
func (c *conclusion) writeRefusal(d *state.Document, r *refusal) {
	rec := c.open(d, r.thread.Media)
	if rec == nil {
		return
	}
	ev := rec.Ev()
	ev.FileCame()
	rec.Fallback, rec.Reason = r.thread.Fallback, r.err.Error()
	everybodys := r.next == verdict.Everybodys
	if r.witness && everybodys {
		ev.Witness++
	}
	switch {
	case everybodys && !r.limit:
		c.held = append(c.held, entryOf(*rec, rec.Reason))
	case r.race:
		ev.Hold = state.HeldReplies
		why := english.Text("mirror.stored.parent-waits")
		c.held = append(c.held, entryOf(*rec, why))
	default:
		c.weigh(d, rec, r)
		return
	}
	rec.Tidy()
}

// weigh counts a refusal that may be the media's own, and does what the verdict says.
func (c *conclusion) weigh(d *state.Document, rec *state.Record, r *refusal) {
	ev, try := rec.Ev(), c.tryOf(d, r)
	c.countTry(ev, try)
	v := verdictOf(ev, r, try)
	if v.Proven {
		if !c.end(d, rec, r, v) {
			ev.Hold, ev.Refusal = "", nil
			rec.Tidy()
			c.replaced = append(c.replaced, r.thread.Media)
		}
		return
	}
	switch r.next {
	case verdict.Own:
		ev.Hold = holdOf(r.step)
		kept := ev.Refusal.Took() // whatever turns out to be everybody's, these tries are its own
		ev.Refusal = &kept
	case verdict.NoThreads:
		ev.Hold = state.HeldReplies
	}
	entry := entryOf(*rec, fmt.Sprintf("%s (%v)", v.Why, r.err))
	entry.Next = rec.NextTry()
	c.held = append(c.held, entry)
}

// tryOf is a refusal as the verdicts want to know it.
func (c *conclusion) tryOf(d *state.Document, r *refusal) verdict.Try {
	took := c.count(r.step) > 0
	taken := took
	if r.step.Upload() || r.kind != "" && r.whose() == verdict.File {
		taken = c.tookSame(r) > 0
	}
	takenAt := d.X.Taken
	if r.step == verdict.AtReply {
		takenAt = d.X.TakenReply
	}
	return verdict.Try{
		Step: r.step, Key: r.key, Kind: r.kind, Limit: r.limit, Gone: r.parentGone,
		File:  state.TextDigest(strings.Join(r.children, " ")),
		At:    r.at.UTC().Truncate(time.Second),
		Taken: taken, TakenAt: takenAt, TakenOther: took,
		Several: c.severalVideos(), Album: r.partOfAlbum(), Anew: helpsToWriteAnew(r.err),
	}
}

// countTry folds the try in.
func (c *conclusion) countTry(ev *state.Evidence, try verdict.Try) {
	ev.Asked = c.Now().UTC().Truncate(time.Second)
	switch {
	case c.sent > 0:
		ev.Alone = 0
	case ev.Hold.ByItself():
		ev.Alone++
	}
	sofar := verdict.Refusal{}
	if ev.Refusal != nil {
		sofar = *ev.Refusal
	}
	next := sofar.Add(try)
	ev.Refusal = &next
}

// verdictOf asks what the refusals of one media prove.
func verdictOf(ev *state.Evidence, r *refusal, try verdict.Try) verdict.Verdict {
	if v := try.RefusedAtOnce(); v.Proven {
		return v
	}
	switch {
	case r.parentGone:
		return ev.Refusal.ParentGone()
	case r.step == verdict.AtReply && r.whose() == verdict.Replies:
		return ev.Refusal.NoReplies()
	case r.aboutFile():
		return ev.Refusal.RefusedFile()
	}
	return ev.Refusal.RefusedPost()
}

// end ends a media by a verdict, or has something take the place of its file. It reports whether
// the media is ended.
func (c *conclusion) end(
	d *state.Document, rec *state.Record, r *refusal, v verdict.Verdict,
) bool {
	option := c.option(rec, r)
	switch {
	case option == plan.Skip:
		why := english.Text("mirror.stored.skip", "Why", v.Why)
		if n := len(rec.Posts); n > 0 {
			why = english.Text("mirror.stored.skip-part",
				"Why", why, "Posted", n, "Parts", len(r.thread.Posts))
		}
		d.Settle(rec, state.Skipped, why, c.Now())
		c.skipped = append(c.skipped, entryOf(*rec, rec.Reason))
		return true
	case r.leftOutBy(option):
		rec.LeftOut = union(rec.LeftOut, r.children)
	case (option == plan.Thumbnail || option == plan.Link) && rec.Fallback == "":
		rec.Fallback = option
	default:
		d.GiveUp(rec, v.Why+": "+r.words(), c.Now())
		c.givenUp = append(c.givenUp, entryOf(*rec, rec.Reason))
		return true
	}
	rec.ForgetUploads()
	return false
}

// option is what the owner wants posted in the place of a refused file, "" where no file was
// refused or nothing of the thread is left.
func (c *conclusion) option(rec *state.Record, r *refusal) string {
	switch {
	case !r.aboutFile() || len(rec.Posts) >= len(r.thread.Posts):
		return ""
	case r.kind == string(plan.Video):
		return c.Route.RejectedVideo
	}
	return c.Route.RejectedPhoto
}

// leftOutBy reports whether an option posts the media without the refused files.
func (r *refusal) leftOutBy(option string) bool {
	link := option == plan.Link && r.kind != string(plan.Video) && len(r.children) > 0
	return link || option == leaveOutOption && r.partOfAlbum()
}

// holdOf is the hold of a media that is at fault at a step.
func holdOf(step verdict.Step) state.Hold {
	switch {
	case step.Upload():
		return state.HeldFile
	case step == verdict.AtReply:
		return state.HeldReply
	}
	return state.HeldPost
}

// writeMissing notes in the record of a media that its file did not come, and asks for the verdict.
func (c *conclusion) writeMissing(d *state.Document, m hostFailure) {
	rec := c.open(d, m.thread.Media)
	if rec == nil {
		return
	}
	ev, sofar := rec.Ev(), verdict.Missing{}
	if ev.Missing != nil {
		sofar = *ev.Missing
	}
	now := c.Now().UTC().Truncate(time.Second)
	said := httpx.Truncate(m.err.Error(), mostKept)
	next := sofar.Add(now, m.shown || c.file, said)
	ev.Missing, ev.Hold, rec.Reason = &next, state.HeldMissing, said
	v := next.Lost(now)
	why := v.Why + ": " + rec.Reason
	if !v.Proven {
		// The host is asked in every run: v.Next is only when the day is over.
		c.held = append(c.held, entryOf(*rec, why))
		return
	}
	d.GiveUp(rec, why, c.Now())
	c.givenUp = append(c.givenUp, entryOf(*rec, rec.Reason))
}

// writeHold notes what a media waits for that is nobody's refusal.
func (c *conclusion) writeHold(d *state.Document, t plan.Thread, h hold) {
	c.selected.recordOvertaken(d, t.Media)
	rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
	if rec.Status != state.Posting {
		return
	}
	if h.ends {
		d.GiveUp(rec, h.says, c.Now())
		c.givenUp = append(c.givenUp, entryOf(*rec, h.says))
		return
	}
	ev := rec.Ev()
	if h.why == state.HeldProcessing {
		ev.FileCame()
	}
	unknown := ev.NoFile.IsZero() || ev.NoFile.After(c.Now())
	if ev.Hold = h.why; h.why == state.HeldNoFile && unknown {
		ev.NoFile = c.Now().UTC().Truncate(time.Second)
	}
	rec.Reason = h.says
	e := entryOf(*rec, h.says)
	e.Next = h.next
	c.held = append(c.held, e)
}
