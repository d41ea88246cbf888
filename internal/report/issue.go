package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
)

// Issue is what an incident's issue is rendered from.
type Issue struct {
	Route     string
	Err       error // what failed
	Diagnosis diagnosis.Diagnosis
	diagnosis.Examination
	Record  state.Incident // Count includes this occurrence
	Safe    []string       // what the failure did not touch
	NextTry time.Time      // zero: at the next run
	RunURL  string         // "https://github.com/o/r/actions/runs/"; the id is added
	Marker  string         // see Marker
	// Closing says what closing the issue by hand means, "" for what it means for most.
	Closing string
}

// Each quoted piece is bounded, so that a whole body stays under GitHub's 65,536 characters.
// Cutting the body as a whole could take the marker away or leave a code block open.
const (
	maxQuote    = 4000 // bytes of a refusal
	maxFindings = 20
	maxCauses   = 4
	maxRuled    = 1000 // bytes
)

// Title is the title of the issue.
func (i Issue) Title() string {
	if i.Route == "-" { // it is about all routes
		return "postferry: " + i.Diagnosis.Title
	}
	return i.Route + ": " + i.Diagnosis.Title
}

// Quotes reports whether an issue's body shows this very error.
func Quotes(body, err string) bool {
	body = strings.ReplaceAll(body, "\r\n", "\n") // a body that was saved in a browser
	return strings.Contains(body, "### What failed\n\n"+fence(httpx.Truncate(err, maxQuote))+"\n")
}

// Body is the issue's text while the incident lasts. It is edited in place at every occurrence.
func (i Issue) Body() string {
	var b strings.Builder
	advise(&b, i.Diagnosis)
	i.why(&b)
	i.safe(&b)
	fmt.Fprintf(&b, "### What failed\n\n%s\n", fence(httpx.Truncate(i.Err.Error(), maxQuote)))
	i.answer(&b)
	i.lookedAt(&b)
	i.tail(&b)
	return i.sign(b.String())
}

// advise writes what a failure means, what to do, and where.
func advise(b *strings.Builder, d diagnosis.Diagnosis) {
	fmt.Fprintf(b, "%s\n\n", d.Cause)
	steps(b, d)
	if d.Link != "" {
		fmt.Fprintf(b, "**Where:** %s\n\n", d.Link)
	}
}

// steps writes what to do: as one sentence, or as a numbered list.
func steps(b *strings.Builder, d diagnosis.Diagnosis) {
	all := d.Steps()
	if len(all) == 1 {
		fmt.Fprintf(b, "**What to do:** %s\n\n", d.Fix)
		return
	}
	b.WriteString("**What to do:**\n\n")
	for n, step := range all {
		fmt.Fprintf(b, "%d. %s\n", n+1, step)
	}
	b.WriteString("\n")
}

// Update is the body at a further occurrence of the same cause. It keeps what was found out when
// the issue was opened, and brings the count, the table and the next try up to date. A body that a
// person has changed too much is written anew.
func (i Issue) Update(old string) string {
	old = strings.ReplaceAll(old, "\r\n", "\n") // a body that was saved in a browser
	at := strings.LastIndex(old, howOften)
	if _, _, _, ok := ReadMarker(old); !ok || at < 0 || len(old) > incidentBody {
		return i.Body()
	}
	var b strings.Builder
	b.WriteString(withoutOver(old[:at]))
	i.tail(&b)
	return i.sign(b.String())
}

// Over is the body of an issue that is closed. It begins with the good news, and carries the mark of
// our own closing.
func Over(body, back string, now time.Time) string {
	body = MarkClosed(withoutOver(strings.ReplaceAll(body, "\r\n", "\n")))
	line := over + stamp(now) + ". " + back + "\n\n"
	if len(line)+len(body) <= incidentBody {
		return line + body
	}
	return line + body[strings.LastIndex(body, closedByUs):]
}

// withoutOver takes the good news and the mark out of the body of an issue that is reopened.
func withoutOver(body string) string {
	body = UnmarkClosed(body)
	if !strings.HasPrefix(body, over) {
		return body
	}
	_, rest, _ := strings.Cut(body, "\n")
	return strings.TrimLeft(rest, "\n")
}

const (
	over     = "> **This is over** since "
	howOften = "### How often\n"
	// incidentBody is how many characters GitHub takes as the body of an issue.
	incidentBody = 65536
)

// tail writes the part that changes with every occurrence.
func (i Issue) tail(b *strings.Builder) {
	i.occurrences(b)
	b.WriteString(i.closing() + "\n")
	fmt.Fprintf(b, "[More about this cause](%s)\n", build.Doc(i.Diagnosis.Anchor()))
}

// closing says when the issue closes, and what closing it by hand does. Only a circuit breaker can
// be hurried.
func (i Issue) closing() string {
	const itself = "postferry closes this issue by itself when what failed works again. "
	switch {
	case i.Closing != "":
		return i.Closing
	case i.NextTry.IsZero():
		return itself + "Every run tries again until then."
	}
	return itself + "Close it to retry at once."
}

// sign ends a body with its marker.
func (i Issue) sign(text string) string { return text + "\n" + i.Marker + "\n" }

// answer writes the fields of the refusal as a table.
func (i Issue) answer(b *strings.Builder) {
	e := httpx.As(i.Err)
	if e == nil {
		return
	}
	var rows [][2]string
	add := func(name string, n int) {
		if n != 0 {
			rows = append(rows, [2]string{name, fmt.Sprint(n)})
		}
	}
	text := func(name, s string) {
		if s != "" {
			rows = append(rows, [2]string{name, s})
		}
	}
	text("it said", e.Message)
	add("status", e.Status)
	add("code", e.Code)
	add("subcode", e.Subcode)
	text("type", e.Type)
	text("trace id", e.TraceID)
	text("API version that answered", e.Version)
	text("permission it needs", e.Needs)
	fmt.Fprintf(b, "| call | %s |\n|:--|:--|\n", code(e.Service+" "+e.Op))
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s |\n", r[0], code(r[1]))
	}
	b.WriteString("\n")
}

// why lists the causes for which there is evidence, the likeliest first.
func (i Issue) why(b *strings.Builder) {
	if len(i.Causes) == 0 {
		return
	}
	b.WriteString("### Why\n\n")
	for n, c := range i.Causes[:min(len(i.Causes), maxCauses)] {
		evidence := strings.TrimSuffix(Text(httpx.Truncate(strings.Join(c.For, "; "), 600)), ".")
		fmt.Fprintf(b, "%d. **%s**: %s.", n+1, Capitalize(c.Diagnosis.Title), evidence)
		if n > 0 {
			fmt.Fprintf(b, " *If it is this:* %s", c.Diagnosis.Advice())
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	if len(i.Ruled) > 0 {
		fmt.Fprintf(b, "Ruled out: %s.\n\n", Text(httpx.Truncate(strings.Join(i.Ruled, "; "), maxRuled)))
	}
}

// lookedAt writes the table of the probes that were asked.
func (i Issue) lookedAt(b *strings.Builder) {
	notAsked := func(f diagnosis.Finding) bool { return !f.Asked }
	asked := slices.DeleteFunc(slices.Clone(i.Findings), notAsked)
	if len(asked) == 0 {
		return
	}
	b.WriteString("### What was looked at\n\n| probe | answer | trace id |\n|:--|:--|:--|\n")
	for _, f := range asked[:min(len(asked), maxFindings)] {
		answer := strings.TrimSuffix(f.Answer, " (trace "+f.Trace+")") // it has a column of its own
		fmt.Fprintf(b, "| %s | %s | %s |\n", code(f.Probe), code(answer), code(f.Trace))
	}
	b.WriteString("\n")
}

// safe writes what the failure did not touch. It comes before the evidence, to reassure.
func (i Issue) safe(b *strings.Builder) {
	if len(i.Safe) == 0 {
		return
	}
	b.WriteString("### What was kept safe\n\n")
	for _, s := range i.Safe {
		fmt.Fprintf(b, "- %s\n", s)
	}
	b.WriteString("\n")
}

func (i Issue) occurrences(b *strings.Builder) {
	r := i.Record
	times := "Once, on " + stamp(r.First)
	if r.Count > 1 {
		times = fmt.Sprintf("%d× since %s, last %s", r.Count, stamp(r.First), stamp(r.Last))
	}
	fmt.Fprintf(b, howOften+"\n%s. Next try: %s.\n\n", times, i.next())
	if len(r.Occurrences) == 0 {
		return
	}
	b.WriteString("| when | run |\n|:--|:--|\n")
	for n := len(r.Occurrences) - 1; n >= 0; n-- {
		fmt.Fprintf(b, "| %s | %s |\n", stamp(r.Occurrences[n].At), i.run(r.Occurrences[n]))
	}
	b.WriteString("\n")
}

func (i Issue) next() string {
	if i.NextTry.IsZero() {
		return "at the next run"
	}
	return stamp(i.NextTry)
}

func (i Issue) run(o state.Occurrence) string {
	id := o.Run
	if id == "" {
		return "-"
	}
	if i.RunURL == "" || strings.Trim(id+o.Attempt, "0123456789") != "" {
		return code(id)
	}
	return fmt.Sprintf("[%s](%s)", id, runAddress(i.RunURL, id, o.Attempt))
}

// StillComment is the comment on an incident that has lasted a day.
func (i Issue) StillComment() string {
	return fmt.Sprintf("Still so after %s (%d tries). Next try: %s. Nothing is lost: what is "+
		"missed is caught up.", span(i.Record.Last.Sub(i.Record.First)), i.Record.Count, i.next())
}

// CauseComment is the comment on an incident whose cause has changed.
func (i Issue) CauseComment() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The cause has changed: **%s.** ", i.Diagnosis.Title)
	advise(&b, i.Diagnosis)
	return b.String() + fence(httpx.Truncate(i.Err.Error(), maxQuote))
}

// BackComment is the last comment on an incident. Caught is how many media the run posted in which
// the component worked again, and pending is how many are left for the next run.
func BackComment(r state.Incident, caught, pending int, now time.Time) string {
	s := fmt.Sprintf("Back after %s", span(now.Sub(r.First)))
	if caught > 0 {
		s += fmt.Sprintf("; %d %s caught up", caught, plural(caught, "post", "posts"))
	}
	if pending > 0 {
		s += fmt.Sprintf(", %d more to come", pending)
	}
	return s + "."
}

// span formats a duration as a person says it: "6 d 4 h", "3 h 20 min", "12 min".
func span(d time.Duration) string {
	d = max(d.Round(time.Minute), 0)
	days, hours, mins := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, mins)
	}
	return fmt.Sprintf("%d min", mins)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
