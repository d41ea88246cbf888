package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// A commit that lost the race is made again, from the document that won, at most this often.
const maxRounds = 12

// Session is one run's hold on a route's document.
type Session struct {
	Backend Backend
	Route   string
	// Pages, if set, are the pages for people that go into the same commit as the document; see
	// Publish.
	Pages func(*Document) map[string][]byte

	doc     *Document // as last read or committed; nil before the first run
	body    []byte
	encoded []byte // what doc encodes to; nil after a read: a hand may have changed the bytes and not the document
	version string
}

// Open reads the route's document. A document that is not there yet is no error: First tells. An
// *UnreadableError or *httpx.Error stops the run: nothing may be posted or spent on a state that
// was not read.
func Open(ctx context.Context, b Backend, route string) (*Session, error) {
	s := &Session{Backend: b, Route: route}
	return s, s.read(ctx)
}

// First says that there is no document yet.
func (s *Session) First() bool { return s.version == "" }

// Doc is the document as last read or committed. It is for reading: changes go through Update.
func (s *Session) Doc() *Document { return s.doc }

// Refresh reads the document again, to see what another run has done.
func (s *Session) Refresh(ctx context.Context) error { return s.read(ctx) }

// Forget makes the session one of a route that has no document: for looking at what does not
// depend on it.
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
		return &UnreadableError{Path(s.Route), fmt.Sprintf("it is the document of route %q", doc.Route)}
	}
	s.doc, s.body, s.encoded, s.version = doc, body, nil, version
	return nil
}

// Update commits what change makes of the document. Nothing is committed when nothing changed. If
// somebody else has committed meanwhile, their document is read and change is applied to that: it
// must look at what it finds, not at what it remembers, and may refuse by an error, which is
// returned as it is.
func (s *Session) Update(ctx context.Context, message string, change func(*Document) error) error {
	return s.update(ctx, message, change, nil)
}

// Publish is Update, with the pages for people in the same commit.
func (s *Session) Publish(ctx context.Context, message string, change func(*Document) error) error {
	return s.update(ctx, message, change, s.Pages)
}

func (s *Session) update(ctx context.Context, message string, change func(*Document) error, pages func(*Document) map[string][]byte) error {
	for round := 1; ; round++ {
		err := s.commit(ctx, message, change, pages)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if round == maxRounds {
			return fmt.Errorf("commit %q: %w, %d times", message, err, round)
		}
		// Writers that collided once collide again in step: spread them out.
		if err := httpx.Sleep(ctx, time.Duration(rand.Int64N(int64(round)*int64(100*time.Millisecond)))); err != nil {
			return err
		}
		if err := s.read(ctx); err != nil {
			return err
		}
	}
}

// commit is one round. The document in s changes only when the commit was made.
func (s *Session) commit(ctx context.Context, message string, change func(*Document) error, pages func(*Document) map[string][]byte) error {
	doc, err := s.copy()
	if err != nil {
		return err
	}
	if s.encoded == nil {
		if s.encoded, err = doc.Encode(); err != nil {
			return err
		}
	}
	if err := change(doc); err != nil {
		return err
	}
	doc.prune()
	body, err := doc.Encode()
	if err != nil {
		return err
	}
	// Compared with what the old document encodes to, not with its bytes: a hand's blank line is
	// no change.
	if !s.First() && bytes.Equal(body, s.encoded) {
		return nil
	}
	c := Change{Path: Path(s.Route), Body: body, Version: s.version, Message: message}
	if pages != nil {
		c.Also = pages(doc)
	}
	version, err := s.Backend.Write(ctx, c)
	if err != nil {
		return err
	}
	s.doc, s.body, s.encoded, s.version = doc, body, body, version
	return nil
}

// copy is a deep copy by way of the wire form: the one thing that can't forget a field.
func (s *Session) copy() (*Document, error) {
	if s.body == nil {
		return &Document{Version: Version, Route: s.Route}, nil
	}
	return Decode(Path(s.Route), s.body)
}

// Outwait reads the document again and again until settled says that an intent is no longer open,
// or until one that is age old is lease old: then whoever made it has either finished or is gone.
func (s *Session) Outwait(ctx context.Context, age, lease time.Duration, settled func(*Document) bool) error {
	const step = time.Second
	// An intent from the future is from another clock: it is waited for no longer than a fresh one.
	for left := lease - max(age, 0); left > 0 && !settled(s.doc); left -= step {
		if err := httpx.Sleep(ctx, min(left, step)); err != nil {
			return err
		}
		if err := s.read(ctx); err != nil {
			return err
		}
	}
	return nil
}
