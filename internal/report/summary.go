package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
)

// maxSummary bounds a job summary. GitHub drops a summary of more than a megabyte as a whole.
// Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
const maxSummary = 900 << 10

// maxRows bounds the media of one kind in a route's list.
const maxRows = 100

// Summary is the job summary of a run, as Markdown. It begins with the news.
func (r Run) Summary() string {
	var b strings.Builder
	for n, route := range r.Routes {
		one := summary{Words: r.Words, r: route, now: r.Now}
		text := one.text()
		if b.Len()+len(text) > maxSummary {
			b.WriteString(r.Words.Text("report.summary.full", "Count", len(r.Routes)-n) + "\n")
			break
		}
		b.WriteString(text)
	}
	return b.String()
}

// summary writes the part of one route.
type summary struct {
	message.Words
	r   result.Route
	now time.Time
	b   strings.Builder
}

func (s *summary) text() string {
	o := s.r.Outcome
	fmt.Fprintf(&s.b, "### %s: %s\n\n", s.r.Name, s.headline())
	before := s.b.Len()
	s.media("posted", o.Posted)
	s.media("held", o.Held)
	s.media("given-up", o.GivenUp)
	s.media("withdrawn", o.Withdrawn)
	s.media("skipped", o.Skipped)
	if s.b.Len() > before {
		s.b.WriteString("\n")
	}
	if o.HeldBy != "" {
		s.line(s.Text("report.summary.held-by", "Count", o.Pending, "Limit", code(o.HeldBy)))
	}
	s.trouble()
	for _, text := range o.Warnings[:min(len(o.Warnings), maxRows)] {
		s.line(s.Text("report.summary.warning", "Text", prose(s.Words, text, 1000)))
	}
	s.account()
	return s.b.String()
}

// line writes a paragraph.
func (s *summary) line(text string) { s.b.WriteString(text + "\n\n") }

// headline says in a few words what became of the route.
func (s *summary) headline() string {
	r := s.r
	switch r.Status() {
	case "waiting":
		return prose(s.Words, r.Waiting, 300)
	case "incident":
		if r.Diagnosis != nil {
			return s.Text("report.head.stopped-by", "Title", r.Diagnosis.Title)
		}
		return s.Text("report.head.stopped")
	case "transient":
		return s.Text("report.head.transient")
	case "put-off":
		return s.Text("report.head.put-off", "Why", prose(s.Words, r.Outcome.PutOff, 300))
	}
	if r.Outcome.First {
		return s.Text("report.head.first")
	}
	if r.Rotation != "" {
		return s.Stored(r.Rotation)
	}
	return s.counts()
}

// counts says what became of the media, and leaves out what there was none of.
func (s *summary) counts() string {
	o := s.r.Outcome
	var parts []string
	for _, c := range []struct {
		what string
		n    int
	}{
		{"posted", len(o.Posted)}, {"held", len(o.Held)}, {"given-up", len(o.GivenUp)},
		{"withdrawn", len(o.Withdrawn)}, {"skipped", len(o.Skipped)},
		{"pending", o.Pending - len(o.Held)}, {"reconciled", o.Reconciled},
	} {
		if c.n > 0 {
			parts = append(parts, s.Text("report.count."+c.what, "Count", c.n))
		}
	}
	if len(parts) == 0 {
		return s.Text("report.head.nothing")
	}
	return s.And(parts...)
}

// media writes a line for each media of one kind, at most maxRows. A list wraps on a phone, where a
// table does not.
func (s *summary) media(what string, all []mirror.Entry) {
	label := "- **" + s.Text("report.label."+what) + "** "
	for _, e := range all[:min(len(all), maxRows)] {
		s.b.WriteString(label + mediaLink(s.Words, e.MediaID, e.Permalink))
		if posts := postLinks(s.Words, s.r.Username, e.Posts); posts != "" {
			s.b.WriteString(" → " + posts)
		}
		note := s.note(e)
		if note != "" {
			note = ": " + note
		}
		if what == "held" {
			note = s.Text("message.remark", "Sentence", note, "More", again(s.Words, e.Next))
		}
		s.b.WriteString(note)
		s.b.WriteString("\n")
	}
	if more := len(all) - maxRows; more > 0 {
		s.b.WriteString(label + s.Text("report.summary.more", "Count", more) + "\n")
	}
}

// note is what there is to say of one media.
func (s *summary) note(e mirror.Entry) string {
	var all []string
	for _, n := range e.Notes {
		all = append(all, s.Stored(n))
	}
	if e.Why != "" {
		all = append(all, s.Stored(e.Why))
	}
	return Text(httpx.Truncate(strings.Join(all, "; "), 600))
}

// trouble writes what stopped the route, and links its incident.
func (s *summary) trouble() {
	r := s.r
	if r.Err != nil {
		if r.Diagnosis != nil {
			advise(&s.b, s.Words, *r.Diagnosis)
		}
		s.b.WriteString(fence(httpx.Truncate(s.Error(r.Err), maxQuote)) + "\n")
	}
	number, link := Text(fmt.Sprintf("#%d", r.Issue)), ""
	if r.Issue > 0 && address(r.IssueURL) {
		link = fmt.Sprintf("[#%d](%s)", r.Issue, r.IssueURL)
	}
	for _, n := range r.Notes {
		line := Text(httpx.Truncate(Capitalize(s.Stored(n)), 1000))
		before, after, found := strings.Cut(line, number)
		if digit := after != "" && after[0] >= '0' && after[0] <= '9'; link != "" && found && !digit {
			line, link = before+link+after, ""
		}
		s.line(s.Text("report.summary.note", "Text", line))
	}
	if link != "" {
		s.line(s.Text("report.summary.incident", "Link", link))
	}
}

// budgetMatters is the share of the month's budget from which on a summary names what is spent,
// though the run spent nothing.
const budgetMatters = 0.8

// account writes what X bills, if this run spent something or most of the budget is used, and what
// will expire soon.
func (s *summary) account() {
	r := s.r
	var all []string
	switch {
	case r.Outcome.USD > 0:
		all = append(all, s.Text("report.summary.spent", "Run", usd(r.Outcome.USD),
			"Month", usd(r.USDMonth), "Cap", limit(r.USDCap)))
	case r.USDMonth > 0 && r.USDMonth >= budgetMatters*r.USDCap:
		all = append(all, s.Text("report.summary.month", "Month", usd(r.USDMonth),
			"Cap", limit(r.USDCap)))
	}
	switch at := r.State; {
	case at.Commit != "":
		all = append(all, s.Text("report.summary.state", "Commit", code(at.Commit),
			"Branch", code(at.Branch)))
	case at.Document != "":
		all = append(all, s.Text("report.summary.state-read", "Document", code(at.Document),
			"Branch", code(at.Branch)))
	}
	t := ages{s.Words, r.Tokens}
	all = append(all, t.endingBy(s.now.Add(endsSoon))...)
	for _, text := range all {
		s.b.WriteString("- " + text + "\n")
	}
	if len(all) > 0 {
		s.b.WriteString("\n")
	}
}
