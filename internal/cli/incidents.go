package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// maxNew is how many issues one run may open: a storm is one storm.
const maxNew = 5

// The label of our issues.
const (
	labelColor = "d4a72c"
	labelText  = "postferry: a failure that says why, and closes itself"
)

// waits says why nothing is tried this time, "" if something is: an open breaker, or a reset time that has not come.
func (j *job) waits(ctx context.Context, s *state.Session, r config.Route) string {
	if j.options.force || j.runner.ByHand() {
		return ""
	}
	d, now := s.Doc(), j.now()
	for _, area := range []diagnosis.Component{diagnosis.Instagram, diagnosis.XToken, diagnosis.X} {
		if at := d.RetryAfter[string(area)]; now.Before(at) {
			return fmt.Sprintf("%s is left alone until its limit is lifted at %s", area, at.Format(time.RFC3339))
		}
		b := d.Breakers[string(area)]
		if diagnosis.Closed(b, j.digest(r, area), now) || j.handClosed(ctx, d, area) {
			continue
		}
		return fmt.Sprintf("%s is broken since %s, next try at %s", area, b.Opened.Format(time.RFC3339), b.NextTry.Format(time.RFC3339))
	}
	return ""
}

// digest names the credentials that an area depends on: new ones close its breaker at once.
func (j *job) digest(r config.Route, area diagnosis.Component) string {
	c := j.creds[r.Name]
	if area == diagnosis.Instagram {
		return vault.Digest(c.instagramToken + c.instagramUser + r.Instagram.Login + r.Instagram.APIVersion)
	}
	return vault.Digest(c.clientID + c.clientSecret + c.refresh)
}

// handClosed says that a person has closed the area's issue: "try now".
func (j *job) handClosed(ctx context.Context, d *state.Document, area diagnosis.Component) bool {
	rec := diagnosis.Find(d, area)
	if rec == nil || rec.Issue == 0 || !rec.Closed.IsZero() || j.repo == nil {
		return false
	}
	issue, err := (&github.Issues{Client: j.repo}).Get(ctx, rec.Issue)
	return err == nil && issue.State == "closed"
}

// stopped deals with what stopped a route: a passing fault is counted, anything else is an incident. s is nil when the
// state could not be read.
func (j *job) stopped(ctx context.Context, s *state.Session, out report.Route, cause error) report.Route {
	f := diagnosis.NewFault(out.Name, cause)
	out.Err, out.Diagnosis = cause, &f.Diagnosis
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	if f.Transient() {
		runs := j.passing(ctx, s, f)
		if runs < j.config.Incidents.TransientAfter {
			out.Passing = true
			j.warn(fmt.Sprintf("%s: %v: the next run tries again (%d of %d before it is an incident)", out.Name, cause, runs, j.config.Incidents.TransientAfter))
			return out
		}
	}
	return j.open(ctx, s, out, f)
}

// passing counts one more run in a row that met a passing fault, and keeps the reset time.
func (j *job) passing(ctx context.Context, s *state.Session, f diagnosis.Fault) int {
	if s == nil || s.First() {
		return 1
	}
	runs := 0
	err := s.Update(ctx, f.Route+": passing fault", func(d *state.Document) error {
		if d.TransientRuns == nil {
			d.TransientRuns = map[string]int{}
		}
		d.TransientRuns[string(f.Component)]++
		runs = d.TransientRuns[string(f.Component)]
		if e := httpx.As(f.Err); e != nil && e.ResetAt.After(j.now()) {
			if d.RetryAfter == nil {
				d.RetryAfter = map[string]time.Time{}
			}
			d.RetryAfter[string(f.Component)] = e.ResetAt.UTC().Truncate(time.Second)
		}
		return nil
	})
	if err != nil {
		j.warn(fmt.Sprintf("%s: the fault could not be counted: %v", f.Route, err))
		return 1
	}
	return runs
}

// open brings the area's issue up to date, opening it if there is none, and trips the breaker.
func (j *job) open(ctx context.Context, s *state.Session, out report.Route, f diagnosis.Fault) report.Route {
	known, issue, err := j.known(ctx, s, f)
	if err != nil {
		j.explain(f.Err, f.Diagnosis)
		return j.unreported(ctx, out, err)
	}
	action, comment := diagnosis.Decide(known, f, j.now())
	var found doctor.Report
	fresh := action == diagnosis.Open || known.Changed(f)
	if fresh {
		found = j.examine(ctx, s, &f, action == diagnosis.Open || comment == "cause")
	} else if d, ok := diagnosis.DiagnosisOf(known.Record.Cause); ok {
		f.Diagnosis = d // as it was found out when the issue was opened
	}
	j.explain(f.Err, f.Diagnosis)
	out.Diagnosis = &f.Diagnosis
	j.red = j.red || j.config.Incidents.Red == "always" || action == diagnosis.Open && j.config.Incidents.Red != "never"
	if action == diagnosis.Open && j.opened >= maxNew {
		out.Notes = append(out.Notes, "more incidents than are opened in one run: see the others first")
		return out
	}
	// Written down before the issue is opened: a run that is killed in between leaves an issue that is found again by its
	// marker, and closed by the run that recovers.
	number := issue.Number
	if action == diagnosis.Open {
		number = 0 // the one that is known is an older incident's
	}
	if !j.record(ctx, s, f, known, number, action, comment) {
		out.Notes = append(out.Notes, "another run is telling of this incident")
		return out
	}
	text := j.render(s, f, found)
	body := text.Body()
	if !fresh {
		body = text.Update(issue.Body)
	}
	written, err := j.write(ctx, text, body, issue, action, comment)
	if err != nil {
		return j.unreported(ctx, out, err)
	}
	if action == diagnosis.Open {
		j.opened++
	}
	out.Issue, out.IssueURL = written.Number, written.URL
	out.Notes = append(out.Notes, fmt.Sprintf("incident #%d: %s", written.Number, action))
	if action != diagnosis.Edit || comment == "cause" {
		j.tellSlack(ctx, action == diagnosis.Open, fmt.Sprintf("%s. %s", text.Title(), f.Diagnosis.Fix), written.URL)
	}
	j.number(ctx, s, f, written.Number)
	return out
}

// examine asks the services what is behind a failure, once for each cause, and takes the likeliest for the diagnosis.
func (j *job) examine(ctx context.Context, s *state.Session, f *diagnosis.Fault, ask bool) doctor.Report {
	if !ask || s == nil || f.Transient() || f.Component == diagnosis.Price || f.Component == diagnosis.Job {
		return doctor.Report{}
	}
	found := j.doctor(j.routeNamed(f.Route), s).Of(ctx, f.Component, f.Err)
	if len(found.Causes) > 0 {
		f.Diagnosis = found.Causes[0].Diagnosis
	}
	return found
}

// known looks the area's issue up: by its number if the state has one, else by label and marker.
func (j *job) known(ctx context.Context, s *state.Session, f diagnosis.Fault) (diagnosis.Known, github.Issue, error) {
	var k diagnosis.Known
	if s != nil {
		k.Record = diagnosis.Find(s.Doc(), f.Component)
	}
	if j.repo == nil {
		return k, github.Issue{}, fmt.Errorf("without GITHUB_TOKEN and GITHUB_REPOSITORY no issue can be opened")
	}
	issues := &github.Issues{Client: j.repo}
	if k.Record != nil && k.Record.Issue > 0 {
		issue, err := issues.Get(ctx, k.Record.Issue)
		if httpx.ClassOf(err) != httpx.NotFound {
			k.Exists, k.Closed = err == nil, issue.Closed
			return k, issue, err
		}
	}
	list, err := issues.List(ctx, diagnosis.Label, "all", j.now().Add(-30*24*time.Hour))
	for _, issue := range list {
		route, area, _, ok := diagnosis.ReadMarker(issue.Body)
		// A job is of no route: the workflow's own few lines of shell know none.
		if !ok || area != f.Component || route != f.Route && area != diagnosis.Job {
			continue
		}
		if mine, err := issues.Mine(ctx, issue); err != nil || !mine {
			continue
		}
		k.Exists, k.Closed = true, issue.Closed
		return k, issue, nil
	}
	return k, github.Issue{}, err
}

// render makes the issue's text from the record of this occurrence.
func (j *job) render(s *state.Session, f diagnosis.Fault, found doctor.Report) report.Issue {
	d := &state.Document{}
	if s != nil {
		d = s.Doc()
	}
	if diagnosis.Find(d, f.Component) == nil {
		d = &state.Document{} // without a state there is no record, only this once
		diagnosis.Record(d, f, 0, diagnosis.Open, "", j.runner.RunID, j.now())
	}
	i := report.Issue{Fault: f, Record: *diagnosis.Find(d, f.Component), DocsURL: "https://github.com/postferry/postferry/blob/main/"}
	if j.runner.Repo != "" {
		i.RunURL = j.runner.RepoURL() + "/actions/runs/"
	}
	i.NextTry = d.Breakers[string(f.Component)].NextTry
	i.Safe, i.Ruled, i.Causes = safe(f), found.Ruled, found.Causes
	for _, one := range found.Findings {
		if one.Asked {
			i.Findings = append(i.Findings, report.Finding{Probe: one.Probe, Answer: one.Answer, Trace: one.Trace})
		}
	}
	return i
}

// safe says what a failure did not touch.
func safe(f diagnosis.Fault) []string {
	out := []string{"Nothing was posted twice and nothing is forgotten: what is missed is caught up, oldest first."}
	switch f.Component {
	case diagnosis.Instagram:
		out = append(out, "X's token is kept alive by its own schedule (`postferry rotate`), which does not need Instagram.")
	case diagnosis.X, diagnosis.XToken:
		out = append(out, "Instagram is read again as soon as X takes posts.")
	case diagnosis.State:
		out = append(out, "The state document was not touched, nothing was posted and no token was spent.")
	}
	return out
}

// write opens, reopens or edits the issue, and comments if that is due.
func (j *job) write(ctx context.Context, i report.Issue, body string, old github.Issue, a diagnosis.Action, comment string) (github.Issue, error) {
	issues := &github.Issues{Client: j.repo}
	title, body := j.p.secrets.String(i.Title()), j.p.secrets.String(body)
	if a == diagnosis.Open {
		if err := issues.EnsureLabel(ctx, diagnosis.Label, labelColor, labelText); err != nil {
			j.warn(fmt.Sprintf("the label could not be made: %v", err))
		}
		return issues.Create(ctx, github.NewIssue{Title: title, Body: body, Labels: []string{diagnosis.Label}, Assignees: j.config.Incidents.Assignees})
	}
	edit := github.Edit{Title: title, Body: body}
	if a == diagnosis.Reopen {
		edit.State, edit.Reason = "open", "reopened"
	}
	written, err := issues.Edit(ctx, old.Number, edit)
	if err != nil {
		return written, err
	}
	switch comment {
	case "cause":
		err = issues.Comment(ctx, old.Number, j.p.secrets.String(i.CauseComment()))
	case "day":
		err = issues.Comment(ctx, old.Number, i.StillComment())
	}
	return written, err
}

// opening is how long a run may take from writing an incident down to having its issue.
const opening = 5 * time.Minute

var errTelling = errors.New("another run is telling of this incident")

// record commits an occurrence and trips the breaker. It is false if another run is opening the same incident at this
// moment. A state that can't be written keeps nobody from hearing of it.
func (j *job) record(ctx context.Context, s *state.Session, f diagnosis.Fault, known diagnosis.Known, issue int, a diagnosis.Action, comment string) bool {
	if s == nil || s.First() {
		return true
	}
	var seen state.Incident // the open incident, as far as this run knows
	if known.Record != nil && known.Record.Closed.IsZero() {
		seen = *known.Record
	}
	err := s.Publish(ctx, f.Route+": incident", func(d *state.Document) error {
		old := diagnosis.Find(d, f.Component)
		touched := old != nil && (old.Count != seen.Count || !old.Last.Equal(seen.Last))
		if a == diagnosis.Open && touched && old.Closed.IsZero() && j.now().Sub(old.Last) < opening {
			return errTelling
		}
		diagnosis.Record(d, f, issue, a, comment, j.runner.RunID, j.now())
		if f.Transient() || f.Component == diagnosis.Price {
			return nil // tried again by every run
		}
		if d.Breakers == nil {
			d.Breakers = map[string]state.Breaker{}
		}
		d.Breakers[string(f.Component)] = diagnosis.Trip(d.Breakers[string(f.Component)], j.digest(j.routeNamed(f.Route), f.Component), j.now())
		return nil
	})
	if errors.Is(err, errTelling) {
		return false
	}
	if err != nil {
		j.warn(fmt.Sprintf("%s: the incident could not be written to the state: %v", f.Route, err))
	}
	return true
}

// number notes which issue it became.
func (j *job) number(ctx context.Context, s *state.Session, f diagnosis.Fault, issue int) {
	if s == nil || s.First() {
		return
	}
	err := s.Publish(ctx, fmt.Sprintf("%s: incident #%d", f.Route, issue), func(d *state.Document) error {
		// The record may be missing: it could not be written, or a run that succeeded meanwhile has ended it. The issue is open.
		if rec := diagnosis.Find(d, f.Component); rec == nil || !rec.Closed.IsZero() {
			diagnosis.Record(d, f, issue, diagnosis.Open, "", j.runner.RunID, j.now())
		} else {
			rec.Issue = issue
		}
		return nil
	})
	if err != nil {
		j.warn(fmt.Sprintf("%s: the number of the issue could not be written to the state: %v", f.Route, err))
	}
}

func (j *job) routeNamed(name string) config.Route {
	for _, r := range j.config.Routes {
		if r.Name == name {
			return r
		}
	}
	return config.Route{}
}

// unreported: a failure that nobody hears of must at least be seen: the run is red.
func (j *job) unreported(ctx context.Context, out report.Route, err error) report.Route {
	j.red = true
	d := diagnosis.Explain(err)
	j.explain(fmt.Errorf("the incident could not be reported: %w", err), d)
	if out.Diagnosis == nil {
		out.Diagnosis = &d
	}
	out.Notes = append(out.Notes, fmt.Sprintf("the incident could not be reported: %v", err))
	j.tellSlack(ctx, true, fmt.Sprintf("%s: %s (and no issue could be opened: %v)", out.Name, out.Diagnosis.Title, err), j.runner.RunURL())
	return out
}

// worked lists the areas that a mirror run has proven to work.
func worked(o mirror.Outcome, err error) map[diagnosis.Component]bool {
	idle := err == nil && o.Pending == 0 && len(o.Failed) == 0 && o.PutOff == ""
	return map[diagnosis.Component]bool{
		diagnosis.Instagram: o.Listed, diagnosis.XToken: o.Token, diagnosis.X: o.Post || idle,
		diagnosis.GitHub: err == nil, diagnosis.State: true, diagnosis.Price: err == nil && !byBudget(o), diagnosis.Job: err == nil,
	}
}

// recovered closes the incidents of everything that works again.
func (j *job) recovered(ctx context.Context, s *state.Session, out report.Route, works map[diagnosis.Component]bool) report.Route {
	d := s.Doc()
	for _, area := range diagnosis.OpenIn(d) {
		if works[area] && !j.close(ctx, s, &out, area) {
			works[area] = false // the next run closes it: a record that is over would leave the issue open for good
		}
	}
	if j.stale(d, works) {
		err := s.Publish(ctx, out.Name+": back", func(d *state.Document) error {
			for area, ok := range works {
				if ok {
					diagnosis.Recover(d, area, j.now())
				}
			}
			return nil
		})
		if err != nil {
			j.warn(fmt.Sprintf("%s: the recovery could not be written to the state: %v", out.Name, err))
		}
	}
	return out
}

// stale says that the document counts against an area that works.
func (j *job) stale(d *state.Document, works map[diagnosis.Component]bool) bool {
	for area, ok := range works {
		rec := diagnosis.Find(d, area)
		_, broken := d.Breakers[string(area)]
		_, waiting := d.RetryAfter[string(area)]
		if ok && (broken || waiting || d.TransientRuns[string(area)] > 0 || rec != nil && rec.Closed.IsZero()) {
			return true
		}
	}
	return false
}

// close says that an area is back, on its issue, and closes it. It is false if that has to be done again.
func (j *job) close(ctx context.Context, s *state.Session, out *report.Route, area diagnosis.Component) bool {
	rec := *diagnosis.Find(s.Doc(), area)
	if j.repo == nil {
		return true
	}
	issues := &github.Issues{Client: j.repo}
	back := report.BackComment(rec, len(out.Outcome.Posted), out.Outcome.Pending, j.now())
	known, issue, err := j.known(ctx, s, diagnosis.Fault{Route: out.Name, Component: area})
	if err == nil && !known.Exists {
		return true // it was never opened
	}
	if rec.Issue = issue.Number; err == nil {
		err = issues.Comment(ctx, rec.Issue, back)
	}
	if err == nil && issue.State == "open" {
		_, err = issues.Edit(ctx, rec.Issue, github.Edit{State: "closed", Reason: "completed", Body: report.Over(issue.Body, back, j.now())})
	}
	if err != nil {
		j.warn(fmt.Sprintf("%s: incident #%d could not be closed: %v", out.Name, rec.Issue, err))
		return false
	}
	out.Notes = append(out.Notes, fmt.Sprintf("incident #%d is over: %s", rec.Issue, area))
	j.tellSlack(ctx, false, out.Name+": "+back, issue.URL)
	return true
}

// byBudget says that posts wait because the month's budget is used up.
func byBudget(o mirror.Outcome) bool { return strings.HasPrefix(o.HeldBy, "usd_per_month") }

// held opens (once) the incident of a month's budget that is used up. The other limits are a matter of hours.
func (j *job) held(ctx context.Context, s *state.Session, out report.Route) report.Route {
	if !byBudget(out.Outcome) {
		return out
	}
	f := diagnosis.Fault{Route: out.Name, Component: diagnosis.Price, Diagnosis: diagnosis.BudgetHeld, Err: fmt.Errorf(
		"%d media wait: X has billed $%.2f this month by postferry's count, and the next post would pass the limit (%s)", out.Outcome.Pending, out.USDMonth, out.Outcome.HeldBy)}
	return j.open(ctx, s, out, f)
}
