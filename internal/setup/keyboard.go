package setup

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// Reader reads a line that a person types, without the end of the line. It shows what is typed only
// if echo is set. It ends with ctx: a person may leave while nothing was typed.
type Reader func(ctx context.Context, echo bool) (string, error)

// typed is a line, or why there is none.
type typed struct {
	line string
	err  error
}

// Lines reads the lines of a pipe or a file, which has no echo. A read that was given up leaves its
// line to the next one.
func Lines(in io.Reader) Reader {
	lines := make(chan typed)
	asked := make(chan struct{}, 1)
	go func() {
		r := bufio.NewReader(in)
		for range asked {
			s, err := r.ReadString('\n')
			if errors.Is(err, io.EOF) && s != "" {
				err = nil
			}
			lines <- typed{s, err}
		}
	}()
	return func(ctx context.Context, _ bool) (string, error) {
		select {
		case asked <- struct{}{}:
		default: // An earlier read was given up, and its line is still to come.
		}
		select {
		case t := <-lines:
			return t.line, t.err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
