package xapi

import (
	"context"
	"errors"
	"io"
	"sync"
)

const (
	// bufferBudget is what all uploads of a process may hold in buffers.
	bufferBudget = 16 << 20
	// unit is what a budget is counted in.
	unit = 1 << 20
)

// memory is what the shared budget hands out. It is no heap: the garbage collector lets garbage
// pile up to the size of what lives, and with the buffers among the living a process grows by
// another 16 MiB. Pages that no upload has written to take nothing.
var memory [bufferBudget]byte

// Budget bounds the memory of uploads, however many go on side by side.
type Budget struct {
	mu     sync.Mutex
	used   []bool        // by unit
	memory []byte        // nil leaves the buffers to the garbage collector
	freed  chan struct{} // closed when something was given back; nil while nobody waits
}

// NewBudget makes a budget of n bytes, 4 MiB at least.
func NewBudget(n int64) *Budget {
	return &Budget{used: make([]bool, max(n, maxSegment)/unit)}
}

var shared = sync.OnceValue(func() *Budget {
	b := NewBudget(bufferBudget)
	b.memory = memory[:]
	return b
})

func (c *Client) budget() *Budget {
	if c.Budget != nil {
		return c.Budget
	}
	return shared()
}

// buffer is some bytes out of a budget, units of it from one on.
type buffer struct {
	b         []byte
	at, units int
}

// take waits for n bytes, maxSegment at most.
func (b *Budget) take(ctx context.Context, n int64) (buffer, error) {
	for {
		b.mu.Lock()
		if buf, ok := b.find(n); ok {
			b.mu.Unlock()
			return buf, nil
		}
		if b.freed == nil {
			b.freed = make(chan struct{})
		}
		freed := b.freed
		b.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return buffer{}, ctx.Err()
		}
	}
}

// find takes the first free units that are n bytes together.
func (b *Budget) find(n int64) (buffer, bool) {
	units := int((n + unit - 1) / unit)
	free := 0
	for i, used := range b.used {
		free++
		if used {
			free = 0
		}
		if free == units {
			return b.mark(i+1-units, units, n), true
		}
	}
	return buffer{}, false
}

func (b *Budget) mark(at, units int, n int64) buffer {
	for i := range units {
		b.used[at+i] = true
	}
	if b.memory == nil {
		return buffer{make([]byte, n), at, units}
	}
	return buffer{b.memory[at*unit:][:n:n], at, units}
}

// give hands a buffer back.
func (b *Budget) give(buf buffer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range buf.units {
		b.used[buf.at+i] = false
	}
	if b.freed != nil {
		close(b.freed)
		b.freed = nil
	}
}

// lease lets requests read a buffer until it ends. A transport may go on reading a body after it
// has answered, when the buffer holds another segment by then.
type lease struct {
	mu sync.Mutex
	b  []byte // nil once it has ended
}

func (l *lease) reader() io.Reader { return &leased{l: l} }

func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = nil
}

// leased is one request's way through the buffer.
type leased struct {
	l  *lease
	at int
}

func (r *leased) Read(p []byte) (int, error) {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	if r.l.b == nil {
		return 0, errors.New("the segment is no longer sent")
	}
	n := copy(p, r.l.b[r.at:])
	r.at += n
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
