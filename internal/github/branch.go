package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
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
	puzzled bool
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

// racing is the pause between two rounds of a write: up to 0.1, 0.2, 0.4, … 5 s, at random, since
// writers that collided would do so again. How often is decided by rounds.
var racing = httpx.Policy{
	First: 50 * time.Millisecond, Growth: 2, Max: 2500 * time.Millisecond, Jitter: 1,
}

// puzzling is the pause between the tries of a write that GitHub refuses with a conflict in unknown
// words: 0.2, 0.6, 1.8 s. A race would be over by then.
var puzzling = httpx.Policy{Tries: 4, First: 200 * time.Millisecond, Growth: 3}

// Write commits c. Without Also that is one request; with it, or when the branch is not there yet,
// three requests that write.
func (b *Branch) Write(ctx context.Context, c state.Change) (version string, err error) {
	if err := check(c); err != nil {
		return "", err
	}
	lost := false // an answer was lost: the change may have been made
	err = racing.Retry(ctx, func(round int) (next httpx.Next, err error) {
		version, err = b.attempt(ctx, c)
		if err == nil {
			b.past.replace(c.Path, c.Version, version)
			return httpx.Stop, nil
		}
		lost = lost || httpx.ClassOf(err) == httpx.Ambiguous
		if b.rounds(err) == 1 && !lost {
			return httpx.Stop, explain(b.Name, err) // a plain no
		}
		var again bool
		version, again, err = b.settle(ctx, c, lost, err)
		if !again || round >= b.rounds(err) {
			b.puzzled = b.puzzled || unknownConflict(err)
			return httpx.Stop, explain(b.Name, err)
		}
		if unknownConflict(err) {
			return httpx.Next(puzzling.Pause(round)), err
		}
		return httpx.Again, err
	})
	if err != nil {
		return "", err
	}
	return version, nil
}

// settle finds out what became of a write that ended with refused: the version it made, if it was
// made after all, or whether it is still the change to make, because the branch moved under another
// file or nothing arrived.
func (b *Branch) settle(
	ctx context.Context, c state.Change, lost bool, refused error,
) (version string, again bool, err error) {
	body, now, err := b.Read(ctx, c.Path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", false, fmt.Errorf("%w; and reading it back: %w", refused, err)
	case lost && now != "" && bytes.Equal(body, c.Body):
		b.past.replace(c.Path, c.Version, now)
		return now, false, nil
	case now != c.Version:
		return "", false, fmt.Errorf("%s: %w", c.Path, state.ErrConflict)
	}
	return "", true, refused
}

// unknownConflict reports whether a write was refused with a conflict in words that no table knows.
func unknownConflict(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Type == TypeUnknownConflict
}

// rounds returns how often a write that ended in err is attempted, unless the file has changed.
// Once a conflict in unknown words has stayed, the further writes of the run are tried once: all
// the writes of a failing run cost 42 requests otherwise.
func (b *Branch) rounds(err error) int {
	switch {
	case errors.Is(err, errMoved):
		return 14
	case unknownConflict(err) && b.puzzled:
		return 1
	case unknownConflict(err):
		return puzzling.Tries
	}
	switch httpx.ClassOf(err) {
	case httpx.Conflict:
		return 14 // lets 64 writers of different files through, with the pauses of racing
	case httpx.Ambiguous, httpx.Transient, httpx.NotFound:
		return 4 // NotFound for reads that lag: what was made a moment ago may not be found
	}
	return 1
}

func (b *Branch) attempt(ctx context.Context, c state.Change) (string, error) {
	if len(c.Also) > 0 {
		return b.commit(ctx, c)
	}
	version, err := b.put(ctx, c)
	if c.Version == "" && httpx.ClassOf(err) == httpx.NotFound {
		return b.root(ctx, c)
	}
	return version, err
}

// put makes a commit of one file. GitHub compares the blob SHA.
func (b *Branch) put(ctx context.Context, c state.Change) (string, error) {
	o := &github.RepositoryContentFileOptions{Message: &c.Message, Content: c.Body, Branch: &b.Name}
	if c.Version != "" {
		o.SHA = &c.Version
	}
	ctx, sent := b.Client.begin(ctx, once("PUT /repos/{repo}/contents/{path}"))
	repositories := b.Client.gh.Repositories
	made, resp, err := repositories.CreateFile(ctx, b.Client.owner, b.Client.repo, escape(c.Path),
		o)
	err = b.Client.end(sent, resp, err)
	if err != nil {
		return "", err
	}
	version := blobSHA(c.Body)
	if sha := made.GetContent().GetSHA(); sha != "" {
		version = sha
	}
	b.tip.set(at{
		path: c.Path, version: version,
		commit: made.Commit.GetSHA(), tree: made.Commit.GetTree().GetSHA(),
	})
	return version, nil
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

// tip remembers the commit of this process' own last put. The next commit can be made from it
// without a look at the branch: if anybody has committed since, GitHub refuses to fast-forward to
// it.
type tip struct {
	mu sync.Mutex
	at at
}

type at struct{ path, version, commit, tree string }

func (t *tip) set(a at) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = a
}

// take returns the commit that holds a version of a file, once.
func (t *tip) take(path, version string) (at, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.at
	t.at = at{}
	return a, a.commit != "" && a.tree != "" && a.path == path && a.version == version
}
