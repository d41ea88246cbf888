package guard

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/verdict"
)

// State reports whether the state branch is the newest, and this repository's.
type State struct {
	*History
	Session *state.Session

	passed int64 // the entry of the activity list that this route's document may name; 0: not asked
}

// Check is asked before a run's first post, and before a token is spent. A nil error is the proof.
func (s *State) Check(ctx context.Context) error {
	if s.Branch == nil || s.passed > 0 {
		return nil
	}
	if err := s.repository(ctx); err != nil {
		return err
	}
	named := s.Session.Doc().Activity
	events, err := s.eventsAfter(ctx, named)
	if err != nil {
		return err
	}
	if lost := events.LostCommit(max(named, nothingYet)); lost != nil {
		return s.putBack(ctx, *lost)
	}
	s.passed = s.passing(named)
	if named == 0 {
		return nil
	}
	return s.settleOld(ctx, events)
}

// Seen writes down, with an intent, what Check has seen.
func (s *State) Seen(d *state.Document) {
	if s.Branch == nil || s.passed == 0 {
		return
	}
	d.Activity, d.Repository = s.passed, s.RepositoryID
}

// repository compares the document's repository with this one: a copy of a repository has the state
// of another, whose tokens and posts are not its own.
func (s *State) repository(ctx context.Context) error {
	here, err := s.id(ctx)
	if err != nil {
		return err
	}
	of := s.Session.Doc().Repository
	if of == "" || of == here {
		return nil
	}
	q := copied(s.Words, of, here, s.Branch.Name)
	answer, err := s.ask(ctx, q)
	if err != nil {
		return err
	}
	if answer.NotPlanned {
		return &HeldError{Question: q, Answer: answer}
	}
	return s.Session.Update(ctx, s.Session.Route+": this copy goes on",
		func(d *state.Document) error {
			d.Repository = here
			return nil
		})
}

// eventsAfter lists what could have lost commits after an entry, newest first, down to the first
// event that did. For a document that names no entry, only the loss of a document that names one
// counts: the branch was put back to before the route's first intent, or to before version 2.
func (s *State) eventsAfter(ctx context.Context, named int64) (out verdict.History, err error) {
	if err := s.load(ctx, named); err != nil {
		return nil, err
	}
	for _, e := range s.losses {
		if e.ID <= named {
			break
		}
		if e.Kept, err = s.isKept(ctx, e.Before); err != nil {
			return nil, err
		}
		// Only here a document of the past is read, which is once in the life of a route.
		if !e.Kept && named == 0 {
			was, err := s.documentAt(ctx, state.Path(s.Session.Route), e.Before)
			if err != nil {
				return nil, err
			}
			e.Kept = was == nil || was.Activity == 0
		}
		if out = append(out, e); !e.Kept {
			break
		}
	}
	return out, nil
}

// settleOld closes the questions about a branch that a person has put back.
func (s *State) settleOld(ctx context.Context, events verdict.History) error {
	for _, e := range events {
		if s.Asker == nil {
			return nil
		}
		err := s.Asker.Settled(ctx, rolledBack(s.Words, s.Branch.Name, e),
			s.Words.Text("guard.state.settled"))
		if err != nil {
			return message.Wrap(err, "guard.stored.close-state")
		}
	}
	return nil
}

// putBack asks what is to become of a lost commit. Completed puts it back by a commit with both as
// parents; not planned goes on from what is there.
func (s *State) putBack(ctx context.Context, lost verdict.Event) error {
	answer, err := s.ask(ctx, rolledBack(s.Words, s.Branch.Name, lost))
	if err != nil {
		return err
	}
	entry := s.passing(s.Session.Doc().Activity)
	if answer.NotPlanned {
		return s.Session.Update(ctx, s.Session.Route+": go on from here",
			func(d *state.Document) error {
				d.Activity, d.LookBack = entry, answer.At.UTC().Truncate(time.Second)
				return nil
			})
	}
	err = s.merge(ctx, lost.Before, entry)
	s.changed()
	switch {
	case errors.Is(err, state.ErrConflict):
		return &token.PutOffError{Why: message.Words{}.Text("guard.stored.same-moment")}
	case err != nil:
		return message.Wrap(err, "guard.stored.put-back", "Commit", lost.Before,
			"Issue", answer.Issue)
	}
	return &token.PutOffError{Why: message.Words{}.Text("guard.stored.was-put-back")}
}

// merge commits, of each route, the document with more intents, on top of both histories.
func (s *State) merge(ctx context.Context, commit string, entry int64) error {
	// One commit for all routes: a run that is killed between two of them would leave the rest
	// lost.
	c := state.Change{Message: "put back " + commit, Also: map[string][]byte{}}
	for _, route := range s.Routes {
		path := state.Path(route)
		body, version, err := s.merged(ctx, path, commit, entry)
		switch {
		case err != nil:
			return err
		case body == nil:
		case c.Path == "":
			c.Path, c.Body, c.Version = path, body, version
		default:
			c.Also[path] = body
		}
	}
	_, err := s.Branch.Merge(ctx, c, commit)
	return err
}

// merged is the document of a route that merge commits, and the version that it replaces. The body
// is nil if neither commit has the document.
func (s *State) merged(
	ctx context.Context, path, commit string, entry int64,
) (merged []byte, version string, err error) {
	was, err := s.documentAt(ctx, path, commit)
	if err != nil {
		return nil, "", err
	}
	body, version, err := s.Branch.Read(ctx, path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	is, err := decode(path, body)
	if err != nil {
		return nil, "", err
	}
	kept := newer(was, is)
	if kept == nil {
		return nil, version, nil
	}
	kept.Activity, kept.Repository = entry, s.RepositoryID
	merged, err = kept.Encode()
	return merged, version, err
}

// documentAt reads a route's document as it was at a commit, nil if there was none.
func (s *State) documentAt(ctx context.Context, path, commit string) (*state.Document, error) {
	body, _, err := s.Branch.ReadAt(ctx, path, commit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decode(path, body)
}

// decode is state.Decode for a document that may be missing.
func decode(path string, body []byte) (*state.Document, error) {
	if body == nil {
		return nil, nil
	}
	return state.Decode(path, body)
}

// newer is the document with more intents, and of equal ones the one with the newer tokens.
func newer(a, b *state.Document) *state.Document {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case b.Intents > a.Intents,
		b.Intents == a.Intents && b.Tokens.X.Generation >= a.Tokens.X.Generation:
		return b
	}
	return a
}
