package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrKilled is the error of every call of a killed process.
var ErrKilled = errors.New("the process was killed")

// Transport reaches the world without a socket, by host. One Transport is one process: it can be
// killed, and it can be interrupted.
type Transport struct {
	w     *World
	mu    sync.Mutex
	calls int
	at    int // the call at which to die; -1 is never
	after bool
	lost  int // the call whose answer is lost; -1 is none
	dead  bool
	died  chan struct{} // closed when it dies
	gate  func(*http.Request)
	hooks []*hook
	hosts map[string]http.Handler
}

// hook is something that happens at one call.
type hook struct {
	at   int    // which call; -1 if call says it
	call string // "POST /2/tweets"
	when string
	do   func()
}

// Transport makes a new process' way to the world.
func (w *World) Transport() *Transport {
	return &Transport{w: w, at: -1, lost: -1, died: make(chan struct{}), hosts: map[string]http.Handler{
		instagramAPI: w.Instagram(), facebookAPI: w.Instagram(), instagramOAu: w.Instagram(),
		xAPI: w.X(), githubAPI: w.GitHub(), mediaHost: w.MediaHost(),
	}}
}

// KillAt kills the process at its n-th call (0-based): before the effect, or after it with the
// answer lost. From then on every call fails: a dead process makes none.
func (t *Transport) KillAt(n int, after bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.after = n, after
}

// Kill kills the process at once: a call that is on its way has its effect, and its answer is lost.
func (t *Transport) Kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.die()
}

// die ends the process. Callers hold the lock.
func (t *Transport) die() {
	if !t.dead {
		t.dead = true
		close(t.died)
	}
}

// LoseAt loses the answer of the n-th call (0-based), which has its effect.
func (t *Transport) LoseAt(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost = n
}

// Act has a person, and no process, do something when it is their turn: see Scheduler.
func (t *Transport) Act(what string, do func()) {
	r := &http.Request{Method: "ACT", URL: &url.URL{Path: "/" + what}}
	if t.gate != nil {
		t.gate(r)
	}
	if _, alive := t.count(); alive {
		do()
	}
}

// OnCall runs do at the n-th call (0-based), for instance to cancel the run's context as a signal
// does. It runs Before the request is sent, in the Middle (the service has acted, and its answer is
// on the way), or After the answer came and before the program sees it. If do ended the request's
// context Before, the service never hears of the call; if it did so in the Middle, the answer is
// lost; After, the answer's body breaks off, as net/http's does.
func (t *Transport) OnCall(n int, when string, do func()) { t.hook(&hook{n, "", when, do}) }

// OnMatch is OnCall for the next call of a method and a path, as in Fault.Call: "POST /2/tweets".
func (t *Transport) OnMatch(call, when string, do func()) { t.hook(&hook{-1, call, when, do}) }

func (t *Transport) hook(h *hook) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hooks = append(t.hooks, h)
}

// Calls counts the calls so far.
func (t *Transport) Calls() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// Killed reports whether the process was killed.
func (t *Transport) Killed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dead
}

// RoundTrip sends a request to the stand-in of its host.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.gate != nil {
		t.gate(r)
	}
	n, alive := t.count()
	if !alive {
		drop(r)
		return nil, ErrKilled
	}
	resp, err := t.interrupted(n, r)
	if lost := t.unheard(n); lost != nil {
		if resp != nil {
			resp.Body.Close()
		}
		return nil, lost
	}
	return resp, err
}

// unheard is why the answer of the n-th call does not arrive, nil if it does.
func (t *Transport) unheard(n int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.dead:
		return ErrKilled
	case t.lost == n:
		return errReset
	}
	return nil
}

// interrupted makes the n-th call with the hooks around it.
func (t *Transport) interrupted(n int, r *http.Request) (*http.Response, error) {
	before, middle, after := t.due(n, r, Before), t.due(n, r, Middle), t.due(n, r, After)
	before()
	if err := r.Context().Err(); err != nil {
		drop(r)
		return nil, err
	}
	resp, err := t.reach(r)
	middle()
	if lost := r.Context().Err(); lost != nil && err == nil {
		resp.Body.Close()
		return nil, lost
	}
	after()
	if lost := r.Context().Err(); lost != nil && err == nil {
		resp.Body.Close()
		resp.Body = broken{lost}
	}
	return resp, err
}

// broken is a body that can't be read, for the reason given.
type broken struct{ why error }

func (b broken) Read([]byte) (int, error) { return 0, b.why }
func (b broken) Close() error             { return nil }

// due is what the hooks of the n-th call do at a moment. Each hook runs once.
func (t *Transport) due(n int, r *http.Request, when string) func() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []func()
	t.hooks = slices.DeleteFunc(t.hooks, func(h *hook) bool {
		hit := h.when == when && (h.at == n || h.at < 0 && matches(h.call, r.Method, r.URL.Path))
		if hit {
			due = append(due, h.do)
		}
		return hit
	})
	return func() {
		for _, do := range due {
			do()
		}
	}
}

// count counts a call, gives its number, and reports whether the process is there to make it. A
// dying process makes its last one.
func (t *Transport) count() (n int, alive bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n = t.calls
	if t.at == n && !t.after {
		t.die()
	}
	if t.dead {
		return n, false
	}
	if t.at == n {
		t.die()
	}
	t.calls++
	return n, true
}

func (t *Transport) reach(r *http.Request) (*http.Response, error) {
	h := t.hosts[r.URL.Host]
	if h == nil {
		drop(r)
		return nil, fmt.Errorf("dial tcp: lookup %s: no such host", r.URL.Host)
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // a client concludes from it that a call may have arrived
	}
	return serve(h, r)
}

// drop closes the body of a request that nobody reads.
func drop(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}

// serve runs a handler and hands its answer over as it is written, so that a stream of any size
// takes no memory.
func serve(h http.Handler, r *http.Request) (*http.Response, error) {
	pr, pw := io.Pipe()
	a := &answer{header: http.Header{}, pipe: pw, begun: make(chan struct{})}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	in.Host = r.URL.Host
	go a.run(h, in)
	select {
	case <-a.begun:
	case <-r.Context().Done():
		pr.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	if a.status == 0 {
		return nil, errReset
	}
	// As with net/http, a context that ends takes the rest of the answer with it.
	context.AfterFunc(r.Context(), func() { pw.CloseWithError(context.Cause(r.Context())) })
	length := int64(-1)
	if n, err := strconv.ParseInt(a.header.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	return &http.Response{
		StatusCode: a.status, Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header.Clone(), Body: pr, ContentLength: length, Request: r,
	}, nil
}

var errReset = errors.New("read: connection reset by peer")

// answer is the http.ResponseWriter behind serve.
type answer struct {
	header http.Header
	status int
	pipe   *io.PipeWriter
	begun  chan struct{}
}

func (a *answer) run(h http.Handler, r *http.Request) {
	defer func() {
		cause := recover()
		// The request's body is read to its end or dropped, as a server does.
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		if cause != nil && cause != http.ErrAbortHandler {
			panic(cause)
		}
		if cause == nil && a.status == 0 {
			a.WriteHeader(http.StatusOK)
		}
		if cause == nil {
			a.pipe.Close()
			return
		}
		a.pipe.CloseWithError(errReset)
		if a.status == 0 {
			close(a.begun)
		}
	}()
	h.ServeHTTP(a, r)
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		close(a.begun)
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.pipe.Write(p)
}

// Flush does nothing: every Write is handed over at once.
func (a *answer) Flush() {}

func itoa(n int) string { return strconv.Itoa(n) }

// trimVersion cuts "/v25.0" off a path.
func trimVersion(p string) (version, rest string) {
	if seg, rest, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/"); len(seg) > 1 && seg[0] == 'v' &&
		seg[1] >= '0' && seg[1] <= '9' {
		return seg, "/" + rest
	}
	return "", p
}
