package sim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// mediaFields are the fields of an IG Media that are known; another one refuses the whole request.
// https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
var mediaFields = []string{
	"id", "caption", "media_type", "media_product_type", "media_url", "thumbnail_url", "permalink", "shortcode", "timestamp",
	"username", "owner", "alt_text", "children", "comments_count", "like_count", "is_shared_to_feed", "is_comment_enabled",
}

// list is GET /{user}/media: newest first, by opaque cursors.
func (g *igSide) list(rw http.ResponseWriter, r *http.Request) {
	if g.account.MediaError != "" {
		writeJSON(rw, 400, map[string]any{"error": json.RawMessage(g.account.MediaError)})
		return
	}
	q := r.URL.Query()
	fields, children := splitFields(q.Get("fields"))
	for _, f := range append(slices.Clone(fields), children...) {
		if !slices.Contains(mediaFields, f) {
			graphError(rw, 400, "(#100) Tried accessing nonexisting field ("+f+") on node type (Media)", "OAuthException", 100, 0)
			return
		}
	}
	sorted := slices.Clone(g.media)
	slices.SortStableFunc(sorted, func(a, b Media) int { return b.Timestamp.Compare(a.Timestamp) })
	start, ok := g.after(sorted, q.Get("after"))
	if !ok {
		graphError(rw, 400, "(#100) Invalid cursor", "OAuthException", 100, 0)
		return
	}
	limit := 25
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		limit = n
	}
	end := min(start+min(limit, g.w.o.PageSize), len(sorted))
	data := []any{}
	for _, m := range sorted[start:end] {
		data = append(data, g.render(m, fields, children))
	}
	page := map[string]any{"data": data}
	if len(data) > 0 {
		cursor := base64.RawURLEncoding.EncodeToString([]byte(sorted[end-1].ID))
		paging := map[string]any{"cursors": map[string]string{"before": "QVFI", "after": cursor}}
		if end < len(sorted) {
			next := url.Values{"fields": {q.Get("fields")}, "limit": {itoa(limit)}, "after": {cursor}, "access_token": {bearer(r)}}
			paging["next"] = "https://" + instagramAPI + r.URL.Path + "?" + next.Encode() // with the token in it, as the real one
		}
		page["paging"] = paging
	}
	writeJSON(rw, 200, page)
}

// after is the index behind a cursor.
func (g *igSide) after(sorted []Media, cursor string) (int, bool) {
	if cursor == "" {
		return 0, true
	}
	id, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	i := slices.IndexFunc(sorted, func(m Media) bool { return m.ID == string(id) })
	return i + 1, i >= 0
}

// splitFields reads "id,children{id,media_url},caption".
func splitFields(s string) (fields, children []string) {
	if before, rest, ok := strings.Cut(s, "children{"); ok {
		inner, after, _ := strings.Cut(rest, "}")
		children = strings.Split(inner, ",")
		s = before + "children" + after
	}
	for _, f := range strings.Split(s, ",") {
		if f = strings.TrimSpace(f); f != "" {
			fields = append(fields, f)
		}
	}
	return fields, children
}

// render gives the fields that were asked for and that apply: the others are left out, not null.
func (g *igSide) render(m Media, fields, children []string) map[string]any {
	all := map[string]any{
		"id": m.ID, "media_type": m.Type, "media_product_type": m.ProductType, "permalink": m.Permalink,
		"timestamp": m.Timestamp.Format("2006-01-02T15:04:05-0700"), "username": m.Username,
	}
	if m.Caption != "" {
		all["caption"] = m.Caption
	}
	if m.Type != "CAROUSEL_ALBUM" && len(m.Items) > 0 {
		g.file(all, m.Items[0])
	}
	if m.Type == "CAROUSEL_ALBUM" {
		data := []any{}
		for _, it := range m.Items {
			child := map[string]any{"id": it.id, "media_type": map[bool]string{true: "VIDEO", false: "IMAGE"}[it.Kind == "video"]}
			g.file(child, it)
			data = append(data, only(child, children))
		}
		all["children"] = map[string]any{"data": data}
	}
	return only(all, append(slices.Clone(fields), "id"))
}

func only(all map[string]any, fields []string) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v, ok := all[f]; ok {
			out[f] = v
		}
	}
	return out
}

// file adds an item's addresses and alt text.
func (g *igSide) file(to map[string]any, it Item) {
	if !it.NoURL {
		to["media_url"] = g.address(it.id, "file")
	}
	if it.Kind == "video" {
		to["thumbnail_url"] = g.address(it.id, "cover")
	}
	if it.AltText != "" {
		to["alt_text"] = it.AltText
	}
}

// address is signed: oe is its end in hexadecimal Unix seconds.
func (g *igSide) address(id, what string) string {
	oe := strconv.FormatInt(g.w.clock().Add(g.w.o.SignedFor).Unix(), 16)
	return g.w.mediaBase + "/" + what + "/" + id + "?oh=signature&oe=" + strings.ToUpper(oe)
}
