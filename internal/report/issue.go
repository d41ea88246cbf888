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
	Safe    []string       // what the failure did not touch
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

// Quotes reports whether an issue's body shows this very error.
func Quotes(body, err string) bool {
	body = strings.ReplaceAll(body, "\r\n", "\n") // a body that was saved in a browser
	return strings.Contains(body, "### What failed\n\n"+fence(httpx.Truncate(err, maxQuote))+"\n")
}

// Body is the issue's text while the incident lasts. It is edited in place at every occurrence. What
// a person needs comes first, and fits a phone: what is broken, what to do, what is kept safe and when
// it is tried next. The evidence is folded away.
func (i Issue) Body() string {
	var b strings.Builder
	i.advise(&b)
	i.safe(&b)
	i.stands(&b)
	fmt.Fprintf(&b, whatFailed+"\n%s\n", fence(httpx.Truncate(i.Err.Error(), maxQuote)))
	i.why(&b)
	i.answer(&b)
	i.lookedAt(&b)
	fmt.Fprintf(&b, "[More about this cause](%s)\n", build.Doc(i.Diagnosis.Anchor()))
	return i.sign(b.String())
}

// advise writes what the failure means and what to do, with links to the secrets that are named.
func (i Issue) advise(b *strings.Builder) {
	d := i.Diagnosis
	if address(i.SecretsURL) {
		d.Fix = linked(d.Fix, i.Secrets, i.SecretsURL)
	}
	advise(b, d)
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

// advise writes what a failure means, what to do, and where.
func advise(b *strings.Builder, d diagnosis.Diagnosis) {
	fmt.Fprintf(b, "%s\n\n**What to do:**\n\n", d.Cause)
	for n, step := range d.Steps() {
		fmt.Fprintf(b, "%d. %s\n", n+1, step)
	}
	b.WriteString("\n")
	if d.Link != "" {
		fmt.Fprintf(b, "**Where:** %s\n\n", d.Link)
	}
}

// Update is the body at a further occurrence of the same cause. It keeps what was found out when
// the issue was opened, and brings the count and the next try up to date. A body that a person has
// changed too much is written anew.
func (i Issue) Update(old string) string {
	old = strings.ReplaceAll(old, "\r\n", "\n") // a body that was saved in a browser
	_, _, _, ok := ReadMarker(old)
	if !ok || len(old) > incidentBody {
		return i.Body()
	}
	text := signed.ReplaceAllString(old[:strings.LastIndex(old, "<!-- postferry:incident ")], "")
	before, rest, found := strings.Cut(text, howItStands)
	_, rest, ended := strings.Cut(rest, whatFailed)
	if !found || !ended {
		return i.Body()
	}
	var b strings.Builder
	b.WriteString(withoutOver(before))
	i.stands(&b)
	b.WriteString(whatFailed + strings.TrimRight(rest, "\n") + "\n")
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
	over        = "> **This is over** since "
	howItStands = "### How it stands\n"
	whatFailed  = "### What failed\n" // follows what changes
	// incidentBody is how many characters GitHub takes as the body of an issue.
	incidentBody = 65536
)

// stands writes the part that changes with every occurrence.
func (i Issue) stands(b *strings.Builder) {
	r := i.Record
	fmt.Fprintf(b, howItStands+"\n- Failed ")
	if r.Count > 1 {
		fmt.Fprintf(b, "%d times since %s, last %s", r.Count, stamp(r.First), stamp(r.Last))
	} else {
		fmt.Fprintf(b, "once, on %s", stamp(r.First))
	}
	if runs := i.lastRuns(); runs != "" {
		fmt.Fprintf(b, " (run %s)", runs)
	}
	b.WriteString(".\n")
	run := "*Actions > mirror > Run workflow*"
	if address(i.RunWorkflow) {
		run = "[Run workflow](" + i.RunWorkflow + ")"
	}
	fmt.Fprintf(b, "- %s\n- %s\n\n", i.tries(run), i.closing())
}

// tries says when it is tried next. Only a breaker or a limit of the service puts a try off.
func (i Issue) tries(run string) string {
	switch c := diagnosis.Component(i.Record.Component); {
	case !i.NextTry.IsZero():
		return fmt.Sprintf("Next try: %s. To have it tried at once, press %s.",
			stamp(i.NextTry), run)
	case c == diagnosis.Job:
		return "The next run goes on where this one stopped: " + run + " starts it now."
	case c == diagnosis.Config:
		return "Each run looks again: " + run + " starts one now."
	}
	return "Each run tries again: " + run + " starts one now."
}

// closing says when the issue closes, and what closing it by hand does. Only a circuit breaker can
// be hurried.
func (i Issue) closing() string {
	const itself = "postferry closes this issue by itself when what failed works again. "
	switch c := diagnosis.Component(i.Record.Component); {
	case i.Closing != "":
		return i.Closing
	case !i.NextTry.IsZero() && diagnosis.Breaks(c):
		return itself + "Close it to have it tried by the next run."
	}
	return itself + "Closing it by hand changes nothing: the next failure opens it again."
}

// signed matches the hidden comments that stand before the marker, which sign and Over write anew.
var signed = regexp.MustCompile(`(?m)^<!-- postferry:(run|closed).*-->\n`)

// sign ends a body with its marker.
func (i Issue) sign(text string) string { return text + "\n" + i.Marker + "\n" }

// answer lists the fields of the refusal. Its words stand above.
func (i Issue) answer(b *strings.Builder) {
	e := httpx.As(i.Err)
	if e == nil {
		return
	}
	fold(b, "The answer in full")
	fmt.Fprintf(b, "- call: %s\n", code(e.Service+" "+e.Op))
	for _, f := range []struct {
		name string
		n    int
	}{{"status", e.Status}, {"code", e.Code}, {"subcode", e.Subcode}} {
		if f.n != 0 {
			fmt.Fprintf(b, "- %s: `%d`\n", f.name, f.n)
		}
	}
	for _, f := range [][2]string{
		{"type", e.Type}, {"trace id", e.TraceID}, {"API version that answered", e.Version},
		{"permission it needs", e.Needs},
	} {
		if f[1] != "" {
			fmt.Fprintf(b, "- %s: %s\n", f[0], code(f[1]))
		}
	}
	b.WriteString("\n</details>\n\n")
}

// fold begins a part that a reader opens.
func fold(b *strings.Builder, title string) {
	fmt.Fprintf(b, "<details>\n<summary>%s</summary>\n\n", title)
}

// why lists the causes for which there is evidence, the likeliest first. What another cause asks for
// besides is said, and not again what was said already.
func (i Issue) why(b *strings.Builder) {
	if len(i.Causes) == 0 {
		return
	}
	fold(b, "Why it is this, and what else it may be")
	said := i.Diagnosis.Advice()
	for n, c := range i.Causes[:min(len(i.Causes), maxCauses)] {
		evidence := strings.TrimSuffix(Text(httpx.Truncate(strings.Join(c.For, "; "), 600)), ".")
		fmt.Fprintf(b, "%d. **%s**: %s.", n+1, Capitalize(c.Diagnosis.Title), evidence)
		var more []string
		for _, step := range c.Diagnosis.Steps() {
			for _, one := range sentences(step) {
				if !strings.Contains(said, strings.TrimSuffix(one, ".")) {
					more = append(more, one)
				}
			}
		}
		if len(more) > 0 {
			fmt.Fprintf(b, " *If it is this:* %s", strings.Join(more, " "))
			said += " " + strings.Join(more, " ")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	if len(i.Ruled) > 0 {
		fmt.Fprintf(b, "Ruled out: %s.\n\n",
			Text(httpx.Truncate(strings.Join(i.Ruled, "; "), maxRuled)))
	}
	b.WriteString("</details>\n\n")
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
func (i Issue) lookedAt(b *strings.Builder) {
	notAsked := func(f diagnosis.Finding) bool { return !f.Asked }
	asked := slices.DeleteFunc(slices.Clone(i.Findings), notAsked)
	if len(asked) == 0 {
		return
	}
	fold(b, "What was looked at")
	for _, f := range asked[:min(len(asked), maxFindings)] {
		fmt.Fprintf(b, "- %s: %s\n", code(f.Probe), code(f.Answer))
	}
	b.WriteString("\n</details>\n\n")
}

// safe writes what the failure did not touch. It comes before the evidence, to reassure.
func (i Issue) safe(b *strings.Builder) {
	if len(i.Safe) == 0 {
		return
	}
	b.WriteString("### What is kept safe\n\n")
	for _, s := range i.Safe {
		fmt.Fprintf(b, "- %s\n", s)
	}
	b.WriteString("\n")
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
