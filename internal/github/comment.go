package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/postferry/postferry/internal/httpx"
)

// Comment is a comment of an issue. Its author need not have the right to write to the repository.
type Comment struct {
	ID      int64
	Body    string
	Author  string // login
	Bot     bool   // Author is no person
	Created time.Time
	Updated time.Time
}

// Comments are those of one issue, oldest first.
type Comments struct {
	List      []Comment
	ETag      string // of this list: asked with it again, GitHub says whether anything changed
	Unchanged bool   // since the ETag that was given; List is empty then
}

// Comments lists the comments of an issue. An answer that nothing changed since etag ("" for none)
// is not counted against GitHub's limit.
// Source: https://docs.github.com/rest/issues/comments#list-issue-comments
func (i *Issues) Comments(ctx context.Context, number int, etag string) (Comments, error) {
	out, next, err := i.commentPage(ctx, number, 1, etag)
	if out.Unchanged && next != 0 { // new comments are on a later page
		out, next, err = i.commentPage(ctx, number, 1, "")
	}
	for n := 2; err == nil && next == n && n <= maxPages; n++ {
		var page Comments
		page, next, err = i.commentPage(ctx, number, n, "")
		out.List = append(out.List, page.List...)
	}
	if err != nil {
		return Comments{}, err
	}
	return out, nil
}

// commentPage reads one page, and returns the number of the next one, 0 if there is none.
func (i *Issues) commentPage(
	ctx context.Context, number, page int, etag string,
) (out Comments, next int, err error) {
	path := fmt.Sprintf("issues/%d/comments?per_page=100&page=%d", number, page)
	h := http.Header{}
	if etag != "" {
		h.Set("If-None-Match", etag)
	}
	var list []*github.IssueComment
	o := repeat("GET /repos/{repo}/issues/{number}/comments")
	resp, err := i.Client.byHand(ctx, o, http.MethodGet, path, h, nil, &list)
	if err != nil {
		return Comments{}, 0, err
	}
	out.ETag = resp.Header.Get("ETag")
	out.Unchanged = resp.StatusCode == http.StatusNotModified
	for _, one := range list {
		out.List = append(out.List, comment(one))
	}
	return out, resp.NextPage, nil
}

func comment(g *github.IssueComment) Comment {
	return Comment{
		ID: g.GetID(), Body: g.GetBody(), Author: g.GetUser().GetLogin(), Bot: isBot(g.GetUser()),
		Created: g.GetCreatedAt().UTC(), Updated: g.GetUpdatedAt().UTC(),
	}
}

// DeleteComment removes a comment. A comment that is not there is no error: an earlier try may have
// removed it. GitHub has mailed the text by then to everybody who watches the issue.
func (i *Issues) DeleteComment(ctx context.Context, id int64) error {
	o := repeat("DELETE /repos/{repo}/issues/comments/{id}")
	ctx, sent := i.Client.begin(ctx, o)
	resp, err := i.Client.gh.Issues.DeleteComment(ctx, i.Client.owner, i.Client.repo, id)
	err = i.Client.end(sent, resp, err)
	if httpx.ClassOf(err) == httpx.NotFound {
		return nil
	}
	return err
}

// isBot reports whether a user is an app or a workflow.
func isBot(u *github.User) bool {
	return u.GetType() == "Bot" || strings.HasSuffix(u.GetLogin(), "[bot]")
}
