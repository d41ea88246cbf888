package mirror

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

const (
	// startBy is how long after its intent a post may still be sent. It leaves a wide margin to the
	// 20 minutes after which another run may call the post absent.
	startBy = 20 * time.Second
	// unrepeatable is how long a call that can't be repeated goes on after a cancellation, and
	// aftermath is how long what must be written after it does. Actions sends SIGTERM 7.5 s
	// after SIGINT.
	unrepeatable = 4500 * time.Millisecond
	aftermath    = 2500 * time.Millisecond
)

// poster brings media to X, one after the other: all files of one, then post after post, each with
// its intent before the call and its answer after it.
type poster struct {
	*Run
	*answers
	// more reports whether this run goes on to another media after one.
	more func(id string) bool
}

// publish brings one media to X.
func (o *poster) publish(ctx context.Context, p plan.Thread) error {
	if err := o.account.ensureToken(ctx); err != nil {
		return err
	}
	if err := o.guard(ctx); err != nil {
		return err
	}
	found := &finder{o.Run}
	if err := found.trimDeleted(ctx, p.Media); err != nil {
		return err
	}
	t := o.resume(p)
	if err := found.lookBack(ctx, t); err != nil {
		return err
	}
	if err := (&uploader{o.Run, o.answers}).upload(ctx, t); err != nil {
		return err
	}
	for k := len(t.done); k < len(t.Posts); k = len(t.done) {
		if err := o.part(ctx, t, k); err != nil {
			return err
		}
	}
	return o.settle(ctx, t)
}

// resume takes a media up where the ledger says that it was left.
func (o *poster) resume(p plan.Thread) *thread {
	t := &thread{helped: map[string]bool{}, sizes: map[string]int64{}}
	t.compose(p)
	rec := o.Session.Doc().Find(p.Media.ID)
	if rec == nil {
		return t
	}
	t.done, t.distinct = slices.Clone(rec.Posts), rec.Distinct
	if o.Now().Sub(rec.Uploaded) < reuse {
		t.reuse(rec.Uploads, rec.Uploaded, rec.UploadsOf)
	}
	// Only what this run has looked for itself may be replaced: an intent that came in with a newer
	// document is somebody else's, and its post may be there.
	if rec.Intent != nil && slices.Contains(o.notOnX, rec.Intent.Nonce) {
		t.supersedes, t.attempt = rec.Intent.Nonce, rec.Intent.Attempt
	}
	return t
}

// mayReply reports whether replies are made at present in this run.
func (o *poster) mayReply() bool { return !o.NoReplies && o.replies == nil && !o.racing }

// part makes the k-th post, and writes down what is known of a media that can't go on.
func (o *poster) part(ctx context.Context, t *thread, k int) error {
	err := errRepliesHeld
	if k == 0 || o.mayReply() {
		err = o.helped(ctx, t, k)
	}
	if err != nil && t.unsettled {
		return o.leaveOff(ctx, t, err)
	}
	return err
}

// helped makes the k-th post. What helps without loss is tried before a refusal counts.
func (o *poster) helped(ctx context.Context, t *thread, k int) error {
	help := &helper{poster: o, thread: t, k: k}
	for {
		err := o.post(ctx, t, k)
		if err == nil {
			return nil
		}
		again, err := help.after(ctx, err)
		if err != nil || !again {
			return err
		}
	}
}

// post is the one place where something public happens: the intent, the call, and its answer.
func (o *poster) post(ctx context.Context, t *thread, k int) error {
	if err := o.intend(ctx, t, k); err != nil {
		return err
	}
	part := t.Posts[k]
	in := xapi.Post{Text: part.Text, MediaIDs: t.uploads[k],
		MadeWithAI: part.MadeWithAI, PaidPartnership: part.PaidPartnership}
	if k > 0 {
		in.ReplyTo = lastKnown(t.done[:k])
	}
	id, err := o.send(ctx, t, in)
	if err != nil {
		return err
	}
	t.took(id)
	o.tookPost(part, k > 0)
	return nil
}

// intend commits the intent of a post, and with it what is known of the posts before. Media that
// this one overtakes get their record in the same commit, so that the cursor passes none without.
func (o *poster) intend(ctx context.Context, t *thread, k int) error {
	begun := o.Now()
	what := o.message(fmt.Sprintf("post %s, part %d of %d", t.Media.ID, k+1, len(t.Posts)))
	err := o.Session.Update(ctx, what, func(d *state.Document) error {
		o.selected.recordOvertaken(d, t.Media)
		rec, err := t.claim(d, o.Run)
		if err != nil {
			return err
		}
		begun = o.Now()
		rec.Intent = o.intent(t, k)
		d.Intents++
		rec.Reason, rec.Distinct = "", t.distinct
		t.keep(rec)
		if o.Guarded != nil {
			o.Guarded(d)
		}
		return nil
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return o.leaveOff(ctx, t, err)
	case err != nil:
		return err
	}
	t.unsettled = false
	if o.Now().Sub(begun) < startBy {
		return nil
	}
	return o.takeBack(ctx, t, &httpx.Error{
		Service: "github", Op: "commit of an intent", Status: 200, Class: httpx.Transient,
		Message: fmt.Sprintf("the commit took longer than %v, after which a post is not sent",
			startBy),
	})
}

// intent is the k-th post of a thread as it is written down before it is made.
func (o *poster) intent(t *thread, k int) *state.Intent {
	part := t.Posts[k]
	return &state.Intent{
		Part: k, At: o.Now().UTC().Truncate(time.Second), Run: o.ID, Nonce: o.Nonce,
		Media: t.uploads[k], Files: len(t.uploads[k]) > 0, Children: childrenOf(part),
		Text: state.TextDigest(part.Text), Link: state.LinkDigest(part.Text),
		Planned: t.plannedDigest(k), Attempt: t.attempt + 1, USD: part.USD,
	}
}

// send makes the call. It outlives a cancellation, because nobody could tell whether X made the
// post; a run that is cancelled before it sends nothing, and takes the intent back.
func (o *poster) send(ctx context.Context, t *thread, in xapi.Post) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", o.takeBack(ctx, t, err)
	}
	once, cancel := httpx.Grace(ctx, unrepeatable)
	defer cancel()
	id, err := o.X.Post(once, in)
	if o.account.replaceable(err) {
		// A 401 is a plain no: nothing was posted.
		if err := o.account.replaceToken(ctx, err); err != nil {
			return "", o.takeBack(ctx, t, err)
		}
		id, err = o.X.Post(once, in)
	}
	switch {
	case err == nil:
		return id, nil
	case httpx.ClassOf(err) == httpx.Ambiguous:
		return "", o.unanswered(ctx, t, err)
	}
	return "", o.takeBack(ctx, t, err)
}

// settle ends a media whose last post is made.
func (o *poster) settle(ctx context.Context, t *thread) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	write := o.Session.Publish
	if o.more(t.Media.ID) {
		write = o.Session.Update // the page goes along with the run's last commit
	}
	err := write(ctx, o.message("posted "+t.Media.ID), func(d *state.Document) error {
		rec, err := t.claim(d, o.Run)
		if err != nil {
			return err
		}
		d.Settle(rec, state.Posted, leftOut(rec), o.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle media %s: %w", t.Media.ID, err)
	}
	o.posted[t.Media.ID] = true
	o.out.Posted = append(o.out.Posted, Entry{
		MediaID: t.Media.ID, Permalink: t.Media.Permalink, Posts: t.done, Notes: t.Notes,
		Of: len(t.Posts), Why: leftOut(o.Session.Doc().Find(t.Media.ID)),
	})
	o.out.USD += t.USD()
	return nil
}

// leaveOff writes down what is known of a media that this run can't go on with: the answer to its
// last post, and that the next one was not sent. The document is read anew, because the commit of
// the next one's intent may have been made, though nobody heard of it.
func (o *poster) leaveOff(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	if err := o.Session.Refresh(ctx); err != nil {
		return fmt.Errorf("%w; and the state could not be read: %w", cause, err)
	}
	err := o.Session.Update(ctx, o.message("left off "+t.Media.ID), func(d *state.Document) error {
		if d.Find(t.Media.ID) == nil {
			return nil
		}
		rec, err := t.claim(d, o.Run)
		if err != nil {
			return err
		}
		if hasIntent(rec, o.Nonce) && rec.Intent.Part == len(t.done) {
			rec.Intent = nil
		}
		return nil
	})
	t.unsettled = false
	return andUnwritten(cause, err)
}

// unanswered notes that nobody waits for the answer any more. If even that can't be written, the
// intent stands as it is: the next run looks at X's timeline all the same.
func (o *poster) unanswered(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	what := o.message("no answer for " + t.Media.ID)
	_ = o.Session.Update(ctx, what, func(d *state.Document) error {
		if rec := d.Find(t.Media.ID); hasIntent(rec, o.Nonce) {
			rec.Intent.Unanswered = true
		}
		return nil
	})
	return cause
}

// takeBack removes an intent after a plain no, or before anything was sent. An earlier attempt is
// proven not to be on X, or it would not have been superseded.
func (o *poster) takeBack(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	err := o.Session.Update(ctx, o.message("not posted "+t.Media.ID),
		func(d *state.Document) error {
			if rec := d.Find(t.Media.ID); hasIntent(rec, o.Nonce) {
				rec.Intent = nil
			}
			return nil
		})
	t.supersedes, t.attempt = "", 0
	return andUnwritten(cause, err)
}

// andUnwritten adds to a cause that the state could not be written either.
func andUnwritten(cause, err error) error {
	if err != nil {
		return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
	}
	return cause
}
