package alert

import (
	"context"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// deletedWhat begins what an Expiry is called that is about deletions; the newest media follows.
const deletedWhat = "deleted "

// Deletions lists what of a route was deleted on Instagram and is still on X: what the issue of a
// number names, and what no issue names yet.
func Deletions(w message.Words, d *state.Document, issue int) []Expiry {
	var named []state.Record
	for _, rec := range d.Ledger.Deleted() {
		if n := rec.Deleted.Issue; n == 0 || n == issue {
			named = append(named, rec)
		}
	}
	if len(named) == 0 {
		return nil
	}
	says := report.StillOnX(w, d.Account.XUsername, named)
	what := deletedWhat + named[len(named)-1].MediaID
	return []Expiry{{What: what, Sentence: says.Text, Fix: says.Fix}}
}

// stillOnX lists the deletions of each route that wants to be told of them.
func (r *Reminder) stillOnX(issue int) (out []Expiry) {
	for _, s := range r.Deleted {
		out = append(out, Deletions(r.Words, s.Doc(), issue)...)
	}
	return out
}

// noteNamed notes that an issue names the deletions, so that no other one does.
func (r *Reminder) noteNamed(ctx context.Context, issue int) error {
	for _, s := range r.Deleted {
		named := map[string]bool{}
		for _, rec := range s.Doc().Ledger.Deleted() {
			named[rec.MediaID] = rec.Deleted.Issue == 0
		}
		err := s.Update(ctx, s.Route+": deletions are told", func(d *state.Document) error {
			for _, rec := range d.Ledger.Deleted() {
				if named[rec.MediaID] {
					rec.Deleted.Issue = issue
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
