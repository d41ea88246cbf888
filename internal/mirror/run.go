package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

// Run is one run of one route.
type Run struct {
	Route     config.Route
	Session   *state.Session
	Instagram *instagram.Client
	X         *xapi.Client
	Tokens    *token.Manager
	Files     *mediahost.Client
	Now       func() time.Time
	ID        string       // GITHUB_RUN_ID
	Nonce     string       // tells this process from every other
	Talk      func(string) // progress for people; may be nil
	// Watch, if set, is put around the body of each upload, to show how far it is.
	Watch func(name string, size int64, body io.Reader) io.Reader

	out      Outcome
	replaced bool       // the access token was replaced once in this run
	absent   []string   // nonces of intents whose post this run has looked for on X and not found
	mu       sync.Mutex // files are uploaded side by side, and each may have something to say
}

// Outcome is what a run did.
type Outcome struct {
	First      bool // the first run: a baseline was set
	Posted     []Entry
	Skipped    []Entry
	Failed     []Entry // tried again by the next run
	Reconciled int
	Pending    int    // media left for a later run
	HeldBy     string // the limit that holds them back
	PutOff     string // why this run left the work to another one
	USD        float64
	Warnings   []string
	// What was proven to work: the listing, the token chain, a post.
	Listed, Token, Post bool
}

// Entry is one media in an Outcome.
type Entry struct {
	MediaID   string
	Permalink string
	Posts     []string // X post ids
	Why       string
	Notes     []string
	Of        int // parts planned
}

var (
	// errTaken aborts a commit because another run is at work on the same media.
	errTaken = errors.New("another run is posting this media")
	// errWaiting says that X is still processing a video.
	errWaiting = errors.New("the video is still being processed by X")
)

// Do mirrors what is new. The error is what stopped the route, if anything did; the Outcome tells what was done before.
// Losing a race and holding a stale secret are no errors: Outcome.PutOff says so.
func (r *Run) Do(ctx context.Context) (Outcome, error) {
	err := r.do(ctx)
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		r.out.PutOff, err = putOff.Why, nil
	case errors.Is(err, errTaken):
		r.out.PutOff, err = "another run is posting at this moment", nil
	case errors.Is(err, errWaiting):
		r.warn("X is still processing a video: the next run goes on with it")
		err = nil
	}
	return r.out, err
}

func (r *Run) do(ctx context.Context) error {
	if r.first() {
		if err := r.Begin(ctx); err != nil {
			return err
		}
	}
	media, err := r.list(ctx)
	if err != nil {
		return err
	}
	if err := r.reconcile(ctx); err != nil {
		return err
	}
	if r.out.First && r.Route.Start.Now() {
		return r.note(ctx, media, r.there(media))
	}
	res := r.plan(ctx, media)
	r.out.Pending, r.out.HeldBy = res.Pending, res.HeldBy
	if err := r.note(ctx, media, res); err != nil {
		return err
	}
	return r.posts(ctx, res.Threads)
}

// Plan is what Do would post, without doing it: the dry run.
func (r *Run) Plan(ctx context.Context) (plan.Result, error) {
	doc := r.Session.Doc()
	if r.first() {
		doc.Baseline = baseline(r.Route.Start, r.Now())
	}
	media, err := r.list(ctx)
	if err != nil {
		return plan.Result{}, err
	}
	return r.plan(ctx, media), nil
}

// Last is what the newest n media would look like on X, whatever was mirrored of them: for a look before anything begins.
func (r *Run) Last(ctx context.Context, n int) (plan.Result, error) {
	media, err := r.Instagram.List(ctx, func([]instagram.Media) bool { return true })
	if err != nil {
		return plan.Result{}, fmt.Errorf("list the media: %w", err)
	}
	media = media[:min(n, len(media))] // newest first
	return plan.Make(plan.Input{Route: r.Route, Media: media, Doc: &state.Document{}, Now: r.Now()}), nil
}

// list reads the media as far back as there may be something to do.
func (r *Run) list(ctx context.Context) ([]instagram.Media, error) {
	reach := r.Session.Doc().Reach()
	media, err := r.Instagram.List(ctx, func(page []instagram.Media) bool {
		for _, m := range page {
			if m.Timestamp.Before(reach) {
				return true // newest first: what follows is older still
			}
		}
		return false
	})
	if err != nil {
		return nil, fmt.Errorf("list the media: %w", err)
	}
	r.out.Listed = true
	for _, unread := range r.Instagram.Unread() {
		r.warn("%s", unread)
	}
	return media, nil
}

func (r *Run) plan(ctx context.Context, media []instagram.Media) plan.Result {
	return plan.Make(plan.Input{Route: r.Route, Media: media, Doc: r.Session.Doc(), Username: r.username(ctx, media), Now: r.Now()})
}

// username is the account's own, needed only where the list shows more than one. That it can't be had stops nothing.
func (r *Run) username(ctx context.Context, media []instagram.Media) string {
	names := map[string]bool{}
	for _, m := range media {
		names[m.Username] = true
	}
	delete(names, "")
	if len(names) < 2 || r.Route.Collaborations {
		return ""
	}
	if known := r.Session.Doc().Account.InstagramUsername; known != "" {
		return known
	}
	me, err := r.Instagram.Me(ctx)
	if err != nil {
		r.warn("whose media these are could not be asked (%v): collaborations are taken too", err)
	}
	return me.Username
}

// first says that no run has mirrored this route yet. That there is a document does not say so: `rotate` may have made it.
func (r *Run) first() bool {
	d := r.Session.Doc()
	return r.Session.First() || !r.Route.Start.All() && d.Baseline.IsZero() && d.Cursor.Timestamp.IsZero() && len(d.Ledger) == 0
}

// Begin is the first run's first step: it sets the baseline, before anything can fail. What is published from then on is
// mirrored, even if Instagram can't be read until tomorrow. A route that has begun is left as it is.
func (r *Run) Begin(ctx context.Context) error {
	r.out.First = true
	return r.Session.Publish(ctx, r.message("baseline"), func(d *state.Document) error {
		if d.Baseline.IsZero() && len(d.Ledger) == 0 { // else another first run was faster
			d.Baseline = baseline(r.Route.Start, r.Now())
		}
		return nil
	})
}

// baseline is the moment after which media are new. A second is taken off: Instagram's times have no fractions, and one
// published in the very second of the first run, but after it, is new.
func baseline(s config.Start, now time.Time) time.Time {
	switch {
	case s.All():
		return time.Time{}
	case s.Now():
		return now.UTC().Truncate(time.Second).Add(-time.Second)
	}
	return s.Date().UTC().Add(-time.Second)
}

// there is the plan of a first run that takes nothing: what is listed although it is younger than the baseline was
// published in the baseline's own second, or Instagram's clock is ahead of ours. No limit applies: what it would hold back
// would be new to the next run.
func (r *Run) there(media []instagram.Media) plan.Result {
	var out plan.Result
	for _, m := range media {
		if r.Session.Doc().New(m.ID, m.Timestamp) {
			out.Skips = append(out.Skips, plan.Reason{Media: m, Why: "it was there at the first run"})
		}
	}
	return out
}

// posts makes the planned posts, in order.
func (r *Run) posts(ctx context.Context, posts []plan.Thread) error {
	lost := 0 // files in a row that the media host did not give
	for i, p := range posts {
		err := r.one(ctx, p)
		if err == nil {
			lost = 0
			continue
		}
		if r.own(err) && lost < 3 {
			if httpx.IsTransient(err) {
				lost++
			}
			if err := r.failed(ctx, p, err); err != nil {
				return err
			}
			continue
		}
		r.out.Pending += len(posts) - i
		return err
	}
	return nil
}

// own says that err is this one media's: the others are not held up by it.
func (r *Run) own(err error) bool {
	e := httpx.As(err)
	return e != nil && (e.Class == httpx.Invalid || e.Class == httpx.Duplicate || e.Service == "media")
}

func (r *Run) warn(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Warnings = append(r.out.Warnings, fmt.Sprintf(format, args...))
}

func (r *Run) talk(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Talk != nil {
		r.Talk(fmt.Sprintf(format, args...))
	}
}

// message is a commit message.
func (r *Run) message(what string) string { return r.Route.Name + ": " + what }
