package mediahost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// stall is how long the host may bring nothing while it is waited for.
const stall = 30 * time.Second

var errStalled = fmt.Errorf("nothing came for %v", stall)

// line is one connection to the host. It is cut when a read brings nothing for too long; the time between two reads is
// the reader's own.
type line struct {
	ctx   context.Context
	cut   context.CancelCauseFunc
	timer *time.Timer
	body  io.ReadCloser
}

// dial asks for the file from an offset on.
func (c *Client) dial(ctx context.Context, address string, from int64, known version) (*line, *http.Response, error) {
	l := &line{}
	l.ctx, l.cut = context.WithCancelCause(ctx)
	l.timer = time.AfterFunc(stall, func() { l.cut(errStalled) })
	defer l.timer.Stop()
	resp, err := c.get(l.ctx, address, from, known)
	if err != nil {
		l.cut(nil)
		return nil, nil, err
	}
	l.body = resp.Body
	return l, resp, nil
}

func (l *line) Read(p []byte) (int, error) {
	l.timer.Reset(stall)
	defer l.timer.Stop()
	n, err := l.body.Read(p)
	if err != nil && err != io.EOF {
		err = orStalled(l.ctx, err)
	}
	return n, err
}

func (l *line) close() {
	l.cut(nil)
	l.body.Close()
}

// orStalled is err, or what lies behind it: to a caller a cancelled context would look like its own.
func orStalled(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		return cause
	}
	return err
}
