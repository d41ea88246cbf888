package state

import (
	"context"
	"errors"
)

// ErrConflict says that somebody else wrote the file between our read and our write. Nothing was
// changed.
var ErrConflict = errors.New("somebody else wrote the state first")

// Change is one commit.
type Change struct {
	Path    string // "state/main.yaml"
	Body    []byte
	Version string // what Read gave for Path; "" when it must not exist yet
	Message string // commit message
	// Also is written in the same commit without a comparison: pages made from the state, for
	// people.
	Also map[string][]byte
}

// Backend keeps the state files: github.Branch (a branch of the repository) and github.Dir (a
// local folder). Both pass the same tests (github/backend_test.go).
type Backend interface {
	// Read gives a file and its version, at one moment. The error is fs.ErrNotExist (errors.Is)
	// when there is no such file or branch, and an *httpx.Error when the service refused.
	Read(ctx context.Context, path string) (body []byte, version string, err error)
	// Write makes c if its Path still has c.Version, and returns the new version. The error is
	// ErrConflict (errors.Is) when it has not; an *httpx.Error otherwise, after which the change
	// may or may not have been made.
	Write(ctx context.Context, c Change) (version string, err error)
}
