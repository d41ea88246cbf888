package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
)

// maxSummary bounds a job summary. GitHub drops a summary of more than a megabyte as a whole.
// Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const maxSummary = 900 << 10

// maxRows bounds the media of one kind in a route's table.
const maxRows = 100

// Summary is the job summary of a run, as Markdown.
func Summary(routes []result.Route) string {
	var b strings.Builder
	for n, r := range routes {
		var one strings.Builder
		summary(&one, r)
		if b.Len()+one.Len() > maxSummary {
			rest := len(routes) - n
			fmt.Fprintf(&b, "The summary is full. The log tells of the other %d routes.\n", rest)
			break
		}
		b.WriteString(one.String())
	}
	return b.String()
}

func summary(b *strings.Builder, r result.Route) {
	o := r.Outcome
	fmt.Fprintf(b, "### %s: %s\n\n", r.Name, headline(r))
	if len(o.Posted)+len(o.Skipped)+len(o.Held)+len(o.GivenUp)+len(o.Withdrawn) > 0 {
		b.WriteString("| what | Instagram | X | note |\n|:--|:--|:--|:--|\n")
		rows(b, "posted", r.Username, o.Posted)
		rows(b, "held", r.Username, o.Held)
		rows(b, "given up", r.Username, o.GivenUp)
		rows(b, "withdrawn", r.Username, o.Withdrawn)
		rows(b, "skipped", r.Username, o.Skipped)
		b.WriteString("\n")
	}
	if o.HeldBy != "" {
		fmt.Fprintf(b, "%d media wait: %s. Nothing is lost.\n\n", o.Pending, code(o.HeldBy))
	}
	trouble(b, r)
	for _, w := range o.Warnings[:min(len(o.Warnings), maxRows)] {
		fmt.Fprintf(b, "**Warning:** %s\n\n", Text(httpx.Truncate(w, 1000)))
	}
	account(b, r)
}

// trouble writes what stopped the route, and links its incident.
func trouble(b *strings.Builder, r result.Route) {
	if r.Err != nil {
		if r.Diagnosis != nil {
			advise(b, *r.Diagnosis)
		}
		fmt.Fprintf(b, "%s\n", fence(httpx.Truncate(r.Err.Error(), maxQuote)))
	}
	number, link := Text(fmt.Sprintf("#%d:", r.Issue)), ""
	if r.Issue > 0 && address(r.IssueURL) {
		link = fmt.Sprintf("[#%d](%s)", r.Issue, r.IssueURL)
	}
	for _, n := range r.Notes {
		line := Text(httpx.Truncate(Capitalize(n), 1000))
		if link != "" && strings.Contains(line, number) {
			line, link = strings.Replace(line, number, link+":", 1), ""
		}
		fmt.Fprintf(b, "%s.\n\n", line)
	}
	if link != "" {
		fmt.Fprintf(b, "The incident: %s\n\n", link)
	}
}

// account writes the small print: what X bills, and the ages of the tokens.
func account(b *strings.Builder, r result.Route) {
	switch {
	case r.Outcome.USD > 0:
		fmt.Fprintf(b, "- X bills $%.3f for this run, and $%.3f of $%.2f this month, by "+
			"postferry's count.\n", r.Outcome.USD, r.USDMonth, r.USDCap)
	case r.USDMonth > 0:
		fmt.Fprintf(b, "- X bills $%.3f of $%.2f this month, by postferry's count.\n",
			r.USDMonth, r.USDCap)
	}
	for _, t := range tokenAges(r.Tokens) {
		fmt.Fprintf(b, "- %s.\n", t)
	}
	b.WriteString("\n")
}

func headline(r result.Route) string {
	o := r.Outcome
	switch r.Status() {
	case "waiting":
		return Text(httpx.Truncate(r.Waiting, 300))
	case "incident":
		if r.Diagnosis != nil {
			return "stopped: " + r.Diagnosis.Title
		}
		return "stopped"
	case "transient":
		return "a transient failure, the next run tries again"
	case "put-off":
		return "put off to the next run: " + Text(httpx.Truncate(o.PutOff, 300))
	}
	if o.First {
		return "first run, the baseline is set"
	}
	if r.Rotation != "" {
		return r.Rotation
	}
	if len(o.Posted)+len(o.Skipped)+o.Pending+o.Reconciled == 0 {
		return "nothing new"
	}
	return fmt.Sprintf("%d posted, %d skipped, %d pending",
		len(o.Posted), len(o.Skipped), o.Pending)
}

// rows writes a row for each media of one kind, at most maxRows.
func rows(b *strings.Builder, what, username string, all []mirror.Entry) {
	for _, e := range all[:min(len(all), maxRows)] {
		why := e.Notes
		if e.Why != "" {
			why = append(why[:len(why):len(why)], e.Why)
		}
		media, posts := permalink(e.MediaID, e.Permalink), links(username, e.Posts)
		note := Text(httpx.Truncate(strings.Join(why, "; "), 600))
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", what, media, posts, note)
	}
	if more := len(all) - maxRows; more > 0 {
		fmt.Fprintf(b, "| %s | and %d more | | |\n", what, more)
	}
}

// links links the posts of one media, which are one post or a thread.
func links(username string, ids []string) string {
	urls := postURLs(username, ids)
	out := make([]string, len(urls))
	for n, u := range urls {
		text := "post"
		if len(urls) > 1 {
			text = fmt.Sprint(n + 1)
		}
		out[n] = fmt.Sprintf("[%s](%s)", text, u)
	}
	return strings.Join(out, " ")
}
