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
	// lease is how long an intent is taken for a post that is being made by a living process. It is longer than
	// startBy plus the time X has to answer, so that two processes never have a post of the same part under way.
	lease = 15 * time.Second
	// startBy is how long after its intent a post may still be sent: a commit that took longer is made again.
	startBy = 4 * time.Second
	// maxIntents is how often an intent is committed in the hope of a faster answer.
	maxIntents = 5
)

// flight is one media on its way: what has been posted of it and what the ledger does not know yet.
type flight struct {
	plan.Thread
	done    []string   // X post ids, in thread order
	fresh   bool       // the last id in done answers the intent in the ledger, and is not settled there yet
	uploads [][]string // X media ids by part
	stamp   time.Time  // when they were uploaded
	voided  string     // nonce of a dead process' intent, which may be replaced
	attempt int        // posts of the current part that went unanswered
}

// one mirrors one media: all uploads, then part after part. A fallback that is found out on the way starts it anew.
func (r *Run) one(ctx context.Context, p plan.Thread) error {
	for {
		f := r.takeOff(p)
		err := r.fly(ctx, f)
		next, again := r.fallback(p, err)
		if !again {
			return err
		}
		r.talk("%s: X refuses the video, %s", p.Media.Permalink, r.Route.RejectedVideo)
		p = next
	}
}

// takeOff takes a media up where the ledger says it was left.
func (r *Run) takeOff(p plan.Thread) *flight {
	f := &flight{Thread: p, uploads: make([][]string, len(p.Posts))}
	rec := r.Session.Doc().Find(p.Media.ID)
	if rec == nil {
		return f
	}
	f.done = slices.Clone(rec.Posts)
	// The same parts, but with other files, if something stands in for a video now.
	if fresh := r.Now().Sub(rec.Uploaded) < reuse; fresh && rec.Fallback == p.Fallback && len(rec.Uploads) == len(p.Posts) {
		f.uploads, f.stamp = slices.Clone(rec.Uploads), rec.Uploaded
	}
	// Only what this run has looked for itself: an intent that came in with a newer document is somebody else's, and its post
	// may be there, answered or not.
	if rec.Intent != nil && slices.Contains(r.absent, rec.Intent.Nonce) {
		f.voided, f.attempt = rec.Intent.Nonce, rec.Intent.Attempt
	}
	return f
}

func (r *Run) fly(ctx context.Context, f *flight) error {
	if err := r.upload(ctx, f); err != nil {
		return err
	}
	for k := len(f.done); k < len(f.Posts); k++ {
		if err := r.part(ctx, f, k); err != nil {
			if r.refusedReply(err, f) {
				return r.land(ctx, f, fmt.Sprintf("X refused part %d of %d: %v", k+1, len(f.Posts), err))
			}
			return err
		}
	}
	return r.land(ctx, f, "")
}

// refusedReply says that X will not have the rest of a thread: what is posted of it stays, and that is said.
func (r *Run) refusedReply(err error, f *flight) bool {
	e := httpx.As(err)
	return len(f.done) > 0 && e != nil && e.Service == "x" && e.Status == 403 && (e.Class == httpx.Invalid || e.Class == httpx.Duplicate)
}

// part posts the k-th part. A text that X has already is told apart from the earlier one by a number.
func (r *Run) part(ctx context.Context, f *flight, k int) error {
	part := f.Posts[k]
	for n := 2; ; n++ {
		err := r.post(ctx, f, k, part)
		if httpx.ClassOf(err) != httpx.Duplicate {
			return err
		}
		id, ours, e := r.duplicate(ctx, f, part)
		if e != nil {
			return e
		}
		if ours {
			f.done, f.fresh = append(f.done, id), true
			return nil
		}
		next, fits := f.Posts[k].Distinct(n, r.Route.Text.MaxLength)
		if !fits || n > 4 {
			return r.drop(ctx, f, err)
		}
		part = next
	}
}

// post is the one place where something public happens: intent, the call, and what its answer means.
func (r *Run) post(ctx context.Context, f *flight, k int, part plan.Post) error {
	if err := r.intend(ctx, f, k, part); err != nil {
		return err
	}
	in := xapi.Post{Text: part.Text, MediaIDs: f.uploads[k]}
	if k > 0 {
		in.ReplyTo = f.done[k-1]
	}
	id, err := r.X.Post(ctx, in)
	if httpx.ClassOf(err) == httpx.Unauthorized && !r.replaced {
		// A 401 is a plain no: nothing was posted.
		if err := r.replace(ctx); err != nil {
			return r.drop(ctx, f, err)
		}
		id, err = r.X.Post(ctx, in)
	}
	switch {
	case err == nil:
		r.out.Post = true
		f.done, f.fresh, f.voided, f.attempt = append(f.done, id), true, "", 0
		return nil
	case httpx.ClassOf(err) == httpx.Ambiguous:
		return r.unanswered(ctx, f, err)
	case httpx.ClassOf(err) == httpx.Duplicate:
		return err // looked into by the caller
	}
	return r.drop(ctx, f, err)
}

// intend commits the intent of a part, and with it what is known of the parts before. It is made again if the commit
// took so long that another run may already take this process for dead. With a GitHub that is always so slow nothing can
// be posted: that is a passing fault.
func (r *Run) intend(ctx context.Context, f *flight, k int, part plan.Post) error {
	for n := 1; ; n++ {
		begun := r.Now()
		err := r.Session.Update(ctx, r.message(fmt.Sprintf("post %s, part %d of %d", f.Media.ID, k+1, len(f.Posts))), func(d *state.Document) error {
			rec, err := r.claim(d, f)
			if err != nil {
				return err
			}
			begun = r.Now()
			rec.Intent = &state.Intent{
				Part: k, At: begun.UTC().Truncate(time.Second), Run: r.ID, Nonce: r.Nonce, Media: f.uploads[k],
				Text: digest(part.Text), Attempt: f.attempt + 1, USD: part.USD,
			}
			rec.Parts, rec.Fallback, rec.Reason = len(f.Posts), f.Fallback, ""
			rec.Uploads, rec.Uploaded = f.keepUploads()
			return nil
		})
		if err != nil {
			return err
		}
		f.fresh = false
		if r.Now().Sub(begun) < startBy {
			return nil
		}
		if n == maxIntents {
			return r.drop(ctx, f, &httpx.Error{Service: "github", Op: "commit of an intent", Status: 200, Class: httpx.Transient,
				Message: fmt.Sprintf("%d commits in a row took longer than %v, after which a post is not sent", n, startBy)})
		}
	}
}

// claim finds the record of the media in a document that may be newer than ours, settles what we know of it, and
// refuses if another run has been at it.
func (r *Run) claim(d *state.Document, f *flight) (*state.Record, error) {
	rec := d.Record(f.Media.ID, f.Media.Timestamp, f.Media.Permalink)
	known := len(f.done)
	if rec.Intent != nil && rec.Intent.Nonce != r.Nonce && rec.Intent.Nonce != f.voided {
		return nil, errTaken
	}
	if f.fresh && rec.Intent != nil && rec.Intent.Nonce == r.Nonce && len(rec.Posts) == known-1 {
		settlePart(d, rec, f.done[known-1])
	}
	if rec.Status != state.Posting || !slices.Equal(rec.Posts, f.done) {
		return nil, errTaken
	}
	return rec, nil
}

// settlePart records the answer to an intent.
func settlePart(d *state.Document, rec *state.Record, id string) {
	rec.Posts = append(rec.Posts, id)
	rec.USD += rec.Intent.USD
	d.Spent(rec.Intent.USD, rec.Intent.At)
	rec.Intent = nil
}

// keepUploads is what the ledger remembers of the uploads while parts are left.
func (f *flight) keepUploads() ([][]string, time.Time) {
	for _, ids := range f.uploads {
		if len(ids) > 0 {
			return f.uploads, f.stamp
		}
	}
	return nil, time.Time{}
}

// land settles a media whose last part is posted.
func (r *Run) land(ctx context.Context, f *flight, reason string) error {
	err := r.Session.Publish(context.WithoutCancel(ctx), r.message("posted "+f.Media.ID), func(d *state.Document) error {
		rec, err := r.claim(d, f)
		if err != nil {
			return err
		}
		if rec.Intent != nil {
			rec.Intent = nil // of a part that X refused
		}
		d.Settle(rec, state.Posted, reason, r.Now())
		d.Mirrored(r.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle media %s: %w", f.Media.ID, err)
	}
	e := Entry{MediaID: f.Media.ID, Permalink: f.Media.Permalink, Posts: f.done, Notes: f.Notes, Why: reason, Of: len(f.Posts)}
	r.out.Posted = append(r.out.Posted, e)
	r.out.USD += f.USD()
	return nil
}

// unanswered notes that nobody waits for the answer any more. If even that can't be written the intent stands as it is,
// and the next run takes it for a killed process': it asks X all the same.
func (r *Run) unanswered(ctx context.Context, f *flight, cause error) error {
	_ = r.Session.Update(context.WithoutCancel(ctx), r.message("no answer for "+f.Media.ID), func(d *state.Document) error {
		if rec := d.Find(f.Media.ID); rec != nil && rec.Intent != nil && rec.Intent.Nonce == r.Nonce {
			rec.Intent.Unanswered = true
		}
		return nil
	})
	return cause
}

// drop takes an intent back after a plain no, keeping the parts that were posted.
func (r *Run) drop(ctx context.Context, f *flight, cause error) error {
	err := r.Session.Update(context.WithoutCancel(ctx), r.message("X refused "+f.Media.ID), func(d *state.Document) error {
		rec := d.Find(f.Media.ID)
		if rec == nil || rec.Intent == nil || rec.Intent.Nonce != r.Nonce {
			return nil
		}
		// An earlier attempt that went unanswered may still turn up: only its reconciling ends it.
		if rec.Intent.Attempt > 1 {
			rec.Intent.Unanswered = true
			return nil
		}
		rec.Intent = nil
		if e := httpx.As(cause); e != nil && e.Type == xapi.TypeMediaIDs {
			rec.Uploads, rec.Uploaded = nil, time.Time{}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
	}
	return cause
}

// live makes sure that there is an access token.
func (r *Run) live(ctx context.Context) error {
	if r.X.AccessToken != "" {
		return nil
	}
	token, err := r.Tokens.AccessToken(ctx)
	if err != nil {
		return fmt.Errorf("get an access token: %w", err)
	}
	r.X.AccessToken, r.out.Token = token, true
	return nil
}

// authorized makes a call, and makes it again with another access token if X says 401 to this one.
func (r *Run) authorized(ctx context.Context, call func() error) error {
	err := call()
	if httpx.ClassOf(err) != httpx.Unauthorized || r.replaced {
		return err
	}
	if err := r.replace(ctx); err != nil {
		return err
	}
	return call()
}

// replace gets another access token after X said 401 to this one, once a run. Its error is the one to show: the 401 was
// only how it came out.
func (r *Run) replace(ctx context.Context) error {
	r.replaced = true
	token, err := r.Tokens.ForceRotate(ctx)
	if err != nil {
		return fmt.Errorf("replace the access token that X refuses: %w", err)
	}
	r.X.AccessToken = token
	return nil
}
