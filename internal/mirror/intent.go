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
	// lease is how long an intent is taken for a post that a living process is making. It is longer
	// than startBy plus the time X has to answer, so that two processes never make the same part at
	// the same time.
	lease = 15 * time.Second
	// startBy is how long after its intent a post may still be sent.
	startBy = 4 * time.Second
	// maxIntents is how often an intent is committed in the hope of a faster answer.
	maxIntents = 5
)

// intend commits the intent of part k, and what the ledger does not know yet of the parts before.
// If the commit took so long that another run may already take this process for dead, it is made
// again. If GitHub is always that slow, nothing can be posted: that is a transient failure.
func (p *publisher) intend(ctx context.Context, k int, post plan.Post) error {
	message := p.message(fmt.Sprintf("post %s, part %d of %d", p.Media.ID, k+1, len(p.Posts)))
	for n := 1; ; n++ {
		begun := p.Now()
		err := p.Session.Update(ctx, message, func(d *state.Document) error {
			rec, err := p.claim(d)
			if err != nil {
				return err
			}
			begun = p.Now()
			rec.Intent = &state.Intent{
				Part: k, At: begun.UTC().Truncate(time.Second), Run: p.ID, Nonce: p.Nonce,
				Media: p.uploads[k], Text: digest(post.Text), Attempt: p.attempt + 1, USD: post.USD,
			}
			rec.Parts, rec.Fallback, rec.Reason = len(p.Posts), p.Fallback, ""
			rec.Uploads, rec.Uploaded = p.keptUploads()
			return nil
		})
		if err != nil {
			return err
		}
		p.unsettled = false
		if p.Now().Sub(begun) < startBy {
			return nil
		}
		if n == maxIntents {
			return p.clearIntent(ctx, &httpx.Error{
				Service: "github", Op: "commit of an intent", Status: 200, Class: httpx.Transient,
				Message: fmt.Sprintf("%d commits in a row took longer than %v, after which a post is not sent",
					n, startBy),
			})
		}
	}
}

// claim finds the record of the media in a document that may be newer than the one this process
// read, and settles the part that the ledger does not know yet. It returns errTaken if another
// run has changed the record.
func (p *publisher) claim(d *state.Document) (*state.Record, error) {
	rec := d.Record(p.Media.ID, p.Media.Timestamp, p.Media.Permalink)
	if rec.Intent != nil && rec.Intent.Nonce != p.Nonce && rec.Intent.Nonce != p.supersedes {
		return nil, errTaken
	}
	last := len(p.posted) - 1
	if p.unsettled && hasIntent(rec, p.Nonce) && len(rec.Posts) == last {
		settlePart(d, rec, p.posted[last])
	}
	if rec.Status != state.Posting || !slices.Equal(rec.Posts, p.posted) {
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

// markUnanswered records that no process waits for the answer any more. If the record can't be
// written, the intent stands, and the next run treats it as a killed process's: it asks X all the
// same.
func (p *publisher) markUnanswered(ctx context.Context, cause error) error {
	message := p.message("no answer for " + p.Media.ID)
	_ = p.Session.Update(context.WithoutCancel(ctx), message, func(d *state.Document) error {
		if rec := d.Find(p.Media.ID); hasIntent(rec, p.Nonce) {
			rec.Intent.Unanswered = true
		}
		return nil
	})
	return cause
}

// clearIntent removes an intent after a plain refusal and keeps the parts that were posted. It
// returns cause.
func (p *publisher) clearIntent(ctx context.Context, cause error) error {
	message := p.message("X refused " + p.Media.ID)
	err := p.Session.Update(context.WithoutCancel(ctx), message, func(d *state.Document) error {
		rec := d.Find(p.Media.ID)
		if !hasIntent(rec, p.Nonce) {
			return nil
		}
		// The post of an earlier, unanswered attempt may still turn up: only reconciling ends it.
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
	return withStateError(cause, err)
}

// withStateError adds the error of a commit, if there is one, to the failure that it should record.
func withStateError(cause, err error) error {
	if err == nil {
		return cause
	}
	return fmt.Errorf("%w; and the state could not be written: %w", cause, err)
}
