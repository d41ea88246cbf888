//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package github

import "context"

func lock(ctx context.Context, dir string) (unlock func(), err error) { return lockFile(ctx, dir) }
