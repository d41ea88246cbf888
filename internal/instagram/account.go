package instagram

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// Account is an Instagram professional account, or a person or Page of Facebook's, as far as it
// was asked for.
type Account struct {
	ID       string // what its token calls it; for Instagram Login good within the app only
	UserID   string // the professional account's id, 17841…; Instagram Login only
	Username string
	Type     string // account_type: BUSINESS, MEDIA_CREATOR; Instagram Login only
	Name     string
	// MediaCount is how many media the account has, whether or not the list shows them; it says
	// something only if MediaCounted.
	MediaCount   int
	MediaCounted bool
}

type wireAccount struct {
	ID       text `json:"id"`
	UserID   text `json:"user_id"`
	Username text `json:"username"`
	Type     text `json:"account_type"`
	Name     text `json:"name"`
	Count    text `json:"media_count"`
}

func (w wireAccount) complete() bool { return w.ID != "" || w.UserID != "" }

func (w wireAccount) account() Account {
	a := Account{
		ID: string(w.ID), UserID: string(w.UserID), Username: string(w.Username),
		Type: string(w.Type), Name: string(w.Name),
	}
	if n, err := strconv.Atoi(string(w.Count)); err == nil && n >= 0 {
		a.MediaCount, a.MediaCounted = n, true
	}
	return a
}

// Me reads the account whose media List returns: the token's own for Instagram Login, the one with
// the id UserID for Facebook Login (where Node(ctx, "me") tells whose token it is).
// Source: https://developers.facebook.com/docs/instagram-platform/reference/me
func (c *Client) Me(ctx context.Context) (Account, error) {
	if path, _ := target(c); path != "/me" {
		a, err := c.Node(ctx, c.UserID)
		if err == nil {
			a.UserID = a.ID
		}
		return a, err
	}
	if c.Login == FacebookLogin {
		return c.Node(ctx, "me")
	}
	return node(ctx, c, "GET /me", "/me", "id,user_id,username,account_type,name", "media_count")
}

// Node reads one node of graph.facebook.com: an Instagram account by its id, or the owner of the
// token as "me", who has no username.
func (c *Client) Node(ctx context.Context, id string) (Account, error) {
	if id == "me" {
		return node(ctx, c, "GET /me", "/me", "id,name", "")
	}
	return node(ctx, c, "GET /{user}", "/"+url.PathEscape(id), "id,username", "media_count")
}

// node reads a node, and asks again without the optional field if that is refused.
func node(ctx context.Context, c *Client, op, path, fields, optional string) (Account, error) {
	ask := fields
	if optional != "" {
		ask += "," + optional
	}
	w, err := get[wireAccount](ctx, c, call{op: op, path: path, query: url.Values{"fields": {ask}}})
	if e := httpx.As(err); e != nil && e.Code == 100 && e.Class == httpx.Invalid && optional != "" {
		return node(ctx, c, op, path, fields, "")
	}
	return w.account(), err
}

// FacebookPage is a Facebook Page with the Instagram account that is linked to it, in either of
// the two ways that Meta knows.
type FacebookPage struct {
	ID, Name  string
	Tasks     []string // what the person may do: MANAGE, CREATE_CONTENT, …; from Accounts only
	Business  string   // id of instagram_business_account, linked when it became professional
	Username  string   // of that account
	Connected string   // id of connected_instagram_account: linked in the Page's settings
}

// Linked returns the id of the Page's Instagram account, "" if it shows none.
func (p FacebookPage) Linked() string {
	if p.Business != "" {
		return p.Business
	}
	return p.Connected
}

const pageFields = "id,name,instagram_business_account{id,username},connected_instagram_account{id}"

type wirePage struct {
	ID        text        `json:"id"`
	Name      text        `json:"name"`
	Tasks     []text      `json:"tasks"`
	Business  wireAccount `json:"instagram_business_account"`
	Connected wireAccount `json:"connected_instagram_account"`
}

func (w wirePage) complete() bool { return w.ID != "" }

func (w wirePage) page() FacebookPage {
	return FacebookPage{
		ID: string(w.ID), Name: string(w.Name), Tasks: plain(w.Tasks),
		Business: string(w.Business.ID), Username: string(w.Business.Username),
		Connected: string(w.Connected.ID),
	}
}

// Page reads one Facebook Page, which works where Accounts leaves it out.
// Source: https://developers.facebook.com/docs/graph-api/reference/page
func (c *Client) Page(ctx context.Context, id string) (FacebookPage, error) {
	w, err := get[wirePage](ctx, c, call{
		op: "GET /{page}", path: "/" + url.PathEscape(id),
		query: url.Values{"fields": {pageFields}},
	})
	return w.page(), err
}

// Accounts lists the Facebook Pages that the token reaches. Meta answers with none and no error if
// they belong to a business portfolio and business_management was not granted. Page tokens are not
// asked for.
// Source: https://developers.facebook.com/docs/graph-api/reference/user/accounts
func (c *Client) Accounts(ctx context.Context) ([]FacebookPage, error) {
	q := url.Values{"fields": {"tasks," + pageFields}}
	return edge(ctx, c, call{op: "GET /me/accounts", path: "/me/accounts", query: q}, wirePage.page)
}

// Permission is a permission that was asked for at the login.
type Permission struct {
	Name   string
	Status string // granted, declined, expired
}

type wirePermission struct {
	Name   text `json:"permission"`
	Status text `json:"status"`
}

func (w wirePermission) complete() bool { return w.Name != "" }
func (w wirePermission) permission() Permission {
	return Permission{string(w.Name), string(w.Status)}
}

// Permissions lists what the person granted or declined. Facebook Login only.
// Source: https://developers.facebook.com/docs/graph-api/reference/user/permissions
func (c *Client) Permissions(ctx context.Context) ([]Permission, error) {
	q := call{op: "GET /me/permissions", path: "/me/permissions", query: url.Values{}}
	return edge(ctx, c, q, wirePermission.permission)
}

// edge reads all of a small list. One element that can't be read makes it an error, because these
// lists are evidence.
func edge[W answer, T any](
	ctx context.Context, c *Client, q call, convert func(W) T,
) ([]T, error) {
	var out []T
	var broken error
	err := walk(c, q.op, func(after string) (page, error) {
		if after != "" {
			q.query.Set("after", after)
		}
		return get[page](ctx, c, q)
	}, func(p page) bool {
		for _, raw := range p.Data {
			var w W
			if json.Unmarshal(raw, &w) != nil || !w.complete() {
				broken = malformed(c, q.op, "an element of the list can't be read")
				return true
			}
			out = append(out, convert(w))
		}
		return false
	})
	if err == nil {
		err = broken
	}
	return out, err
}

// words is a list that some answers give as an array, and some as one string with commas.
type words []string

func (w *words) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		var list []text
		err := json.Unmarshal(b, &list)
		*w = plain(list)
		return err
	}
	var one text
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*w = nil
	for s := range strings.SplitSeq(string(one), ",") {
		if s = strings.TrimSpace(s); s != "" {
			*w = append(*w, s)
		}
	}
	return nil
}

type wirePageToken struct {
	Access text `json:"access_token"`
}

func (w wirePageToken) complete() bool { return w.Access != "" }

// PageToken returns the Page's own token. Made with a long-lived token of a person, it has no end
// of its own.
// Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens#pagetokens
func (c *Client) PageToken(ctx context.Context, pageID string) (string, error) {
	w, err := get[wirePageToken](ctx, c, call{
		op: "GET /{page}", path: "/" + url.PathEscape(pageID), secret: true,
		query: url.Values{"fields": {"access_token"}},
	})
	if err != nil {
		return "", err
	}
	c.secrets().Add(string(w.Access))
	return string(w.Access), nil
}
