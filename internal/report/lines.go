package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
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
	counts := fmt.Sprintf("posted %d, skipped %d, pending %d",
		len(o.Posted), len(o.Skipped), o.Pending)
	if o.Reconciled > 0 {
		counts = fmt.Sprintf("reconciled %d, %s", o.Reconciled, counts)
	}
	out = append(out, r.Name+": "+counts)
	if o.First {
		out = append(out, "  this was the first run: it set the baseline, and what is published "+
			"from now on is mirrored")
	}
	for _, e := range o.Posted {
		posts := strings.Join(postURLs(r.Username, e.Posts), " ")
		out = append(out, fmt.Sprintf("  posted   %s -> %s", name(e.MediaID, e.Permalink), posts))
		out = append(out, indent(e.Notes)...)
		if e.Why != "" {
			out = append(out, "           - "+line(e.Why))
		}
	}
	for _, e := range o.Skipped {
		out = append(out, "  skipped  "+name(e.MediaID, e.Permalink)+": "+line(e.Why))
	}
	for _, e := range o.Held {
		out = append(out, "  held     "+name(e.MediaID, e.Permalink)+": "+line(e.Why)+nextTry(e.Next))
	}
	for _, e := range o.GivenUp {
		out = append(out, "  given up "+name(e.MediaID, e.Permalink)+": "+line(e.Why))
	}
	for _, e := range o.Withdrawn {
		out = append(out, "  withdrawn "+name(e.MediaID, e.Permalink)+": "+line(e.Why))
	}
	if o.Stopped != "" {
		out = append(out, "  stopped  "+line(o.Stopped))
	}
	if o.HeldBy != "" {
		held := fmt.Sprintf("  held     %d media by %s: nothing is lost", o.Pending, line(o.HeldBy))
		out = append(out, held)
	}
	if o.PutOff != "" {
		out = append(out, "  put off  "+line(o.PutOff))
	}
	return out
}

// nextTry says when a held media is asked again.
func nextTry(at time.Time) string {
	if at.IsZero() {
		return " (asked again by the next run)"
	}
	return " (asked again at " + at.UTC().Format("2006-01-02 15:04 UTC") + ")"
}

// name names a media in a line. It may begin the line, so its own beginning is known.
func name(id, permalink string) string {
	if strings.HasPrefix(permalink, "https://") {
		return Quote(httpx.Truncate(permalink, 300))
	}
	return "media " + Quote(httpx.Truncate(id, 100))
}

// line gives text from outside for a line that begins with our own words.
func line(s string) string { return Quote(httpx.Truncate(s, 1000)) }

func indent(notes []string) []string {
	var out []string
	for _, n := range notes {
		out = append(out, "           - "+line(n))
	}
	return out
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

// handle reports whether s can be a user name on X, which becomes part of an address.
func handle(s string) bool {
	return s != "" && len(s) <= 30 && strings.Trim(s, idChars) == ""
}
