package guard

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/verdict"
)

// nothingYet is the entry that a document names where the activity list was empty: ids are larger.
const nothingYet = 1

// History is what GitHub tells of the state branch. The routes of a run share it, because each
// question costs a request of the hourly budget of the repository: GitHub is asked for the list of
// activities, for the id of the repository and for the answer of a person once a run.
type History struct {
	Branch       *github.Branch // nil with --state-dir: a folder has no history to ask
	Routes       []string       // all that are configured
	RepositoryID string         // GITHUB_REPOSITORY_ID; "" is asked
	Asker        Asker
	Words        message.Words // of the questions

	read   bool
	last   github.Event    // the newest entry of the list, zero for an empty list
	floor  int64           // losses are known from this entry on; 0: all of them
	losses verdict.History // newest first; whether they were kept is not asked yet
	kept   map[string]bool // by commit: it is in the branch's history
	// held are the questions that have no answer yet, by their keys. A person does not answer
	// within a run.
	held map[string]*HeldError
	// missing reports whether GitHub does not list the branch, which was there before; gone is why
	// nothing can be done without it.
	missing bool
	gone    error
}

// Gone returns why nothing can be done without the state branch, which GitHub does not list. It is
// nil while the branch is there, and before anybody has looked.
func (h *History) Gone() error { return h.gone }

// changed forgets what was read, because this run has changed the branch.
func (h *History) changed() {
	h.read, h.kept, h.held, h.missing, h.gone = false, nil, nil, false, nil
}

// ask asks a person, and asks for the answer to a question that holds the routes once.
func (h *History) ask(ctx context.Context, q Question) (Answer, error) {
	if held := h.held[q.Key]; held != nil {
		return held.Answer, held
	}
	answer, err := ask(ctx, h.Asker, q)
	if held, ok := IsHeld(err); ok {
		if h.held == nil {
			h.held = map[string]*HeldError{}
		}
		h.held[q.Key] = held
	}
	return answer, err
}

// id returns the id of this repository.
func (h *History) id(ctx context.Context) (string, error) {
	if h.RepositoryID != "" {
		return h.RepositoryID, nil
	}
	about, err := h.Branch.Client.About(ctx)
	if err != nil {
		return "", message.Wrap(err, "guard.stored.repository")
	}
	h.RepositoryID = strconv.FormatInt(about.ID, 10)
	return h.RepositoryID, nil
}

// load reads the activity list, so that all losses after an entry are known. The entry is near the
// top as a rule. Where it is not on the first page, the two kinds that matter are listed by
// themselves: the pushes of the other routes may be thousands.
func (h *History) load(ctx context.Context, passed int64) error {
	if h.read && h.floor <= passed {
		return nil
	}
	list, all, err := h.Branch.Activity(ctx)
	if err != nil {
		return message.Wrap(err, "guard.stored.activity")
	}
	h.last, h.floor = github.Event{}, 0
	if len(list) > 0 {
		h.last = list[0]
	}
	if !all {
		h.floor = list[len(list)-1].ID
	}
	if h.floor > passed {
		h.floor = 0
		list, err = h.byKind(ctx)
		if err != nil {
			return err
		}
	}
	h.losses, h.read = losses(list), true
	return nil
}

// byKind lists the force pushes and the deletions of all times, newest first.
func (h *History) byKind(ctx context.Context) (out []github.Event, err error) {
	for _, kind := range []string{github.ForcePush, github.Deletion} {
		list, err := h.Branch.Losses(ctx, kind)
		if err != nil {
			return nil, message.Wrap(err, "guard.stored.activity")
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b github.Event) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

// passing is the entry that a document names whose state is the newest. An empty list takes nothing
// back that the document names already.
func (h *History) passing(passed int64) int64 { return max(h.last.ID, passed, nothingYet) }

// losses picks what can have lost commits. An event that names no commit has lost none.
func losses(list []github.Event) (out verdict.History) {
	for _, e := range list {
		deletion := e.Kind == github.Deletion
		if e.Before != "" && (deletion || e.Kind == github.ForcePush) {
			out = append(out,
				verdict.Event{ID: e.ID, At: e.At, Deletion: deletion, Before: e.Before})
		}
	}
	return out
}

// isKept reports whether a commit is in the branch's history.
func (h *History) isKept(ctx context.Context, commit string) (bool, error) {
	if kept, known := h.kept[commit]; known {
		return kept, nil
	}
	kept, err := h.Branch.Client.IsAncestor(ctx, commit, h.Branch.Name)
	if err != nil {
		return false, message.Wrap(err, "guard.stored.ancestor", "Commit", commit)
	}
	if h.kept == nil {
		h.kept = map[string]bool{}
	}
	h.kept[commit] = kept
	return kept, nil
}
