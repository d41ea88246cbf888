package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/postferry/postferry/internal/config"
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
	// Probe is the number of the half-open probe of X's breaker, from 1; 0 while it is closed.
	Probe int
	// NoReplies reports whether the breaker of replies is open: no thread is begun or continued.
	NoReplies bool
	// ProbesReplies reports whether that breaker is half-open: a refused reply has a witness in this run.
	ProbesReplies bool
	// Gap is how long to wait between two media.
	Gap time.Duration
	// Elsewhere reads the documents of the other routes: a post that stands in one of them is not this
	// route's. If it is nil, no post without a record is taken for this route's own.
	Elsewhere func(context.Context) ([]*state.Document, error)
	// Guard, if set, is asked once before a run's first intent: its error holds the route.
	Guard func(context.Context) error
	// Guarded, if set, writes what the guard has seen into the document, with an intent.
	Guarded func(*state.Document)

	out     Outcome
	account *account
	guarded bool     // the guard has passed
	notOnX  []string // nonces of intents whose post is proven not to be on X
	ownName string   // the account's name, as Instagram told it in this run
	blocked bool     // an intent is open: this route posts nothing else
	// selected are the media that are selected and not ended, as the plan sees them.
	selected []instagram.Media
	mu       sync.Mutex // guards out, taken and Talk: files are uploaded concurrently
}

// Do mirrors what is new. The error is what stopped the route, if anything did; the Outcome tells
// what was done before. Losing a race and holding an outdated secret are not errors: see
// Outcome.PutOff.
func (r *Run) Do(ctx context.Context) (Outcome, error) {
	r.account = &account{x: r.X, tokens: r.Tokens, session: r.Session, now: r.Now}
	err := r.mirror(ctx)
	r.out.Works.Token = r.account.proven
	r.out.Pending = r.pending()
	r.billReads(ctx)
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		r.out.PutOff, err = putOff.Why, nil
	case errors.Is(err, errTaken):
		r.out.PutOff, err = "another run is posting at this moment", nil
	}
	return r.out, err
}

// billReads counts what X bills for reading. What can't be written down is only not counted.
func (r *Run) billReads(ctx context.Context) {
	if r.account.usd == 0 || ctx.Err() != nil {
		return
	}
	_ = r.Session.Update(ctx, r.message("read from X"), func(d *state.Document) error {
		d.Spend.Add(r.account.usd, r.Now())
		return nil
	})
}

func (r *Run) mirror(ctx context.Context) error {
	if r.first() {
		if err := r.Begin(ctx); err != nil {
			return err
		}
	}
	media, err := r.list(ctx)
	if err != nil {
		return err
	}
	if err := (&reconciler{Run: r}).reconcile(ctx); err != nil {
		return err
	}
	books := &ledger{r}
	if r.out.First && r.Route.Start.Now() {
		return books.record(ctx, media, r.firstRunSkips(media))
	}
	res := r.plan(ctx, media)
	r.selected = res.Selected()
	if err := books.record(ctx, media, res); err != nil {
		return err
	}
	return r.publishAll(ctx, media, res)
}

// publishAll posts what is planned, and concludes what the answers prove. What stopped the posting
// is the error to show; a failure to conclude is told where it is the only one.
func (r *Run) publishAll(ctx context.Context, media []instagram.Media, res plan.Result) error {
	r.out.HeldBy = res.Limit
	if r.blocked {
		r.nameHeld()
		return nil
	}
	o := r.newRound(media, res)
	err := o.postAll(ctx)
	if concluded := o.conclude(ctx); err == nil {
		err = concluded
	}
	if ctx.Err() == nil {
		// What the last commit left behind of the pages. A page that can't be written costs no post.
		_ = r.Session.Publish(ctx, r.message("page"), func(*state.Document) error { return nil })
	}
	r.nameHeld()
	if o.replies != nil && ctx.Err() == nil {
		r.out.Faults = append(r.out.Faults, Fault{Component: o.replies.Component(), Err: o.replies})
	}
	return err
}

// pending counts the media that are selected and not ended, and the unfinished ones that the list
// does not show. A run that could not read the list knows the unfinished ones alone.
func (r *Run) pending() int {
	doc, n := r.Session.Doc(), 0
	listed := map[string]bool{}
	for _, m := range r.selected {
		listed[m.ID] = true
		rec := doc.Find(m.ID)
		if rec == nil && doc.New(m.ID, m.Timestamp) || rec != nil && rec.Status == state.Posting {
			n++
		}
	}
	for _, rec := range doc.Ledger {
		if rec.Status == state.Posting && !listed[rec.MediaID] {
			n++
		}
	}
	return n
}

// nameHeld adds the held media that this run did not ask: every held one is named.
func (r *Run) nameHeld() {
	for _, rec := range r.Session.Doc().Ledger.Held() {
		if slices.ContainsFunc(r.out.Held, func(e Entry) bool { return e.MediaID == rec.MediaID }) {
			continue
		}
		e := entryOf(rec, rec.Reason)
		e.Next = rec.NextTry()
		r.out.Held = append(r.out.Held, e)
	}
}

// Plan returns what Do would post, without doing it: the dry run.
func (r *Run) Plan(ctx context.Context) (plan.Result, error) {
	doc := r.Session.Doc()
	if r.first() {
		doc.Baseline = baseline(r.Route, r.Now())
	}
	media, err := r.list(ctx)
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
		Username: r.username(ctx, media),
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

// Owner asks X whose account the access token is. A token that X refuses is replaced once. It is for
// the Guard, which runs inside Do.
func (r *Run) Owner(ctx context.Context) (me xapi.User, err error) {
	err = r.account.authorized(ctx, func() error {
		me, err = r.X.Me(ctx)
		return err
	})
	return me, err
}

// guard asks once, before the first intent, whether this run may post at all.
func (r *Run) guard(ctx context.Context) error {
	if r.guarded || r.Guard == nil {
		return nil
	}
	if err := r.Guard(ctx); err != nil {
		return err
	}
	r.guarded = true
	return nil
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
