package github

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/state"
)

// errMoved says that the file at the branch's head is not the one the change was made from:
// somebody else wrote, or the head that GitHub showed is an old one.
var errMoved = errors.New("the file at the head of the branch is another one")

// commitOn makes a commit on top of the branch's head, with further parents if any are given.
func (b *Branch) commitOn(
	ctx context.Context, c state.Change, head string, more ...string,
) (string, error) {
	base, err := b.Client.treeOf(ctx, head)
	if err != nil {
		return "", err
	}
	_, version, err := b.Client.read(ctx, c.Path, head)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if version != c.Version {
		return "", errMoved
	}
	made, err := b.Client.objects(ctx, c, base, append([]string{head}, more...)...)
	if err != nil {
		return "", err
	}
	return blobSHA(c.Body), b.advance(ctx, made)
}

// create makes the branch at a commit. The class of the error is Conflict if it is there already.
func (b *Branch) create(ctx context.Context, commit string) error {
	ref := "refs/heads/" + b.Name
	at := &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &commit}}
	o := once("POST /repos/{repo}/git/refs")
	ctx, sent := b.Client.begin(ctx, o)
	_, resp, err := b.Client.gh.Git.CreateRef(ctx, b.Client.owner, b.Client.repo, at)
	return b.tip.moved(commit, b.Client.end(sent, resp, err))
}

// Head returns the commit that the branch points at.
func (b *Branch) Head(ctx context.Context) (string, error) {
	o := repeat("GET /repos/{repo}/git/ref/{ref}")
	ctx, sent := b.Client.begin(ctx, o)
	ref, resp, err := b.Client.gh.Git.GetRef(ctx, b.Client.owner, b.Client.repo,
		"refs/heads/"+b.Name)
	err = b.Client.end(sent, resp, err)
	return ref.GetObject().GetSHA(), err
}

// treeOf returns the tree of a commit.
func (c *Client) treeOf(ctx context.Context, commit string) (string, error) {
	o := repeat("GET /repos/{repo}/git/commits/{sha}")
	ctx, sent := c.begin(ctx, o)
	got, resp, err := c.gh.Git.GetCommit(ctx, c.owner, c.repo, commit)
	err = c.end(sent, resp, err)
	return got.GetTree().GetSHA(), err
}

// objects makes the tree and the commit, and returns the commit. They are named by their content,
// so making them twice harms nothing; no branch shows them yet. base is empty, and there are no
// parents, for a root commit. No author is given: GitHub takes the token's, and signs.
func (c *Client) objects(
	ctx context.Context, change state.Change, base string, parents ...string,
) (string, error) {
	o := repeat("POST /repos/{repo}/git/trees")
	ctx, sent := c.begin(ctx, o)
	tree, resp, err := c.gh.Git.CreateTree(ctx, c.owner, c.repo, base, entries(change))
	err = c.end(sent, resp, err)
	if err != nil {
		return "", err
	}
	commit := newCommit{change.Message, tree.GetSHA(), append([]string{}, parents...)}
	made := new(github.Commit)
	o = repeat("POST /repos/{repo}/git/commits")
	_, err = c.byHand(ctx, o, "POST", "git/commits", nil, commit, made)
	return made.GetSHA(), err
}

// newCommit is the body that makes a commit. go-github leaves an empty list of parents out; GitHub
// takes a commit without the list for a root commit, and stand-ins for GitHub refuse it.
// Source: https://docs.github.com/rest/git/commits#create-a-commit
type newCommit struct {
	Message string   `json:"message"`
	Tree    string   `json:"tree"`
	Parents []string `json:"parents"`
}

// advance moves the branch to a commit, one of whose parents must be where it is now.
func (b *Branch) advance(ctx context.Context, commit string) error {
	const force = false
	ref := "refs/heads/" + b.Name
	to := &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &commit}}
	o := once("PATCH /repos/{repo}/git/refs/{ref}")
	ctx, sent := b.Client.begin(ctx, o)
	_, resp, err := b.Client.gh.Git.UpdateRef(ctx, b.Client.owner, b.Client.repo, to, force)
	return b.tip.moved(commit, b.Client.end(sent, resp, err))
}

func entries(c state.Change) []*github.TreeEntry {
	out := []*github.TreeEntry{entry(c.Path, c.Body)}
	for _, path := range slices.Sorted(maps.Keys(c.Also)) {
		out = append(out, entry(path, c.Also[path]))
	}
	return out
}

func entry(path string, body []byte) *github.TreeEntry {
	return &github.TreeEntry{
		Path: &path, Mode: github.String("100644"), Type: github.String("blob"),
		Content: github.String(string(body)),
	}
}
