package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/message"
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
	// Probe is the number of the half-open probe of X's breaker, from 1; 0 while it is closed.
	Probe int
	// NoReplies reports whether the breaker of replies is open: no thread is begun or continued.
	NoReplies bool
	// ProbesReplies reports whether that breaker is half-open: a refused reply has a witness in
	// this run.
	ProbesReplies bool
	// Gap is how long to wait between two media.
	Gap time.Duration
	// Elsewhere reads the documents of the other routes: a post that stands in one of them is not
	// this route's. If it is nil, no post without a record is taken for this route's own.
	Elsewhere func(context.Context) ([]*state.Document, error)
	// Guard, if set, is asked once before a run's first intent: its error holds the route.
	Guard func(context.Context) error
	// Guarded, if set, writes what the guard has seen into the document, with an intent.
	Guarded func(*state.Document)

	out      Outcome
	mu       sync.Mutex // guards out.Warnings and Talk: files are uploaded concurrently
	account  *account
	guarded  bool      // the guard has passed
	doubted  bool      // the guard was asked and has not passed
	notOnX   []string  // nonces of intents whose post is proven not to be on X
	blocked  bool      // an intent is open: this route posts nothing else
	selected selection // as the plan sees them
}

// Do mirrors what is new. The error is what stopped the route, if anything did; the Outcome tells
// what was done before. Losing a race and holding an outdated secret are not errors: see
// Outcome.PutOff.
func (r *Run) Do(ctx context.Context) (Outcome, error) {
	r.account = &account{x: r.X, tokens: r.Tokens, session: r.Session, now: r.Now}
	err := r.mirror(ctx)
	r.out.Works.Token = r.account.proven
	r.out.Pending = r.selected.pending(r.Session.Doc())
	r.account.billReads(ctx)
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		r.out.PutOff, err = putOff.Why, nil
	case errors.Is(err, errTaken):
		r.out.PutOff, err = english.Text("mirror.stored.taken"), nil
	}
	return r.out, err
}

// mirror is the order of a run: the list, what earlier runs left open, what ends without a post,
// and the posts.
func (r *Run) mirror(ctx context.Context) error {
	if first(r.Session, r.Route) {
		if err := r.Begin(ctx); err != nil {
			return err
		}
	}
	list := &lister{Run: r}
	media, err := list.read(ctx)
	if err != nil {
		return err
	}
	list.noteAlong(media)
	if err := (&reconciler{r}).reconcile(ctx); err != nil {
		return err
	}
	if r.out.First && r.Route.Start.Now() {
		res := firstRunSkips(r.Session.Doc(), media)
		return (&ledger{Run: r, media: media, plan: res}).record(ctx)
	}
	res := r.plan(media, list.username(ctx, media))
	r.selected = res.Selected()
	books := &ledger{Run: r, media: media, plan: res, ownName: list.ownName}
	if err := books.record(ctx); err != nil {
		return err
	}
	return r.publishAll(ctx, list, media, res)
}

// publishAll posts what is planned, and concludes what the answers prove. What stopped the posting
// is the error to show; a failure to conclude is reported where it is the only one.
func (r *Run) publishAll(
	ctx context.Context, list *lister, media []instagram.Media, res plan.Result,
) error {
	r.out.HeldBy = res.Limit
	if r.blocked {
		r.out.nameHeld(r.Session.Doc())
		return nil
	}
	o := r.newRound(media, res)
	err := o.postAll(ctx)
	if concluded := (&conclusion{round: o}).conclude(ctx); err == nil {
		err = concluded
	}
	o.answers.prove(&r.out.Works)
	if ctx.Err() == nil {
		// The pages may be older than the last commit, and an account that posts nothing more has no
		// other commit that could note a deletion. If the write fails, the next run makes it.
		_ = r.Session.Publish(ctx, r.message("page"), list.noteAlone(media))
	}
	r.out.nameHeld(r.Session.Doc())
	if o.replies != nil && ctx.Err() == nil {
		r.out.Faults = append(r.out.Faults, Fault{Component: o.replies.Component(), Err: o.replies})
	}
	return err
}

// Plan returns what Do would post, without doing it: the dry run.
func (r *Run) Plan(ctx context.Context) (plan.Result, error) {
	doc := r.Session.Doc()
	if first(r.Session, r.Route) {
		doc.Baseline = baseline(r.Route, r.Now())
	}
	list := &lister{Run: r}
	media, err := list.read(ctx)
	if err != nil {
		return plan.Result{}, err
	}
	return r.plan(media, list.username(ctx, media)), nil
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

func (r *Run) plan(media []instagram.Media, username string) plan.Result {
	return plan.Make(plan.Input{
		Route: r.Route, Media: media, Doc: r.Session.Doc(), Now: r.Now(), Username: username,
	})
}

// compose works out how a media arrives on X, with what is known against it as it is.
func (r *Run) compose(m instagram.Media, kinds map[string]string) plan.Thread {
	as := plan.KnownOf(r.Session.Doc().Find(m.ID))
	if len(kinds) > 0 {
		as.Kinds = kinds
	}
	return plan.Compose(r.Route, m, as)
}

// Owner asks X whose account the access token is. A token that X refuses is replaced once. It is
// for the Guard, which runs inside Do.
func (r *Run) Owner(ctx context.Context) (me xapi.User, err error) {
	err = r.account.authorized(ctx, func() error {
		me, err = r.X.Me(ctx)
		return err
	})
	if err == nil {
		r.account.usd += plan.USDUser
	}
	return me, err
}

// guard asks once, before the first intent, whether this run may post at all.
func (r *Run) guard(ctx context.Context) error {
	if r.guarded || r.Guard == nil {
		return nil
	}
	if err := r.Guard(ctx); err != nil {
		r.doubted = true
		return err
	}
	r.guarded, r.doubted = true, false
	return nil
}

// english makes the sentences that a run leaves. They are stored messages: who prints one says it
// in the person's language.
var english message.Words

// warn adds a warning that a stored message says.
func (r *Run) warn(key string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Warnings = append(r.out.Warnings, english.Text(key, args...))
}

// talk tells the progress, by a stored message.
func (r *Run) talk(key string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Talk != nil {
		r.Talk(english.Text(key, args...))
	}
}

// message makes a commit message.
func (r *Run) message(what string) string { return r.Route.Name + ": " + what }
