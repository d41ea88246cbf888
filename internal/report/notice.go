package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// notice is the one shape of every issue. The first screen of a phone holds all that a person
// needs: what is so, what to do, what is kept safe, when it is tried next, and what closing the
// issue does. The evidence is folded away.
type notice struct {
	w      message.Words
	lead   string   // what is so, in a sentence or two
	quoted string   // our own words about it, shown as they are; "" for none
	steps  []string // what to do, one after the other
	where  string   // the page on which it is done, "" for none
	standing
	folds  []fold
	more   string // the page that explains the cause, "" for none
	marker string // see Marker
}

// standing is the part of an issue that is written anew with each occurrence.
type standing struct {
	safe    string // what is not touched
	next    string // when it is tried next
	look    string // when it is looked at next, where nothing is tried
	closing string // what closing the issue by hand does
	count   string // how often it has come, "" where nothing is counted
}

// fold is a part that a reader opens. Its text is Markdown.
type fold struct{ title, text string }

// The hidden lines that enclose the standing part. Text from outside never begins a line with them,
// and they are the same in each language.
const (
	standsHere   = "<!-- postferry:stands -->\n"
	evidenceHere = "<!-- postferry:evidence -->\n"
)

// body is the text of the issue. Its labels are headings in bold, which take less room than
// GitHub's.
func (n notice) body() string {
	var b strings.Builder
	n.advise(&b)
	b.WriteString(standsHere + n.standing.text(n.w) + "\n" + evidenceHere)
	for _, f := range n.folds {
		fmt.Fprintf(&b, "<details>\n<summary>%s</summary>\n\n%s\n</details>\n\n", f.title, f.text)
	}
	if n.more != "" {
		fmt.Fprintf(&b, "[%s](%s)\n", n.w.Text("report.issue.more"), n.more)
	}
	return b.String() + "\n" + n.marker + "\n"
}

// advise writes what is so, what to do, and where.
func (n notice) advise(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n\n", n.lead)
	if n.quoted != "" {
		fmt.Fprintf(b, "%s\n", block(n.quoted))
	}
	b.WriteString(n.heading())
	for i, step := range n.steps {
		fmt.Fprintf(b, "%d. %s\n", i+1, step)
	}
	b.WriteString("\n")
	if n.where != "" {
		fmt.Fprintf(b, "**%s:** %s\n\n", n.w.Text("report.issue.where"), n.where)
	}
}

// heading stands above the steps.
func (n notice) heading() string {
	return "**" + n.w.Text("report.issue.what-to-do") + "**\n\n"
}

func (s standing) text(w message.Words) string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"report.issue.kept-safe", s.safe}, {"report.issue.next-try", s.next},
		{"report.issue.next-look", s.look}, {"report.issue.closing", s.closing},
		{"report.issue.so-far", s.count},
	} {
		if line[1] != "" {
			b.WriteString(label(w, line[0]) + line[1] + "\n")
		}
	}
	return b.String()
}

// label begins a line of the standing part.
func label(w message.Words, key string) string { return "- **" + w.Text(key) + ":** " }

// update brings the standing part of a body up to date, and keeps the rest as it was found out when
// the issue was opened. A body that a person has changed too much is written anew.
func (n notice) update(old string) string {
	old = string(Body(old).lines())
	_, _, _, ok := Body(old).Marker()
	if !ok || len(old) > incidentBody {
		return n.body()
	}
	text := signed.ReplaceAllString(old[:strings.LastIndex(old, "<!-- postferry:incident ")], "")
	before, rest, found := strings.Cut(text, standsHere)
	_, evidence, ended := strings.Cut(rest, evidenceHere)
	if !found || !ended {
		return n.body()
	}
	before = string(Body(before).withoutOver())
	if !strings.Contains(before, n.heading()) { // the language has changed since
		var b strings.Builder
		n.advise(&b)
		before = b.String()
	}
	return before + standsHere + n.standing.text(n.w) + "\n" + evidenceHere +
		strings.TrimRight(evidence, "\n") + "\n\n" + n.marker + "\n"
}

// incidentBody is how many characters GitHub takes as the body of an issue.
const incidentBody = 65536

// signed matches the hidden comments before the marker, which an update and Over write anew.
var signed = lazyregexp.New(`(?m)^<!-- postferry:(run|closed).*-->\n`)

// runWorkflow is the link to the button that starts a run.
func runWorkflow(w message.Words, page string) string {
	if address(page) {
		return "[Run workflow](" + page + ")"
	}
	return w.Text("report.issue.run-workflow")
}
