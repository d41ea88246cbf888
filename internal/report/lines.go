package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/result"
)

// Lines tells on a terminal what a run did: one line for the route, then a line for each media that
// something happened to.
func Lines(r result.Route) []string {
	o := r.Outcome
	var out []string
	if r.Waiting != "" {
		return []string{fmt.Sprintf("%s: skipped: %s", r.Name, line(r.Waiting))}
	}
	head := fmt.Sprintf("%s: posted %d, skipped %d, pending %d", r.Name, len(o.Posted), len(o.Skipped), o.Pending)
	if o.Reconciled > 0 {
		head = fmt.Sprintf("%s: reconciled %d, posted %d, skipped %d, pending %d", r.Name, o.Reconciled, len(o.Posted), len(o.Skipped), o.Pending)
	}
	out = append(out, head)
	if o.First {
		out = append(out, "  this was the first run: it set the baseline, and what is published "+
			"from now on is mirrored")
	}
	for _, e := range o.Posted {
		out = append(out, fmt.Sprintf("  posted   %s -> %s", name(e.MediaID, e.Permalink), strings.Join(postURLs(r.Username, e.Posts), " ")))
		out = append(out, indent(e.Notes)...)
		if e.Why != "" {
			out = append(out, "           - "+line(e.Why))
		}
	}
	for _, e := range o.Skipped {
		out = append(out, fmt.Sprintf("  skipped  %s: %s", name(e.MediaID, e.Permalink), line(e.Why)))
	}
	for _, e := range o.Failed {
		out = append(out, fmt.Sprintf("  failed   %s, tried again next time: %s", name(e.MediaID, e.Permalink), line(e.Why)))
	}
	if o.HeldBy != "" {
		out = append(out, fmt.Sprintf("  held     %d media by %s: nothing is lost", o.Pending, line(o.HeldBy)))
	}
	if o.PutOff != "" {
		out = append(out, "  put off  "+line(o.PutOff))
	}
	return out
}

// name is a media as a line names it. It may begin the line, so it begins with something known.
func name(id, permalink string) string {
	if strings.HasPrefix(permalink, "https://") {
		return Quote(cut(permalink, 300))
	}
	return "media " + Quote(cut(id, 100))
}

// line is text from outside in one of the lines: there is a word or a mark of ours before it.
func line(s string) string { return Quote(cut(s, 1000)) }

func indent(notes []string) []string {
	var out []string
	for _, n := range notes {
		out = append(out, "           - "+line(n))
	}
	return out
}

// postURLs are the addresses of posts. X finds a post by its id alone, whoever's name is in front.
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

// handle says whether s is a user name on X, which goes into addresses.
func handle(s string) bool {
	return s != "" && len(s) <= 30 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
