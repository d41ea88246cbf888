package run

import (
	"context"
	"errors"
	"fmt"
)

// Status is an exit status of the program. As an error it has been explained already.
type Status int

// The exit statuses of all commands.
const (
	Done     Status = 0 // done, nothing to do, put off, or a known incident still going on
	Incident Status = 1 // a new incident, or one that could not be reported
	Usage    Status = 2 // usage or configuration, found before any posting
)

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Cancelled reports whether somebody ended the run.
func Cancelled(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
