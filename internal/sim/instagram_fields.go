package sim

import (
	"net/http"
	"slices"
	"strings"
)

// field is one name of a fields parameter, with what is asked of the objects behind it:
// children{id,media_url}.
type field struct {
	name string
	of   []field
}

func parseFields(s string) (out []field) {
	for s != "" {
		name, rest := s, ""
		if i := strings.IndexAny(s, ",{"); i >= 0 {
			name, rest = s[:i], s[i:]
		}
		f := field{name: strings.TrimSpace(name)}
		if inner, ok := strings.CutPrefix(rest, "{"); ok {
			inner, rest, _ = strings.Cut(inner, "}")
			f.of = parseFields(inner)
		}
		if f.name != "" {
			out = append(out, f)
		}
		s = strings.TrimPrefix(rest, ",")
	}
	return out
}

// nodes are the fields of each kind of node that are known; another one refuses the whole request.
// https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
var nodes = map[string][]string{
	"Media": {
		"id", "caption", "media_type", "media_product_type", "media_url", "thumbnail_url", "permalink",
		"shortcode", "timestamp",
		"username", "owner", "alt_text", "children", "comments_count", "like_count", "is_shared_to_feed",
		"is_comment_enabled",
		"is_ai_generated", // changelog of 2026-06-22
	},
	"InstagramUser": {
		"id", "user_id", "username", "account_type", "name", "media_count", "biography", "website",
		"followers_count",
		"follows_count", "profile_picture_url",
	},
	"IGUser": {
		"id", "username", "name", "media_count", "biography", "website", "followers_count",
		"follows_count", "profile_picture_url",
	},
	"User": {"id", "name"},
	"Page": {"id", "name", "tasks", "access_token", "category", "instagram_business_account",
		"connected_instagram_account"},
}

// behind is the kind of node that a field leads to.
var behind = map[string]string{
	"children": "Media", "owner": "InstagramUser", "instagram_business_account": "IGUser",
	"connected_instagram_account": "IGUser",
}

// unknown is the first field that a kind of node does not have.
func unknown(node string, fields []field) (name, of string) {
	for _, f := range fields {
		if !slices.Contains(nodes[node], f.name) {
			return f.name, node
		}
		if name, of := unknown(behind[f.name], f.of); name != "" {
			return name, of
		}
	}
	return "", ""
}

// known refuses a request for a field that isn't there.
func known(rw http.ResponseWriter, node string, fields []field) bool {
	name, of := unknown(node, fields)
	if name != "" {
		graphError(rw, 400, "(#100) Tried accessing nonexisting field ("+name+") on node type ("+of+")",
			"OAuthException", 100, 0)
	}
	return name == ""
}

// give answers with a node.
func give(rw http.ResponseWriter, node string, all object, fields string) {
	if f := parseFields(fields); known(rw, node, f) {
		writeJSON(rw, 200, only(all, f))
	}
}

// only keeps the fields that were asked for and that apply: the others are left out, not null. The
// id is always there.
func only(all object, fields []field) object {
	out := object{"id": all["id"]}
	for _, f := range fields {
		if v, ok := all[f.name]; ok {
			out[f.name] = f.narrow(v)
		}
	}
	return out
}

func (f field) narrow(v any) any {
	switch v := v.(type) {
	case []object:
		data := []object{}
		for _, one := range v {
			data = append(data, only(one, f.of))
		}
		return object{"data": data}
	case object:
		return only(v, f.of)
	}
	return v
}
