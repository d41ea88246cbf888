package alert

import (
	"context"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Answered is what was answered well in a run. An incident is over when the very call that failed
// is.
type Answered struct {
	mirror.Works
	Done   bool // the run came to its end
	Budget bool // the month's budget holds nothing back
	// Failed are the components that failed in this run: none of their incidents is over.
	Failed []diagnosis.Component
}

// AnswersOf says what was answered well in a mirror run that ended with err.
func AnswersOf(o mirror.Outcome, err error) Answered {
	a := Answered{Works: o.Works, Done: err == nil, Budget: err == nil && !byBudget(o)}
	a.Post = a.Post || a.Reply || o.Reconciled > 0 // what was found on X was taken by X
	if err != nil {
		a.Failed = append(a.Failed, diagnosis.ComponentOf(err))
	}
	for _, f := range o.Faults {
		a.Failed = append(a.Failed, diagnosis.Component(f.Component))
	}
	return a
}

// ends reports whether an incident is over. rec may be no more than its component: then it is about
// what the document holds against a component without an incident.
func (a Answered) ends(rec state.Incident, s *state.Session) bool {
	c := diagnosis.Component(rec.Component)
	if slices.Contains(a.Failed, c) {
		return false
	}
	switch c {
	case diagnosis.Instagram:
		return a.Listed
	case diagnosis.MediaHost:
		return a.File
	case diagnosis.X:
		return a.endsX(rec.Call)
	case diagnosis.XReplies:
		return a.Reply
	case diagnosis.XToken:
		return a.Token
	case diagnosis.Account:
		return a.Post // the accounts are asked for before a post
	case diagnosis.Undecided:
		return a.Done && len(s.Doc().Ledger.Undecided()) == 0
	case diagnosis.GitHub:
		return a.Done && (!writes(rec.Call) || s.Wrote())
	case diagnosis.State:
		return endsState(rec, s)
	case diagnosis.Budget:
		return a.Budget
	case diagnosis.Job:
		return a.Done && a.Listed
	}
	return false // the list of what was given up, and questions to a person, have ends of their own
}

// endsX goes by the call: an upload that works does not show that X takes posts.
func (a Answered) endsX(call string) bool {
	switch {
	case strings.Contains(call, "/2/media"):
		return a.Upload || a.Post
	case strings.HasPrefix(call, "GET "):
		return a.Read || a.Post
	}
	return a.Post
}

// endsState is about the document itself. A question about the branch is answered by a person.
func endsState(rec state.Incident, s *state.Session) bool {
	if len(rec.Reported) == 0 {
		return true // only counted
	}
	switch rec.Reported[len(rec.Reported)-1] {
	case "state-unreadable":
		return true // it was read, or this run would have no session
	case "state-protected", "state-refused":
		return s.Wrote()
	}
	return false
}

func writes(call string) bool { return call != "" && !strings.HasPrefix(call, "GET ") }

// Recovered closes the incidents that are over, and then their records and breakers. If an issue
// can't be closed, its record stays open, so that the next run closes both.
func (r *Route) Recovered(ctx context.Context, a Answered) {
	over := r.over(a)
	var closed []diagnosis.Component
	for _, c := range over {
		rec := recordOf(r.Session.Doc(), c)
		if rec == nil || !rec.Closed.IsZero() || r.closeRecovered(ctx, *rec) {
			closed = append(closed, c)
		}
	}
	if len(closed) == 0 {
		return
	}
	err := r.Session.Publish(ctx, r.Result.Name+": back", func(d *state.Document) error {
		for _, c := range closed {
			recordRecovery(d, c, r.Now())
		}
		return nil
	})
	if err != nil {
		r.warnf("%s: the recovery could not be written to the state: %v", r.Result.Name, err)
	}
}

// over lists the components that have something against them, which is over.
func (r *Route) over(a Answered) (out []diagnosis.Component) {
	d := r.Session.Doc()
	for c := range diagnosis.Components() {
		if !against(d, c) {
			continue
		}
		rec := state.Incident{Component: string(c)}
		if known := recordOf(d, c); known != nil && known.Closed.IsZero() {
			rec = *known
		}
		if a.ends(rec, r.Session) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// closeRecovered closes the issue of an incident that is over, and comments on it. It returns false
// if that has to be done again.
func (r *Route) closeRecovered(ctx context.Context, rec state.Incident) bool {
	if r.Issues == nil {
		return true
	}
	c := diagnosis.Component(rec.Component)
	back := report.BackComment(rec, len(r.Result.Outcome.Posted), r.Result.Outcome.Pending, r.Now())
	b := r.Session.Doc().Breakers[rec.Component]
	if !b.Opened.IsZero() && b.Digest == r.Digest(c) {
		back += diagnosis.ByItself(c, rec.Cause)
	}
	k, issue, err := r.find(ctx, c)
	switch {
	case err == nil && !k.exists:
		return true // it was never opened
	case err == nil:
		err = r.closeIssue(ctx, issue, back)
	}
	if err != nil {
		r.warnf("%s: incident #%d could not be closed: %v", r.Result.Name, rec.Issue, err)
		return false
	}
	r.note("incident #%d is over: %s", issue.Number, c)
	r.notify(ctx, message{text: r.Result.Name + ": " + back, link: issue.URL})
	return true
}
