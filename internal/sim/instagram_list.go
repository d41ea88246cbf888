package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// list is GET /{user}/media, by opaque cursors. Its order is not documented: newest first, but for
// what is pinned.
func (g *igSide) list(rw http.ResponseWriter, c igCall) {
	q := c.URL.Query()
	fields := parseFields(c.fields)
	if g.refuses(rw, c) || c.grant.of.takesBack(rw, fields) || !known(rw, "Media", fields) {
		return
	}
	limit, ok := 25, true
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		limit, ok = n, err == nil && n > 0
	}
	if !ok {
		graphError(rw, 400, "(#100) Param limit must be an integer greater than 0", "OAuthException", 100,
			0)
		return
	}
	from, ok1 := unixOr(q.Get("since"), 0)
	to, ok2 := unixOr(q.Get("until"), 1<<62)
	if !ok1 || !ok2 {
		graphError(rw, 400, "(#100) Param since or until must be a valid timestamp", "OAuthException",
			100, 0)
		return
	}
	media, more, ok := g.pageOf(c.grant.of, from, to, q.Get("after"), min(limit, g.w.o.PageSize))
	if !ok {
		graphError(rw, 400, "(#100) Invalid cursor", "OAuthException", 100, 0)
		return
	}
	data := []object{}
	for _, m := range media {
		if !m.Hidden {
			data = append(data, only(g.whole(c.grant.of, m), fields))
		}
	}
	page := object{"data": data}
	if len(media) > 0 {
		page["paging"] = paging(c.Request, limit, media[len(media)-1].ID, more)
	}
	writeJSON(rw, 200, page)
}

// refuses answers with what the account, or the token's scopes, forbid. Instagram's own host says
// the same with another status and type.
// https://developers.facebook.com/docs/instagram-platform/overview
func (g *igSide) refuses(rw http.ResponseWriter, c igCall) bool {
	a, login := c.grant.of, c.grant.login
	has := func(scope string) bool { return slices.Contains(a.Scopes, scope) }
	const message = "(#10) Application does not have permission for this action"
	switch {
	case a.MediaError != "":
		status := 400
		if strings.Contains(a.MediaError, "IGApiException") {
			status = 403
		}
		writeJSON(rw, status, object{"error": json.RawMessage(a.MediaError)})
	case login == "instagram" && !has("instagram_business_basic"):
		graphError(rw, 403, message, "IGApiException", 10, 0)
	case login == "facebook" && (!has("instagram_basic") || !has("pages_read_engagement") &&
		!has("pages_show_list")):
		graphError(rw, 400, message, "OAuthException", 10, 0)
	case login == "facebook" && !a.DataAccessExpires.IsZero() &&
		g.clock().After(a.DataAccessExpires):
		graphError(rw, 400, message, "OAuthException", 10, 0)
	default:
		return false
	}
	return true
}

// takesBack refuses a field that the account's list has no longer.
func (a *igAccount) takesBack(rw http.ResponseWriter, fields []field) bool {
	for _, f := range fields {
		inner := a.takesBack(rw, f.of)
		if inner || slices.Contains(a.NoFields, f.name) {
			if !inner {
				graphError(rw, 400, "(#100) Tried accessing nonexisting field ("+f.name+
					") on node type (Media)", "OAuthException", 100, 0)
			}
			return true
		}
	}
	return false
}

// pageOf gives at most n media of a span of Unix times behind a cursor, newest first, and whether
// there are more.
func (g *igSide) pageOf(a *igAccount, from, to int64, cursor string, n int) (page []Media, more,
	ok bool) {
	id, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, false, false
	}
	behind := cursor == ""
	for m := range a.listing(g.clock()) {
		if at := m.Timestamp.Unix(); at < from || at > to {
			continue
		}
		if !behind {
			behind = m.ID == string(id)
			continue
		}
		if len(page) == n {
			return page, true, true
		}
		page = append(page, m)
	}
	return page, false, behind
}

func unixOr(s string, otherwise int64) (int64, bool) {
	if s == "" {
		return otherwise, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// paging is a page's way on. The next address is at the host that was asked, with the token in it,
// as the real one.
func paging(r *http.Request, limit int, last string, more bool) object {
	cursor := base64.RawURLEncoding.EncodeToString([]byte(last))
	out := object{"cursors": object{"before": "QVFI", "after": cursor}}
	if more {
		q := r.URL.Query()
		q.Set("limit", itoa(limit))
		q.Set("after", cursor)
		q.Set("access_token", bearer(r))
		scheme := "http"
		if loginOf(r.Host) != "" {
			scheme = "https"
		}
		p, _, _ := strings.Cut(r.RequestURI, "?") // with the version, which r.URL has lost
		out["next"] = scheme + "://" + r.Host + p + "?" + q.Encode()
	}
	return out
}

// whole is a media with every field that applies to it.
func (g *igSide) whole(a *igAccount, m Media) object {
	all := object{
		"id": m.ID, "media_type": m.Type, "media_product_type": m.ProductType,
		"permalink": m.Permalink, "timestamp": m.Timestamp.Format("2006-01-02T15:04:05-0700"),
		"username": m.Username, "comments_count": 0, "like_count": 0, "is_comment_enabled": true,
		"is_ai_generated": m.AIGenerated,
	}
	if m.Username == "" { // the account's own: the name it has now, and an owner
		all["username"], all["owner"] = a.Username, object{"id": a.ID}
	}
	if _, code, ok := strings.Cut(strings.Trim(m.Permalink, "/"), ".com/"); ok {
		all["shortcode"] = code[strings.LastIndex(code, "/")+1:]
	}
	if m.Caption != "" {
		all["caption"] = m.Caption
	}
	if m.ProductType == "REELS" {
		all["is_shared_to_feed"] = true
	}
	if m.Type != "CAROUSEL_ALBUM" && len(m.Items) > 0 {
		g.file(all, m.Items[0])
	}
	if m.Type == "CAROUSEL_ALBUM" {
		children := []object{}
		for _, it := range m.Items {
			child := object{"id": it.id, "media_type": map[bool]string{true: "VIDEO",
				false: "IMAGE"}[it.Kind == "video"]}
			g.file(child, it)
			children = append(children, child)
		}
		all["children"] = children
	}
	return all
}

// file adds an item's addresses and alt text.
func (g *igSide) file(to object, it Item) {
	if !it.NoURL {
		to["media_url"] = g.address(it.id, "file")
	}
	if it.Kind == "video" && !it.NoThumbnail {
		to["thumbnail_url"] = g.address(it.id, "cover")
	}
	if it.AltText != "" {
		to["alt_text"] = it.AltText
	}
}

// address is signed: oe is its end in hexadecimal Unix seconds, oh the signature.
func (g *igSide) address(id, what string) string {
	oe := strings.ToUpper(strconv.FormatInt(g.clock().Add(g.w.o.SignedFor).Unix(), 16))
	return g.w.mediaBase + "/" + what + "/" + id + "?oh=" + signature(what, id, oe) + "&oe=" + oe
}

func signature(what, id, oe string) string {
	sum := sha256.Sum256([]byte(igSecret + what + id + oe))
	return hex.EncodeToString(sum[:12])
}

// signed reports whether an address's end is the one that was signed, and whether it is past.
func signed(u *url.URL, now time.Time) (genuine, expired bool) {
	what, id, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	oe := u.Query().Get("oe")
	end, err := strconv.ParseInt(oe, 16, 64)
	return err == nil && u.Query().Get("oh") == signature(what, id, oe), now.Unix() > end
}
