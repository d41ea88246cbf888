package github

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// A writer holds the lock for milliseconds. One that is older than staleLock was left by a process that was killed.
const (
	lockName  = ".postferry.lock"
	staleLock = 30 * time.Second
)

// lockFile locks a folder by a file in it, where the system has no lock that ends with its holder. Unlocking takes the
// file away.
func lockFile(ctx context.Context, dir string) (unlock func(), err error) {
	path, begun := filepath.Join(dir, lockName), time.Now()
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err == nil {
			_ = f.Close()
			return func() { _ = os.Remove(path) }, nil
		}
		// Windows refuses with a permission error while another process is taking the file away. One that lasts is meant.
		refused := errors.Is(err, fs.ErrPermission) && time.Since(begun) < staleLock
		if !errors.Is(err, fs.ErrExist) && !refused {
			return nil, err
		}
		if info, statErr := os.Stat(path); statErr == nil && time.Since(info.ModTime()) > staleLock {
			_ = os.Remove(path)
			continue
		}
		if err := httpx.Sleep(ctx, lockPause()); err != nil {
			return nil, err
		}
	}
}

// lockPause is the time between two looks at a lock, at random so that waiting processes do not march in step.
func lockPause() time.Duration { return time.Millisecond + rand.N(4*time.Millisecond) }
