package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// timelineParams are the parameters of a timeline; X refuses one that it does not have. The older
// vocabulary is taken too.
var timelineParams = []string{
	"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude",
	"post.fields", "tweet.fields", "expansions",
	"user.fields", "media.fields", "poll.fields", "place.fields",
}

// postFields are the fields of a post, as far as a mirror could want them. Which post it answers is
// none of them: that takes an expansion.
var postFields = []string{"id", "text", "created_at", "attachments", "conversation_id", "entities",
	"lang", "source", "public_metrics", "note_post"}

// window is what a timeline was asked for.
type window struct {
	size              int
	since, until, at  string // ids
	start, end        time.Time
	exclude           []string
	fields, expansion []string
}

// timeline is GET /2/users/{id}/tweets, newest first. https://docs.x.com/x-api/users/get-posts
func (x *xSide) timeline(rw http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") != xUserID {
		noSuchPath(rw, r)
		return
	}
	w, wrong := asked(r.URL.Query())
	if wrong != "" {
		invalid(rw, "The query parameter ["+wrong+"] is not valid")
		return
	}
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.broke(rw) {
		return
	}
	var found []Tweet
	for _, t := range slices.Backward(x.tweets) {
		if w.holds(t) && x.clock().Sub(t.CreatedAt) >= x.lag {
			found = append(found, t)
		}
	}
	meta := object{"result_count": min(len(found), w.size)}
	if len(found) > w.size {
		found = found[:w.size]
		meta["next_token"] = found[w.size-1].ID
	}
	out := object{"meta": meta}
	if len(found) > 0 { // absent when empty
		meta["newest_id"], meta["oldest_id"] = found[0].ID, found[len(found)-1].ID
		x.fill(out, found, w)
	}
	writeJSON(rw, 200, out)
}

// asked reads the query; wrong is the parameter that X would not take.
func asked(q url.Values) (w window, wrong string) {
	for name := range q {
		if !slices.Contains(timelineParams, name) {
			return w, name
		}
	}
	w = window{
		size: 10, since: q.Get("since_id"), until: q.Get("until_id"), at: q.Get("pagination_token"),
		exclude:   query(q, "exclude"),
		fields:    append(query(q, "post.fields"), query(q, "tweet.fields")...),
		expansion: query(q, "expansions"),
	}
	var err error
	if s := q.Get("max_results"); s != "" {
		if w.size, err = strconv.Atoi(s); err != nil || w.size < 5 || w.size > 100 {
			return w, "max_results"
		}
	}
	for name, at := range map[string]*time.Time{"start_time": &w.start, "end_time": &w.end} {
		if s := q.Get(name); s != "" {
			if *at, err = time.Parse(time.RFC3339, s); err != nil {
				return w, name
			}
		}
	}
	return w, w.wrong()
}

func (w window) wrong() string {
	for name, id := range map[string]string{"since_id": w.since, "until_id": w.until,
		"pagination_token": w.at} {
		if _, err := strconv.ParseUint(id, 10, 63); id != "" && err != nil {
			return name
		}
	}
	for name, one := range map[string]struct{ given, known []string }{
		"exclude": {w.exclude, []string{"replies", "retweets"}}, "post.fields": {w.fields, postFields},
		"expansions": {w.expansion, []string{"attachments.media_keys", "author_id"}},
	} {
		for _, s := range one.given {
			if !slices.Contains(one.known, s) {
				return name
			}
		}
	}
	return ""
}

func (w window) holds(t Tweet) bool {
	switch {
	case w.since != "" && !newer(t.ID, w.since), w.until != "" && !newer(w.until, t.ID), w.at != "" &&
		!newer(w.at, t.ID):
		return false
	case t.CreatedAt.Before(w.start), !w.end.IsZero() && !t.CreatedAt.Before(w.end):
		return false
	}
	return t.InReplyTo == "" || !slices.Contains(w.exclude, "replies")
}

// newer compares ids, which are numbers.
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// fill adds the posts, with the media that they show if that was asked for.
func (x *xSide) fill(out object, found []Tweet, w window) {
	data, media := []object{}, []object{}
	for _, t := range found {
		x.billRead(t.ID, 0.001)
		data = append(data, x.rendered(t, w))
		for _, m := range t.Media {
			media = append(media, object{"media_key": m.Key,
				"type": map[bool]string{true: "photo", false: "video"}[m.Category == "tweet_image"]})
		}
	}
	out["data"] = data
	if len(media) > 0 && !x.noKeys && slices.Contains(w.expansion, "attachments.media_keys") {
		out["includes"] = object{"media": media}
	}
}

func (x *xSide) rendered(t Tweet, w window) object {
	out := object{"id": t.ID, "text": shown(t), "edit_history_post_ids": []string{t.ID}}
	if slices.Contains(w.fields, "created_at") {
		out["created_at"] = t.CreatedAt.Format("2006-01-02T15:04:05.000Z")
	}
	if len(t.Media) > 0 && !x.noKeys && (slices.Contains(w.fields, "attachments") ||
		slices.Contains(w.expansion, "attachments.media_keys")) {
		keys := []string{}
		for _, m := range t.Media {
			keys = append(keys, m.Key)
		}
		out["attachments"] = object{"media_keys": keys}
	}
	return out
}
