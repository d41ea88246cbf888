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

// publisher publishes the thread of one media. It knows what has been posted of it and what the
// ledger does not know yet.
type publisher struct {
	*Run
	plan.Thread
	posted     []string   // X post ids, in thread order
	unsettled  bool       // the ledger does not know the last id in posted yet
	uploads    [][]string // X media ids by part
	uploaded   time.Time  // when the oldest of them was finished
	supersedes string     // nonce of a dead process's intent, which may be replaced
	attempt    int        // attempts at the current part that went unanswered
}

// resume takes up a media where the ledger says it was left.
func (r *Run) resume(t plan.Thread) *publisher {
	p := &publisher{Run: r, Thread: t, uploads: make([][]string, len(t.Posts))}
	rec := r.Session.Doc().Find(t.Media.ID)
	if rec == nil {
		return p
	}
	p.posted = slices.Clone(rec.Posts)
	// A fallback has the same number of parts with other files.
	usable := r.Now().Sub(rec.Uploaded) < uploadLife && rec.Fallback == t.Fallback
	if usable && len(rec.Uploads) == len(t.Posts) {
		p.uploads, p.uploaded = slices.Clone(rec.Uploads), rec.Uploaded
	}
	// Only an intent that this run looked for itself is superseded. One that came in with a newer
	// document belongs to another process, and its post may be on X.
	if rec.Intent != nil && slices.Contains(r.notOnX, rec.Intent.Nonce) {
		p.supersedes, p.attempt = rec.Intent.Nonce, rec.Intent.Attempt
	}
	return p
}

// publish uploads everything, then posts part after part.
func (p *publisher) publish(ctx context.Context) error {
	if err := p.upload(ctx); err != nil {
		return err
	}
	for k := len(p.posted); k < len(p.Posts); k++ {
		if err := p.part(ctx, k); err != nil {
			if len(p.posted) > 0 && refusedReply(err) {
				return p.settle(ctx, fmt.Sprintf("X refused part %d of %d: %v", k+1, len(p.Posts), err))
			}
			return err
		}
	}
	return p.settle(ctx, "")
}

// refusedReply reports whether X refuses to continue a thread. The parts that are posted stay, and
// the outcome names the refusal.
func refusedReply(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Service == "x" && e.Status == 403 && refusedPost(e)
}

// part posts the k-th part. If X already has the text from an earlier post, a number makes it
// distinct.
func (p *publisher) part(ctx context.Context, k int) error {
	post := p.Posts[k]
	for n := 2; ; n++ {
		err := p.post(ctx, k, post)
		if httpx.ClassOf(err) != httpx.Duplicate {
			return err
		}
		id, e := p.duplicateOf(ctx, post)
		if e != nil {
			return e
		}
		if id != "" {
			p.posted, p.unsettled = append(p.posted, id), true
			return nil
		}
		next, fits := p.Posts[k].Distinct(n, p.Route.Text.MaxLength)
		if !fits || n > maxDistinct {
			return p.clearIntent(ctx, err)
		}
		post = next
	}
}

// maxDistinct is the highest number that is tried to make a text distinct.
const maxDistinct = 4

// duplicateOf looks into X's "duplicate content". It returns the id of the post if it is this very
// part, made by an attempt that went unanswered or by another run. It returns "" if the text is
// another media's.
func (p *publisher) duplicateOf(ctx context.Context, post plan.Post) (id string, err error) {
	rec := state.Record{MediaID: p.Media.ID, Timestamp: p.Media.Timestamp, Intent: &state.Intent{
		Media: p.uploads[len(p.posted)], Text: digest(post.Text), At: p.Now(),
	}}
	t, err := p.account.find(ctx, rec)
	switch {
	case err != nil:
		return "", err
	case t != nil:
		return t.ID, nil
	case p.attempt == 0:
		return "", nil
	}
	// An earlier attempt may have made the post while the timeline lags: a distinct text would post
	// it twice.
	return "", p.clearIntent(ctx, &httpx.Error{
		Service: "x", Op: "POST /2/tweets", Status: 403, Class: httpx.Invalid,
		Message: "X says that it has this text already, but the timeline does not show it",
	})
}

// post is the one place where something public happens: intent, the call, and what its answer
// means.
func (p *publisher) post(ctx context.Context, k int, post plan.Post) error {
	if err := p.intend(ctx, k, post); err != nil {
		return err
	}
	in := xapi.Post{Text: post.Text, MediaIDs: p.uploads[k]}
	if k > 0 {
		in.ReplyTo = p.posted[k-1]
	}
	id, err := p.X.Post(ctx, in)
	if p.account.replaceable(err) {
		// A 401 is a plain refusal: nothing was posted.
		if err := p.account.replaceToken(ctx, err); err != nil {
			return p.clearIntent(ctx, err)
		}
		id, err = p.X.Post(ctx, in)
	}
	switch httpx.ClassOf(err) {
	case httpx.Ambiguous:
		return p.markUnanswered(ctx, err)
	case httpx.Duplicate:
		return err // examined by the caller
	}
	if err != nil {
		return p.clearIntent(ctx, err)
	}
	p.out.Post = true
	p.posted, p.unsettled, p.supersedes, p.attempt = append(p.posted, id), true, "", 0
	return nil
}

// settle ends a media whose last part is posted, or whose next part X refused for that reason.
func (p *publisher) settle(ctx context.Context, reason string) error {
	message := p.message("posted " + p.Media.ID)
	err := p.Session.Publish(context.WithoutCancel(ctx), message, func(d *state.Document) error {
		rec, err := p.claim(d)
		if err != nil {
			return err
		}
		rec.Intent = nil // of a part that X refused
		d.Settle(rec, state.Posted, reason, p.Now())
		d.Mirrored(p.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle media %s: %w", p.Media.ID, err)
	}
	p.out.Posted = append(p.out.Posted, Entry{
		MediaID: p.Media.ID, Permalink: p.Media.Permalink, Posts: p.posted,
		Notes: p.Notes, Why: reason, Of: len(p.Posts),
	})
	p.out.USD += p.USD()
	return nil
}
