package sim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options make a World. The zero value is a good one.
type Options struct {
	Now  time.Time // the clock at the start; zero is 2026-11-23T09:00:00Z
	Real bool      // the clock goes on with real time; otherwise only Advance moves it
	// PageSize is the most media that a page of the list holds, whatever limit asks for; zero is 25.
	PageSize    int
	SignedFor   time.Duration // life of a media address; zero is 4 h
	Processing  time.Duration // how long X processes a video; zero is 2 s
	MaxWeight   int           // longest post text X takes; zero is 280
	Owner, Repo string        // "someone", "mirror"
	// PublicX makes X's app a public client: client_id in the form and no secret.
	PublicX   bool
	Callbacks []string // redirect addresses that X's app allows, to the letter; none is any
	// RevokeReuse ends every token of a login when a spent refresh token comes again, as some have
	// seen: https://github.com/trypost-it/trypost/issues/126
	RevokeReuse bool
	NoHash      bool          // count bytes only, look into no file: for throughput benchmarks
	Latency     time.Duration // before every answer: for benchmarks
}

// World is all that the stand-ins know. Its methods may be called concurrently.
type World struct {
	o    Options
	mu   sync.Mutex // guards everything below and in the sides
	now  time.Time
	from time.Time // real time at which now held, with Options.Real

	mediaBase string // scheme and host of the media host
	log       []Call
	faults    []*Fault
	skew      map[string]time.Duration // by service: how far its clock is ahead of the world's
	wrong     []string                 // what a client must not do and did

	ig *igSide
	x  *xSide
	gh *ghSide
}

// New makes a world with one Instagram account, one X app with one login, and one repository.
func New(o Options) *World {
	if o.Now.IsZero() {
		o.Now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	}
	setDefault(&o.PageSize, 25)
	setDefault(&o.SignedFor, 4*time.Hour)
	setDefault(&o.Processing, 2*time.Second)
	setDefault(&o.MaxWeight, 280)
	setDefault(&o.Owner, "someone")
	setDefault(&o.Repo, "mirror")
	w := &World{
		o: o, now: o.Now.UTC(), from: time.Now(), mediaBase: "https://" + mediaHost,
		skew: map[string]time.Duration{},
	}
	w.ig, w.x, w.gh = newIG(w), newX(w), newGH(w)
	return w
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Now returns the world's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock()
}

// clock is Now for callers that hold the lock.
func (w *World) clock() time.Time {
	if w.o.Real {
		return w.now.Add(time.Since(w.from))
	}
	return w.now
}

// Advance moves the clock.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// SetSkew puts the clock of "instagram", "media", "x" or "github" ahead of the world's, or behind
// it where d is negative. The service's Date header and all that it stamps or judges by its own
// clock follow: the life of a token, created_at, the end of a signed address.
func (w *World) SetSkew(service string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skew[service] = d
}

// clockOf is a service's own time. Callers hold the lock.
func (w *World) clockOf(service string) time.Time { return w.clock().Add(w.skew[service]) }

// Violations lists what a client did that no client may do: send a token to the media host or put
// one into a text, force a branch.
func (w *World) Violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.wrong...)
}

// watch notes a credential or a media address that a client lets out. Callers hold the lock.
func (w *World) watch(where string, texts ...string) {
	text := strings.Join(texts, "\n")
	hit := func(secret string) bool { return strings.Contains(text, secret) }
	if slices.ContainsFunc(w.credentials(), hit) {
		w.wrong = append(w.wrong, "a credential was written to "+where)
	}
	if hit(w.mediaBase + "/") {
		w.wrong = append(w.wrong, "a media address was written to "+where)
	}
}

func (w *World) credentials() []string {
	out := []string{igSecret, w.x.secret, ghToken(), ghPAT, simVaultKey}
	out = slices.AppendSeq(out, maps.Keys(w.ig.tokens))
	out = slices.AppendSeq(out, maps.Keys(w.x.refresh))
	return slices.AppendSeq(out, maps.Keys(w.x.access))
}

// Env returns the environment of a person who is set up: the credentials that the world accepts at
// the start.
func (w *World) Env() map[string]string {
	env := map[string]string{"GITHUB_REPOSITORY": w.o.Owner + "/" + w.o.Repo}
	for _, side := range []map[string]string{w.ig.env(), w.x.env(), w.gh.env()} {
		for k, v := range side {
			env[k] = v
		}
	}
	return env
}

// The hosts that Transport answers for.
const (
	mediaHost    = "media.sim.example"
	instagramAPI = "graph.instagram.com"
	facebookAPI  = "graph.facebook.com"
	instagramOAu = "api.instagram.com"
	xAPI         = "api.x.com"
	githubAPI    = "api.github.com"
)

// Instagram is the Graph API of both logins, as a handler, and what a person does on Instagram.
type Instagram struct{ *igSide }

// MediaHost serves the photos and videos.
type MediaHost struct{ *igSide }

// X is X's API, as a handler, and what a person does on X.
type X struct{ *xSide }

// GitHub is GitHub's REST API, as a handler, and what a person does to the repository.
type GitHub struct{ *ghSide }

// Instagram is the way to Instagram's side of the world.
func (w *World) Instagram() Instagram { return Instagram{w.ig} }

// MediaHost is the way to the host of the files.
func (w *World) MediaHost() MediaHost { return MediaHost{w.ig} }

// X is the way to X's side of the world.
func (w *World) X() X { return X{w.x} }

// GitHub is the way to GitHub's side of the world.
func (w *World) GitHub() GitHub { return GitHub{w.gh} }

// ServeHTTP answers as graph.instagram.com, graph.facebook.com and api.instagram.com do.
func (g Instagram) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	g.w.answer(rw, r, "instagram", g.serve)
}

// ServeHTTP answers as the media host does.
func (g MediaHost) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	g.w.answer(rw, r, "media", g.serveMedia)
}

// ServeHTTP answers as api.x.com does.
func (x X) ServeHTTP(rw http.ResponseWriter, r *http.Request) { x.w.answer(rw, r, "x", x.serve) }

// ServeHTTP answers as api.github.com does.
func (g GitHub) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	g.w.answer(rw, r, "github", g.mux.ServeHTTP)
}
