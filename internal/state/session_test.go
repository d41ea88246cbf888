package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a Backend of one file, with the number of writes as its version.
type memory struct {
	mu     sync.Mutex
	body   []byte
	writes int
	before func() // called at the start of each Write
}

func (m *memory) Read(context.Context, string) ([]byte, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.writes == 0 {
		return nil, "", fs.ErrNotExist
	}
	return m.body, fmt.Sprint(m.writes), nil
}

func (m *memory) Write(_ context.Context, c Change) (string, error) {
	if m.before != nil {
		m.before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	have := ""
	if m.writes > 0 {
		have = fmt.Sprint(m.writes)
	}
	if c.Version != have {
		return "", ErrConflict
	}
	m.body = c.Body
	m.writes++
	return fmt.Sprint(m.writes), nil
}

func open(t *testing.T, m *memory) *Session {
	t.Helper()
	s, err := Open(t.Context(), m, "main")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func spend(usd float64) func(*Document) error {
	return func(d *Document) error {
		d.Spend.Add(usd, at("2026-11-23T00:00:00Z"))
		return nil
	}
}

func TestUpdateCommitsOnlyChanges(t *testing.T) {
	m := &memory{}
	s := open(t, m)
	if !s.First() {
		t.Error("a session without a document is not the first")
	}
	for range 2 {
		if err := s.Update(t.Context(), "baseline",
			func(d *Document) error {
				d.Baseline = at("2026-01-01T00:00:00Z")
				return nil
			}); err != nil {
			t.Fatal(err)
		}
	}
	if m.writes != 1 {
		t.Errorf("%d commits, want 1: a change that changes nothing commits nothing", m.writes)
	}
	m.body = append(m.body, "\n# a hand's note\n"...)
	s = open(t, m)
	if err := s.Update(t.Context(), "nothing", func(*Document) error { return nil }); err != nil ||
		m.writes != 1 {
		t.Errorf("a note in the file counts as a change: %d commits, %v", m.writes, err)
	}
}

// Two writers at once both land: the slower one's change is made again on the document of the
// faster.
// TestAlong: what is worth no commit by itself goes along with one, also where another writer was
// faster, and is seen by the pages.
func TestAlong(t *testing.T) {
	m := &memory{}
	if err := open(t, m).Update(t.Context(), "first", spend(1)); err != nil {
		t.Fatal(err)
	}
	s, seen := open(t, m), ""
	s.Along = func(d *Document) bool {
		changed := d.Repository != "7"
		d.Repository = "7"
		return changed
	}
	s.Pages = func(d *Document) map[string][]byte {
		seen = d.Repository
		return nil
	}
	if err := s.Update(t.Context(), "nothing", spend(0)); err != nil || m.writes != 1 {
		t.Errorf("it made a commit of its own: %d writes, %v", m.writes, err)
	}
	if err := open(t, m).Update(t.Context(), "another run", spend(2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "more", spend(4)); err != nil || m.writes != 3 {
		t.Errorf("%d writes, %v", m.writes, err)
	}
	d := open(t, m).Doc()
	if d.Repository != "7" || seen != "7" || d.Spend.USD != 7 {
		t.Errorf("repository %q, on the page %q, spend %v", d.Repository, seen, d.Spend.USD)
	}
}

func TestConflictIsMergedAndRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		s := open(t, m)
		if err := s.Update(t.Context(), "first", spend(0.1)); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 8 {
			other := open(t, m)
			wg.Go(func() {
				if err := other.Update(t.Context(), "spend", spend(0.1)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got, want := open(t, m).Doc().Spend.USD, 0.9; got != want {
			t.Errorf("spent %v, want %v: a change was lost", got, want)
		}
	})
}

func TestRefusedChangeWritesNothing(t *testing.T) {
	m := &memory{}
	s := open(t, m)
	refusal := errors.New("no")
	if err := s.Update(t.Context(), "x",
		func(*Document) error { return refusal }); !errors.Is(err, refusal) || m.writes != 0 {
		t.Errorf("got %v and %d commits", err, m.writes)
	}
}

func TestUnreadableIsNeverOverwritten(t *testing.T) {
	for _, body := range []string{"garbage: [", "version: 99\n", ""} {
		m := &memory{body: []byte(body), writes: 1}
		var unreadable *UnreadableError
		if _, err := Open(t.Context(), m, "main"); !errors.As(err, &unreadable) {
			t.Errorf("%q: got %v, want an UnreadableError", body, err)
		}
	}
	// It becomes unreadable between two commits of a session.
	m := &memory{}
	s := open(t, m)
	if err := s.Update(t.Context(), "first", spend(1)); err != nil {
		t.Fatal(err)
	}
	m.body, m.writes = []byte("version: 99\n"), 2
	if err := s.Update(t.Context(), "second", spend(1)); err == nil ||
		string(m.body) != "version: 99\n" {
		t.Errorf("got %v, and the document is now %q", err, m.body)
	}
}

func TestOutwait(t *testing.T) {
	for _, tt := range []struct {
		name     string
		age      time.Duration
		settleAt time.Duration // when the other process settles; 0 is never
		want     time.Duration // waited
	}{
		{"old enough", 20 * time.Second, 0, 0},
		{"never settled", 5 * time.Second, 0, 10 * time.Second},
		{"settled meanwhile", 0, 2500 * time.Millisecond, 3 * time.Second},
		{"from another clock's future", -time.Hour, 0, 15 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &memory{}
				s := open(t, m)
				if err := s.Update(t.Context(), "intent", spend(1)); err != nil {
					t.Fatal(err)
				}
				if tt.settleAt > 0 {
					other := open(t, m)
					time.AfterFunc(tt.settleAt,
						func() { _ = other.Update(context.Background(), "settle", spend(1)) })
				}
				begun := time.Now()
				err := s.Outwait(t.Context(), tt.age, 15*time.Second,
					func(d *Document) bool { return d.Spend.USD > 1 })
				if err != nil {
					t.Fatal(err)
				}
				if got := time.Since(begun); got != tt.want {
					t.Errorf("waited %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// broken is a Backend that fails.
type broken struct {
	*memory
	read, write error
}

func (b *broken) Read(ctx context.Context, path string) ([]byte, string, error) {
	if b.read != nil {
		return nil, "", b.read
	}
	return b.memory.Read(ctx, path)
}

func (b *broken) Write(ctx context.Context, c Change) (string, error) {
	if b.write != nil {
		return "", b.write
	}
	return b.memory.Write(ctx, c)
}

// TestSessionFails: a session whose backend fails says so, and still shows the document as it was
// last known.
func TestSessionFails(t *testing.T) {
	down := errors.New("down")
	for _, tt := range []struct {
		name        string
		read, write error
		do          func(context.Context, *Session) error
		want        error
	}{
		{
			"no answer to a write", nil, down,
			func(ctx context.Context, s *Session) error { return s.Update(ctx, "x", spend(2)) },
			down,
		},
		{
			"every write loses", nil, ErrConflict,
			func(ctx context.Context, s *Session) error { return s.Update(ctx, "x", spend(2)) },
			ErrConflict,
		},
		{
			"a lost write, and no way to see what won", down, ErrConflict,
			func(ctx context.Context, s *Session) error { return s.Update(ctx, "x", spend(2)) },
			down,
		},
		{
			"another look", down, nil,
			func(ctx context.Context, s *Session) error { return s.Refresh(ctx) }, down,
		},
		{"waiting for another run", down, nil, func(ctx context.Context, s *Session) error {
			return s.Outwait(ctx, 0, time.Minute, func(*Document) bool { return false })
		}, down},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &broken{memory: &memory{}}
				s, err := Open(t.Context(), b, "main")
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Update(t.Context(), "first", spend(1)); err != nil {
					t.Fatal(err)
				}
				b.read, b.write = tt.read, tt.write
				if err := tt.do(t.Context(), s); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				if got := s.Doc().Spend.USD; got != 1 {
					t.Errorf("the document shows $%v, which was never committed", got)
				}
			})
		})
	}
}

// TestCancelled: waiting ends with the run.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{memory: &memory{}, write: ErrConflict}
		s, err := Open(t.Context(), b, "main")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Update(ctx, "x", spend(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("a conflict: got %v", err)
		}
		if err := s.Outwait(ctx, 0, time.Minute,
			func(*Document) bool { return false }); !errors.Is(err, context.Canceled) {
			t.Errorf("another run's lease: got %v", err)
		}
	})
}

// TestForeignDocument: the document of another route is not taken for this one's.
func TestForeignDocument(t *testing.T) {
	m := &memory{body: []byte("version: 1\nroute: shop\n"), writes: 1}
	var unreadable *UnreadableError
	if _, err := Open(t.Context(), m, "main"); !errors.As(err, &unreadable) {
		t.Errorf("got %v, want an UnreadableError", err)
	}
}

// TestPublish puts the pages for people into the commit, made from the document as it will be.
func TestPublish(t *testing.T) {
	m := &pages{memory: &memory{}}
	s, err := Open(t.Context(), m, "main")
	if err != nil {
		t.Fatal(err)
	}
	s.Pages = func(d *Document) map[string][]byte {
		return map[string][]byte{"README.md": fmt.Appendf(nil, "$%v", d.Spend.USD)}
	}
	if err := s.Publish(t.Context(), "spent", spend(2)); err != nil {
		t.Fatal(err)
	}
	if got := string(m.also["README.md"]); got != "$2" {
		t.Errorf("the page says %q", got)
	}
	if err := s.Update(t.Context(), "spent", spend(2)); err != nil || m.also != nil {
		t.Errorf("an update wrote pages: %q, %v", m.also, err)
	}
	s.Forget()
	if !s.First() || s.Doc().Spend.USD != 0 {
		t.Error("a session that forgot still shows the document")
	}
}

// pages is a memory that shows what came with the last commit.
type pages struct {
	*memory
	also map[string][]byte
}

func (p *pages) Write(ctx context.Context, c Change) (string, error) {
	p.also = c.Also
	return p.memory.Write(ctx, c)
}
