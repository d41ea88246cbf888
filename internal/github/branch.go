package github

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// Branch keeps files on a branch of the repository: it is a [state.Backend]. The branch has no
// common history with any other, is made by the first write, and is only ever fast-forwarded.
//
// Two writers must not commit equal bytes: a writer whose answer was lost recognises its change by
// them. (The state document holds a nonce in each intent.)
type Branch struct {
	Client *Client
	Name   string
	past   past
	tip    tip
	// puzzled reports whether GitHub has refused a write with a conflict in unknown words to the
	// end.
	puzzled atomic.Bool
}

// lagging is how often a file is read that GitHub shows as it was before our own write. After three
// looks GitHub is believed: somebody may have put the old file back.
var lagging = httpx.Policy{Tries: 3, First: time.Second, Growth: 2}

// Read returns a file and its blob SHA, in one request.
func (b *Branch) Read(ctx context.Context, path string) (body []byte, version string, err error) {
	err = lagging.Retry(ctx, func(int) (next httpx.Next, err error) {
		body, version, err = b.Client.read(ctx, path, b.Name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) || !b.past.replaced(path, version) {
			return httpx.Stop, err
		}
		return httpx.Again, err
	})
	return body, version, err
}

// read returns a file at a branch or a commit.
func (c *Client) read(ctx context.Context, path, ref string) ([]byte, string, error) {
	const name = "GET /repos/{repo}/contents/{path}"
	if err := checkFile(path, nil); err != nil {
		return nil, "", err
	}
	o := &github.RepositoryContentGetOptions{Ref: ref}
	ctx, sent := c.begin(ctx, repeat(name))
	file, _, resp, err := c.gh.Repositories.GetContents(ctx, c.owner, c.repo, path, o)
	err = c.end(sent, resp, err)
	switch {
	case httpx.ClassOf(err) == httpx.NotFound:
		return nil, "", fmt.Errorf("%s: %w: %w", path, fs.ErrNotExist, err)
	case err != nil:
		return nil, "", fmt.Errorf("%s: %w", path, err)
	case file == nil || file.GetType() != "file" && file.GetType() != "":
		return nil, "", invalid(name, path+" is not a file")
	case file.GetSHA() == "":
		return nil, "", c.misfit(&call{op: repeat(name), status: http.StatusOK},
			errors.New("the answer has no sha"))
	case file.GetEncoding() == "none":
		return nil, "", invalid(name, fmt.Sprintf(
			"%s has %d bytes, and GitHub gives no file over 1 MB this way", path, file.GetSize()))
	}
	body, err := file.GetContent()
	if err != nil {
		return nil, "", invalid(name, path+": "+err.Error())
	}
	return []byte(body), file.GetSHA(), nil
}

// escape makes up for CreateFile, which cuts a path at the first '#'. GetContents escapes by
// itself.
func escape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// check refuses what can't be written as it is. Git data takes only text.
func check(c state.Change) error {
	if err := checkFile(c.Path, c.Body); err != nil {
		return err
	}
	for path, body := range c.Also {
		if path == c.Path {
			return fmt.Errorf("%s is both the file and one of those beside it", path)
		}
		if err := checkFile(path, body); err != nil {
			return err
		}
	}
	return nil
}

func checkFile(path string, body []byte) error {
	switch {
	case !fs.ValidPath(path) || path == ".":
		return fmt.Errorf("%q is no path inside a repository", path)
	case !utf8.Valid(body):
		return fmt.Errorf("%s is not UTF-8 text", path)
	}
	return nil
}

// explain adds to a refusal of a write what its own words leave open.
func explain(branch string, err error) error {
	switch e := httpx.As(err); {
	case e == nil:
		return err
	case e.Type == TypeEmptyRepository:
		return fmt.Errorf("the repository has no commit yet, and a branch can't be made in an "+
			"empty one: push its first commit, then run again: %w", err)
	case e.Type == TypeProtectedBranch:
		return fmt.Errorf("the branch %s is protected: %w", branch, err)
	}
	return err
}

// invalid is a refusal of our own, before or after a call.
func invalid(name, message string) *httpx.Error {
	return &httpx.Error{Service: service, Op: name, Class: httpx.Invalid, Message: message}
}

// past remembers which versions of a file this process has replaced, so that it recognizes reads
// that lag behind its writes. https://github.com/PyGithub/PyGithub/issues/2759
type past struct {
	mu sync.Mutex
	is map[[2]string]bool // path, version
}

func (p *past) replace(path, old, new string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.is == nil {
		p.is = map[[2]string]bool{}
	}
	p.is[[2]string{path, old}] = true
	delete(p.is, [2]string{path, new})
}

func (p *past) replaced(path, version string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.is[[2]string{path, version}]
}

// Commit returns the newest commit that this process has made or moved the branch to, "" for none.
func (b *Branch) Commit() string {
	b.tip.mu.Lock()
	defer b.tip.mu.Unlock()
	return b.tip.newest
}

// tip remembers the commit of this process' own last put. The next commit can be made from it
// without a look at the branch: if anybody has committed since, GitHub refuses to fast-forward to
// it.
type tip struct {
	mu     sync.Mutex
	at     at
	newest string // the branch's commit after our last write of any kind
}

type at struct{ path, version, commit, tree string }

func (t *tip) set(a at) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.newest = a, a.commit
}

// moved notes that the branch now points at a commit.
func (t *tip) moved(commit string, err error) error {
	if err == nil {
		t.mu.Lock()
		t.newest = commit
		t.mu.Unlock()
	}
	return err
}

// take returns the commit that holds a version of a file, once.
func (t *tip) take(path, version string) (at, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.at
	t.at = at{}
	return a, a.commit != "" && a.tree != "" && a.path == path && a.version == version
}
