package mirror

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// workTime is after how much work and waiting a run begins no more media.
const workTime = 10 * time.Minute

// round is the order in which one run posts: what is asked next, and when it is enough.
type round struct {
	*Run
	*answers
	poster *poster
	media  []instagram.Media // as listed, for a file that shows whether the media host answers
	queue  []plan.Thread     // in order
	own    []plan.Thread     // held by themselves: asked after the others
	begun  time.Time
	sent   int  // media that were posted
	limit  int  // of the media that this run may post
	asked  int  // media whose files were tried after X refused one
	stop   bool // no more media are begun
}

// newRound sorts the planned threads: those that are held by themselves come after the others.
func (r *Run) newRound(media []instagram.Media, res plan.Result) *round {
	o := &round{Run: r, answers: newAnswers(), media: media, begun: r.Now(), own: res.Own}
	o.poster = &poster{r, o.answers, o.moreAfter}
	o.limit = perRun(r.Session.Doc().X, r.Route.Limits, r.Now())
	o.queue = slices.Concat(res.Threads, res.More)
	// The media at which the last run stopped is asked first.
	suspect := r.Session.Doc().X.Suspect
	if i := slices.IndexFunc(o.queue, isThread(suspect)); i > 0 {
		t := o.queue[i]
		o.queue = slices.Insert(slices.Delete(o.queue, i, i+1), 0, t)
	}
	return o
}

// isThread finds the thread of a media.
func isThread(id string) func(plan.Thread) bool {
	return func(t plan.Thread) bool { return t.Media.ID == id }
}

const (
	// slowFor and slowPerRun are for how long only a few media are posted a run, and how many,
	// after X took posts again that it had called automated.
	slowFor    = 24 * time.Hour
	slowPerRun = 3
)

// perRun is how many media a run may post, decided when it begins. After X called the posts
// automated it is one in the run in which X takes posts again, and then three a run for a day.
func perRun(x state.Answers, limits config.Limits, now time.Time) int {
	switch {
	case x.Words == "automated":
		return 1
	case now.Before(x.Slow) && verdict.Believable(x.Slow, now, slowFor):
		return min(slowPerRun, limits.PerRun)
	}
	return limits.PerRun
}

// postAll makes the planned posts, in order. The error is what stops the route.
func (o *round) postAll(ctx context.Context) error {
	for i := range o.queue {
		t := o.queue[i]
		switch {
		case o.stop || o.full() || o.tried(t.Media.ID):
			continue
		case !o.mayBegin(t):
			o.waitForReplies(t)
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
			byWitness(o.Session.Doc(), o.queue[i+1:])
		}
	}
	return o.askOwn(ctx)
}

// pause lies between two media of one run: a burst of posts is what X's filters look for.
func (o *round) pause(ctx context.Context, i int) error {
	if i == 0 || o.sent == 0 || o.Gap == 0 {
		return nil
	}
	return httpx.Sleep(ctx, o.Gap)
}

// full reports whether this run has done what it may: a limit of posts, or of time. Files of
// further media are tried after X refused one, of at most per_run.
func (o *round) full() bool {
	return o.sent >= o.limit || o.asked > max(o.limit, 1) || o.late()
}

// late reports whether a run has worked for so long that it begins nothing more.
func (o *round) late() bool { return o.Now().Sub(o.begun) > workTime }

// moreAfter reports whether this run will go on to another media after one.
func (o *round) moreAfter(id string) bool {
	if o.stop || o.sent+1 >= o.limit {
		return false
	}
	return slices.ContainsFunc(o.queue, func(t plan.Thread) bool {
		return t.Media.ID != id && !o.tried(t.Media.ID)
	})
}

// mayBegin reports whether a thread may be posted while X does not let this app reply: single posts
// go on, and threads wait.
func (o *round) mayBegin(t plan.Thread) bool { return len(t.Posts) == 1 || o.poster.mayReply() }

var errRepliesHeld error = message.Sentence("mirror.stored.no-replies")

// waitForReplies notes that a thread waits until this app may reply. A race passes by itself.
func (o *round) waitForReplies(t plan.Thread) {
	if !o.racing {
		o.waiting[t.Media.ID] = hold{why: state.HeldReplies, says: errRepliesHeld.Error()}
	}
}

// one mirrors one media, and notes what became of it. The error is what stops the route.
func (o *round) one(ctx context.Context, t plan.Thread) error {
	files := &hostSide{o}
	if !t.Complete {
		if files.awaited(t) {
			return nil
		}
		t = files.withoutVideo(t)
	}
	if t.Empty() {
		o.waiting[t.Media.ID] = hold{why: state.HeldNoFile, ends: true,
			says: english.Text("mirror.stored.empty")}
		return nil
	}
	err := o.poster.publish(ctx, t)
	switch {
	case err == nil:
		o.sent++
		return nil
	case ctx.Err() != nil:
		return err
	}
	return o.failed(ctx, t, err)
}

// waits are the failures that hold a media and are nobody's refusal.
var waits = map[error]state.Hold{
	errProcessing: state.HeldProcessing, errUnread: state.HeldUndecided,
	errRepliesHeld: state.HeldReplies,
}

// failed notes what a media waits for, or whose fault it is that X or the media host refused it.
// The error is what stops the route.
func (o *round) failed(ctx context.Context, t plan.Thread, err error) error {
	for cause, why := range waits {
		if errors.Is(err, cause) {
			o.waiting[t.Media.ID] = hold{why: why, says: err.Error()}
			return nil
		}
	}
	if isHosts(err) {
		return (&hostSide{o}).failed(ctx, t, err)
	}
	r := o.refusalOf(t, err)
	if r == nil {
		return err
	}
	r.posted = o.tookAny()
	o.refused = append(o.refused, r)
	if r.step.Upload() {
		return (&judge{o}).refusedUpload(r)
	}
	return (&judge{o}).refusedPost(ctx, r)
}

// askOwn asks the media that are held by themselves again, after the others.
func (o *round) askOwn(ctx context.Context) error {
	for _, t := range o.own {
		if o.full() || !o.mayBegin(t) || o.stop || !o.isDue(t) {
			continue
		}
		if err := o.one(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// isDue reports whether a media that is held by itself is asked again: an hour after the last try
// if X took another media in this run, else after 1, 2, 4, then every 6 hours.
func (o *round) isDue(t plan.Thread) bool {
	ev := o.Session.Doc().Find(t.Media.ID).Ev()
	wait := verdict.ProbeWait(ev.Alone + 1)
	if o.sent > 0 {
		wait = verdict.ProbeWait(1)
	}
	return o.Now().Sub(ev.Asked) >= wait || !verdict.Believable(ev.Asked, o.Now(), 0)
}
