package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// workTime is after how much work and waiting a run begins no more media.
const workTime = 10 * time.Minute

// round is the posting of one run: what X took and what it refused, until the run ends and knows
// what that means.
type round struct {
	*Run
	media  []instagram.Media // as listed, for a file that shows whether the media host answers
	queue  []plan.Thread     // in order
	own    []plan.Thread     // held by themselves: asked after the others
	begun  time.Time
	posted int
	limit  int // of the media that this run may post
	asked  int // media whose files were tried after X refused one

	taken   map[took]int // what X took, by step and kind of file
	refused []*refusal
	missing []hostFailure
	waiting map[string]hold // by media id
	stop    bool            // no more media are begun
	replies *RefusedError   // X does not let this app reply
	racing  bool            // X does not show a post yet that a reply answers
	fault   *RefusedError   // X refuses whatever the route posts
}

// took is a step at which X took something, and the kind of file ("" for a post without one).
type took struct {
	step verdict.Step
	kind string
}

// refusal is one media that X refused in this run.
type refusal struct {
	thread   plan.Thread
	step     verdict.Step
	key      string
	kind     string
	children []string // the files that were refused, by child
	limit    bool     // the words name a limit that this very file exceeds
	at       time.Time
	err      error
	posted   bool         // X had taken a post in this run before
	next     verdict.Next // what it was found to be; "" until the run ends
	witness  bool         // it was asked as a witness
	// race reports whether X did not show the answered post yet, and parentGone whether it is gone.
	race, parentGone bool
}

// hostFailure is one media whose file did not come.
type hostFailure struct {
	thread plan.Thread
	err    error
	shown  bool // another file of the host came in this run
}

// hold is a media that waits for something that is nobody's refusal.
type hold struct {
	why  state.Hold
	says string
	next time.Time
	ends bool // it ends the media
}

// newRound sorts the planned threads: those that are held by themselves come after the others.
func (r *Run) newRound(media []instagram.Media, res plan.Result) *round {
	o := &round{Run: r, media: media, begun: r.Now(), taken: map[took]int{}, waiting: map[string]hold{}}
	o.limit = o.perRun()
	o.queue, o.own = slices.Concat(res.Threads, res.More), res.Own
	if suspect := r.Session.Doc().X.Suspect; suspect != "" {
		// The media at which the last run stopped is asked first.
		slices.SortStableFunc(o.queue, func(a, b plan.Thread) int {
			return rank(b.Media.ID == suspect) - rank(a.Media.ID == suspect)
		})
	}
	return o
}

func rank(first bool) int {
	if first {
		return 1
	}
	return 0
}

// postAll makes the planned posts, in order. The error is what stops the route.
func (o *round) postAll(ctx context.Context) error {
	for i := range o.queue {
		t := o.queue[i]
		if o.stop || o.full() || o.triedInThisRun(t.Media.ID) {
			continue
		}
		if !o.mayBegin(t) {
			if !o.racing {
				o.waiting[t.Media.ID] = hold{why: state.HeldReplies, says: errRepliesHeld.Error()}
			}
			continue
		}
		if err := o.pause(ctx, i); err != nil {
			return err
		}
		asked := o.asked
		if err := o.one(ctx, t); err != nil {
			return err
		}
		if o.asked == 1 && asked == 0 {
			o.byWitness(o.queue[i+1:])
		}
	}
	return o.askOwn(ctx)
}

// byWitness orders media that are asked in the place of a refused one: those that X has refused least
// often as witnesses come first, so that bad ones in a row don't keep the route closed.
func (o *round) byWitness(ts []plan.Thread) {
	slices.SortStableFunc(ts, func(a, b plan.Thread) int {
		return o.refusedAsWitness(a.Media.ID) - o.refusedAsWitness(b.Media.ID)
	})
}

// pause lies between two media of one run: a burst of posts is what X's filters look for.
func (o *round) pause(ctx context.Context, i int) error {
	if i == 0 || o.posted == 0 || o.Gap == 0 {
		return nil
	}
	return httpx.Sleep(ctx, o.Gap)
}

// full reports whether this run has done what it may: a limit of posts, or of time. Files of further
// media are tried after X refused one, of at most per_run.
func (o *round) full() bool {
	limit := o.limit
	return o.posted >= limit || o.asked > max(limit, 1) || o.Now().Sub(o.begun) > workTime
}

// moreAfter reports whether this run will go on to another media after one.
func (o *round) moreAfter(t *thread) bool {
	return !o.stop && o.posted+1 < o.limit && slices.ContainsFunc(o.queue, func(other plan.Thread) bool {
		return other.Media.ID != t.Media.ID && !o.triedInThisRun(other.Media.ID)
	})
}

// perRun is how many media this run may post, decided when it begins. After X called the posts
// automated it is one in the run in which X takes posts again, and then three a run for a day.
func (o *round) perRun() int {
	switch x := o.Session.Doc().X; {
	case x.Words == "automated":
		return 1
	case o.Now().Before(x.Slow) && verdict.Believable(x.Slow, o.Now(), slowFor):
		return min(slowPerRun, o.Route.Limits.PerRun)
	}
	return o.Route.Limits.PerRun
}

const (
	slowFor    = 24 * time.Hour
	slowPerRun = 3
)

// mayBegin reports whether a thread may be posted while X does not let this app reply: single posts
// go on, and threads wait.
func (o *round) mayBegin(t plan.Thread) bool {
	return len(t.Posts) == 1 || !o.noReplies()
}

// noReplies reports whether no more replies are made in this run.
func (o *round) noReplies() bool { return o.NoReplies || o.replies != nil || o.racing }

var errRepliesHeld = errors.New("this app may not reply on X at present")

// one mirrors one media, and notes what became of it. The error is what stops the route.
func (o *round) one(ctx context.Context, t plan.Thread) error {
	if !t.Complete {
		if o.noFile(t) {
			return nil
		}
		t = o.withoutVideo(t)
	}
	if t.Empty() {
		o.waiting[t.Media.ID] = hold{why: state.HeldNoFile, ends: true,
			says: "nothing of it can be shown: there is no file and no text, and text.link is never"}
		return nil
	}
	err := o.publish(ctx, t)
	if err == nil {
		o.posted++
		return nil
	}
	switch {
	case ctx.Err() != nil:
		return err
	case errors.Is(err, errProcessing):
		o.waiting[t.Media.ID] = hold{why: state.HeldProcessing, says: err.Error()}
		return nil
	case errors.Is(err, errUnread):
		o.waiting[t.Media.ID] = hold{why: state.HeldUndecided, says: err.Error()}
		return nil
	case errors.Is(err, errRepliesHeld):
		o.waiting[t.Media.ID] = hold{why: state.HeldReplies, says: err.Error()}
		return nil
	case isHosts(err):
		return o.hostFailed(ctx, t, err)
	}
	if r := o.refusalOf(t, err); r != nil {
		r.posted = o.tookAny()
		o.refused = append(o.refused, r)
		if r.step.Upload() {
			return o.refusedUpload(r)
		}
		return o.refusedPost(ctx, r)
	}
	return err
}

// isHosts reports whether a failure is the media host's: its answers are its own fault.
func isHosts(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Service == "media"
}

// steps are the calls at which X's refusal may be a media's own fault.
var steps = map[string]verdict.Step{
	"POST /2/media/upload/initialize":    verdict.Initialize,
	"POST /2/media/upload/{id}/append":   verdict.Append,
	"POST /2/media/upload/{id}/finalize": verdict.Finalize,
	"GET /2/media/upload":                verdict.Processing,
	"POST /2/tweets":                     verdict.AtPost,
}

// refusalOf reads a failure as a refusal of a media, or nil: an outage, a limit of X and a refused
// token are not.
func (o *round) refusalOf(t plan.Thread, err error) *refusal {
	e := httpx.As(err)
	if e == nil || e.Service != "x" {
		return nil
	}
	step, ok := steps[e.Op]
	if !ok {
		return nil
	}
	switch e.Class {
	case httpx.Invalid, httpx.Unknown, httpx.Forbidden, httpx.Duplicate, httpx.NotFound:
	default:
		if e.Type != xapi.TypeAuthUnknown { // passing, but once more did not help
			return nil
		}
	}
	if rec := o.Session.Doc().Find(t.Media.ID); step == verdict.AtPost && rec != nil && len(rec.Posts) > 0 {
		step = verdict.AtReply
	}
	r := &refusal{thread: t, step: step, key: e.Type, at: o.Now(), err: err}
	var file *fileError
	if errors.As(err, &file) {
		r.kind, r.children, r.limit = string(file.kind), file.children, file.limit
	} else {
		r.kind = o.kindOfNext(t)
	}
	return r
}

// kindOfNext is the kind of the files of the post that a thread is at.
func (o *round) kindOfNext(t plan.Thread) string {
	k := 0
	if rec := o.Session.Doc().Find(t.Media.ID); rec != nil {
		k = len(rec.Posts)
	}
	if k >= len(t.Posts) {
		return ""
	}
	return string(t.Posts[k].Kind())
}

// whose is whose fault the words of a refusal say it is.
func (r *refusal) whose() verdict.Whose { return verdict.WhoseFault(r.key) }

// ownBefore reports whether an earlier run found a media at fault.
func (o *round) ownBefore(t plan.Thread) bool {
	return o.Session.Doc().Find(t.Media.ID).Hold().ByItself()
}

// refusedUpload goes on after X refused a file: nothing is public, so the next media's files are
// tried. Words that name the account, the app or X open the incident at once.
func (o *round) refusedUpload(r *refusal) error {
	o.asked++
	r.witness = o.asked > 1
	switch u := o.uploadRefusal(r); {
	case u.HeldByItself, r.limit:
		r.next = verdict.Own
	case u.OpensAtOnce():
		return o.everybodys(r)
	case u.Whose == verdict.Everybody && u.Posted:
		o.stopAt(r)
	}
	return nil
}

// uploadRefusal is a refusal at an upload step, with what this run knows by now.
func (o *round) uploadRefusal(r *refusal) verdict.UploadRefusal {
	return verdict.UploadRefusal{
		Whose: r.whose(), HeldByItself: o.ownBefore(r.thread), Suspect: o.suspects(r),
		Probe: o.Probe, Posted: r.posted, Taken: o.count(r.step) > 0,
		AloneVideo: r.ofVideo() && o.onlyVideoTried(r),
	}
}

// suspects reports whether this refusal is not the first that points at its media, or the breaker
// of its call is half-open: a witness is asked.
func (o *round) suspects(r *refusal) bool {
	probe := o.Probe > 0 || r.step == verdict.AtReply && o.ProbesReplies
	return probe || o.Session.Doc().X.Suspect == r.thread.Media.ID
}

// tookAny reports whether X has taken a post or a reply in this run.
func (o *round) tookAny() bool { return o.count(verdict.AtPost)+o.count(verdict.AtReply) > 0 }

// refusedPost goes on after X refused a post (contract §9.1, "At POST").
func (o *round) refusedPost(ctx context.Context, r *refusal) error {
	p := verdict.PostRefusal{
		Whose: r.whose(), Reply: r.step == verdict.AtReply, HeldByItself: o.ownBefore(r.thread),
		Taken: o.count(r.step) > 0, Posted: r.posted, Probe: o.Probe,
		Runs: o.Session.Doc().X.RefusedRuns + 1, Suspect: o.suspects(r),
	}
	p.AloneVideo = r.ofVideo() && len(o.witnesses(r)) == 0
	if r.limit {
		r.next = verdict.Own
		return nil
	}
	if r.whose() == verdict.ReplyGone {
		settled, err := o.lookForParent(ctx, r)
		if settled || err != nil {
			return err
		}
	}
	for {
		switch r.next = p.Judge(); r.next {
		case verdict.AskWitness:
			answer, err := o.askWitness(ctx, r)
			if err != nil {
				return err
			}
			p.Witness = answer
		case verdict.Own:
			return nil
		case verdict.NoThreads:
			o.replies = &RefusedError{Err: r.err, Replies: true}
			return nil
		case verdict.Everybodys:
			return o.everybodys(r)
		default:
			o.stopAt(r)
			return nil
		}
	}
}

// lookForParent finds out why X says that the post which a reply answers is deleted or not visible.
// Within an hour of that post it is a race, which passes. Gone from the timeline, it is this thread's
// own. It reports whether that settles how the run goes on.
func (o *round) lookForParent(ctx context.Context, r *refusal) (bool, error) {
	rec := o.Session.Doc().Find(r.thread.Media.ID)
	if o.Now().Sub(rec.LastPost) < replyRace {
		r.race, o.racing = true, true // other threads may meet it too, and single posts do not
		return true, nil
	}
	there, err := o.account.shows(ctx, rec.Posts[len(rec.Posts)-1], rec.LastPost)
	if err != nil || there {
		return false, err
	}
	r.parentGone, r.next = true, verdict.Own
	return true, nil
}

// stopAt ends the posting of this run. The next run asks the same media first.
func (o *round) stopAt(r *refusal) {
	r.next, o.stop = verdict.Stop, true
	o.out.Stopped = fmt.Sprintf("X refused %s, and it is not proven yet whose fault that is: %v",
		r.thread.Media.Permalink, r.err)
}

// everybodys ends the route's posting: X refuses whatever it posts.
func (o *round) everybodys(r *refusal) error {
	r.next = verdict.Everybodys
	fault := &RefusedError{Err: r.err, Replies: r.step == verdict.AtReply}
	if len(o.queue)+len(o.own) == 1 {
		fault.Alone = r.thread.Media.Permalink
	}
	o.fault, o.stop = fault, true
	return fault
}

// witnesses are the media whose acceptance would show that the refused one is at fault: of those X
// has refused least often as a witness, the oldest first. A reply's witness is a reply, or the oldest
// thread that is begun for it.
func (o *round) witnesses(r *refusal) []plan.Thread {
	var out []plan.Thread
	reply := r.step == verdict.AtReply
	for _, t := range o.queue {
		if t.Media.ID == r.thread.Media.ID || o.triedInThisRun(t.Media.ID) ||
			!t.Complete || t.Empty() || !o.mayBegin(t) {
			continue
		}
		rec := o.Session.Doc().Find(t.Media.ID)
		begun := rec != nil && len(rec.Posts) > 0
		if reply && len(t.Posts) > 1 || !reply && !begun {
			out = append(out, t)
		}
	}
	o.byWitness(out)
	return out
}

func (o *round) refusedAsWitness(id string) int {
	if rec := o.Session.Doc().Find(id); rec != nil && rec.Evidence != nil {
		return rec.Evidence.Witness
	}
	return 0
}

// triedInThisRun reports whether a media has been tried: it is no witness any more.
func (o *round) triedInThisRun(id string) bool {
	if _, held := o.waiting[id]; held {
		return true
	}
	return slices.ContainsFunc(o.refused, func(r *refusal) bool { return r.thread.Media.ID == id }) ||
		slices.ContainsFunc(o.missing, func(m hostFailure) bool { return m.thread.Media.ID == id }) ||
		slices.ContainsFunc(o.out.Posted, func(e Entry) bool { return e.MediaID == id })
}

// askWitness posts one other media. A witness that never gets to its post (its file is missing, or
// refused) says nothing, and the next one is asked.
func (o *round) askWitness(ctx context.Context, r *refusal) (verdict.Answer, error) {
	for _, t := range o.witnesses(r) {
		before := o.count(r.step)
		o.talk("  asked as a witness: %s", t.Media.Permalink)
		err := o.publish(ctx, t)
		refused := o.refusalOf(t, err)
		switch {
		case o.count(r.step) > before:
			// The rest of a thread may have been refused: that is another question.
			if refused != nil {
				o.refused = append(o.refused, refused)
				o.stopAt(refused)
				return verdict.WitnessTaken, nil
			}
			o.posted++
			return verdict.WitnessTaken, err
		case refused != nil && !refused.step.Upload():
			refused.witness, refused.next = true, verdict.Everybodys
			o.refused = append(o.refused, refused)
			return verdict.WitnessRefused, nil
		}
		if err := o.notAWitness(ctx, t, err); err != nil {
			return "", err
		}
	}
	return verdict.NoWitness, nil
}

// count is how often X took something at a step in this run.
func (o *round) count(step verdict.Step) (n int) {
	for t, times := range o.taken {
		if t.step == step {
			n += times
		}
	}
	return n
}

// notAWitness notes why a media could not be asked.
func (o *round) notAWitness(ctx context.Context, t plan.Thread, err error) error {
	switch {
	case errors.Is(err, errProcessing):
		o.waiting[t.Media.ID] = hold{why: state.HeldProcessing, says: err.Error()}
		return nil
	case isHosts(err):
		return o.hostFailed(ctx, t, err)
	}
	if r := o.refusalOf(t, err); r != nil {
		r.posted = o.tookAny()
		o.refused = append(o.refused, r)
		return o.refusedUpload(r)
	}
	return err
}

// tookPost notes that X took a post.
func (o *round) tookPost(p plan.Post, reply bool) {
	step := verdict.AtPost
	if reply {
		step, o.out.Works.Reply = verdict.AtReply, true
	}
	o.out.Works.Post = true
	kind := ""
	if len(p.Files) > 0 {
		kind = string(p.Files[0].Kind)
	}
	o.tookStep(step, kind)
}

func (o *round) tookStep(step verdict.Step, kind string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken[took{step, kind}]++
	o.out.Works.Upload = o.out.Works.Upload || step == verdict.Finalize
}

// askOwn asks the media that are held by themselves again, after the others: an hour after the last
// try if X took another media in this run, else after 1, 2, 4, then every 6 hours.
func (o *round) askOwn(ctx context.Context) error {
	for _, t := range o.own {
		if o.full() || !o.mayBegin(t) || o.stop {
			continue
		}
		ev := o.Session.Doc().Find(t.Media.ID).Ev()
		wait := verdict.ProbeWait(ev.Alone + 1)
		if o.posted > 0 {
			wait = verdict.ProbeWait(1)
		}
		if o.Now().Sub(ev.Asked) < wait && verdict.Believable(ev.Asked, o.Now(), 0) {
			continue
		}
		if err := o.one(ctx, t); err != nil {
			return err
		}
	}
	return nil
}
