package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
)

// Run is what a run did with each route.
type Run struct {
	Words  message.Words
	Routes []result.Route
	Now    time.Time // when it ended
}

// Lines tells on a terminal what the run did: one line for a route, then a line for each media that
// something happened to.
func (r Run) Lines() []string {
	l := lines{w: r.Words}
	for _, one := range r.Routes {
		l.whole(one)
	}
	return l.out
}

// lines collects lines for a terminal.
type lines struct {
	w   message.Words
	out []string
}

func (l *lines) add(line string) { l.out = append(l.out, line) }

// whole writes the lines of one route.
func (l *lines) whole(r result.Route) {
	o := r.Outcome
	if r.Waiting != "" {
		l.add(r.Name + ": " + l.w.Text("report.line.waiting", "Why", l.line(r.Waiting)))
		return
	}
	l.add(r.Name + ": " + l.counts(o))
	if o.First {
		l.add("  " + l.w.Text("report.line.first"))
	}
	for _, e := range o.Posted {
		l.posted(r.Username, e)
	}
	l.media("skipped", o.Skipped)
	l.media("held", o.Held)
	l.media("given-up", o.GivenUp)
	l.media("withdrawn", o.Withdrawn)
	l.route("stopped", o.Stopped)
	if o.HeldBy != "" {
		l.labelled("held",
			l.w.Text("report.line.held-by", "Count", o.Pending, "Limit", l.line(o.HeldBy)))
	}
	l.route("put-off", o.PutOff)
}

// counts says what became of the media of a run.
func (l *lines) counts(o mirror.Outcome) string {
	counts := l.w.Text("report.line.counts", "Posted", len(o.Posted), "Skipped", len(o.Skipped),
		"Pending", o.Pending)
	if o.Reconciled == 0 {
		return counts
	}
	return l.w.Join(l.w.Text("report.line.reconciled", "Reconciled", o.Reconciled), counts)
}

// posted writes what was mirrored, with the notes below it.
func (l *lines) posted(username string, e mirror.Entry) {
	posts := strings.Join(postURLs(username, e.Posts), " ")
	l.labelled("posted", name(l.w, e.MediaID, e.Permalink)+" -> "+posts)
	for _, note := range e.Notes {
		l.add("           - " + l.line(note))
	}
	if e.Why != "" {
		l.add("           - " + l.line(e.Why))
	}
}

// media writes a line for each media that was not mirrored.
func (l *lines) media(what string, all []mirror.Entry) {
	for _, e := range all {
		text := name(l.w, e.MediaID, e.Permalink) + ": " + l.line(e.Why)
		if what == "held" {
			text = l.w.Text("message.remark", "Sentence", text, "More", again(l.w, e.Next))
		}
		l.labelled(what, text)
	}
}

// route writes a line about the route as a whole, if there is something to say.
func (l *lines) route(what, why string) {
	if why != "" {
		l.labelled(what, l.line(why))
	}
}

// labelWidth is the width of the column of labels on a terminal. A Japanese character takes two.
const labelWidth = 8

func (l *lines) labelled(what, text string) {
	label := l.w.Text("report.label." + what)
	pad := max(labelWidth-uniseg.StringWidth(label), 0)
	l.add("  " + label + strings.Repeat(" ", pad) + " " + text)
}

// line gives a sentence of a flow, which may quote text from outside, for a line that begins with
// our own words.
func (l *lines) line(s string) string { return said(l.w, s, 1000) }

// again says when a held media is asked again.
func again(w message.Words, at time.Time) string {
	if at.IsZero() {
		return w.Text("report.line.again-next")
	}
	return w.Text("report.line.again-at", "At", at)
}

// Notices are the annotations of the run in a workflow: what a person should look at, and what
// needs nobody's attention.
func (r Run) Notices() (warnings, notices []string) {
	w := r.Words
	for _, one := range r.Routes {
		for _, text := range one.Outcome.Warnings {
			warnings = append(warnings, one.Name+": "+w.Stored(text))
		}
		if why := one.Outcome.PutOff; why != "" {
			notices = append(notices,
				w.Text("report.notice.put-off", "Route", one.Name, "Why", w.Stored(why)))
		}
		for _, e := range one.Outcome.Skipped {
			notices = append(notices, w.Text("report.notice.skipped", "Route", one.Name,
				"Media", e.Permalink, "Why", w.Stored(e.Why)))
		}
	}
	return warnings, notices
}

// usd writes an amount of US dollars, to a tenth of a cent.
func usd(amount float64) string { return fmt.Sprintf("$%.3f", amount) }

// limit writes a limit in US dollars.
func limit(amount float64) string { return fmt.Sprintf("$%.2f", amount) }
