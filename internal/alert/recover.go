package alert

import (
	"context"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// Works lists the components that a mirror run has proven to work.
func Works(o mirror.Outcome, err error) map[diagnosis.Component]bool {
	idle := err == nil && o.Pending == 0 && len(o.Held) == 0 && o.PutOff == ""
	return map[diagnosis.Component]bool{
		diagnosis.Instagram: o.Works.Listed,
		diagnosis.XToken:    o.Works.Token,
		diagnosis.X:         o.Works.Post || idle,
		diagnosis.GitHub:    err == nil,
		diagnosis.State:     true,
		diagnosis.Budget:    err == nil && !byBudget(o),
		diagnosis.Job:       err == nil,
	}
}

// Recovered closes the incidents of the components that work, and then their records and breakers.
// If an issue can't be closed, its record stays open, so that the next run closes both.
func (r *Route) Recovered(ctx context.Context, works map[diagnosis.Component]bool) {
	d := r.Session.Doc()
	for _, c := range openComponents(d) {
		if works[c] && !r.closeRecovered(ctx, c) {
			works[c] = false
		}
	}
	if !needsRecovery(d, works) {
		return
	}
	err := r.Session.Publish(ctx, r.Result.Name+": back", func(d *state.Document) error {
		for c, ok := range works {
			if ok {
				recordRecovery(d, c, r.Now())
			}
		}
		return nil
	})
	if err != nil {
		r.warnf("%s: the recovery could not be written to the state: %v", r.Result.Name, err)
	}
}

// closeRecovered comments on the component's issue and closes it. It returns false if that has to
// be done again.
func (r *Route) closeRecovered(ctx context.Context, c diagnosis.Component) bool {
	rec := *recordOf(r.Session.Doc(), c)
	if r.Issues == nil {
		return true
	}
	back := report.BackComment(rec, len(r.Result.Outcome.Posted), r.Result.Outcome.Pending, r.Now())
	k, issue, err := r.find(ctx, c)
	if err == nil && !k.exists {
		return true // it was never opened
	}
	if rec.Issue = issue.Number; err == nil {
		err = r.Issues.Comment(ctx, issue.Number, back)
	}
	if err == nil && issue.State == "open" {
		body := report.Over(issue.Body, back, r.Now())
		closed := github.Edit{State: "closed", Reason: "completed", Body: body}
		_, err = r.Issues.Edit(ctx, issue.Number, closed)
	}
	if err != nil {
		r.warnf("%s: incident #%d could not be closed: %v", r.Result.Name, issue.Number, err)
		return false
	}
	r.note("incident #%d is over: %s", issue.Number, c)
	r.notify(ctx, message{text: r.Result.Name + ": " + back, link: issue.URL})
	return true
}
