package mirror

import (
	"context"
	"fmt"
	"slices"
	"strings"
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

// thread is one media on its way to X: what is posted of it, and what the ledger does not know yet.
type thread struct {
	plan.Thread
	done      []string   // X post ids, in thread order
	unsettled bool       // the last id in done answers the intent in the ledger, and is not settled
	uploads   [][]string // X media ids by post
	uploaded  time.Time  // when the oldest of them was finished
	// supersedes is the nonce of an intent whose post is proven not to be on X.
	supersedes string
	attempt    int               // posts of the current part that went unanswered
	distinct   int               // the number that tells the text from an earlier post's
	helped     map[string]bool   // what was tried without loss
	leftOut    []string          // children that X refused
	planned    []string          // the texts as they were composed
	kinds      map[string]string // files whose bytes are of another kind than the list says
	sizes      map[string]int64  // of its files, in bytes, by child
}

// resume takes a media up where the ledger says that it was left.
func (r *Run) resume(p plan.Thread) *thread {
	t := &thread{helped: map[string]bool{}, sizes: map[string]int64{}}
	t.compose(p)
	rec := r.Session.Doc().Find(p.Media.ID)
	if rec == nil {
		return t
	}
	t.done, t.distinct = slices.Clone(rec.Posts), rec.Distinct
	if r.Now().Sub(rec.Uploaded) < reuse {
		t.reuse(rec.Uploads, rec.Uploaded, rec.UploadsOf)
	}
	// Only what this run has looked for itself may be replaced: an intent that came in with a newer
	// document is somebody else's, and its post may be there.
	if rec.Intent != nil && slices.Contains(r.notOnX, rec.Intent.Nonce) {
		t.supersedes, t.attempt = rec.Intent.Nonce, rec.Intent.Attempt
	}
	return t
}

// compose takes over a composition, of which nothing is uploaded.
func (t *thread) compose(p plan.Thread) {
	t.Thread, t.planned = p, nil
	for _, post := range p.Posts {
		t.planned = append(t.planned, post.Text)
	}
	t.uploads, t.uploaded = make([][]string, len(p.Posts)), time.Time{}
}

// publish brings one media to X: all uploads, then post after post.
func (o *round) publish(ctx context.Context, p plan.Thread) error {
	if err := o.account.ensureToken(ctx); err != nil {
		return err
	}
	if err := o.guard(ctx); err != nil {
		return err
	}
	if err := o.trimDeleted(ctx, p.Media); err != nil {
		return err
	}
	t := o.resume(p)
	if err := o.lookBack(ctx, t); err != nil {
		return err
	}
	if err := o.upload(ctx, t); err != nil {
		return err
	}
	for k := len(t.done); k < len(t.Posts); k = len(t.done) {
		err := errRepliesHeld
		if k == 0 || !o.noReplies() {
			err = o.part(ctx, t, k)
		}
		if err != nil && t.unsettled {
			err = o.leaveOff(ctx, t, err)
		}
		if err != nil {
			return err
		}
	}
	return o.settle(ctx, t)
}

// leaveOff writes down what is known of a media that this run can't go on with: the answer to its
// last post, and that the next one was not sent. The document is read anew, because the commit of the
// next one's intent may have been made, though nobody heard of it.
func (o *round) leaveOff(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	if err := o.Session.Refresh(ctx); err != nil {
		return fmt.Errorf("%w; and the state could not be read: %w", cause, err)
	}
	err := o.Session.Update(ctx, o.message("left off "+t.Media.ID), func(d *state.Document) error {
		if d.Find(t.Media.ID) == nil {
			return nil
		}
		rec, err := o.claim(d, t)
		if err != nil {
			return err
		}
		if i := rec.Intent; i != nil && i.Nonce == o.Nonce && i.Part == len(t.done) {
			rec.Intent = nil
		}
		return nil
	})
	t.unsettled = false
	if err != nil {
		return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
	}
	return cause
}

// part makes the k-th post. What helps without loss is tried before a refusal counts.
func (o *round) part(ctx context.Context, t *thread, k int) error {
	for {
		err := o.post(ctx, t, k)
		if err == nil {
			return nil
		}
		again, err := o.help(ctx, t, k, err)
		if err != nil {
			return err
		}
		if !again {
			return nil
		}
	}
}

// post is the one place where something public happens: the intent, the call, and its answer.
func (o *round) post(ctx context.Context, t *thread, k int) error {
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
	if err == nil {
		t.done, t.unsettled, t.supersedes, t.attempt = append(t.done, id), true, "", 0
		t.distinct = 0
		clear(t.helped) // each part is helped by itself
		o.tookPost(t.Posts[k], k > 0)
		return nil
	}
	return err
}

// lastKnown is the newest post of a thread whose id is known. A part that a person has called posted
// has none.
func lastKnown(posts []string) string {
	for _, id := range slices.Backward(posts) {
		if id != "" {
			return id
		}
	}
	return ""
}

// send makes the call. It outlives a cancellation, because nobody could tell whether X made the
// post; a run that is cancelled before it sends nothing, and takes the intent back.
func (o *round) send(ctx context.Context, t *thread, in xapi.Post) (string, error) {
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

// intend commits the intent of a post, and with it what is known of the posts before. Media that
// this one overtakes get their record in the same commit, so that the cursor passes none without.
func (o *round) intend(ctx context.Context, t *thread, k int) error {
	begun := o.Now()
	part := t.Posts[k]
	what := o.message(fmt.Sprintf("post %s, part %d of %d", t.Media.ID, k+1, len(t.Posts)))
	err := o.Session.Update(ctx, what, func(d *state.Document) error {
		o.recordOvertaken(d, t.Media)
		rec, err := o.claim(d, t)
		if err != nil {
			return err
		}
		begun = o.Now()
		rec.Intent = &state.Intent{
			Part: k, At: begun.UTC().Truncate(time.Second), Run: o.ID, Nonce: o.Nonce,
			Media: t.uploads[k], Text: state.TextDigest(part.Text), Link: state.LinkDigest(part.Text),
			Planned: t.plannedDigest(k), Children: childrenOf(part), Files: len(t.uploads[k]) > 0, Attempt: t.attempt + 1, USD: part.USD,
		}
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
		Message: fmt.Sprintf("the commit took longer than %v, after which a post is not sent", startBy),
	})
}

// plannedDigest names the text that was planned for a post, if another one is sent; else "".
func (t *thread) plannedDigest(k int) string {
	if k >= len(t.planned) || t.planned[k] == t.Posts[k].Text {
		return ""
	}
	return state.TextDigest(t.planned[k])
}

func (t *thread) sizeOf(child string) int64 { return t.sizes[child] }

// claim finds the record of the media in a document that may be newer than this run's, settles what
// is known of it, and refuses if another run has been at it.
func (r *Run) claim(d *state.Document, t *thread) (*state.Record, error) {
	rec := d.Record(t.Media.ID, t.Media.Timestamp, t.Media.Permalink)
	known := len(t.done)
	if i := rec.Intent; i != nil && i.Nonce != r.Nonce && i.Nonce != t.supersedes {
		return nil, errTaken
	}
	if t.unsettled && rec.Intent != nil && rec.Intent.Nonce == r.Nonce && len(rec.Posts) == known-1 {
		settlePart(d, rec, t.done[known-1], r.Now())
	}
	if rec.Status != state.Posting || !slices.Equal(rec.Posts, t.done) {
		return nil, errTaken
	}
	return rec, nil
}

// settlePart records the answer to an intent: X took a post.
func settlePart(d *state.Document, rec *state.Record, id string, now time.Time) {
	reply := rec.Intent.Part > 0
	rec.Posts, rec.LastPost = append(rec.Posts, id), now.UTC().Truncate(time.Second)
	planned := rec.Intent.Planned
	if planned == "" {
		planned = rec.Intent.Text
	}
	rec.Texts = append(rec.Texts, planned)
	rec.OnX = append(rec.OnX, rec.Intent.Children...)
	rec.USD += rec.Intent.USD
	d.Spend.Add(rec.Intent.USD, rec.Intent.At)
	rec.Intent, rec.Distinct, rec.Evidence = nil, 0, nil
	d.Took(rec.MediaID, reply, now)
}

// keep writes down how a media is posted, and what is uploaded of it, for a run that goes on.
func (t *thread) keep(rec *state.Record) {
	rec.Parts, rec.Fallback = len(t.Posts), t.Fallback
	rec.LeftOut = union(rec.LeftOut, t.leftOut)
	if len(t.kinds) > 0 {
		rec.Kinds = t.kinds
	}
	rec.ForgetUploads()
	if slices.ContainsFunc(t.uploads, func(ids []string) bool { return len(ids) > 0 }) {
		rec.Uploads, rec.UploadsOf, rec.Uploaded = t.uploads, t.uploadsOf(), t.uploaded
	}
}

// reuse takes over uploads that were made before, if they are of the very files that are posted now.
// A carousel that was edited may have as many posts as before, with other files in them.
func (t *thread) reuse(uploads [][]string, uploaded time.Time, of string) {
	if of == t.uploadsOf() && len(uploads) == len(t.Posts) {
		t.uploads, t.uploaded = slices.Clone(uploads), uploaded
	}
}

// uploadsOf names the files of the posts, in their order and with their kinds, by a digest: a cover
// that stands in for a video is another file of the same child.
func (t *thread) uploadsOf() string {
	var b strings.Builder
	for _, p := range t.Posts {
		for _, f := range p.Files {
			fmt.Fprint(&b, f.MediaID, " ", f.Kind, " ")
		}
		b.WriteString("| ")
	}
	return state.TextDigest(b.String())
}

// settle ends a media whose last post is made.
func (o *round) settle(ctx context.Context, t *thread) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	write := o.Session.Publish
	if o.moreAfter(t) {
		write = o.Session.Update // the page goes along with the run's last commit
	}
	err := write(ctx, o.message("posted "+t.Media.ID), func(d *state.Document) error {
		rec, err := o.claim(d, t)
		if err != nil {
			return err
		}
		d.Settle(rec, state.Posted, leftOut(rec), o.Now())
		d.History.Mirrored(o.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle media %s: %w", t.Media.ID, err)
	}
	o.out.Posted = append(o.out.Posted, Entry{
		MediaID: t.Media.ID, Permalink: t.Media.Permalink, Posts: t.done, Notes: t.Notes,
		Of: len(t.Posts), Why: leftOut(o.Session.Doc().Find(t.Media.ID)),
	})
	o.out.USD += t.USD()
	return nil
}

// leftOut says what of a carousel is missing on X.
func leftOut(rec *state.Record) string {
	if rec == nil || len(rec.LeftOut) == 0 {
		return ""
	}
	return fmt.Sprintf("X refused %d of its files, and it was posted without them (rejected_photo)", len(rec.LeftOut))
}

// unanswered notes that nobody waits for the answer any more. If even that can't be written, the
// intent stands as it is: the next run looks at X's timeline all the same.
func (o *round) unanswered(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	_ = o.Session.Update(ctx, o.message("no answer for "+t.Media.ID), func(d *state.Document) error {
		if rec := d.Find(t.Media.ID); rec != nil && rec.Intent != nil && rec.Intent.Nonce == o.Nonce {
			rec.Intent.Unanswered = true
		}
		return nil
	})
	return cause
}

// takeBack removes an intent after a plain no, or before anything was sent. An earlier attempt is
// proven not to be on X, or it would not have been superseded.
func (o *round) takeBack(ctx context.Context, t *thread, cause error) error {
	ctx, cancel := httpx.Grace(ctx, aftermath)
	defer cancel()
	err := o.Session.Update(ctx, o.message("not posted "+t.Media.ID), func(d *state.Document) error {
		rec := d.Find(t.Media.ID)
		if rec == nil || rec.Intent == nil || rec.Intent.Nonce != o.Nonce {
			return nil
		}
		rec.Intent = nil
		return nil
	})
	t.supersedes, t.attempt = "", 0
	if err != nil {
		return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
	}
	return cause
}
