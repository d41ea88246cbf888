package mirror

import (
	"context"
	"slices"

	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// judge decides how a run goes on after X refused a media: with the next one, with a witness, or
// not at all.
type judge struct{ *round }

// ownBefore reports whether an earlier run found a media at fault.
func (j *judge) ownBefore(r *refusal) bool {
	return j.Session.Doc().Find(r.media()).Hold().ByItself()
}

// suspects reports whether this refusal is not the first that points at its media, or the breaker
// of its call is half-open: a witness is asked.
func (j *judge) suspects(r *refusal) bool {
	probe := j.Probe > 0 || r.step == verdict.AtReply && j.ProbesReplies
	return probe || j.Session.Doc().X.Suspect == r.media()
}

// refusedUpload goes on after X refused a file: nothing is public, so the next media's files are
// tried. Words that name the account, the app or X open the incident at once.
func (j *judge) refusedUpload(r *refusal) error {
	j.asked++
	r.witness = j.asked > 1
	switch u := j.uploadRefusal(r); {
	case u.HeldByItself, r.limit:
		r.next = verdict.Own
	case u.OpensAtOnce():
		return j.everybodys(r)
	case u.Whose == verdict.Everybody && u.Posted:
		j.stopAt(r)
	}
	return nil
}

// uploadRefusal is a refusal at an upload step, with what this run knows by now.
func (j *judge) uploadRefusal(r *refusal) verdict.UploadRefusal {
	return verdict.UploadRefusal{
		Whose: r.whose(), HeldByItself: j.ownBefore(r), Suspect: j.suspects(r),
		Probe: j.Probe, Posted: r.posted, Taken: j.count(r.step) > 0,
		AloneVideo: r.ofVideo() && j.onlyFileTried(r),
	}
}

// judgeUploads decides whose fault the refusals at the upload steps were, now that the other
// media's files were tried. The error is the incident, if X took none.
func (j *judge) judgeUploads() error {
	for _, r := range j.refused {
		if !r.step.Upload() || r.next != "" {
			continue
		}
		r.next = j.uploadRefusal(r).Judge()
		if r.limit {
			r.next = verdict.Own
		}
		if r.next == verdict.Everybodys && j.fault == nil {
			j.fault = j.faultOf(r)
		}
	}
	if j.fault != nil { // a nil *RefusedError in an error would not be nil
		return j.fault
	}
	return nil
}

// refusedPost goes on after X refused a post. Posts are public, so that the run stops, and a later
// one asks a witness.
func (j *judge) refusedPost(ctx context.Context, r *refusal) error {
	if r.limit {
		r.next = verdict.Own
		return nil
	}
	p := verdict.PostRefusal{
		Whose: r.whose(), Reply: r.step == verdict.AtReply, HeldByItself: j.ownBefore(r),
		Taken: j.count(r.step) > 0, Posted: r.posted, Probe: j.Probe, Suspect: j.suspects(r),
		Runs:       j.Session.Doc().X.RefusedRuns + 1,
		AloneVideo: r.ofVideo() && len(j.witnesses(r)) == 0,
	}
	if r.whose() == verdict.ReplyGone {
		settled, err := j.lookForParent(ctx, r)
		if settled || err != nil {
			return err
		}
	}
	if r.next = p.Judge(); r.next == verdict.AskWitness {
		answer, err := j.askWitness(ctx, r)
		if err != nil {
			return err
		}
		p.Witness = answer
		r.next = p.Judge()
	}
	return j.goOn(r)
}

// goOn does what a refusal of a post was found to call for. The error is what stops the route.
func (j *judge) goOn(r *refusal) error {
	switch r.next {
	case verdict.Own:
	case verdict.NoThreads:
		j.replies = &RefusedError{Err: r.err, Replies: true}
	case verdict.Everybodys:
		return j.everybodys(r)
	default:
		j.stopAt(r)
	}
	return nil
}

// lookForParent finds out why X says that the post which a reply answers is deleted or not visible.
// Within an hour of that post it is a race, which passes. Gone from the timeline, it is this
// thread's own. It reports whether that settles how the run goes on.
func (j *judge) lookForParent(ctx context.Context, r *refusal) (bool, error) {
	rec := j.Session.Doc().Find(r.media())
	if j.Now().Sub(rec.LastPost) < replyRace {
		r.race, j.racing = true, true // other threads may meet it too, and single posts do not
		return true, nil
	}
	there, err := j.account.shows(ctx, rec.Posts[len(rec.Posts)-1], rec.LastPost)
	if err != nil || there {
		return false, err
	}
	r.parentGone, r.next = true, verdict.Own
	return true, nil
}

// stopAt ends the posting of this run. The next run asks the same media first.
func (j *judge) stopAt(r *refusal) {
	r.next, j.stop = verdict.Stop, true
	j.out.Stopped = english.Text("mirror.stored.stopped",
		"Permalink", r.thread.Media.Permalink, "Why", r.err)
}

// everybodys ends the route's posting: X refuses whatever it posts.
func (j *judge) everybodys(r *refusal) error {
	r.next, j.stop = verdict.Everybodys, true
	j.fault = j.faultOf(r)
	return j.fault
}

// faultOf is the incident that a refusal opens. It names the media if nothing else waits.
func (j *judge) faultOf(r *refusal) *RefusedError {
	fault := &RefusedError{Err: r.err, Replies: r.step == verdict.AtReply}
	if len(j.queue)+len(j.own) == 1 {
		fault.Alone = r.thread.Media.Permalink
	}
	return fault
}

// witnesses are the media whose acceptance would show that the refused one is at fault: of those X
// has refused least often as a witness, the oldest first. A reply's witness is a reply, or the
// oldest thread that is begun for it.
func (j *judge) witnesses(r *refusal) (out []plan.Thread) {
	reply := r.step == verdict.AtReply
	for _, t := range j.queue {
		if t.Media.ID == r.media() || !j.canTestify(t) {
			continue
		}
		rec := j.Session.Doc().Find(t.Media.ID)
		begun := rec != nil && len(rec.Posts) > 0
		if reply && len(t.Posts) > 1 || !reply && !begun {
			out = append(out, t)
		}
	}
	byWitness(j.Session.Doc(), out)
	return out
}

// canTestify reports whether a media can be posted in this run, and was not tried yet.
func (j *judge) canTestify(t plan.Thread) bool {
	return !j.tried(t.Media.ID) && t.Complete && !t.Empty() && j.mayBegin(t)
}

// byWitness orders media that are asked in the place of a refused one: those that X has refused
// least often as witnesses come first, so that bad ones in a row don't keep the route closed.
func byWitness(d *state.Document, ts []plan.Thread) {
	refused := func(t plan.Thread) int {
		if rec := d.Find(t.Media.ID); rec != nil && rec.Evidence != nil {
			return rec.Evidence.Witness
		}
		return 0
	}
	slices.SortStableFunc(ts, func(a, b plan.Thread) int { return refused(a) - refused(b) })
}

// askWitness posts one other media. A witness that never gets to its post (its file is missing, or
// refused) says nothing, and the next one is asked.
func (j *judge) askWitness(ctx context.Context, r *refusal) (verdict.Answer, error) {
	for _, t := range j.witnesses(r) {
		before := j.count(r.step)
		j.talk("mirror.stored.witness", "Permalink", t.Media.Permalink)
		err := j.poster.publish(ctx, t)
		refused := j.refusalOf(t, err)
		switch {
		case j.count(r.step) > before && refused != nil:
			// The rest of a thread was refused: that is another question.
			j.refused = append(j.refused, refused)
			j.stopAt(refused)
			return verdict.WitnessTaken, nil
		case j.count(r.step) > before:
			j.sent++
			return verdict.WitnessTaken, err
		case refused != nil && !refused.step.Upload():
			refused.witness, refused.next = true, verdict.Everybodys
			j.refused = append(j.refused, refused)
			return verdict.WitnessRefused, nil
		}
		if err := j.notAWitness(ctx, t, err); err != nil {
			return "", err
		}
	}
	return verdict.NoWitness, nil
}

// notAWitness notes why a media could not be asked. A refusal of its file is judged as any other.
func (j *judge) notAWitness(ctx context.Context, t plan.Thread, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return j.failed(ctx, t, err)
}
