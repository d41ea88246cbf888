package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// racing is the pause between two rounds of a write: up to 0.1, 0.2, 0.4, … 5 s, at random, since
// writers that collided would do so again. The method rounds limits how many there are.
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
	w := &writing{Branch: b, change: c}
	err = racing.Retry(ctx, func(round int) (next httpx.Next, err error) {
		version, next, err = w.round(ctx, round)
		return next, explain(b.Name, err)
	})
	if err != nil {
		return "", err
	}
	return version, nil
}

// writing is one change on its way to the branch.
type writing struct {
	*Branch
	change state.Change
	lost   bool // an answer was lost: the change may have been made
}

// round tries the write once, and says what follows.
func (w *writing) round(
	ctx context.Context, n int,
) (version string, next httpx.Next, err error) {
	version, err = w.attempt(ctx)
	if err == nil {
		w.past.replace(w.change.Path, w.change.Version, version)
		return version, httpx.Stop, nil
	}
	w.lost = w.lost || httpx.ClassOf(err) == httpx.Ambiguous
	if w.rounds(err) == 1 && !w.lost {
		return "", httpx.Stop, err // a plain no
	}
	version, again, err := w.settle(ctx, err)
	switch {
	case !again || n >= w.rounds(err):
		if unknownConflict(err) {
			w.puzzled.Store(true)
		}
		return version, httpx.Stop, err
	case unknownConflict(err):
		return "", httpx.Next(puzzling.Pause(n)), err
	}
	return "", httpx.Again, err
}

// settle finds out what became of a write that ended with refused: the version it made, if it was
// made after all, or whether it is still the change to make, because the branch moved under another
// file or nothing arrived.
func (w *writing) settle(
	ctx context.Context, refused error,
) (version string, again bool, err error) {
	c := w.change
	body, now, err := w.Read(ctx, c.Path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", false, fmt.Errorf("%w; and reading it back: %w", refused, err)
	case w.lost && now != "" && bytes.Equal(body, c.Body):
		w.past.replace(c.Path, c.Version, now)
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
func (w *writing) rounds(err error) int {
	switch {
	case errors.Is(err, errMoved):
		return 14
	case unknownConflict(err) && w.puzzled.Load():
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

func (w *writing) attempt(ctx context.Context) (string, error) {
	if len(w.change.Also) > 0 {
		return w.commit(ctx)
	}
	version, err := w.put(ctx)
	if w.change.Version == "" && httpx.ClassOf(err) == httpx.NotFound {
		return w.root(ctx)
	}
	return version, err
}

// put makes a commit of one file. GitHub compares the blob SHA.
func (w *writing) put(ctx context.Context) (string, error) {
	b, c := w.Client, w.change
	o := &github.RepositoryContentFileOptions{Message: &c.Message, Content: c.Body, Branch: &w.Name}
	if c.Version != "" {
		o.SHA = &c.Version
	}
	ctx, sent := b.begin(ctx, once("PUT /repos/{repo}/contents/{path}"))
	made, resp, err := b.gh.Repositories.CreateFile(ctx, b.owner, b.repo, escape(c.Path), o)
	err = b.end(sent, resp, err)
	if err != nil {
		return "", err
	}
	version := blobSHA(c.Body)
	if sha := made.GetContent().GetSHA(); sha != "" {
		version = sha
	}
	w.tip.set(at{
		path: c.Path, version: version,
		commit: made.Commit.GetSHA(), tree: made.Commit.GetTree().GetSHA(),
	})
	return version, nil
}

// commit makes a commit of several files: trees, commits, refs. GitHub compares nothing but the
// parent, so the file is compared here at the very commit that becomes the parent.
func (w *writing) commit(ctx context.Context) (string, error) {
	c := w.change
	if own, ok := w.tip.take(c.Path, c.Version); ok {
		made, err := w.Client.objects(ctx, c, own.tree, own.commit)
		if err != nil {
			return "", err
		}
		return blobSHA(c.Body), w.advance(ctx, made)
	}
	head, err := w.Head(ctx)
	if c.Version == "" && httpx.ClassOf(err) == httpx.NotFound {
		return w.root(ctx)
	}
	if err != nil {
		return "", err
	}
	return w.commitOn(ctx, c, head)
}

const about = `This branch is postferry's memory: what it has mirrored from Instagram to X, and how
its tokens stand.

It is written by the program. If it is deleted or put back, nothing is posted until an issue is
answered.
`

// root makes the branch: a commit without parents, whose tree holds nothing but the change.
func (w *writing) root(ctx context.Context) (string, error) {
	c := w.change
	also := map[string][]byte{"README.md": []byte(about)}
	maps.Copy(also, c.Also)
	c.Also = also
	made, err := w.Client.objects(ctx, c, "")
	if err != nil {
		return "", err
	}
	return blobSHA(c.Body), w.create(ctx, made)
}
