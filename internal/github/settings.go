package github

import (
	"context"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
)

// About is what the repository says of itself.
type About struct {
	ID            int64 // stays when the repository is renamed, and is another one for a copy
	Private       bool
	Archived      bool // read-only: nothing can be stored, and no schedule runs
	HasIssues     bool
	DefaultBranch string // the one whose workflows run on a schedule
	// Permissions are the token's, by role: "admin", "maintain", "push", "triage", "pull". It may
	// be empty.
	Permissions map[string]bool
}

// About reads the repository.
func (c *Client) About(ctx context.Context) (About, error) {
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}"))
	r, resp, err := c.gh.Repositories.Get(ctx, c.owner, c.repo)
	err = c.end(sent, resp, err)
	if err != nil {
		return About{}, err
	}
	return About{
		ID: r.GetID(), Private: r.GetPrivate(), Archived: r.GetArchived(),
		HasIssues:     r.GetHasIssues(),
		DefaultBranch: r.GetDefaultBranch(), Permissions: r.GetPermissions(),
	}, nil
}

// WorkflowState returns whether a workflow runs: "active", "disabled_inactivity" (60 days without
// a commit in a public repository), "disabled_manually", "disabled_fork". File is its name in
// .github/workflows, "mirror.yml".
func (c *Client) WorkflowState(ctx context.Context, file string) (string, error) {
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/actions/workflows/{file}"))
	w, resp, err := c.gh.Actions.GetWorkflowByFileName(ctx, c.owner, c.repo, url.PathEscape(file))
	err = c.end(sent, resp, err)
	return w.GetState(), err
}

// Commit returns the SHA of the commit that a tag or a branch names, 40 hex digits. GetCommitSHA1
// does not serve: its answer is a bare SHA, which is no JSON and counts as malformed here. One
// file of the commit comes along, the fewest there can be.
// Source: https://docs.github.com/rest/commits/commits#get-a-commit
func (c *Client) Commit(ctx context.Context, ref string) (string, error) {
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/commits/{ref}"))
	page := &github.ListOptions{PerPage: 1}
	got, resp, err := c.gh.Repositories.GetCommit(ctx, c.owner, c.repo, url.PathEscape(ref), page)
	err = c.end(sent, resp, err)
	return got.GetSHA(), err
}

// LastCommit returns when the newest commit on the default branch was made.
// Source: https://docs.github.com/rest/commits/commits#list-commits
func (c *Client) LastCommit(ctx context.Context) (time.Time, error) {
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/commits"))
	newest := &github.CommitsListOptions{ListOptions: github.ListOptions{PerPage: 1}}
	got, resp, err := c.gh.Repositories.ListCommits(ctx, c.owner, c.repo, newest)
	if err = c.end(sent, resp, err); err != nil || len(got) == 0 {
		return time.Time{}, err
	}
	return got[0].GetCommit().GetCommitter().GetDate().Time, nil
}

// Variable reads an Actions variable of the repository. The class of the error is NotFound when
// there is none.
func (c *Client) Variable(ctx context.Context, name string) (string, error) {
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/actions/variables/{name}"))
	v, resp, err := c.gh.Actions.GetRepoVariable(ctx, c.owner, c.repo, url.PathEscape(name))
	err = c.end(sent, resp, err)
	if err != nil {
		return "", err
	}
	return v.Value, nil
}

// SetVariable writes an Actions variable of the repository, making it if there is none.
func (c *Client) SetVariable(ctx context.Context, name, value string) error {
	v := &github.ActionsVariable{Name: name, Value: value}
	ctx, sent := c.begin(ctx, repeat("PATCH /repos/{repo}/actions/variables/{name}"))
	resp, err := c.gh.Actions.UpdateRepoVariable(ctx, c.owner, c.repo, v)
	err = c.end(sent, resp, err)
	if httpx.ClassOf(err) != httpx.NotFound {
		return err
	}
	// Repeatable in effect: a second one is refused, since the first has made it.
	ctx, sent = c.begin(ctx, repeat("POST /repos/{repo}/actions/variables"))
	resp, err = c.gh.Actions.CreateRepoVariable(ctx, c.owner, c.repo, v)
	err = c.end(sent, resp, err)
	if httpx.ClassOf(err) == httpx.Conflict {
		return nil
	}
	return err
}
