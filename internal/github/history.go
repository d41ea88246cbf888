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

// Activity lists the newest hundred things that happened to the branch, newest first. The list is
// there for a branch that was deleted too. all reports whether these are all that there are.
// Source: https://docs.github.com/rest/repos/repos#list-repository-activities
func (b *Branch) Activity(ctx context.Context) (out []Event, all bool, err error) {
	out, next, err := b.activityPage(ctx, b.activityQuery())
	return out, next == "", err
}

// Losses lists what of one kind happened to the branch, newest first: all of it, but for no more
// than 500 entries. The kind is ForcePush or Deletion, of which there are few in years.
func (b *Branch) Losses(ctx context.Context, kind string) (out []Event, err error) {
	q := b.activityQuery()
	q.Set("activity_type", kind)
	for range maxPages {
		page, next, err := b.activityPage(ctx, q)
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		if next == "" {
			break
		}
		q.Set("after", next)
	}
	return out, nil
}

func (b *Branch) activityQuery() url.Values {
	return url.Values{"ref": {"refs/heads/" + b.Name}, "per_page": {"100"}}
}

func (b *Branch) activityPage(
	ctx context.Context, q url.Values,
) (out []Event, next string, err error) {
	var page []wireEvent
	o := repeat("GET /repos/{repo}/activity")
	resp, err := b.Client.byHand(ctx, o, http.MethodGet, "activity?"+q.Encode(), nil, nil, &page)
	if err != nil {
		return nil, "", err
	}
	for _, w := range page {
		out = append(out, w.event())
	}
	return out, resp.After, nil
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
