package github

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/postferry/postferry/internal/httpx"
)

const lockName = ".postferry.lock"

// lockPolicy is how often a lock that somebody else holds is asked for. A writer holds it for
// milliseconds; the jitter keeps waiting processes from asking in step.
var lockPolicy = httpx.Policy{First: 3 * time.Millisecond, Jitter: 0.7}

// lock locks a folder until unlock is called or this process ends. It locks the folder itself,
// which leaves no file behind. Windows can't, nor can some network file systems: a file in the
// folder is locked there.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	if runtime.GOOS == "windows" {
		return lockFile(ctx, dir)
	}
	l := flock.New(dir, flock.SetFlag(os.O_RDONLY))
	if err := acquire(ctx, l); err == nil || ctx.Err() != nil || errors.Is(err, fs.ErrNotExist) {
		return func() { _ = l.Close() }, err
	}
	return lockFile(ctx, dir)
}

// lockFile locks a file in dir. Unlocking removes it, so a lock that was waited for may be on a
// file that is there no longer, which protects nothing: it is taken again then.
func lockFile(ctx context.Context, dir string) (unlock func(), err error) {
	path := filepath.Join(dir, lockName)
	for {
		l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))
		if err := acquire(ctx, l); err != nil {
			return nil, err
		}
		held, heldErr := l.Stat()
		now, nowErr := os.Stat(path)
		if heldErr == nil && nowErr == nil && os.SameFile(held, now) {
			return func() { release(l) }, nil
		}
		_ = l.Close()
	}
}

// release removes the file and then unlocks it, except on Windows, where an open file can't be
// removed, and one that another process has opened meanwhile can't either, and stays.
func release(l *flock.Flock) {
	if runtime.GOOS == "windows" {
		_ = l.Close()
		_ = os.Remove(l.Path())
		return
	}
	_ = os.Remove(l.Path())
	_ = l.Close()
}

// acquire waits for a lock.
func acquire(ctx context.Context, l *flock.Flock) error {
	return lockPolicy.Retry(ctx, func(int) (httpx.Next, error) {
		ok, err := l.TryLock()
		if ok || err != nil {
			return httpx.Stop, err
		}
		return httpx.Again, nil
	})
}
