package github

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// Routes lists the routes that have a document on the branch, for a run that can't read their names
// in the configuration. A branch that is not there has none.
// Source: https://docs.github.com/rest/repos/contents#get-repository-content
func (b *Branch) Routes(ctx context.Context) ([]string, error) {
	c := b.Client
	o := &github.RepositoryContentGetOptions{Ref: b.Name}
	ctx, sent := c.begin(ctx, repeat("GET /repos/{repo}/contents/{path}"))
	_, files, resp, err := c.gh.Repositories.GetContents(ctx, c.owner, c.repo, folder(), o)
	err = c.end(sent, resp, err)
	if httpx.ClassOf(err) == httpx.NotFound {
		return nil, nil
	}
	var names []string
	for _, f := range files {
		names = append(names, f.GetName())
	}
	return routesOf(names), err
}

// Routes lists the routes that have a document in the folder.
func (d *Dir) Routes(context.Context) ([]string, error) {
	entries, err := os.ReadDir(d.file(folder()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return routesOf(names), err
}

// folder holds the documents of all routes.
func folder() string { return path.Dir(state.Path("main")) }

// routesOf finds the documents among the names of files.
func routesOf(names []string) (routes []string) {
	for _, name := range names {
		route, ok := strings.CutSuffix(name, ".yaml")
		if ok && route != "" && path.Join(folder(), name) == state.Path(route) {
			routes = append(routes, route)
		}
	}
	return routes
}
