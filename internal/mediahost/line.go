package mediahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// stall is how long the host may bring nothing while it is waited for.
	stall = 30 * time.Second
	// drip and dripFor are the slowest pace that a file may come at.
	drip    = 64 << 10 // bytes a second
	dripFor = 2 * time.Minute
)

var (
	errStalled = fmt.Errorf("nothing came for %v", stall)
	errSlow    = fmt.Errorf("it comes slower than %d KiB a second over %v", drip>>10, dripFor)
)

// meter measures the pace of a file over all its connections. Only the time counts in which the
// host is waited for.
type meter struct {
	bytes  int64
	waited time.Duration
}

// add counts what a read brought, and reports whether the file comes too slowly.
func (m *meter) add(n int, waited time.Duration) (slow bool) {
	m.bytes += int64(n)
	m.waited += waited
	if m.waited < dripFor {
		return false
	}
	slow = m.bytes < int64(m.waited.Seconds()*drip)
	*m = meter{}
	return slow
}

// line is one connection to the host. It is cut when a read brings nothing for too long; the time
// between two reads is the reader's own.
type line struct {
	ctx   context.Context
	cut   context.CancelCauseFunc
	timer *time.Timer
	body  io.ReadCloser
	pace  *meter
	slow  bool // the file has come too slowly
}

// dial asks for a part of a file.
func (c *Client) dial(
	ctx context.Context, address string, p part, pace *meter,
) (*line, *http.Response, error) {
	l := &line{pace: pace}
	l.ctx, l.cut = context.WithCancelCause(ctx)
	l.timer = time.AfterFunc(stall, func() { l.cut(errStalled) })
	defer l.timer.Stop()
	resp, err := c.get(l.ctx, address, p)
	if err != nil {
		l.cut(nil)
		return nil, nil, err
	}
	l.body = resp.Body
	return l, resp, nil
}

// Read returns the next bytes. A read that stalls is cut off; one that is slow for minutes ends the
// line, because a run has other media to mirror.
func (l *line) Read(p []byte) (int, error) {
	if l.slow {
		return 0, errSlow
	}
	l.timer.Reset(stall)
	defer l.timer.Stop()
	begun := time.Now()
	n, err := l.body.Read(p)
	if err != nil && err != io.EOF {
		err = orStalled(l.ctx, err)
	}
	l.slow = l.pace.add(n, time.Since(begun))
	return n, err
}

// close ends the request, also where the host is still sending.
func (l *line) close() {
	l.cut(nil)
	l.body.Close()
}

// orStalled returns err, or what lies behind it: to a caller a cancelled context would look like
// its own.
func orStalled(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		return cause
	}
	return err
}
