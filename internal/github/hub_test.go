package github

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"github.com/postferry/postferry/internal/httpx"
)

// hub is the little of GitHub's git side that these tests need: flat trees, and the refusals that
// were seen there (facts with their sources are beside the rows of class.go). It has no sockets, so
// it works in a synctest bubble.
type hub struct {
	mu      sync.Mutex
	objects map[string]map[string]string // tree or commit → path → content
	parents map[string]string            // commit → parent
	heads   map[string]string            // branch → commit
	log     []string                     // "PUT /repos/o/r/contents/state/main.yaml"
	script  []*act
}

// act is what the hub does instead of answering properly, the first n times that a call starts with
// match.
type act struct {
	match  string
	skip   int
	times  int
	answer func(*http.Request) (*http.Response, error) // instead of the effect
	after  bool                                        // have the effect first
}

var errReset = errors.New("read: connection reset by peer")

func reset(*http.Request) (*http.Response, error) { return nil, errReset }

func says(status int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{
			StatusCode: status,
			Header:     h,
			Body:       io.NopCloser(strings.NewReader(body)),
			Request:    req,
		}, nil
	}
}

func newHub() *hub {
	return &hub{
		objects: map[string]map[string]string{},
		parents: map[string]string{},
		heads:   map[string]string{},
	}
}

func (h *hub) client() *Client {
	return New(
		Options{
			Owner: "o", Repo: "r", Token: "token-of-the-test", HTTP: &http.Client{Transport: h},
		},
	)
}

func (h *hub) branch() *Branch { return &Branch{Client: h.client(), Name: "state"} }

func (h *hub) on(a act) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a.times == 0 {
		a.times = 1
	}
	h.script = append(h.script, &a)
}

// writes is the calls so far that are not GETs.
func (h *hub) writes() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.log {
		if !strings.HasPrefix(l, "GET") {
			out = append(out, l)
		}
	}
	return out
}

func (h *hub) calls() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.log...)
}

// file is a file at the head of the branch, "" if there is none.
func (h *hub) file(path string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.objects[h.heads["state"]][path]
}

// commit is a commit by somebody else.
func (h *hub) commit(path, body string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add("state", path, body)
}

// depth is how many commits the branch has.
func (h *hub) depth() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for at := h.heads["state"]; at != ""; at = h.parents[at] {
		n++
	}
	return n
}

func (h *hub) RoundTrip(req *http.Request) (*http.Response, error) {
	// As a real connection does: httpx.Client takes a call without one for never sent.
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	line := req.Method + " " + req.URL.Path
	h.log = append(h.log, line)
	a := h.due(line)
	if a != nil && !a.after {
		return a.answer(req)
	}
	status, body := h.serve(req)
	if a != nil {
		return a.answer(req)
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return says(status, string(b), "X-GitHub-Request-Id", "REQ")(req)
}

func (h *hub) due(line string) *act {
	for _, a := range h.script {
		if a.times == 0 || !strings.HasPrefix(line, a.match) {
			continue
		}
		if a.skip > 0 {
			a.skip--
			continue
		}
		a.times--
		return a
	}
	return nil
}

type object = map[string]any

func refuse(status int, message string) (int, any) { return status, object{"message": message} }

func (h *hub) serve(req *http.Request) (int, any) {
	var in struct {
		Message, Content, SHA, Branch, Ref, Tree string
		Parents                                  []string
		Force                                    *bool
	}
	var trees struct {
		BaseTree string `json:"base_tree"`
		Tree     []struct{ Path, Mode, Type, Content string }
	}
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		_ = json.Unmarshal(b, &in)
		_ = json.Unmarshal(b, &trees)
	}
	path, _ := strings.CutPrefix(req.URL.Path, "/repos/o/r/")
	switch {
	case strings.HasPrefix(path, "contents/") && req.Method == "GET":
		return h.contents(strings.TrimPrefix(path, "contents/"), req.URL.Query().Get("ref"))
	case strings.HasPrefix(path, "contents/") && req.Method == "PUT":
		return h.put(strings.TrimPrefix(path, "contents/"), in.Branch, in.Content, in.SHA)
	case strings.HasPrefix(path, "git/ref/heads/"):
		return h.ref(strings.TrimPrefix(path, "git/ref/heads/"))
	case strings.HasPrefix(path, "git/commits/"):
		sha := strings.TrimPrefix(path, "git/commits/")
		return 200, object{"sha": sha, "tree": object{"sha": sha}}
	case path == "git/trees":
		files := maps.Clone(h.objects[trees.BaseTree])
		if files == nil {
			files = map[string]string{}
		}
		for _, e := range trees.Tree {
			files[e.Path] = e.Content
		}
		return 201, object{"sha": h.store(files, "")}
	case path == "git/commits" && in.Parents == nil:
		return refuse(422, "parents wasn't supplied")
	case path == "git/commits":
		return 201, object{"sha": h.store(h.objects[in.Tree], strings.Join(in.Parents, ""))}
	case path == "git/refs":
		branch := strings.TrimPrefix(in.Ref, "refs/heads/")
		if h.heads[branch] != "" {
			return refuse(422, "Reference already exists")
		}
		h.heads[branch] = in.SHA
		return 201, object{"ref": in.Ref, "object": object{"sha": in.SHA}}
	case strings.HasPrefix(path, "git/refs/heads/"):
		branch := strings.TrimPrefix(path, "git/refs/heads/")
		if in.Force == nil || *in.Force || h.parents[in.SHA] != h.heads[branch] {
			return refuse(422, "Update is not a fast forward")
		}
		h.heads[branch] = in.SHA
		return 200, object{"object": object{"sha": in.SHA}}
	}
	return refuse(404, "Not Found")
}

func (h *hub) contents(path, ref string) (int, any) {
	if head, ok := h.heads[ref]; ok {
		ref = head
	}
	body, ok := h.objects[ref][path]
	if !ok {
		return refuse(404, "Not Found")
	}
	return 200, object{
		"type":     "file",
		"encoding": "base64",
		"size":     len(body),
		"sha":      blobSHA([]byte(body)),
		"content":  base64.StdEncoding.EncodeToString([]byte(body)),
	}
}

func (h *hub) put(path, branch, content, sha string) (int, any) {
	if h.heads[branch] == "" {
		return refuse(404, "Branch "+branch+" not found")
	}
	old, exists := h.objects[h.heads[branch]][path]
	body, err := base64.StdEncoding.DecodeString(content)
	switch {
	case err != nil:
		return refuse(422, "content is not valid Base64")
	case exists && sha == "":
		return refuse(422, "Invalid request.\n\n\"sha\" wasn't supplied.")
	case exists && sha != blobSHA([]byte(old)):
		return refuse(409, path+" does not match "+sha)
	}
	h.add(branch, path, string(body))
	// A commit and its tree go by one name here.
	return 200, object{
		"content": object{"sha": blobSHA(body)},
		"commit":  object{"sha": h.heads[branch], "tree": object{"sha": h.heads[branch]}},
	}
}

func (h *hub) ref(branch string) (int, any) {
	if h.heads[branch] == "" {
		return refuse(404, "Not Found")
	}
	return 200, object{
		"ref":    "refs/heads/" + branch,
		"object": object{"sha": h.heads[branch], "type": "commit"},
	}
}

func (h *hub) add(branch, path, body string) {
	files := maps.Clone(h.objects[h.heads[branch]])
	if files == nil {
		files = map[string]string{}
	}
	files[path] = body
	h.heads[branch] = h.store(files, h.heads[branch])
}

func (h *hub) store(files map[string]string, parent string) string {
	sha := fmt.Sprintf("%040x", len(h.objects)+1)
	h.objects[sha], h.parents[sha] = files, parent
	return sha
}

// get makes one GET through a client over rt, and gives the refusal.
func get(t *testing.T, rt http.RoundTripper) *httpx.Error {
	t.Helper()
	c := New(Options{Owner: "o", Repo: "r", HTTP: &http.Client{Transport: rt}})
	_, err := c.About(context.Background())
	e := httpx.As(err)
	if err != nil && e == nil {
		t.Fatalf("got a %T (%v), want an *httpx.Error", err, err)
	}
	return e
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(b))
	}
	return f(req)
}
