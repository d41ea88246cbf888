package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Issue is what an incident's issue is rendered from.
type Issue struct {
	Words     message.Words
	Route     string
	Err       error // what failed
	Diagnosis diagnosis.Diagnosis
	diagnosis.Examination
	Record  state.Incident // Count includes this occurrence
	NextTry time.Time      // until when a breaker or a limit holds the calls back; zero for neither
	RunURL  string         // "https://github.com/o/r/actions/runs/"; the id is added
	Marker  string         // see Marker
	// RunWorkflow is the page with the button "Run workflow", "" if it is not known.
	RunWorkflow string
	// Secrets are the names of the route's secrets, and SecretsURL is the page that holds them, "" if
	// it is not known.
	Secrets    []string
	SecretsURL string
}

// Each quoted piece is bounded, so that a whole body stays under GitHub's 65,536 characters.
// Cutting the body as a whole could take the marker away or leave a code block open.
const (
	maxQuote    = 4000 // bytes of a refusal
	maxFindings = 20
	maxCauses   = 4
	maxRuled    = 1000 // bytes
	maxRuns     = 3
)

// Title is the title of the issue.
func (i Issue) Title() string {
	if i.Route == "-" { // it is about all routes
		return "postferry: " + i.Diagnosis.Title
	}
	return i.Route + ": " + i.Diagnosis.Title
}

// Quotes reports whether the body shows this very error.
func (b Body) Quotes(err string) bool {
	return strings.Contains(string(b.lines()), "\n\n"+block(httpx.Truncate(err, maxQuote))+"\n")
}

// Body is the issue's text while the incident lasts. It is edited in place at every occurrence.
func (i Issue) Body() string { return i.notice().body() }

// Update is the body at a further occurrence of the same cause.
func (i Issue) Update(old string) string { return i.notice().update(old) }

// notice gives the issue its shape. Our own words about a mistake are the sentence that a person
// needs; a service's words are evidence.
func (i Issue) notice() notice {
	d := i.Diagnosis
	if address(i.SecretsURL) {
		d.Fix = linked(d.Fix, i.Secrets, i.SecretsURL)
	}
	w := i.Words
	n := notice{
		w: w, lead: d.Cause, steps: d.Steps(), where: d.Link,
		standing: standing{
			safe: i.safe(), next: i.tries(runWorkflow(w, i.RunWorkflow)), closing: i.closing(),
			count: i.count(),
		},
		more: build.Doc(d.Anchor()), marker: i.Marker,
	}
	words := httpx.Truncate(w.Error(i.Err), maxQuote)
	if e := httpx.As(i.Err); e != nil {
		n.folds = append(n.folds, fold{
			w.Text("report.issue.what-failed"), block(words) + "\n" + answer(w, e),
		})
	} else {
		n.quoted = words
	}
	for _, f := range []fold{
		{w.Text("report.issue.why"), i.why()}, {w.Text("report.issue.looked-at"), i.lookedAt()},
	} {
		if f.text != "" {
			n.folds = append(n.folds, f)
		}
	}
	return n
}

// advise writes what a failure means, what to do, and where.
func advise(b *strings.Builder, w message.Words, d diagnosis.Diagnosis) {
	notice{w: w, lead: d.Cause, steps: d.Steps(), where: d.Link}.advise(b)
}

// linked makes the first mention of each name in a text a link.
func linked(text string, names []string, url string) string {
	for _, name := range names {
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
		if at := word.FindStringIndex(text); at != nil && name != "" {
			text = text[:at[0]] + "[" + name + "](" + url + ")" + text[at[1]:]
		}
	}
	return text
}

// Over is the body of an issue that is closed. It begins with the good news, and carries the mark of
// our own closing. Nothing is tried or looked at any more, so those lines go.
func (b Body) Over(w message.Words, back string, now time.Time) string {
	body := b.lines().withoutOver().withoutNext().AsClosed()
	line := w.Text("report.issue.over", "Over", w.Text("report.issue.is-over"), "At", now,
		"Back", back) + "\n\n"
	if len(line)+len(body) <= incidentBody {
		return line + body
	}
	return line + body[strings.LastIndex(body, closedByUs):]
}

// languages are those in which an issue may have been written, before the person chose another.
var languages = [...]message.Words{{}, {Language: message.Japanese}}

// withoutOver is the body of an issue that is reopened, without the good news and the mark.
func (b Body) withoutOver() Body {
	b = b.asOpen()
	for _, w := range languages {
		if strings.HasPrefix(string(b), "> **"+w.Text("report.issue.is-over")+"**") {
			_, rest, _ := strings.Cut(string(b), "\n")
			return Body(strings.TrimLeft(rest, "\n"))
		}
	}
	return b
}

// withoutNext is the body without the lines that say when something is tried or looked at next.
func (b Body) withoutNext() Body {
	before, rest, found := strings.Cut(string(b), standsHere)
	stands, after, ended := strings.Cut(rest, evidenceHere)
	if !found || !ended {
		return b
	}
	var kept strings.Builder
	for line := range strings.SplitAfterSeq(stands, "\n") {
		if !saysNext(line) {
			kept.WriteString(line)
		}
	}
	return Body(before + standsHere + kept.String() + evidenceHere + after)
}

// saysNext reports whether a line of the standing part says when something comes next.
func saysNext(line string) bool {
	for _, w := range languages {
		if strings.HasPrefix(line, label(w, "report.issue.next-try")) ||
			strings.HasPrefix(line, label(w, "report.issue.next-look")) {
			return true
		}
	}
	return false
}

// count says how often it has failed, with the last runs.
func (i Issue) count() string {
	r, w := i.Record, i.Words
	runs := i.lastRuns()
	if runs != "" {
		runs = w.Text("report.issue.runs", "List", runs)
	}
	first := stamp(w, r.First)
	if r.Count > 1 {
		return w.Text("report.issue.failed", "Times", r.Count, "First", first,
			"Last", stamp(w, r.Last), "Runs", runs)
	}
	return w.Text("report.issue.failed-once", "First", first, "Runs", runs)
}

// tries says when it is tried next. Only a breaker or a limit of the service puts a try off.
func (i Issue) tries(run string) string {
	w := i.Words
	switch c := diagnosis.Component(i.Record.Component); {
	case !i.NextTry.IsZero():
		return w.Text("report.issue.tries.at", "At", i.NextTry, "Run", run)
	case c == diagnosis.Job:
		return w.Text("report.issue.tries.job", "Run", run)
	case c == diagnosis.Config:
		return w.Text("report.issue.tries.config", "Run", run)
	}
	return w.Text("report.issue.tries.each", "Run", run)
}

// closings are what closing the issue by hand means, where it does not mean a new try.
var closings = map[diagnosis.Component]string{
	diagnosis.Undecided: "report.issue.closing.undecided",
	diagnosis.Budget:    "report.issue.closing.budget",
	diagnosis.Job:       "report.issue.closing.job",
}

// closing says when the issue closes, and what closing it by hand does. Only a circuit breaker can
// be hurried.
func (i Issue) closing() string {
	c := diagnosis.Component(i.Record.Component)
	switch {
	case closings[c] != "":
		return i.Words.Text(closings[c])
	case !i.NextTry.IsZero() && diagnosis.Breaks(c):
		return i.Words.Text("report.issue.closing.hurry")
	}
	return i.Words.Text("report.issue.closing.again")
}

// safe says what a failure did not touch.
func (i Issue) safe() string {
	switch diagnosis.Component(i.Record.Component) {
	case diagnosis.Instagram:
		return i.Words.Text("report.issue.safe.instagram")
	case diagnosis.State:
		return i.Words.Text("report.issue.safe.state")
	case diagnosis.Config:
		return i.Words.Text("report.issue.safe.config")
	}
	return i.Words.Text("report.issue.safe")
}

// answer lists the fields of a refusal.
func answer(w message.Words, e *httpx.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- %s: %s\n", w.Text("report.answer.call"), code(e.Service+" "+e.Op))
	for _, f := range []struct {
		name string
		n    int
	}{
		{"report.answer.status", e.Status}, {"report.answer.code", e.Code},
		{"report.answer.subcode", e.Subcode},
	} {
		if f.n != 0 {
			fmt.Fprintf(&b, "- %s: `%d`\n", w.Text(f.name), f.n)
		}
	}
	for _, f := range [][2]string{
		{"report.answer.type", e.Type}, {"report.answer.trace", e.TraceID},
		{"report.answer.version", e.Version}, {"report.answer.needs", e.Needs},
	} {
		if f[1] != "" {
			fmt.Fprintf(&b, "- %s: %s\n", w.Text(f[0]), code(f[1]))
		}
	}
	return b.String()
}

// why lists the causes for which there is evidence, the likeliest first. A fix that the issue has
// named already is not repeated.
func (i Issue) why() string {
	var b strings.Builder
	w, said := i.Words, i.Diagnosis.Advice()
	for n, c := range i.Causes[:min(len(i.Causes), maxCauses)] {
		fmt.Fprintf(&b, "%d. %s", n+1, w.Text("report.issue.cause",
			"Title", Capitalize(c.Diagnosis.Title), "Evidence", evidence(w, c.For, 600)))
		var more []string
		for _, step := range c.Diagnosis.Steps() {
			for _, one := range sentences(step) {
				if !strings.Contains(said, strings.TrimRight(one, ".。")) {
					more = append(more, one)
				}
			}
		}
		if len(more) > 0 {
			b.WriteString(w.Text("report.issue.cause-more", "Steps", w.Sentences(more...)))
			said += " " + strings.Join(more, " ")
		}
		b.WriteString("\n")
	}
	if len(i.Causes) > 0 && len(i.Ruled) > 0 {
		ruled := w.Text("report.issue.ruled", "List", evidence(w, i.Ruled, maxRuled))
		b.WriteString("\n" + ruled + "\n")
	}
	return b.String()
}

// evidence joins pieces of evidence, of which services have said some, up to a number of bytes. The
// end of the sentence is left to the message around it.
func evidence(w message.Words, pieces []string, most int) string {
	all := strings.Join(pieces, w.Text("report.issue.separator"))
	return strings.TrimRight(Text(httpx.Truncate(all, most)), ".。")
}

// sentences splits a text of ours.
func sentences(text string) []string {
	all := strings.SplitAfter(strings.ReplaceAll(text, "。", "。 "), " ")
	var out []string
	one := ""
	for _, word := range all {
		one += word
		if end := strings.TrimSpace(one); strings.HasSuffix(end, "。") ||
			strings.HasSuffix(end, ".") && strings.HasSuffix(word, " ") {
			out, one = append(out, end), ""
		}
	}
	if one = strings.TrimSpace(one); one != "" {
		out = append(out, one)
	}
	return out
}

// lookedAt lists the probes that were asked.
func (i Issue) lookedAt() string {
	notAsked := func(f diagnosis.Finding) bool { return !f.Asked }
	asked := slices.DeleteFunc(slices.Clone(i.Findings), notAsked)
	var b strings.Builder
	for _, f := range asked[:min(len(asked), maxFindings)] {
		fmt.Fprintf(&b, "- %s: %s\n", code(f.Probe), code(f.Answer))
	}
	return b.String()
}

// lastRuns links to the last runs that failed.
func (i Issue) lastRuns() string {
	var out []string
	for _, o := range slices.Backward(i.Record.Occurrences) {
		if o.Run != "" && len(out) < maxRuns {
			out = append(out, i.run(o))
		}
	}
	return i.Words.Join(out...)
}

func (i Issue) run(o state.Occurrence) string {
	id := o.Run
	if i.RunURL == "" || strings.Trim(id+o.Attempt, "0123456789") != "" {
		return code(id)
	}
	return fmt.Sprintf("[%s](%s)", id, runAddress(i.RunURL, id, o.Attempt))
}

// StillComment is the comment on an incident that has lasted a day.
func (i Issue) StillComment() string {
	next := i.Words.Text("report.issue.still-each")
	if !i.NextTry.IsZero() {
		next = i.Words.Text("report.issue.still-at", "At", i.NextTry)
	}
	lasted := span(i.Words, i.Record.Last.Sub(i.Record.First))
	return i.Words.Text("report.issue.still", "Span", lasted, "Count", i.Record.Count, "Next", next)
}

// CauseComment is the comment on an incident whose cause has changed.
func (i Issue) CauseComment() string {
	var b strings.Builder
	w, d := i.Words, i.Diagnosis
	d.Cause = w.Sentences(w.Text("report.issue.cause-changed", "Title", d.Title), d.Cause)
	advise(&b, w, d)
	return b.String() + fence(httpx.Truncate(w.Error(i.Err), maxQuote))
}

// BackComment is the last comment on an incident that began at a moment. Caught is how many media
// the run posted in which the component worked again, and pending is how many are left for the next
// run.
func BackComment(w message.Words, lasted time.Duration, caught, pending int) string {
	after := span(w, lasted)
	switch {
	case caught > 0 && pending > 0:
		return w.Text("report.issue.back-caught-more", "Span", after, "Count", caught,
			"Pending", pending)
	case caught > 0:
		return w.Text("report.issue.back-caught", "Span", after, "Count", caught)
	case pending > 0:
		return w.Text("report.issue.back-more", "Span", after, "Count", pending)
	}
	return w.Text("report.issue.back", "Span", after)
}

// span writes how long something lasted as a person says it: "6 d 4 h", "3 h 20 min", "12 min".
func span(w message.Words, d time.Duration) string {
	d = max(d.Round(time.Minute), 0)
	days, hours, mins := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return w.Text("report.span.days", "Days", days, "Hours", hours)
	case hours > 0:
		return w.Text("report.span.hours", "Hours", hours, "Minutes", mins)
	}
	return w.Text("report.span.minutes", "Minutes", mins)
}

// stamp writes a moment, "-" for none.
func stamp(w message.Words, t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return w.Time(t)
}
