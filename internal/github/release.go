package github

import (
	"context"
	"time"

	"github.com/google/go-github/v60/github"
)

// Release is a published version of a repository.
type Release struct {
	Version   string // the tag, "v1.2.3"
	Published time.Time
}

// Releases lists the newest releases of the repository, the latest first and a hundred at most.
// Drafts and pre-releases are left out. A public repository needs no token.
// Source: https://docs.github.com/rest/releases/releases#list-releases
func (c *Client) Releases(ctx context.Context) (out []Release, err error) {
	all := &github.ListOptions{PerPage: 100}
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/releases"))
	list, resp, err := c.gh.Repositories.ListReleases(ctx, c.owner, c.repo, all)
	err = c.end(sent, resp, err)
	for _, r := range list {
		if !r.GetDraft() && !r.GetPrerelease() {
			out = append(out, Release{Version: r.GetTagName(), Published: r.GetPublishedAt().Time})
		}
	}
	return out, err
}
