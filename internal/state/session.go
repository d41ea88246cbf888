package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// rounds is how a commit is repeated that keeps losing the race to another writer. Writers that
// collided once would collide again in step: the jitter spreads them out.
var rounds = httpx.Policy{
	Tries: 12, First: 50 * time.Millisecond, Growth: 1.3, Max: 500 * time.Millisecond, Jitter: 1,
}

// pageMaker makes the pages for people from a document, by path.
type pageMaker = func(*Document) map[string][]byte

// Session is one run's hold on a route's document.
type Session struct {
	Backend Backend
	Route   string
	// Pages, if set, makes the pages that Publish commits together with the document.
	Pages pageMaker
	// Zone is the person's, in which days of the history begin and end; nil is UTC.
	Zone *time.Location

	// Along, if set, adds to each commit what is worth none by itself. It reports whether it
	// changed the document.
	Along func(*Document) bool

	doc     *Document // as last read or committed; nil before the first run
	body    []byte
	encoded []byte // what doc encodes to; nil after a read: a person may have edited body
	version string
	wrote   bool
	stale   bool // the pages are older than the document
}

// Open reads the route's document. If there is none yet, First reports true. An *UnreadableError
// or an *httpx.Error stops the run: nothing may be posted or spent on a state that was not read.
func Open(ctx context.Context, b Backend, route string) (*Session, error) {
	s := &Session{Backend: b, Route: route}
	return s, s.read(ctx)
}

// First reports whether there is no document yet.
func (s *Session) First() bool { return s.version == "" }

// Doc returns the document as last read or committed. It is for reading: changes go through Update.
func (s *Session) Doc() *Document { return s.doc }

// Refresh reads the document again, to see what another run has done.
func (s *Session) Refresh(ctx context.Context) error { return s.read(ctx) }

// Forget makes the session one of a route without a document, for checks that do not depend on it.
func (s *Session) Forget() {
	s.doc, s.body, s.encoded, s.version = &Document{Version: Version, Route: s.Route}, nil, nil, ""
}

func (s *Session) read(ctx context.Context) error {
	body, version, err := s.Backend.Read(ctx, Path(s.Route))
	if errors.Is(err, fs.ErrNotExist) {
		s.Forget()
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	doc, err := Decode(Path(s.Route), body)
	if err != nil {
		return err
	}
	if doc.Route != s.Route {
		return &UnreadableError{
			Path(s.Route), fmt.Sprintf("it is the document of route %q", doc.Route),
		}
	}
	s.doc, s.body, s.encoded, s.version = doc, body, nil, version
	return nil
}

// Update commits what change makes of the document. It commits nothing if nothing changed. If
// another writer has committed meanwhile, Update reads that document and applies change to it. So
// change must look at the document that it gets and not at what the caller remembers. It may
// refuse by an error, which Update returns as it is.
func (s *Session) Update(ctx context.Context, message string, change func(*Document) error) error {
	return s.update(ctx, message, change, nil)
}

// Publish is Update with the pages for people in the same commit. It commits also where only the
// pages are behind, because the document was committed without them.
func (s *Session) Publish(ctx context.Context, message string, change func(*Document) error) error {
	return s.update(ctx, message, change, s.Pages)
}

func (s *Session) update(
	ctx context.Context, message string, change func(*Document) error, pages pageMaker,
) error {
	return rounds.Retry(ctx, func(round int) (httpx.Next, error) {
		if round > 1 {
			if err := s.read(ctx); err != nil {
				return httpx.Stop, err
			}
		}
		err := s.commit(ctx, message, change, pages)
		switch {
		case !errors.Is(err, ErrConflict):
			return httpx.Stop, err
		case round == rounds.Tries:
			return httpx.Stop, fmt.Errorf("commit %q: %w, %d times", message, err, round)
		}
		return httpx.Again, nil
	})
}

// commit makes one round. The document in s changes only if the commit was made.
func (s *Session) commit(
	ctx context.Context, message string, change func(*Document) error, pages pageMaker,
) error {
	doc, body, err := s.changed(change)
	if err != nil {
		return err
	}
	if s.stands(body, pages) {
		return nil
	}
	if body, err = with(s.Along, doc, body); err != nil {
		return err
	}
	c := Change{Path: Path(s.Route), Body: body, Version: s.version, Message: message}
	if pages != nil {
		c.Also = pages(doc)
	}
	version, err := s.Backend.Write(ctx, c)
	if err != nil {
		return err
	}
	s.doc, s.body, s.encoded, s.version, s.wrote = doc, body, body, version, true
	s.stale = pages == nil && s.Pages != nil
	return nil
}

// stands reports whether what would be committed is there already: the document, and the pages if
// they would be written. The comparison is with what the old document encodes to and not with its
// bytes: a blank line that a person added is no change.
func (s *Session) stands(body []byte, pages pageMaker) bool {
	return !s.First() && bytes.Equal(body, s.encoded) && (pages == nil || !s.stale)
}

// with puts into a document that is about to be committed what only goes along with another change;
// along may be nil. It returns the body to commit.
func with(along func(*Document) bool, doc *Document, body []byte) ([]byte, error) {
	if along == nil || !along(doc) {
		return body, nil
	}
	return doc.Encode()
}

// changed returns what change makes of a copy of the document, and the body to commit.
func (s *Session) changed(change func(*Document) error) (*Document, []byte, error) {
	doc, err := s.copy()
	if err == nil && s.encoded == nil {
		s.encoded, err = doc.Encode()
	}
	if err == nil {
		doc.Zone = s.Zone
		err = change(doc)
	}
	if err != nil {
		return nil, nil, err
	}
	doc.prune()
	body, err := doc.Encode()
	return doc, body, err
}

// Version is the document's version in the backend (on a branch its blob), "" before the first run.
func (s *Session) Version() string { return s.version }

// Wrote reports whether this session has committed anything: the branch takes writes.
func (s *Session) Wrote() bool { return s.wrote }

// copy returns a deep copy of the document. It goes by way of the wire form, which can't forget a
// field.
func (s *Session) copy() (*Document, error) {
	if s.body == nil {
		return &Document{Version: Version, Route: s.Route}, nil
	}
	return Decode(Path(s.Route), s.body)
}

// Outwait waits for the process that made an intent. It reads the document again and again until
// settled reports that the intent is no longer open, or until an intent that is age old now is
// lease old: then the process has either finished or died.
func (s *Session) Outwait(
	ctx context.Context, age, lease time.Duration, settled func(*Document) bool,
) error {
	const step = time.Second
	// An intent from the future was made by another clock. It gets no more time than a new one.
	left := lease - max(age, 0)
	return httpx.Policy{}.Retry(ctx, func(n int) (httpx.Next, error) {
		if n > 1 {
			if err := s.read(ctx); err != nil {
				return httpx.Stop, err
			}
		}
		if left <= 0 || settled(s.doc) {
			return httpx.Stop, nil
		}
		pause := min(left, step)
		left -= pause
		return httpx.Next(pause), nil
	})
}
