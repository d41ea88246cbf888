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
	"github.com/postferry/postferry/internal/state"
)

// Issue is what an incident's issue is rendered from.
type Issue struct {
	Route     string
	Err       error // what failed
	Diagnosis diagnosis.Diagnosis
	diagnosis.Examination
	Record  state.Incident // Count includes this occurrence
	Safe    string         // what the failure did not touch
	NextTry time.Time      // until when a breaker or a limit holds the calls back; zero for neither
	RunURL  string         // "https://github.com/o/r/actions/runs/"; the id is added
	Marker  string         // see Marker
	// Closing says what closing the issue by hand means, "" for what it means for most.
	Closing string
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
	n := notice{
		lead: d.Cause, steps: d.Steps(), where: d.Link,
		standing: standing{
			safe: i.Safe, next: i.tries(runWorkflow(i.RunWorkflow)), closing: i.closing(),
			count: i.count(),
		},
		more: build.Doc(d.Anchor()), marker: i.Marker,
	}
	words := httpx.Truncate(i.Err.Error(), maxQuote)
	if e := httpx.As(i.Err); e != nil {
		n.folds = append(n.folds, fold{"What failed", block(words) + "\n" + answer(e)})
	} else {
		n.quoted = words
	}
	for _, f := range []fold{
		{"Why it is this, and what else it may be", i.why()}, {"What was looked at", i.lookedAt()},
	} {
		if f.text != "" {
			n.folds = append(n.folds, f)
		}
	}
	return n
}

// advise writes what a failure means, what to do, and where.
func advise(b *strings.Builder, d diagnosis.Diagnosis) {
	notice{lead: d.Cause, steps: d.Steps(), where: d.Link}.advise(b)
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
// our own closing.
func (b Body) Over(back string, now time.Time) string {
	body := b.lines().withoutOver().AsClosed()
	line := over + stamp(now) + ". " + back + "\n\n"
	if len(line)+len(body) <= incidentBody {
		return line + body
	}
	return line + body[strings.LastIndex(body, closedByUs):]
}

// withoutOver is the body of an issue that is reopened, without the good news and the mark.
func (b Body) withoutOver() Body {
	b = b.asOpen()
	if !strings.HasPrefix(string(b), over) {
		return b
	}
	_, rest, _ := strings.Cut(string(b), "\n")
	return Body(strings.TrimLeft(rest, "\n"))
}

const over = "> **This is over** since "

// count says how often it has failed, with the last runs.
func (i Issue) count() string {
	r := i.Record
	s := "Failed once, on " + stamp(r.First)
	if r.Count > 1 {
		s = fmt.Sprintf("Failed %d times since %s, last %s", r.Count, stamp(r.First), stamp(r.Last))
	}
	if runs := i.lastRuns(); runs != "" {
		s += " (run " + runs + ")"
	}
	return s + "."
}

// tries says when it is tried next. Only a breaker or a limit of the service puts a try off.
func (i Issue) tries(run string) string {
	switch c := diagnosis.Component(i.Record.Component); {
	case !i.NextTry.IsZero():
		return fmt.Sprintf("%s. %s tries at once.", stamp(i.NextTry), run)
	case c == diagnosis.Job:
		return "The next run goes on where this one stopped. " + run + " starts it now."
	case c == diagnosis.Config:
		return "Each run looks again. " + run + " starts one now."
	}
	return "Each run tries again. " + run + " starts one now."
}

// closing says when the issue closes, and what closing it by hand does. Only a circuit breaker can
// be hurried.
func (i Issue) closing() string {
	const itself = "It closes by itself when what failed works again. "
	switch c := diagnosis.Component(i.Record.Component); {
	case i.Closing != "":
		return i.Closing
	case !i.NextTry.IsZero() && diagnosis.Breaks(c):
		return itself + "Close it to have it tried by the next run."
	}
	return itself + "Closed by hand while it lasts, it is opened once more, and then left closed."
}

// answer lists the fields of a refusal.
func answer(e *httpx.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- call: %s\n", code(e.Service+" "+e.Op))
	for _, f := range []struct {
		name string
		n    int
	}{{"status", e.Status}, {"code", e.Code}, {"subcode", e.Subcode}} {
		if f.n != 0 {
			fmt.Fprintf(&b, "- %s: `%d`\n", f.name, f.n)
		}
	}
	for _, f := range [][2]string{
		{"type", e.Type}, {"trace id", e.TraceID}, {"API version that answered", e.Version},
		{"permission it needs", e.Needs},
	} {
		if f[1] != "" {
			fmt.Fprintf(&b, "- %s: %s\n", f[0], code(f[1]))
		}
	}
	return b.String()
}

// why lists the causes for which there is evidence, the likeliest first. A fix that the issue has
// named already is not repeated.
func (i Issue) why() string {
	var b strings.Builder
	said := i.Diagnosis.Advice()
	for n, c := range i.Causes[:min(len(i.Causes), maxCauses)] {
		evidence := strings.TrimSuffix(Text(httpx.Truncate(strings.Join(c.For, "; "), 600)), ".")
		fmt.Fprintf(&b, "%d. **%s**: %s.", n+1, Capitalize(c.Diagnosis.Title), evidence)
		var more []string
		for _, step := range c.Diagnosis.Steps() {
			for _, one := range sentences(step) {
				if !strings.Contains(said, strings.TrimSuffix(one, ".")) {
					more = append(more, one)
				}
			}
		}
		if len(more) > 0 {
			fmt.Fprintf(&b, " *If it is this:* %s", strings.Join(more, " "))
			said += " " + strings.Join(more, " ")
		}
		b.WriteString("\n")
	}
	if len(i.Causes) > 0 && len(i.Ruled) > 0 {
		fmt.Fprintf(&b, "\nRuled out: %s.\n",
			Text(httpx.Truncate(strings.Join(i.Ruled, "; "), maxRuled)))
	}
	return b.String()
}

// sentences splits a text of ours.
func sentences(text string) []string {
	all := strings.SplitAfter(text, ". ")
	for n := range all {
		all[n] = strings.TrimSpace(all[n])
	}
	return all
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
	return strings.Join(out, ", ")
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
	next := "Each run tries again."
	if !i.NextTry.IsZero() {
		next = "Next try: " + stamp(i.NextTry) + "."
	}
	return fmt.Sprintf("Still so after %s (%d tries). %s Nothing is lost: what is missed is caught up.",
		span(i.Record.Last.Sub(i.Record.First)), i.Record.Count, next)
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
