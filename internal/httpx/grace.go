package httpx

import (
	"context"
	"time"
)

// Grace is a context that outlives the cancellation of ctx by d, counted from the cancellation, or
// from now if ctx has ended already. It is for a call that can't be repeated, and for what must be
// written after it: GitHub Actions sends SIGINT, SIGTERM 7.5 s later, and SIGKILL 2.5 s after that.
func Grace(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return out, func() {
		stop()
		cancel()
	}
}
