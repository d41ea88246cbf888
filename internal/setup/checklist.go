package setup

import (
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
)

// step is a part of the checklist to which a flaw belongs.
type step int

const (
	stepX step = iota
	stepInstagram
	stepStore
	stepLook
)

// flaw is what is wrong with a secret, or a hint.
type flaw struct {
	step   step
	secret string // "" if it is about no secret
	what   string // Markdown
	fix    string // Markdown
	hint   bool   // nothing is wrong for sure
}

// checklist is what a run has found out, and what happened while it waited. [sheet] writes it.
type checklist struct {
	words message.Words
	names diagnosis.Names
	hide  func(string) string

	flaws    []flaw
	account  instagram.Account // whose media are mirrored
	posts    string            // the name of the X account that posts
	loggedIn bool
	ready    bool
	preview  []string

	link     *consent  // while the run waits for the login
	asked    string    // while the run waits for a yes
	until    time.Time // the end of the wait
	notes    []string  // what happened while it waited, newest last
	warnings []string  // a secret that was shown
}

// wrong adds a flaw in words of our own, or of a service as plain text.
func (l *checklist) wrong(s step, secret, what, fix string) {
	l.flaws = append(l.flaws, flaw{step: s, secret: secret, what: report.Text(what), fix: fix})
}

// hint adds what may be wrong. It keeps no box open: shapes of keys are no promise of X's.
func (l *checklist) hint(s step, what string) {
	l.flaws = append(l.flaws, flaw{step: s, what: what, hint: true})
}

// refused adds what a service's refusal means. A scheduled run would repeat a transient one by
// itself; here a person is waiting.
func (l *checklist) refused(s step, secret string, err error) {
	d := diagnosis.Explain(err).In(l.words)
	if httpx.IsTransient(err) {
		d.Fix = l.words.Text("setup.fix.wait-workflow")
	}
	l.diagnosed(s, secret, d)
}

// diagnosed adds a diagnosis in the route's own names, with its link.
func (l *checklist) diagnosed(s step, secret string, d diagnosis.Diagnosis) {
	d = d.For(l.names)
	l.wrong(s, secret, d.Title, strings.TrimSpace(d.Advice()+" "+d.Link))
}

// failed adds an error with what to do, unless the error has an advice of its own.
func (l *checklist) failed(s step, secret string, err error, fix string) {
	what := l.hide(err.Error())
	if a, ok := adviceOf(err); ok {
		l.wrong(s, secret, what, diagnosis.Diagnosis{Fix: a.Fix}.For(l.names).Advice())
		return
	}
	what = "`" + strings.ReplaceAll(report.Quote(what), "`", "'") + "`"
	l.flaws = append(l.flaws, flaw{step: s, secret: secret, what: what, fix: fix})
}

// note keeps the last few events of a wait.
func (l *checklist) note(text string) {
	l.notes = slices.DeleteFunc(l.notes, func(n string) bool { return n == text })
	l.notes = append(l.notes, text)
	l.notes = l.notes[max(0, len(l.notes)-3):]
}

// warn adds a secret that was shown. It stays at the top of the issue until the run ends.
func (l *checklist) warn(text string) {
	if !slices.Contains(l.warnings, text) {
		l.warnings = append(l.warnings, text)
	}
}

// sound reports whether nothing is wrong.
func (l *checklist) sound() bool {
	return !slices.ContainsFunc(l.flaws, func(f flaw) bool { return !f.hint })
}

// flawed reports whether something is wrong with one of the steps.
func (l *checklist) flawed(steps ...step) bool {
	return slices.ContainsFunc(l.flaws, func(f flaw) bool {
		return !f.hint && slices.Contains(steps, f.step)
	})
}

// runMark names the run that wrote the issue last.
const runMark = "<!-- postferry:setup run=%s -->"

var runMarks = lazyregexp.New(`(?m)^<!-- postferry:setup run=([\w.-]{1,64}) -->\s*$`)

// runOf returns the run that wrote an issue's body last, "" if it names none.
func runOf(body string) string {
	if m := runMarks.FindAllStringSubmatch(body, -1); len(m) > 0 {
		return m[len(m)-1][1]
	}
	return ""
}
