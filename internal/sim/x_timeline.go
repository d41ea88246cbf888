package sim

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// timelineParams are the parameters of a timeline; X refuses one that it does not have. The older
// vocabulary is taken too.
var timelineParams = []string{
	"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude",
	"post.fields", "tweet.fields", "expansions", "user.fields", "media.fields", "poll.fields",
	"place.fields",
}

// postFields are the fields of a post, as far as a mirror could want them. Which post it answers is
// none of them: that takes an expansion. PostFieldsParameter of X's OpenAPI document, 2.167.
var postFields = []string{
	"id", "text", "created_at", "attachments", "conversation_id", "entities", "lang", "source",
	"public_metrics", "note_post", "paid_partnership", "media_metadata", "possibly_sensitive",
}

// postExpansions are those of a post, likewise.
var postExpansions = []string{
	"attachments.media_keys", "author_id", "in_reply_to_user_id", "referenced_posts",
}

// A timeline ends at its newest 3,200 posts, and at 800 where replies are excluded.
// https://docs.x.com/x-api/posts/timelines/introduction
const (
	reach            = 3200
	reachWithReplies = 800
)

// window is what a timeline was asked for.
type window struct {
	size              int
	since, until, at  string // ids
	start, end        time.Time
	exclude           []string
	fields, expansion []string
}

// timeline is GET /2/users/{id}/tweets, newest first. https://docs.x.com/x-api/users/get-posts
func (x *xSide) timeline(rw http.ResponseWriter, c xCall) {
	w, wrong := asked(c.URL.Query())
	if wrong != "" {
		invalid(rw, "The query parameter ["+wrong+"] is not valid")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.broke(rw) {
		return
	}
	of := x.account(c.PathValue("id"))
	if of == nil {
		nobody(rw, c.PathValue("id"))
		return
	}
	found, next := x.page(of, w)
	meta := object{"result_count": len(found)}
	if next != "" {
		meta["next_token"] = next
	}
	out := object{"meta": meta}
	if len(found) > 0 { // absent when empty
		meta["newest_id"], meta["oldest_id"] = found[0].ID, found[len(found)-1].ID
		x.fill(out, found, w)
	}
	writeJSON(rw, 200, out)
}

// nobody is the answer for an account that is not there: a success with nothing in it but errors.
// https://github.com/sciety/sciety/issues/1969
func nobody(rw http.ResponseWriter, id string) {
	writeJSON(rw, 200, object{"errors": []any{object{
		"value": id, "detail": "Could not find user with id: [" + id + "].",
		"title": "Not Found Error", "resource_type": "user", "parameter": "id", "resource_id": id,
		"type": "https://api.x.com/2/problems/resource-not-found",
	}}})
}

// page gives the posts that a query is answered with, and the token of the page after it.
func (x *xSide) page(of *xAccount, w window) (found []Tweet, next string) {
	noReplies := slices.Contains(w.exclude, "replies")
	seen, left := 0, reach
	if noReplies {
		left = reachWithReplies
	}
	last := ""
	for _, t := range slices.Backward(x.tweets) {
		if t.AuthorID != of.id || x.clock().Sub(t.CreatedAt) < x.rules.TimelineLag {
			continue
		}
		if left--; left < 0 {
			break
		}
		hidden := noReplies && t.InReplyTo != ""
		if !w.holds(t) || hidden && !x.rules.ShortPages {
			continue
		}
		if seen == w.size {
			return found, nextToken(last)
		}
		seen, last = seen+1, t.ID
		if !hidden {
			found = append(found, t)
		}
	}
	return found, ""
}

var base32hex = base32.HexEncoding.WithPadding(base32.NoPadding)

// nextToken names the post after which a page begins. X's are opaque, and so is this one.
func nextToken(id string) string {
	return strings.ToLower(base32hex.EncodeToString([]byte("p" + id)))
}

func openToken(token string) (id string, ok bool) {
	raw, err := base32hex.DecodeString(strings.ToUpper(token))
	id, ok = strings.CutPrefix(string(raw), "p")
	return id, ok && err == nil
}

// asked reads the query; wrong is the parameter that X would not take.
func asked(q url.Values) (w window, wrong string) {
	for name := range q {
		if !slices.Contains(timelineParams, name) {
			return w, name
		}
	}
	w = window{
		size: 10, since: q.Get("since_id"), until: q.Get("until_id"), exclude: query(q, "exclude"),
		fields:    append(query(q, "post.fields"), query(q, "tweet.fields")...),
		expansion: query(q, "expansions"),
	}
	if s := q.Get("max_results"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 5 || n > 100 {
			return w, "max_results"
		}
		w.size = n
	}
	if s := q.Get("pagination_token"); s != "" {
		id, ok := openToken(s)
		if !ok {
			return w, "pagination_token"
		}
		w.at = id
	}
	if wrong := w.times(q); wrong != "" {
		return w, wrong
	}
	return w, w.wrong()
}

// firstDay is the earliest time that X takes. https://docs.x.com/x-api/users/get-posts
var firstDay = time.Date(2010, 11, 6, 0, 0, 0, 0, time.UTC)

// times reads start_time and end_time; wrong is the one that X would not take.
func (w *window) times(q url.Values) (wrong string) {
	for name, at := range map[string]*time.Time{"start_time": &w.start, "end_time": &w.end} {
		s := q.Get(name)
		if s == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil || t.Before(firstDay) {
			return name
		}
		*at = t
	}
	if !w.end.IsZero() && !w.start.IsZero() && !w.start.Before(w.end) {
		return "end_time"
	}
	return ""
}

func (w window) wrong() string {
	for name, id := range map[string]string{"since_id": w.since, "until_id": w.until} {
		if _, err := strconv.ParseUint(id, 10, 63); id != "" && err != nil {
			return name
		}
	}
	for name, one := range map[string]struct{ given, known []string }{
		"exclude":     {w.exclude, []string{"replies", "retweets"}},
		"post.fields": {w.fields, postFields},
		"expansions":  {w.expansion, postExpansions},
	} {
		for i, s := range one.given {
			if !slices.Contains(one.known, s) || slices.Contains(one.given[:i], s) {
				return name
			}
		}
	}
	return ""
}

// holds reports whether a post lies within the ids, the times and the page that were asked for.
func (w window) holds(t Tweet) bool {
	switch {
	case w.since != "" && !newer(t.ID, w.since), w.until != "" && !newer(w.until, t.ID),
		w.at != "" && !newer(w.at, t.ID):
		return false
	case t.CreatedAt.Before(w.start), !w.end.IsZero() && !t.CreatedAt.Before(w.end):
		return false
	}
	return true
}

// newer compares ids, which are numbers.
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// fill adds the posts, with the objects behind their ids if that was asked for.
func (x *xSide) fill(out object, found []Tweet, w window) {
	data, media, users := []object{}, []object{}, []object{}
	for _, t := range found {
		x.billRead(t.ID, 0.001)
		data = append(data, x.rendered(t, w))
		for _, m := range t.Media {
			media = append(media, object{"media_key": m.Key, "type": mediaKind[m.Category]})
		}
	}
	if a := x.account(found[0].AuthorID); slices.Contains(w.expansion, "author_id") && a != nil {
		users = append(users, object{"id": a.id, "name": "Kamo Mugs", "username": a.username})
	}
	out["data"] = data
	includes := object{}
	if len(media) > 0 && !x.noKeys && slices.Contains(w.expansion, "attachments.media_keys") {
		includes["media"] = media
	}
	if len(users) > 0 {
		includes["users"] = users
	}
	if len(includes) > 0 {
		out["includes"] = includes
	}
}

var mediaKind = map[string]string{
	"tweet_image": "photo", "tweet_video": "video", "tweet_gif": "animated_gif",
}

// rendered is a post with the fields that were asked for.
func (x *xSide) rendered(t Tweet, w window) object {
	text, links := x.shown(t)
	out := object{"id": t.ID, "text": text, "edit_history_post_ids": []string{t.ID}}
	has := func(field string) bool { return slices.Contains(w.fields, field) }
	if has("created_at") {
		out["created_at"] = t.CreatedAt.Format("2006-01-02T15:04:05.000Z")
	}
	if has("conversation_id") {
		out["conversation_id"] = x.root(t).ID
	}
	if has("entities") && len(links) > 0 {
		out["entities"] = object{"urls": links}
	}
	if has("paid_partnership") && t.PaidPartnership {
		out["paid_partnership"] = true
	}
	expands := w.expand(out, t)
	if len(t.Media) > 0 && !x.noKeys && (has("attachments") || expands("attachments.media_keys")) {
		keys := []string{}
		for _, m := range t.Media {
			keys = append(keys, m.Key)
		}
		out["attachments"] = object{"media_keys": keys}
	}
	return out
}

// expand adds the ids of the objects that were asked for, and tells which ones were.
func (w window) expand(out object, t Tweet) (expands func(name string) bool) {
	expands = func(name string) bool { return slices.Contains(w.expansion, name) }
	if expands("author_id") {
		out["author_id"] = t.AuthorID
	}
	if t.InReplyTo == "" {
		return expands
	}
	if expands("in_reply_to_user_id") {
		out["in_reply_to_user_id"] = t.AuthorID // every reply here answers its own account
	}
	if expands("referenced_posts") {
		out["referenced_posts"] = []object{{"type": "replied_to", "id": t.InReplyTo}}
	}
	return expands
}

// root is the first post of a conversation, as far as it is still there.
func (x *xSide) root(t Tweet) Tweet {
	for t.InReplyTo != "" {
		i := slices.IndexFunc(x.tweets, func(o Tweet) bool { return o.ID == t.InReplyTo })
		if i < 0 {
			break
		}
		t = x.tweets[i]
	}
	return t
}

// shown is a text as X gives it back, HTML escaped, every address replaced by a t.co link and one
// link added for the media, however many they are. links are its entities.
func (x *xSide) shown(t Tweet) (text string, links []object) {
	var b strings.Builder
	length := func() int { return utf8.RuneCountInString(b.String()) }
	link := func(short, expanded string) {
		start := length()
		b.WriteString(short)
		links = append(links, object{
			"start": start, "end": length(), "url": short, "expanded_url": expanded,
			"display_url": strings.TrimPrefix(strings.TrimPrefix(expanded, "https://"), "http://"),
		})
	}
	said, at := t.Text, 0
	if len(t.MediaIDs) > 0 {
		said = strings.TrimSpace(said)
	}
	for _, span := range address().FindAllStringIndex(said, -1) {
		b.WriteString(escaped(said[at:span[0]]))
		found := said[span[0]:span[1]]
		expanded := found
		if !strings.Contains(found, "://") {
			expanded = "http://" + found
		}
		link("https://t.co/"+short(found), expanded)
		at = span[1]
	}
	b.WriteString(escaped(said[at:]))
	if len(t.MediaIDs) > 0 {
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		name := "someone"
		if a := x.account(t.AuthorID); a != nil {
			name = a.username
		}
		link("https://t.co/m"+t.MediaIDs[0][9:], "https://x.com/"+name+"/status/"+t.ID+"/photo/1")
	}
	return b.String(), links
}

// short is the last part of a t.co link. Every address has its own.
func short(address string) string {
	sum := sha256.Sum256([]byte(address))
	return "sim" + hex.EncodeToString(sum[:])[:7]
}

func escaped(s string) string { return quotes.Replace(html.EscapeString(s)) }

// quotes are what X leaves as they are.
var quotes = strings.NewReplacer("&#39;", "'", "&#34;", `"`)
