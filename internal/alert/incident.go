package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// incident is a failure on its way to its issue.
type incident struct {
	*Route
	fault
	known
	issue       github.Issue // as it was found; an older incident's if a new one is opened
	action      action
	comment     comment
	news        bool // the issue does not show this failure's cause yet
	examination diagnosis.Examination
}

// raise brings the component's issue up to date, opening one if there is none, and trips the
// circuit breaker. The occurrence is committed before the issue is written: a run that is killed in
// between leaves a record, and the next run finds the issue by its marker.
func (r *Route) raise(ctx context.Context, f fault) {
	f.diagnosis = f.diagnosis.For(r.Names)
	i := &incident{Route: r, fault: f}
	var err error
	if i.known, i.issue, err = r.find(ctx, f.component); err != nil {
		r.Explain(f.err, f.diagnosis)
		r.unreported(ctx, err)
		return
	}
	i.action, i.comment = decide(i.known, f, r.Now())
	i.news = i.action == open || i.known.changed(f) || f.component == diagnosis.Config
	i.diagnose(ctx)
	r.Explain(f.err, i.diagnosis)
	r.Result.Diagnosis = &i.diagnosis
	r.redden(i.action)
	r.Result.Incident = true
	r.news = r.news || i.action == open || i.action == reopen
	switch {
	case i.action == open && r.opened >= maxNew:
		r.note("alert.stored.enough", "Most", maxNew)
	case !i.record(ctx):
		r.note(string(errReporting))
	case i.action == leave:
		r.note("alert.stored.left-closed", "Number", i.issue.Number)
	default:
		i.publish(ctx)
	}
}

// redden makes the run red as incidents.red says.
func (r *Run) redden(a action) {
	r.red = r.red || r.Settings.Red == "always" || a == open || a == reopen
}

// find looks up the component's issue: by its number if the state has it, else by label and marker.
func (r *Route) find(ctx context.Context, c diagnosis.Component) (known, github.Issue, error) {
	var k known
	if r.Session != nil {
		k.record = recordOf(r.Session.Doc(), c)
	}
	if r.Issues == nil {
		return k, github.Issue{}, message.Sentence("alert.stored.no-issues")
	}
	if k.record != nil && k.record.Issue > 0 {
		issue, err := r.Issues.Get(ctx, k.record.Issue)
		if httpx.ClassOf(err) != httpx.NotFound &&
			(err != nil || r.tracker().ours(ctx, issue, r.Result.Name, c)) {
			k.exists, k.closed = err == nil, issue.Closed
			k.person = err == nil && closingOf(issue).ByPerson(k.record.First)
			return k, issue, err
		}
	}
	issue, err := r.tracker().findMarker(ctx, r.Result.Name, c)
	k.exists, k.closed = issue.Number > 0, issue.Closed
	return k, issue, err
}

// examined are the components behind which there is a service to ask.
var examined = map[diagnosis.Component]bool{
	diagnosis.Instagram: true, diagnosis.X: true, diagnosis.XToken: true,
	diagnosis.GitHub: true, diagnosis.State: true,
}

// diagnose asks the services what is behind the failure, once for each cause, and takes the
// likeliest cause. As long as the cause is the same, the diagnosis is the recorded one.
func (i *incident) diagnose(ctx context.Context) {
	if !i.news {
		if d, ok := diagnosis.DiagnosisOf(i.known.record.Cause); ok {
			i.diagnosis = d.In(i.Words).For(i.Names)
		}
		return
	}
	asked := i.action != open && i.comment != causeChanged
	noService := !examined[i.component]
	if asked || noService || i.Session == nil || i.transient() {
		return
	}
	i.examination = i.Examine(ctx, i.component, i.err).For(i.Names)
	if len(i.examination.Causes) > 0 {
		i.diagnosis = i.examination.Causes[0].Diagnosis
	}
}

// openTime is how long a run may take from the record of an incident to its issue.
const openTime = 5 * time.Minute

const errReporting = message.Sentence("alert.stored.reporting")

// record commits the occurrence and trips the circuit breaker. It returns false if another run is
// opening the same incident at this moment. If the state can't be written, the issue is opened
// anyway.
func (i *incident) record(ctx context.Context) bool {
	// A breaker has to be kept open; nobody reads the count of an issue that is left closed.
	unread := i.action == leave && !diagnosis.Breaks(i.component)
	if !i.stored() || unread {
		return true
	}
	err := i.Session.Publish(ctx, i.route+": incident", func(d *state.Document) error {
		if i.action == open && i.takenOver(recordOf(d, i.component)) {
			return errReporting
		}
		recordFailure(d, i.occurrence(), i.Now())
		if !i.transient() && diagnosis.Breaks(i.component) { // else each run tries again
			tripIn(d, i.component, i.Digest(i.component), i.Now())
		}
		return nil
	})
	if errors.Is(err, errReporting) {
		return false
	}
	if err != nil {
		i.warn(err, "alert.warn.incident", "Route", i.route)
	}
	return true
}

func (i *incident) occurrence() occurrence {
	o := occurrence{
		fault: i.fault, action: i.action, comment: i.comment, run: i.ID, attempt: i.Attempt,
	}
	o.byHand = i.action == reopen && i.lasting()
	if i.action != open { // else the issue that was found is an older incident's
		o.issue = i.issue.Number
	}
	return o
}

// takenOver reports whether another run has recorded the incident, moments ago, since this run has
// read the state.
func (i *incident) takenOver(now *state.Incident) bool {
	var read state.Incident // the open incident, as this run has read it
	if rec := i.known.record; rec != nil && rec.Closed.IsZero() {
		read = *rec
	}
	if now == nil || !now.Closed.IsZero() || i.Now().Sub(now.Last) >= openTime {
		return false
	}
	return now.Count != read.Count || !now.Last.Equal(read.Last)
}

// publish writes the issue, and then its number to the state.
func (i *incident) publish(ctx context.Context) {
	text := i.text()
	written, err := i.write(ctx, text)
	if err != nil {
		i.unreported(ctx, err)
		return
	}
	if i.action == open {
		i.opened++
	}
	i.Result.Issue, i.Result.IssueURL = written.Number, written.URL
	i.note(notes[i.action], "Number", written.Number)
	if i.action != edit || i.comment == causeChanged {
		what := i.Words.Text("alert.slack.incident", "Title", text.Title(),
			"Advice", i.diagnosis.Advice())
		i.notify(ctx, notification{text: what, link: written.URL, mention: i.action == open})
	}
	i.recordNumber(ctx, written.Number)
}

// notes say what was done to an issue.
var notes = map[action]string{
	open: "alert.stored.incident.open", reopen: "alert.stored.incident.reopen",
	edit: "alert.stored.incident.edit",
}

// text is what the issue is rendered from.
func (i *incident) text() report.Issue {
	d := &state.Document{}
	if i.Session != nil {
		d = i.Session.Doc()
	}
	if recordOf(d, i.component) == nil {
		d = &state.Document{} // the state could not be written: this occurrence is all
		recordFailure(d, occurrence{fault: i.fault, action: open, run: i.ID, attempt: i.Attempt},
			i.Now())
	}
	return report.Issue{
		Words: i.Words, Route: i.route, Err: i.err, Diagnosis: i.diagnosis,
		Record: *recordOf(d, i.component), Examination: i.examination,
		NextTry: nextTry(d, i.component, i.Now()), RunURL: i.RunsURL,
		RunWorkflow: i.workflow(mirrorFile),
		Secrets:     i.secrets(), SecretsURL: i.Names.SecretsPage(),
		Marker: i.marker(i.route, i.component, i.fingerprint()),
	}
}

// secrets are the names of the secrets that a fix may speak of: the route's own, and those that all
// routes share.
func (i *incident) secrets() []string {
	return append(i.Names.Secrets(), "SECRETS_TOKEN", "VAULT_KEY")
}

// nextTry is until when the calls of a component are held back: by its breaker, or by a limit of
// the service. It is zero if neither holds them.
func nextTry(d *state.Document, c diagnosis.Component, now time.Time) (next time.Time) {
	for _, at := range []time.Time{d.Breakers[string(c)].NextTry, d.RetryAfter[string(c)]} {
		if at.After(now) && at.After(next) {
			next = at
		}
	}
	return next
}

// write opens, reopens or edits the issue, and comments if a comment is due.
func (i *incident) write(ctx context.Context, text report.Issue) (github.Issue, error) {
	body := text.Body()
	if !i.news {
		body = text.Update(i.issue.Body)
	}
	title, body := i.Secrets.String(text.Title()), i.Secrets.String(body)
	if i.action == open {
		return i.tracker().create(ctx, title, body)
	}
	change := github.Edit{Title: title, Body: body}
	if i.action == reopen {
		change.State, change.Reason = "open", "reopened"
	}
	written, err := i.Issues.Edit(ctx, i.issue.Number, change)
	if err != nil {
		return written, err
	}
	switch i.comment {
	case causeChanged:
		err = i.Issues.Comment(ctx, i.issue.Number, i.Secrets.String(text.CauseComment()))
	case lastsADay:
		err = i.Issues.Comment(ctx, i.issue.Number, text.StillComment())
	}
	return written, err
}

// recordNumber notes the issue in the record of its incident. The record may be missing, because it
// could not be written or because a run that succeeded meanwhile has closed it; the issue is open.
func (i *incident) recordNumber(ctx context.Context, number int) {
	if !i.stored() {
		return
	}
	what := fmt.Sprintf("%s: incident #%d", i.route, number)
	err := i.Session.Publish(ctx, what, func(d *state.Document) error {
		if rec := recordOf(d, i.component); rec != nil && rec.Closed.IsZero() {
			rec.Issue = number
			return nil
		}
		o := occurrence{fault: i.fault, action: open, issue: number, run: i.ID, attempt: i.Attempt}
		recordFailure(d, o, i.Now())
		return nil
	})
	if err != nil {
		i.warn(err, "alert.warn.number", "Route", i.route)
	}
}

// unreported makes the run red: a failure without an issue must at least be seen there.
func (r *Route) unreported(ctx context.Context, err error) {
	r.red, r.news = true, true
	d := diagnosis.Explain(err).In(r.Words).For(r.Names)
	r.Explain(message.Wrap(err, "alert.stored.unreported"), d)
	if r.Result.Diagnosis == nil {
		r.Result.Diagnosis = &d
	}
	r.note("alert.stored.unreported", "Why", err)
	what := r.Words.Text("alert.slack.unreported", "Route", r.Result.Name,
		"Title", r.Result.Diagnosis.Title, "Why", r.Words.Error(err))
	r.notify(ctx, notification{text: what, link: r.URL, mention: true})
}
