package xapi

import (
	"context"
	"sync"
)

// bufferBudget is what all uploads of a process may hold in buffers.
const bufferBudget = 16 << 20

// Budget bounds the memory of uploads, however many go on side by side. Buffers are used again: a garbage collector
// that sees 4 MiB come and go for every segment lets a process grow to several times what it needs.
type Budget struct {
	mu    sync.Mutex
	left  int64
	free  [][]byte
	freed chan struct{} // closed when something was given back
}

// NewBudget makes a budget of n bytes, 4 MiB at least.
func NewBudget(n int64) *Budget { return &Budget{left: max(n, maxSegment), freed: make(chan struct{})} }

var shared = sync.OnceValue(func() *Budget { return NewBudget(bufferBudget) })

func (c *Client) budget() *Budget {
	if c.Budget != nil {
		return c.Budget
	}
	return shared()
}

// buffer is n bytes out of a budget.
type buffer struct{ b []byte }

// take waits for n bytes.
func (b *Budget) take(ctx context.Context, n int64) (buffer, error) {
	for {
		b.mu.Lock()
		if buf, ok := b.find(n); ok {
			b.mu.Unlock()
			return buf, nil
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

// find uses a free buffer again or makes one. A small file takes a small one.
func (b *Budget) find(n int64) (buffer, bool) {
	for i, f := range b.free {
		if int64(cap(f)) >= n {
			b.free = append(b.free[:i], b.free[i+1:]...)
			return buffer{f}, true
		}
	}
	if size := max(n, 64<<10); b.left >= size {
		b.left -= size
		return buffer{make([]byte, size)}, true
	}
	// What lies around is too small: let it go, there may be room then.
	for _, f := range b.free {
		b.left += int64(cap(f))
	}
	b.free = nil
	if b.left >= n {
		b.left -= n
		return buffer{make([]byte, n)}, true
	}
	return buffer{}, false
}

// give hands a buffer back.
func (b *Budget) give(buf buffer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free = append(b.free, buf.b[:cap(buf.b)])
	close(b.freed)
	b.freed = make(chan struct{})
}
