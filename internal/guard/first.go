package guard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// First is asked where a route has no document: whether it is the route's first run, or whether its
// state was lost. begun reports whether the document was made by the answer to a question.
func (s *State) First(ctx context.Context) (begun bool, err error) {
	if s.Branch == nil {
		return false, nil
	}
	events, newest, err := s.lossesOf(ctx)
	if err != nil {
		return false, err
	}
	if _, err := s.Branch.Head(ctx); err == nil {
		return false, s.firstOnBranch(ctx, events, newest)
	} else if httpx.ClassOf(err) != httpx.NotFound && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("ask for the head of the state branch: %w", err)
	}
	if events.FirstRun().Proven {
		s.newest = newest
		return false, s.ensureID(ctx)
	}
	return true, s.deleted(ctx, events[0], newest)
}

func (s *State) ensureID(ctx context.Context) error {
	if s.RepositoryID != "" {
		return nil
	}
	return s.repository(ctx)
}

// lossesOf lists the deletions of the branch, newest first.
func (s *State) lossesOf(ctx context.Context) (out verdict.History, newest int64, err error) {
	list, err := s.Branch.Activity(ctx, github.Deletion, 0)
	if err != nil {
		return nil, 0, fmt.Errorf("ask whether the state branch was deleted: %w", err)
	}
	newest = nothingYet
	for _, e := range list {
		newest = max(newest, e.ID)
		out = append(out, verdict.Event{ID: e.ID, At: e.At, Deletion: true, Before: e.Before})
	}
	return out, newest, nil
}

// firstOnBranch is for a route without a document on a branch that is there: its first run, where
// the list shows no loss after the entry that the other documents name.
func (s *State) firstOnBranch(ctx context.Context, _ verdict.History, _ int64) error {
	passed := int64(0)
	for _, route := range s.Routes {
		body, _, err := s.Branch.Read(ctx, state.Path(route))
		if err != nil {
			continue
		}
		if d, err := state.Decode(state.Path(route), body); err == nil {
			passed = max(passed, d.Activity)
		}
	}
	if passed == 0 {
		return nil // nobody has asked before: the list as it is now passes
	}
	events, newest, err := s.events(ctx, passed)
	if err != nil {
		return err
	}
	if lost := events.LostCommit(passed); lost != nil {
		return s.putBack(ctx, *lost, newest)
	}
	s.newest = newest
	return nil
}

// deleted asks what is to become of a state branch that was deleted. Completed makes it again at its
// last commit; not planned begins anew, every configured route.
func (s *State) deleted(ctx context.Context, lost verdict.Event, newest int64) error {
	answer, err := ask(ctx, s.Asker, deletedBranch(s.Branch.Name, lost))
	if err != nil {
		return err
	}
	if answer.Completed {
		if err := s.Branch.Restore(ctx, lost.Before); err != nil &&
			!errors.Is(err, state.ErrConflict) {
			return fmt.Errorf("make the state branch again at %s: %w", lost.Before, err)
		}
		return s.Session.Refresh(ctx)
	}
	if err := s.ensureID(ctx); err != nil {
		return err
	}
	if err := s.anew(ctx, answer.At, newest); err != nil && !errors.Is(err, state.ErrConflict) {
		return fmt.Errorf("begin the state anew: %w", err)
	}
	return s.Session.Refresh(ctx)
}

// anew makes a branch whose first commit holds a document for each route: what is published from the
// closing on is new.
func (s *State) anew(ctx context.Context, closed time.Time, newest int64) error {
	c := state.Change{Message: "begin anew", Also: map[string][]byte{}}
	for _, route := range s.Routes {
		d := &state.Document{
			Version: state.Version, Route: route, Activity: newest, Repository: s.RepositoryID,
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
	_, err := s.Branch.Write(ctx, c)
	return err
}
