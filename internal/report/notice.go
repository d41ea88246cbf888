package report

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/lazyregexp"
)

// notice is the one shape of every issue. The first screen of a phone holds all that a person
// needs: what is so, what to do, what is kept safe, when it is tried next, and what closing the
// issue does. The evidence is folded away.
type notice struct {
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
	b.WriteString(standsHere + n.standing.text() + "\n" + evidenceHere)
	for _, f := range n.folds {
		fmt.Fprintf(&b, "<details>\n<summary>%s</summary>\n\n%s\n</details>\n\n", f.title, f.text)
	}
	if n.more != "" {
		fmt.Fprintf(&b, "[More about this cause](%s)\n", n.more)
	}
	return b.String() + "\n" + n.marker + "\n"
}

// advise writes what is so, what to do, and where.
func (n notice) advise(b *strings.Builder) {
	fmt.Fprintf(b, "%s\n\n", n.lead)
	if n.quoted != "" {
		fmt.Fprintf(b, "%s\n", block(n.quoted))
	}
	b.WriteString("**What to do**\n\n")
	for i, step := range n.steps {
		fmt.Fprintf(b, "%d. %s\n", i+1, step)
	}
	b.WriteString("\n")
	if n.where != "" {
		fmt.Fprintf(b, "**Where:** %s\n\n", n.where)
	}
}

func (s standing) text() string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"Kept safe", s.safe}, {"Next try", s.next}, {"Next look", s.look},
		{"Closing this issue", s.closing}, {"So far", s.count},
	} {
		if line[1] != "" {
			fmt.Fprintf(&b, "- **%s:** %s\n", line[0], line[1])
		}
	}
	return b.String()
}

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
	return string(Body(before).withoutOver()) + standsHere + n.standing.text() + "\n" + evidenceHere +
		strings.TrimRight(evidence, "\n") + "\n\n" + n.marker + "\n"
}

// incidentBody is how many characters GitHub takes as the body of an issue.
const incidentBody = 65536

// signed matches the hidden comments before the marker, which an update and Over write anew.
var signed = lazyregexp.New(`(?m)^<!-- postferry:(run|closed).*-->\n`)

// runWorkflow is the link to the button that starts a run.
func runWorkflow(page string) string {
	if address(page) {
		return "[Run workflow](" + page + ")"
	}
	return "*Actions > mirror > Run workflow*"
}
