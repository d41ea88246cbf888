package guard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/verdict"
)

// nothingYet is the entry that a document names where the activity list was empty: ids are larger.
const nothingYet = 1

// State reports whether the state branch is the newest, and this repository's.
type State struct {
	Branch       *github.Branch // nil with --state-dir: a folder has no history to ask
	Session      *state.Session
	Routes       []string // all that are configured
	RepositoryID string   // GITHUB_REPOSITORY_ID; "" is asked
	Asker        Asker
	Now          func() time.Time

	newest int64 // the newest entry of the activity list, once it has passed
}

// Check is asked before a run's first post, and before a token is spent. A nil error is the proof.
func (s *State) Check(ctx context.Context) error {
	if s.Branch == nil || s.newest > 0 {
		return nil
	}
	if err := s.repository(ctx); err != nil {
		return err
	}
	d := s.Session.Doc()
	events, newest, err := s.events(ctx, d.Activity)
	if err != nil {
		return err
	}
	lost := events.LostCommit(d.Activity)
	if d.Activity == 0 || lost == nil {
		s.newest = newest
		return s.settleOld(ctx, events, d.Activity)
	}
	return s.putBack(ctx, *lost, newest)
}

// Seen writes down, with an intent, what Check has seen.
func (s *State) Seen(d *state.Document) {
	if s.Branch == nil || s.newest == 0 {
		return
	}
	d.Activity, d.Repository = s.newest, s.RepositoryID
}

// repository compares the document's repository with this one: a copy of a repository has the state
// of another, whose tokens and posts are not its own.
func (s *State) repository(ctx context.Context) error {
	if s.RepositoryID == "" {
		about, err := s.Branch.Client.About(ctx)
		if err != nil {
			return fmt.Errorf("ask for the id of the repository: %w", err)
		}
		s.RepositoryID = strconv.FormatInt(about.ID, 10)
	}
	of := s.Session.Doc().Repository
	if of == "" || of == s.RepositoryID {
		return nil
	}
	answer, err := ask(ctx, s.Asker, copied(of, s.RepositoryID, s.Branch.Name))
	if err != nil {
		return err
	}
	if answer.NotPlanned {
		return &HeldError{Question: copied(of, s.RepositoryID, s.Branch.Name), Answer: answer}
	}
	return s.Session.Update(ctx, s.Session.Route+": this copy goes on",
		func(d *state.Document) error {
			d.Repository = s.RepositoryID
			return nil
		})
}

// events lists what could have lost commits, newest first, and the newest entry of all.
func (s *State) events(
	ctx context.Context, passed int64,
) (out verdict.History, newest int64, err error) {
	newest = nothingYet
	head := ""
	// Of all kinds, in one request: the entry that the document names is near the top.
	until := passed
	if passed == 0 {
		until = math.MaxInt64 // only the newest entry counts
	}
	list, err := s.Branch.Activity(ctx, "", until)
	if err != nil {
		return nil, 0, fmt.Errorf("ask whether the state branch was put back: %w", err)
	}
	for _, e := range list {
		newest = max(newest, e.ID)
		ev := verdict.Event{
			ID: e.ID, At: e.At, Deletion: e.Kind == github.Deletion, Before: e.Before,
		}
		if !ev.Deletion && e.Kind != github.ForcePush {
			continue
		}
		if passed != 0 && e.ID > passed {
			if ev.Kept, head, err = s.kept(ctx, e.Before, head); err != nil {
				return nil, 0, err
			}
		}
		out = append(out, ev)
	}
	return out, newest, nil
}

// kept reports whether a commit is in the branch's history. The head is asked for once.
func (s *State) kept(ctx context.Context, commit, head string) (bool, string, error) {
	var err error
	if head == "" {
		if head, err = s.Branch.Head(ctx); err != nil {
			return false, head, fmt.Errorf("ask for the head of the state branch: %w", err)
		}
	}
	ok, err := s.Branch.Client.IsAncestor(ctx, commit, head)
	if err != nil {
		return false, head, fmt.Errorf("ask whether %s is in the state branch: %w", commit, err)
	}
	return ok, head, nil
}

// settleOld closes the question about a branch that a person has put back.
func (s *State) settleOld(ctx context.Context, events verdict.History, passed int64) error {
	for _, e := range events {
		if passed == 0 || e.ID <= passed || s.Asker == nil {
			continue
		}
		err := s.Asker.Settled(ctx, rolledBack(s.Branch.Name, e),
			"The commit is in the branch again.")
		if err != nil {
			return fmt.Errorf("close the question about the state branch: %w", err)
		}
	}
	return nil
}

// putBack asks what is to become of a lost commit. Completed puts it back by a commit with both as
// parents; not planned goes on from what is there.
func (s *State) putBack(ctx context.Context, lost verdict.Event, newest int64) error {
	answer, err := ask(ctx, s.Asker, rolledBack(s.Branch.Name, lost))
	if err != nil {
		return err
	}
	if answer.NotPlanned {
		s.newest = newest
		return s.Session.Update(ctx, s.Session.Route+": go on from here",
			func(d *state.Document) error {
				d.Activity, d.LookBack = newest, answer.At.UTC().Truncate(time.Second)
				return nil
			})
	}
	if err := s.merge(ctx, lost.Before, newest); err != nil {
		return fmt.Errorf("put the state of %s back: %w", lost.Before, err)
	}
	return &token.PutOffError{
		Why: "the lost state was put back, and this run had read the other one",
	}
}

// merge commits, of each route, the document with more intents, on top of both histories.
func (s *State) merge(ctx context.Context, commit string, newest int64) error {
	c := state.Change{Message: "put back " + commit, Also: map[string][]byte{}}
	for _, route := range s.Routes {
		path := state.Path(route)
		was, err := s.documentAt(ctx, path, commit)
		if err != nil {
			return err
		}
		body, version, err := s.Branch.Read(ctx, path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		is, err := decode(path, body)
		if err != nil {
			return err
		}
		kept := newer(was, is)
		if kept == nil {
			continue
		}
		kept.Activity, kept.Repository = newest, s.RepositoryID
		encoded, err := kept.Encode()
		if err != nil {
			return err // Unreachable: a document encodes.
		}
		if route == s.Session.Route {
			c.Path, c.Body, c.Version = path, encoded, version
		} else {
			c.Also[path] = encoded
		}
	}
	if c.Path == "" {
		return errors.New("neither commit has a document of route " + s.Session.Route)
	}
	_, err := s.Branch.Merge(ctx, c, commit)
	return err
}

// documentAt reads a route's document as it was at a commit, nil if there was none.
func (s *State) documentAt(ctx context.Context, path, commit string) (*state.Document, error) {
	body, _, err := s.Branch.ReadAt(ctx, path, commit)
	if errors.Is(err, fs.ErrNotExist) || httpx.ClassOf(err) == httpx.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decode(path, body)
}

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
