package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// Kinds of activity that can lose commits: values of Event.Kind.
const (
	ForcePush = "force_push"
	Deletion  = "branch_deletion"
)

// Event is one entry of a branch's activity list.
type Event struct {
	ID     int64
	Kind   string // ForcePush, Deletion, "push", "branch_creation", …
	Before string // the commit that the branch had, "" for none
	After  string // the commit that it has since then, "" for none
	At     time.Time
	Actor  string // login
}

type wireEvent struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"activity_type"`
	Before    string    `json:"before"`
	After     string    `json:"after"`
	Timestamp time.Time `json:"timestamp"`
	Actor     struct {
		Login string `json:"login"`
	} `json:"actor"`
}

// noCommit is what the list gives for no commit.
const noCommit = "0000000000000000000000000000000000000000"

func (w wireEvent) event() Event {
	e := Event{ID: w.ID, Kind: w.Kind, At: w.Timestamp.UTC(), Actor: w.Actor.Login}
	if w.Before != noCommit {
		e.Before = w.Before
	}
	if w.After != noCommit {
		e.After = w.After
	}
	return e
}

// Activity lists what happened to the branch, newest first, of one kind or, for "", of all. It is
// there for a branch that was deleted too. GitHub's list is read to the entry until, or to its end
// for 0, but for no more than 500 entries.
// Source: https://docs.github.com/rest/repos/repos#list-repository-activities
func (b *Branch) Activity(ctx context.Context, kind string, until int64) ([]Event, error) {
	q := url.Values{"ref": {"refs/heads/" + b.Name}, "per_page": {"100"}}
	if kind != "" {
		q.Set("activity_type", kind)
	}
	var out []Event
	for range maxPages {
		var page []wireEvent
		o := repeat("GET /repos/{repo}/activity")
		resp, err := b.Client.byHand(ctx, o, http.MethodGet, "activity?"+q.Encode(), nil, nil, &page)
		if err != nil {
			return nil, err
		}
		reached := false
		for _, w := range page {
			out = append(out, w.event())
			reached = reached || until != 0 && w.ID <= until
		}
		if resp.After == "" || reached {
			break
		}
		q.Set("after", resp.After)
	}
	return out, nil
}

// ReadAt returns a file as it was at a commit, and its blob SHA then. The commit need not be on any
// branch.
func (b *Branch) ReadAt(
	ctx context.Context, path, commit string,
) (body []byte, version string, err error) {
	return b.Client.read(ctx, path, commit)
}

// Restore makes the branch again at a commit that it had before it was deleted. The error is
// state.ErrConflict if the branch is there.
func (b *Branch) Restore(ctx context.Context, commit string) error {
	err := b.create(ctx, commit)
	switch httpx.ClassOf(err) {
	case httpx.Conflict:
		return fmt.Errorf("restore %s: %w", b.Name, state.ErrConflict)
	case httpx.Ambiguous:
		if head, headErr := b.Head(ctx); headErr == nil && head == commit {
			return nil
		}
	}
	return explain(b.Name, err)
}

// Merge commits c on top of the branch, with a lost commit as a second parent: the branch then has
// the history of both, and was only fast-forwarded. c's files are taken as they are. The error is
// state.ErrConflict if somebody else wrote first, or if nobody can tell whether the commit was
// made.
func (b *Branch) Merge(
	ctx context.Context, c state.Change, lost string,
) (version string, err error) {
	if err := check(c); err != nil {
		return "", err
	}
	head, err := b.Head(ctx)
	if err != nil {
		return "", err
	}
	version, err = b.commitOn(ctx, c, head, lost)
	class := httpx.ClassOf(err)
	if errors.Is(err, errMoved) || class == httpx.Conflict || class == httpx.Ambiguous {
		return "", fmt.Errorf("merge %s: %w: %w", lost, state.ErrConflict, err)
	}
	if err != nil {
		return "", explain(b.Name, err)
	}
	b.past.replace(c.Path, c.Version, version)
	return version, nil
}

// IsAncestor reports whether a commit is among those that another one, or a branch, was made from.
// A commit that GitHub no longer has is not.
// Source: https://docs.github.com/rest/commits/commits#compare-two-commits
func (c *Client) IsAncestor(ctx context.Context, commit, of string) (bool, error) {
	o := repeat("GET /repos/{repo}/compare/{base}...{head}")
	page := &github.ListOptions{PerPage: 1}
	ctx, sent := c.begin(ctx, o)
	got, resp, err := c.gh.Repositories.CompareCommits(ctx, c.owner, c.repo, commit, of, page)
	err = c.end(sent, resp, err)
	if httpx.ClassOf(err) == httpx.NotFound { // also "No common ancestor between … and …"
		return false, nil
	}
	return got.GetStatus() == "ahead" || got.GetStatus() == "identical", err
}
