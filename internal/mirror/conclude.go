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

// conclude writes down, at the end of a run, what its refusals count for: only now it is known what
// else X took. A crash before that forgets them, which is the safe side; so does a cancelled run.
func (o *round) conclude(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	fault := o.judgeUploads()
	o.hostFault()
	if o.nothingToWrite() {
		return fault
	}
	c := &conclusion{round: o}
	err := o.Session.Publish(ctx, o.message("held media"), c.write)
	o.out.Held = append(o.out.Held, c.held...)
	o.out.GivenUp = append(o.out.GivenUp, c.givenUp...)
	o.out.Skipped = append(o.out.Skipped, c.skipped...)
	switch {
	case err == nil && fault == nil:
		return o.replace(ctx, c.replaced)
	case err == nil:
		return fault
	case fault != nil:
		o.warn("what X refused could not be written down: %v", err)
		return fault
	}
	return fmt.Errorf("write down what X refused: %w", err)
}

// replace posts, in the same run, what takes the place of a file whose fault is proven.
func (o *round) replace(ctx context.Context, media []instagram.Media) error {
	for _, m := range media {
		if o.Now().Sub(o.begun) > workTime {
			return nil
		}
		t := o.compose(m, nil)
		if err := o.publish(ctx, t); err != nil {
			if o.refusalOf(t, err) == nil {
				return err
			}
			o.warn("what takes the place of a file of %s was refused too: %v", m.Permalink, err)
		}
	}
	return nil
}

// conclusion is what the end of a run makes of one document. It is made again from a newer document
// if another run wrote first.
type conclusion struct {
	*round
	held, givenUp, skipped []Entry
	replaced               []instagram.Media // what takes the place of their file is posted
}

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

func (o *round) nothingToWrite() bool {
	x := o.Session.Doc().X
	stale := x.Suspect != "" && o.fault == nil && !o.stop && !slices.ContainsFunc(o.queue,
		func(t plan.Thread) bool { return t.Media.ID == x.Suspect })
	return len(o.refused)+len(o.missing)+len(o.waiting) == 0 && !stale
}

// judgeUploads decides whose fault the refusals at the upload steps were, now that the other media's
// files were tried. The error is the incident, if X took none.
func (o *round) judgeUploads() error {
	for _, r := range o.refused {
		if !r.step.Upload() || r.next != "" {
			continue
		}
		r.next = o.uploadRefusal(r).Judge()
		if r.limit {
			r.next = verdict.Own
		}
		if r.next == verdict.Everybodys && o.fault == nil {
			o.fault = &RefusedError{Err: r.err}
			if len(o.queue)+len(o.own) == 1 {
				o.fault.Alone = r.thread.Media.Permalink
			}
		}
	}
	if o.fault != nil {
		return o.fault
	}
	return nil
}

// onlyVideoTried reports whether no other media's file was tried at that step.
func (o *round) onlyVideoTried(r *refusal) bool {
	return !slices.ContainsFunc(o.refused, func(other *refusal) bool {
		return other != r && other.step.Upload()
	})
}

// writeAnswers keeps what the run's answers have in common.
func (c *conclusion) writeAnswers(d *state.Document) {
	stopped := slices.IndexFunc(c.refused, func(r *refusal) bool { return r.next == verdict.Stop })
	d.X.Suspect = ""
	if stopped >= 0 {
		d.X.Suspect = c.refused[stopped].thread.Media.ID
	}
	tookNone := !c.tookAny()
	switch {
	case c.fault != nil:
		d.X.RefusedRuns, d.X.Words = 0, httpx.As(c.fault.Err).Type
		for i := range d.Ledger {
			if ev := d.Ledger[i].Evidence; ev != nil && ev.Refusal != nil && !ev.Hold.ByItself() {
				kept := ev.Refusal.Everybodys()
				ev.Refusal = &kept
				if kept.Tries == 0 {
					ev.Refusal = nil
				}
				d.Ledger[i].Tidy()
			}
		}
	case stopped >= 0 && tookNone:
		d.X.RefusedRuns++
	}
}

// writeRefusal folds one refusal into the record of its media, and asks for the verdict.
func (c *conclusion) writeRefusal(d *state.Document, r *refusal) {
	m := r.thread.Media
	c.recordOvertaken(d, m)
	rec := d.Record(m.ID, m.Timestamp, m.Permalink)
	if rec.Status != state.Posting || rec.Intent != nil {
		return // another run has been at it
	}
	ev := rec.Ev()
	ev.FileCame()
	rec.Fallback, rec.Reason = r.thread.Fallback, r.err.Error()
	if r.witness && r.next == verdict.Everybodys {
		ev.Witness++
	}
	if r.next == verdict.Everybodys && !r.limit {
		rec.Tidy()
		c.held = append(c.held, entryOf(*rec, rec.Reason))
		return
	}
	if r.race {
		ev.Hold = state.HeldReplies
		c.held = append(c.held, entryOf(*rec, "X does not show the post that the next part answers yet"))
		rec.Tidy()
		return
	}
	try := c.tryOf(d, r)
	c.countTry(ev, try)
	v := c.verdictOf(ev, r, try)
	if v.Proven && c.endBy(d, rec, r, v) {
		return
	}
	if v.Proven {
		ev.Hold, ev.Refusal = "", nil
		rec.Tidy()
		c.replaced = append(c.replaced, m)
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
	next := c.Now().Add(verdict.ProbeWait(ev.Alone + 1))
	entry := entryOf(*rec, fmt.Sprintf("%s (%v)", v.Why, r.err))
	if ev.Hold.ByItself() {
		entry.Next = next
	}
	c.held = append(c.held, entry)
}

// tryOf is a refusal as the verdicts want to know it.
func (c *conclusion) tryOf(d *state.Document, r *refusal) verdict.Try {
	took := c.count(r.step) > 0
	if r.step.Upload() || r.kind != "" && r.whose() == verdict.File {
		took = c.taken[took2(r)] > 0
	}
	takenAt := d.X.Taken
	if r.step == verdict.AtReply {
		takenAt = d.X.TakenReply
	}
	return verdict.Try{
		Step: r.step, Key: r.key, Kind: r.kind, File: state.TextDigest(strings.Join(r.children, " ")),
		At: r.at.UTC().Truncate(time.Second), Taken: took, TakenAt: takenAt,
		TakenOther: c.count(r.step) > 0,
		Several:    c.severalVideos(), Limit: r.limit, Album: r.album() && len(r.children) < r.thread.FileCount(), Anew: helpsToWriteAnew(r.err),
		Gone: r.parentGone,
	}
}

// countTry folds the try in.
func (c *conclusion) countTry(ev *state.Evidence, try verdict.Try) {
	ev.Asked = c.Now().UTC().Truncate(time.Second)
	switch {
	case c.posted > 0:
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

func took2(r *refusal) took { return took{r.step, r.kind} }

// severalVideos reports whether X refused more than one video in this run, whatever its words were.
func (o *round) severalVideos() bool {
	n := 0
	for _, r := range o.refused {
		if r.ofVideo() && (r.step.Upload() || r.whose() == verdict.File) {
			n++
		}
	}
	return n > 1
}

// ofVideo reports whether the refused file is one that X processes: an account may have no other one
// for weeks.
func (r *refusal) ofVideo() bool {
	return r.kind == string(plan.Video) || r.kind == string(plan.GIF)
}

// verdictOf asks what the refusals of one media prove.
func (c *conclusion) verdictOf(
	ev *state.Evidence, r *refusal, try verdict.Try,
) verdict.Verdict {
	if v := try.RefusedAtOnce(); v.Proven {
		return v
	}
	switch {
	case r.parentGone:
		return ev.Refusal.ParentGone()
	case r.step == verdict.AtReply && r.whose() == verdict.Replies:
		return ev.Refusal.NoReplies()
	case r.step.Upload() || r.whose() == verdict.File:
		return ev.Refusal.RefusedFile()
	}
	return ev.Refusal.RefusedPost()
}

func words(err error) string {
	if e := httpx.As(err); e != nil {
		return e.Message
	}
	return err.Error()
}

// album reports whether the refused file is one of several.
func (r *refusal) album() bool { return r.thread.FileCount() > 1 }

// endBy ends a media by a verdict, or has something take the place of its file. It reports whether
// the media is ended.
func (c *conclusion) endBy(d *state.Document, rec *state.Record, r *refusal, v verdict.Verdict) bool {
	file := r.step.Upload() || r.whose() == verdict.File
	option := ""
	if file && len(rec.Posts) < len(r.thread.Posts) {
		option = c.Route.RejectedVideo
		if r.kind != string(plan.Video) {
			option = c.Route.RejectedPhoto
		}
	}
	switch {
	case option == plan.Skip:
		why := "the configuration says skip: " + v.Why
		if n := len(rec.Posts); n > 0 {
			why = fmt.Sprintf("%s; %d of its %d posts are on X", why, n, len(r.thread.Posts))
		}
		d.Settle(rec, state.Skipped, why, c.Now())
		c.skipped = append(c.skipped, entryOf(*rec, rec.Reason))
		return true
	case option == plan.Link && r.kind != string(plan.Video) && len(r.children) > 0,
		option == leaveOutOption && r.album() && len(r.children) < r.thread.FileCount():
		rec.LeftOut = union(rec.LeftOut, r.children)
		rec.ForgetUploads()
		return false
	case option != "" && option != leaveOutOption && option != plan.Skip && rec.Fallback == "":
		rec.Fallback = option
		rec.ForgetUploads()
		return false
	}
	d.GiveUp(rec, v.Why+": "+words(r.err), c.Now())
	c.givenUp = append(c.givenUp, entryOf(*rec, rec.Reason))
	return true
}

func holdOf(step verdict.Step) state.Hold {
	switch {
	case step.Upload():
		return state.HeldFile
	case step == verdict.AtReply:
		return state.HeldReply
	}
	return state.HeldPost
}

func (c *conclusion) writeHold(d *state.Document, t plan.Thread, h hold) {
	c.recordOvertaken(d, t.Media)
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

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
