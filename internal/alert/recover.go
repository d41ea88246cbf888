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
	case diagnosis.X:
		return a.endsX(rec.Call)
	case diagnosis.Undecided:
		return a.Done && len(s.Doc().Ledger.Undecided()) == 0
	case diagnosis.GitHub:
		return a.Done && (!writes(rec.Call) || s.Wrote())
	case diagnosis.State:
		return endsState(rec, s)
	}
	answered := endings[c]
	return answered != nil && answered(a)
}

// endings name the answer that ends an incident, where nothing else is asked. The list of what was
// given up, and questions to a person, have ends of their own.
var endings = map[diagnosis.Component]func(Answered) bool{
	diagnosis.Instagram: func(a Answered) bool { return a.Listed },
	diagnosis.MediaHost: func(a Answered) bool { return a.File },
	diagnosis.XReplies:  func(a Answered) bool { return a.Reply },
	diagnosis.XToken:    func(a Answered) bool { return a.Token },
	diagnosis.Account:   func(a Answered) bool { return a.Post }, // asked for before a post
	diagnosis.Budget:    func(a Answered) bool { return a.Budget },
	diagnosis.Job:       func(a Answered) bool { return a.Done && a.Listed },
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
	back := recovery{r, a}
	closed := map[diagnosis.Component]state.Incident{} // as they were
	for _, c := range back.over() {
		rec := recordOf(r.Session.Doc(), c)
		switch {
		case rec == nil:
			closed[c] = state.Incident{}
		case !rec.Closed.IsZero() || back.close(ctx, *rec):
			closed[c] = *rec
		}
	}
	if len(closed) == 0 {
		return
	}
	err := r.Session.Publish(ctx, r.Result.Name+": back", func(d *state.Document) error {
		for c, was := range closed {
			if !metAgain(d, c, was) {
				recordRecovery(d, c, r.Now())
			}
		}
		return nil
	})
	if err != nil {
		r.warn(err, "alert.warn.recovery", "Route", r.Result.Name)
	}
}

// metAgain reports whether another run has met an incident since this one has read the document. That
// run has opened the issue again, so that the incident stays open for the next recovery.
func metAgain(d *state.Document, c diagnosis.Component, was state.Incident) bool {
	rec := recordOf(d, c)
	return rec != nil && rec.Closed.IsZero() && rec.Count > 0 &&
		(rec.Issue != was.Issue || rec.Count != was.Count || !rec.Last.Equal(was.Last))
}

// recovery ends what is over after a run in which something was answered well.
type recovery struct {
	*Route
	Answered
}

// over lists the components that have something against them, which is over.
func (b recovery) over() (out []diagnosis.Component) {
	d := b.Session.Doc()
	for c := range diagnosis.Components() {
		if !against(d, c) {
			continue
		}
		rec := state.Incident{Component: string(c)}
		if known := recordOf(d, c); known != nil && known.Closed.IsZero() {
			rec = *known
		}
		if b.ends(rec, b.Session) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// close closes the issue of an incident that is over, and comments on it. It returns false
// if that has to be done again.
func (b recovery) close(ctx context.Context, rec state.Incident) bool {
	if b.Issues == nil {
		return true
	}
	c := diagnosis.Component(rec.Component)
	back := report.BackComment(b.Words, b.Now().Sub(rec.First), len(b.Result.Outcome.Posted),
		b.Result.Outcome.Pending)
	breaker := b.Session.Doc().Breakers[rec.Component]
	if !breaker.Opened.IsZero() && breaker.Digest == b.Digest(c) {
		back = b.Words.Sentences(back, diagnosis.ByItself(b.Words, c, rec.Cause))
	}
	k, issue, err := b.find(ctx, c)
	switch {
	case err == nil && !k.exists:
		return true // it was never opened
	case err == nil:
		err = b.tracker().close(ctx, issue, back)
	}
	if err != nil {
		b.warn(err, "alert.warn.not-closed", "Route", b.Result.Name, "Number", rec.Issue)
		return false
	}
	b.note("alert.stored.over", "Number", issue.Number, "Component", string(c))
	b.notify(ctx, notification{text: b.Result.Name + ": " + back, link: issue.URL})
	return true
}
