package sim

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Fault is one planned failure. Faults are scripted, never random.
type Fault struct {
	Service string // "instagram", "x", "github", "media"
	// Call is a method and a path: "POST /2/tweets". "*" is any method or path segment, a trailing
	// "/**" any rest.
	Call string
	// When picks calls to X by what they are about; nil is all. It must not call the world.
	When  func(Subject) bool
	Skip  int // matching calls that pass first
	Times int // how many it meets then; 0 is one, -1 is all
	// Status is answered, with Body, instead of the effect. 0 leaves the answer as it is. {id} in
	// Body stands for the upload that the call names.
	Status int
	Body   string
	// Header goes with the answer, planned or not. An empty value takes a header away.
	Header map[string]string
	Delay  time.Duration
	Rate   int    // > 0: the answer's body comes at so many bytes a second of the world's time
	Reset  string // "before" or "after" the effect the connection dies; "middle" of the answer's body
}

// The ways a connection dies.
const (
	Before = "before"
	After  = "after"
	Middle = "middle"
)

// Fail plans a failure. Of several that match a call the first one meets it.
func (w *World) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, &f)
}

// ClearFaults forgets every planned failure.
func (w *World) ClearFaults() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
}

// meet finds the fault for a call, and counts it.
func (w *World) meet(service string, r *http.Request) (Fault, bool) {
	var about Subject
	if service == "x" && w.choosy() {
		about = w.about(r)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		if f.Service != service || f.Times == 0 || !matches(f.Call, r.Method, r.URL.Path) {
			continue
		}
		if f.When != nil && !f.When(about) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return *f, true
	}
	return Fault{}, false
}

// choosy reports whether a fault asks what a call is about.
func (w *World) choosy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.faults, func(f *Fault) bool { return f.When != nil })
}

func matches(call, method, p string) bool {
	m, pattern, ok := strings.Cut(call, " ")
	if !ok || m != method && m != "*" {
		return false
	}
	if prefix, deep := strings.CutSuffix(pattern, "/**"); deep {
		parts := strings.Split(p, "/")
		pattern, p = prefix, strings.Join(parts[:min(len(parts), strings.Count(prefix, "/")+1)], "/")
	}
	hit, err := path.Match(pattern, p)
	return err == nil && hit
}

// Call is one request in the log. Path and Query carry no token.
type Call struct {
	At                           time.Time
	Service, Method, Path, Query string
	Status                       int // 0 when the connection died
	Fault                        bool
}

// Log returns every request so far.
func (w *World) Log() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Call(nil), w.log...)
}

// ResetLog forgets the requests so far.
func (w *World) ResetLog() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = nil
}

// Calls counts the requests to a service.
func (w *World) Calls(service string) int {
	n := 0
	for _, c := range w.Log() {
		if c.Service == service {
			n++
		}
	}
	return n
}

func (w *World) note(r *http.Request, service string, status int, fault bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, Call{At: w.clock(), Service: service, Method: r.Method, Path: r.URL.Path,
		Query: withoutTokens(r.URL.Query()), Status: status, Fault: fault})
}

func withoutTokens(q url.Values) string {
	for name := range q {
		if strings.Contains(name, "token") || strings.Contains(name, "secret") {
			q.Set(name, "-")
		}
	}
	return q.Encode()
}

// answer puts latency, faults and the log around a stand-in.
func (w *World) answer(rw http.ResponseWriter, r *http.Request, service string,
	do http.HandlerFunc) {
	f, hit := w.meet(service, r)
	rw.Header().Set("Date", w.dateOf(service))
	if !wait(r, w.o.Latency+f.Delay) {
		w.note(r, service, 0, hit)
		disconnect()
	}
	if f.Reset == Before {
		w.note(r, service, 0, true)
		disconnect()
	}
	if f.Status == 0 && f.Reset == "" {
		rec := &recorder{ResponseWriter: rw, status: http.StatusOK, more: f.Header}
		if f.Rate > 0 {
			rec.ResponseWriter = &drip{rw, w, r, f.Rate}
		}
		do(rec, r)
		w.note(r, service, rec.status, hit)
		return
	}
	answer := f.instead(r, do)
	status := answer.Code
	if f.Reset == After {
		status = 0
	}
	w.note(r, service, status, true)
	f.deliver(rw, answer)
}

// dateOf is what a service writes into the Date header of an answer.
func (w *World) dateOf(service string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clockOf(service).UTC().Format(http.TimeFormat)
}

// setHeaders puts a fault's headers into an answer. One that is empty is taken out of it: net/http
// leaves Date out for a nil value.
func setHeaders(h http.Header, more map[string]string) {
	for k, v := range more {
		if v == "" {
			h[http.CanonicalHeaderKey(k)] = nil
			continue
		}
		h.Set(k, v)
	}
}

// instead is the answer that a fault puts in the place of the service's own, or the service's own
// answer where only the connection fails.
func (f Fault) instead(r *http.Request, do http.HandlerFunc) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	if f.Status == 0 {
		do(answer, r)
		return answer
	}
	body := strings.ReplaceAll(f.Body, "{id}", uploadID(r))
	answer.Code, answer.Body = f.Status, bytes.NewBufferString(body)
	answer.Header().Set("Content-Type", "application/json")
	setHeaders(answer.Header(), f.Header)
	return answer
}

// deliver sends as much of an answer as the fault lets through.
func (f Fault) deliver(rw http.ResponseWriter, answer *httptest.ResponseRecorder) {
	if f.Reset == After {
		disconnect()
	}
	maps.Copy(rw.Header(), answer.Header())
	body := answer.Body.Bytes()
	if f.Reset == Middle {
		rw.Header().Set("Content-Length", itoa(len(body)))
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(body[:len(body)/2])
		if fl, ok := rw.(http.Flusher); ok {
			fl.Flush()
		}
		disconnect()
	}
	rw.WriteHeader(answer.Code)
	_, _ = rw.Write(body)
}

// disconnect makes the server cut the connection, by net/http's own signal. Transport understands
// it too.
func disconnect() { panic(http.ErrAbortHandler) }

// wait reports whether the time passed before the client went away.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	more   map[string]string
}

func (r *recorder) WriteHeader(status int) {
	setHeaders(r.Header(), r.more)
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
