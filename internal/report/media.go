package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// said gives a sentence of a flow in the person's language, on one line and at most max bytes long.
func said(w message.Words, s string, max int) string {
	return Quote(httpx.Truncate(w.Stored(s), max))
}

// prose is said for a sentence of Markdown.
func prose(w message.Words, s string, max int) string {
	return Text(httpx.Truncate(w.Stored(s), max))
}

// name names a media in a line. It may begin the line, so its own beginning is known.
func name(w message.Words, id, permalink string) string {
	if strings.HasPrefix(permalink, "https://") {
		return Quote(httpx.Truncate(permalink, 300))
	}
	return w.Text("report.media", "ID", Quote(httpx.Truncate(id, 100)))
}

// short is the short name of a media's address, "p/DRk0001_ab" or "reel/DRk0002_ab". It returns ""
// if the address, which came from outside, is not one of Instagram's.
func short(address string) string {
	path, ok := strings.CutPrefix(address, instagramPost)
	path = strings.Trim(path, "/")
	if !ok || path == "" || len(path) > 100 || strings.Trim(path, idChars+"-/.") != "" {
		return ""
	}
	return path
}

// mediaLink links to a media by its short name.
func mediaLink(w message.Words, id, address string) string {
	path := short(address)
	if path == "" {
		return w.Text("report.media", "ID", Text(httpx.Truncate(id, 100)))
	}
	return "[" + strings.ReplaceAll(path, "_", "\\_") + "](" + instagramPost + path + "/)"
}

// postURLs gives the addresses of posts. X finds a post by its id and ignores the name in front.
func postURLs(username string, ids []string) []string {
	if !handle(username) {
		username = "i"
	}
	var out []string
	for _, id := range ids {
		if id != "" && strings.Trim(id, "0123456789") == "" {
			out = append(out, fmt.Sprintf("https://x.com/%s/status/%s", username, id))
		}
	}
	return out
}

// maxThread bounds the posts of one thread that are linked. A carousel of 20 videos has 20 posts.
const maxThread = 30

// postLinks links the posts of one media, which are one post or a thread.
func postLinks(w message.Words, username string, ids []string) string {
	urls := postURLs(username, ids[:min(len(ids), maxThread)])
	out := make([]string, len(urls))
	for n, u := range urls {
		text := w.Text("report.post")
		if len(urls) > 1 {
			text = fmt.Sprint(n + 1)
		}
		out[n] = fmt.Sprintf("[%s](%s)", text, u)
	}
	return strings.Join(out, " ")
}

// handle reports whether s can be a user name on X, which becomes part of an address.
func handle(s string) bool {
	return s != "" && len(s) <= 30 && strings.Trim(s, idChars) == ""
}
