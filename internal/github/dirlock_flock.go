//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package github

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/postferry/postferry/internal/httpx"
)

// lock locks the folder itself: no file to leave behind, and a killed process lets go. File systems that can't lock a
// folder (NFS) get a lock file.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { _ = f.Close() }, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			err = httpx.Sleep(ctx, lockPause())
		case errors.Is(err, syscall.EINTR):
			err = nil
		default:
			_ = f.Close()
			return lockFile(ctx, dir)
		}
		if err != nil {
			_ = f.Close()
			return nil, err
		}
	}
}
