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
	Tokens    *token.Manager // nil if X signs its calls with its own keys
	Files     *mediahost.Client
	Now       func() time.Time
	ID        string       // GITHUB_RUN_ID
	Nonce     string       // distinguishes this process from every other
	Talk      func(string) // prints progress for people; may be nil
	// Progress, if set, wraps the body of each video's upload to show how far it is.
	Progress func(name string, size int64, body io.Reader) io.Reader

	out     Outcome
	account *account
	notOnX  []string   // nonces of intents whose post this run looked for on X and did not find
	mu      sync.Mutex // guards out.Warnings and Talk: files are uploaded concurrently
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
	// errProcessing says that X is still processing a video.
	errProcessing = errors.New("the video is still being processed by X")
)

// maxHostFailures is how many media in a row may fail at the media host before the run stops: the
// host is down, and every other media would use up its patience too.
const maxHostFailures = 3

// Do mirrors what is new. The error is what stopped the route, if anything did; the Outcome tells
// what was done before. Losing a race and holding an outdated secret are not errors: see
// Outcome.PutOff.
func (r *Run) Do(ctx context.Context) (Outcome, error) {
	r.account = &account{x: r.X, tokens: r.Tokens, session: r.Session}
	err := r.mirror(ctx)
	r.out.Token = r.account.proven
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		r.out.PutOff, err = putOff.Why, nil
	case errors.Is(err, errTaken):
		r.out.PutOff, err = "another run is posting at this moment", nil
	case errors.Is(err, errProcessing):
		r.warn("X is still processing a video: the next run goes on with it")
		err = nil
	}
	return r.out, err
}

func (r *Run) mirror(ctx context.Context) error {
	if r.first() {
		if err := r.Begin(ctx); err != nil {
			return err
		}
	}
	media, err := (&lister{r}).list(ctx)
	if err != nil {
		return err
	}
	if err := (&reconciler{r}).reconcile(ctx); err != nil {
		return err
	}
	books := &ledger{r}
	if r.out.First && r.Route.Start.Now() {
		return books.recordSkips(ctx, media, r.firstRunSkips(media))
	}
	res := r.plan(ctx, media)
	r.out.Pending, r.out.HeldBy = res.Pending, res.Limit
	if err := books.recordSkips(ctx, media, res); err != nil {
		return err
	}
	return r.publishAll(ctx, res.Threads)
}

// Plan returns what Do would post, without doing it: the dry run.
func (r *Run) Plan(ctx context.Context) (plan.Result, error) {
	doc := r.Session.Doc()
	if r.first() {
		doc.Baseline = baseline(r.Route, r.Now())
	}
	media, err := (&lister{r}).list(ctx)
	if err != nil {
		return plan.Result{}, err
	}
	return r.plan(ctx, media), nil
}

// Last returns what the newest n media would look like on X, whether or not they were mirrored: a
// preview before the first run.
func (r *Run) Last(ctx context.Context, n int) (plan.Result, error) {
	media, err := r.Instagram.List(ctx, func([]instagram.Media) bool { return true })
	if err != nil {
		return plan.Result{}, fmt.Errorf("list the media: %w", err)
	}
	media = media[:min(n, len(media))] // newest first
	in := plan.Input{Route: r.Route, Media: media, Doc: &state.Document{}, Now: r.Now()}
	return plan.Make(in), nil
}

func (r *Run) plan(ctx context.Context, media []instagram.Media) plan.Result {
	return plan.Make(plan.Input{
		Route: r.Route, Media: media, Doc: r.Session.Doc(), Now: r.Now(),
		Username: (&lister{r}).username(ctx, media),
	})
}

// publishAll publishes the planned threads in order.
func (r *Run) publishAll(ctx context.Context, threads []plan.Thread) error {
	hostFailures := 0 // in a row
	for i, t := range threads {
		err := r.publish(ctx, t)
		if err == nil {
			hostFailures = 0
			continue
		}
		hostDown := httpx.IsTransient(err)
		if !mediaOnly(err) || hostDown && hostFailures == maxHostFailures {
			r.out.Pending += len(threads) - i
			return err
		}
		if hostDown {
			hostFailures++
		} else {
			hostFailures = 0 // another failure shows that the host answers
		}
		if err := (&ledger{r}).recordFailure(ctx, t, err); err != nil {
			return err
		}
	}
	return nil
}

// publish mirrors one media. If X refuses its video, the thread is composed anew with what the
// configuration puts in the video's place.
func (r *Run) publish(ctx context.Context, t plan.Thread) error {
	for {
		err := r.resume(t).publish(ctx)
		if !unusableVideo(err) || t.Fallback != "" || r.Route.RejectedVideo == plan.Skip {
			return err
		}
		r.talk("%s: X refuses the video, %s", t.Media.Permalink, r.Route.RejectedVideo)
		t = plan.Compose(r.Route, t.Media, r.Route.RejectedVideo)
	}
}

// mediaOnly reports whether err concerns this one media, so that the others need not wait.
func mediaOnly(err error) bool {
	e := httpx.As(err)
	return e != nil && (e.Service == "media" || refusedPost(e))
}

// refusedPost reports whether X refuses this one post or file, as far as its words say.
func refusedPost(e *httpx.Error) bool {
	switch e.Class {
	case httpx.Invalid, httpx.Duplicate:
		return true
	case httpx.Unknown:
		return e.Service == "x"
	}
	return e.Type == xapi.TypeNotPermitted || e.Type == xapi.TypeReplies
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

// message makes a commit message.
func (r *Run) message(what string) string { return r.Route.Name + ": " + what }
