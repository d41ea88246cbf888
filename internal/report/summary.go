package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/mirror"
)

// maxSummary keeps a job summary under the megabyte past which GitHub drops it.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const maxSummary = 900 << 10

// Summary is the job summary of a mirror run, as Markdown.
func Summary(routes []Route) string {
	var b strings.Builder
	for _, r := range routes {
		r.summary(&b)
	}
	if b.Len() > maxSummary {
		return b.String()[:maxSummary] + "\n\n(cut)\n"
	}
	return b.String()
}

func (r Route) summary(b *strings.Builder) {
	o := r.Outcome
	fmt.Fprintf(b, "### %s: %s\n\n", r.Name, r.headline())
	if len(o.Posted)+len(o.Skipped)+len(o.Failed) > 0 {
		b.WriteString("| | Instagram | X | |\n|---|---|---|---|\n")
		for _, e := range o.Posted {
			r.row(b, "posted", e)
		}
		for _, e := range o.Skipped {
			r.row(b, "skipped", e)
		}
		for _, e := range o.Failed {
			r.row(b, "tried again", e)
		}
		b.WriteString("\n")
	}
	if o.HeldBy != "" {
		fmt.Fprintf(b, "%d media wait: `%s`. Nothing is lost.\n\n", o.Pending, o.HeldBy)
	}
	if r.Err != nil {
		fmt.Fprintf(b, "%s\n", Fence(r.Err.Error()))
		if d := r.Diagnosis; d != nil {
			fmt.Fprintf(b, "**What it means:** %s\n\n**What to do:** %s\n\n", d.Cause, d.Fix)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(b, "%s\n\n", Text(n))
	}
	if r.IssueURL != "" {
		fmt.Fprintf(b, "Incident: %s\n\n", r.IssueURL)
	}
	for _, w := range o.Warnings {
		fmt.Fprintf(b, "Warning: %s\n\n", Text(w))
	}
	if o.USD > 0 || r.USDMonth > 0 {
		fmt.Fprintf(b, "X bills $%.3f for this run by postferry's count; $%.3f of $%.2f this month.\n\n", o.USD, r.USDMonth, r.USDCap)
	}
	for _, t := range r.Tokens {
		fmt.Fprintf(b, "%s.\n\n", t)
	}
}

func (r Route) headline() string {
	o := r.Outcome
	switch r.Status() {
	case "waiting":
		return Text(r.Waiting)
	case "incident":
		return "stopped"
	case "passing":
		return "a passing fault, the next run tries again"
	case "put-off":
		return "put off to the next run: " + Text(o.PutOff)
	}
	if o.First {
		return "first run, the baseline is set"
	}
	if len(o.Posted)+len(o.Skipped)+o.Pending+o.Reconciled == 0 {
		return "nothing new"
	}
	return fmt.Sprintf("%d posted, %d skipped, %d pending", len(o.Posted), len(o.Skipped), o.Pending)
}

func (r Route) row(b *strings.Builder, what string, e mirror.Entry) {
	links := make([]string, len(e.Posts))
	for i, u := range postURLs(r.Username, e.Posts) {
		links[i] = fmt.Sprintf("[%d](%s)", i+1, u)
	}
	why := e.Notes
	if e.Why != "" {
		why = append(why[:len(why):len(why)], e.Why)
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s |\n", what, cell(name(e)), strings.Join(links, " "), cell(strings.Join(why, "; ")))
}

// cell is text from outside in a table: on one line, without Markdown or a pipe.
func cell(s string) string { return strings.ReplaceAll(Text(quote(s)), "|", "\\|") }
