package github

import (
	"context"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
)

// About is what the repository says of itself.
type About struct {
	ID            int64 // stays when the repository is renamed, and is another one for a copy
	Private       bool
	Archived      bool // read-only: nothing can be stored, and no schedule runs
	HasIssues     bool
	DefaultBranch string          // the one whose workflows run on a schedule
	Permissions   map[string]bool // the token's, by role: "admin", "maintain", "push", "triage", "pull"; may be empty
}

// About reads the repository.
func (c *Client) About(ctx context.Context) (About, error) {
	var r *github.Repository
	err := c.send(ctx, repeat("GET /repos/{repo}"), func(ctx context.Context, gh *github.Client) (resp *github.Response, err error) {
		r, resp, err = gh.Repositories.Get(ctx, c.owner, c.repo)
		return resp, err
	})
	if err != nil {
		return About{}, err
	}
	return About{ID: r.GetID(), Private: r.GetPrivate(), Archived: r.GetArchived(), HasIssues: r.GetHasIssues(),
		DefaultBranch: r.GetDefaultBranch(), Permissions: r.GetPermissions()}, nil
}

// WorkflowState reads whether a workflow runs: "active", "disabled_inactivity" (60 days without a
// commit in a public repository), "disabled_manually", "disabled_fork". File is its name in
// .github/workflows, "mirror.yml".
func (c *Client) WorkflowState(ctx context.Context, file string) (string, error) {
	var w *github.Workflow
	err := c.send(ctx, repeat("GET /repos/{repo}/actions/workflows/{file}"), func(ctx context.Context, gh *github.Client) (resp *github.Response, err error) {
		w, resp, err = gh.Actions.GetWorkflowByFileName(ctx, c.owner, c.repo, url.PathEscape(file))
		return resp, err
	})
	return w.GetState(), err
}

// Commit is the SHA of the commit that a tag or a branch names, 40 hex digits. It is not asked for
// by GetCommitSHA1, whose answer is a bare SHA: no JSON, and so a broken answer here. One file of
// the commit comes along, the fewest there can be.
// Source: https://docs.github.com/rest/commits/commits#get-a-commit
func (c *Client) Commit(ctx context.Context, ref string) (string, error) {
	var got *github.RepositoryCommit
	err := c.send(ctx, repeat("GET /repos/{repo}/commits/{ref}"), func(ctx context.Context, gh *github.Client) (resp *github.Response, err error) {
		got, resp, err = gh.Repositories.GetCommit(ctx, c.owner, c.repo, url.PathEscape(ref), &github.ListOptions{PerPage: 1})
		return resp, err
	})
	return got.GetSHA(), err
}

// Variable reads an Actions variable of the repository. The class of the error is NotFound when
// there is none.
func (c *Client) Variable(ctx context.Context, name string) (string, error) {
	var v *github.ActionsVariable
	err := c.send(ctx, repeat("GET /repos/{repo}/actions/variables/{name}"), func(ctx context.Context, gh *github.Client) (resp *github.Response, err error) {
		v, resp, err = gh.Actions.GetRepoVariable(ctx, c.owner, c.repo, url.PathEscape(name))
		return resp, err
	})
	if err != nil {
		return "", err
	}
	return v.Value, nil
}

// SetVariable writes an Actions variable of the repository, making it if there is none.
func (c *Client) SetVariable(ctx context.Context, name, value string) error {
	v := &github.ActionsVariable{Name: name, Value: value}
	err := c.send(ctx, repeat("PATCH /repos/{repo}/actions/variables/{name}"), func(ctx context.Context, gh *github.Client) (*github.Response, error) {
		return gh.Actions.UpdateRepoVariable(ctx, c.owner, c.repo, v)
	})
	if httpx.ClassOf(err) != httpx.NotFound {
		return err
	}
	// Repeatable in effect: a second one is refused, since the first has made it.
	err = c.send(ctx, repeat("POST /repos/{repo}/actions/variables"), func(ctx context.Context, gh *github.Client) (*github.Response, error) {
		return gh.Actions.CreateRepoVariable(ctx, c.owner, c.repo, v)
	})
	if httpx.ClassOf(err) == httpx.Conflict {
		return nil
	}
	return err
}
