package guard

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// First is asked where a route has no document: whether it is the route's first run, or whether its
// state was lost. A nil error is the proof, or the lost state is there again.
func (s *State) First(ctx context.Context) error {
	switch {
	case s.Branch == nil:
		return nil
	case s.gone != nil:
		return s.gone
	}
	there, end, err := s.look(ctx)
	switch {
	case err != nil:
		return err
	case there:
		return s.firstOnBranch(ctx)
	case end.FirstRun().Proven:
		return nil
	}
	return s.deleted(ctx, end[0])
}

// Lost reports whether the state branch was there and is not any more.
func (h *History) Lost(ctx context.Context) (bool, error) {
	if h.Branch == nil {
		return false, nil
	}
	there, end, err := h.look(ctx)
	return !there && !end.FirstRun().Proven, err
}

// look reports whether the branch is there, and how it ended if it is not. A missing branch is
// looked for once a run.
func (h *History) look(ctx context.Context) (there bool, end verdict.History, err error) {
	// The branch is asked for before its list: a deletion between the two calls is on the list.
	if !h.missing {
		_, err := h.Branch.Head(ctx)
		if err == nil {
			return true, nil, nil
		}
		if httpx.ClassOf(err) != httpx.NotFound {
			return false, nil, message.Wrap(err, "guard.stored.head")
		}
	}
	if err := h.load(ctx, math.MaxInt64); err != nil {
		return false, nil, err
	}
	end = endOf(h.last)
	if !end.FirstRun().Proven && h.last.Kind != github.Deletion && h.madeMeanwhile(ctx) {
		return true, nil, nil
	}
	h.missing = !end.FirstRun().Proven // a first run makes the branch
	return false, end, nil
}

// madeMeanwhile reports whether the branch is there by now: another first run has made it since
// this one looked for it. The activity list then shows that run's branch, which is not lost.
func (h *History) madeMeanwhile(ctx context.Context) bool {
	_, err := h.Branch.Head(ctx)
	if err == nil {
		h.changed()
	}
	return err == nil
}

// endOf is the deletion of a branch that GitHub does not list, by the newest entry of its activity
// list. The list may lag behind the deletion, and a renamed branch has none: then the branch ended
// with the commit that it had last. There is no event if there was no such branch.
func endOf(last github.Event) verdict.History {
	e := verdict.Event{ID: last.ID, At: last.At, Deletion: true, Before: last.After}
	if last.Kind == github.Deletion {
		e.Before = last.Before
	}
	if e.Before == "" {
		return nil
	}
	return verdict.History{e}
}

// firstOnBranch is for a route without a document on a branch that is there: its first run, where
// the list shows no loss after the entry that the other documents name.
func (s *State) firstOnBranch(ctx context.Context) error {
	named := int64(0)
	for _, route := range s.Routes {
		body, _, err := s.Branch.Read(ctx, state.Path(route))
		if err != nil {
			continue // a document that can't be read stops its own route
		}
		if d, err := state.Decode(state.Path(route), body); err == nil {
			named = max(named, d.Activity)
		}
	}
	events, err := s.eventsAfter(ctx, named)
	if err != nil {
		return err
	}
	if lost := events.LostCommit(max(named, nothingYet)); lost != nil {
		return s.putBack(ctx, *lost)
	}
	return nil
}

// deleted asks what is to become of a state branch that was deleted. Completed makes it again at
// its last commit; not planned begins anew, every configured route.
func (s *State) deleted(ctx context.Context, lost verdict.Event) error {
	answer, err := s.ask(ctx, deletedBranch(s.Words, s.Branch.Name, lost))
	if err != nil {
		s.gone = err
		return err
	}
	if answer.Completed {
		err = s.Branch.Restore(ctx, lost.Before)
		if err != nil && !errors.Is(err, state.ErrConflict) {
			return message.Wrap(err, "guard.stored.make-again", "Commit", lost.Before,
				"Issue", answer.Issue)
		}
	} else if err := s.anew(ctx, answer.At); err != nil && !errors.Is(err, state.ErrConflict) {
		return message.Wrap(err, "guard.stored.begin-anew")
	}
	s.changed()
	return s.Session.Refresh(ctx)
}

// anew makes a branch whose first commit holds a document for each route: what is published from
// the closing on is new.
func (s *State) anew(ctx context.Context, closed time.Time) error {
	here, err := s.id(ctx)
	if err != nil {
		return err
	}
	c := state.Change{Message: "begin anew", Also: map[string][]byte{}}
	for _, route := range s.Routes {
		d := &state.Document{
			Version: state.Version, Route: route, Activity: s.passing(0), Repository: here,
			Baseline: closed.UTC().Truncate(time.Second).Add(-time.Second),
		}
		body, err := d.Encode()
		if err != nil {
			return err // Unreachable: a document encodes.
		}
		if c.Path == "" {
			c.Path, c.Body = state.Path(route), body
		} else {
			c.Also[state.Path(route)] = body
		}
	}
	_, err = s.Branch.Write(ctx, c)
	return err
}
