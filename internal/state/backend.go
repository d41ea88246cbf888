package state

import (
	"context"
	"errors"
)

// ErrConflict says that another writer changed the file between our read and our write. Our
// change was not made.
var ErrConflict = errors.New("somebody else wrote the state first")

// Change is one commit.
type Change struct {
	Path    string // "state/main.yaml"
	Body    []byte
	Version string // as Read returned it; "" if the file must not exist yet
	Message string // commit message
	// Also is written in the same commit without a comparison: pages made from the state, for
	// people.
	Also map[string][]byte
}

// Backend keeps the state files. The implementations are github.Branch (a branch of the
// repository) and github.Dir (a local folder); both pass the same tests (github/backend_test.go).
type Backend interface {
	// Read returns a file and its version, both of one moment. The error is fs.ErrNotExist
	// (errors.Is) if there is no such file or branch, and an *httpx.Error if the service refused.
	Read(ctx context.Context, path string) (body []byte, version string, err error)
	// Write makes c if its Path still has c.Version, and returns the new version. The error is
	// ErrConflict (errors.Is) if it has not. After any other error, an *httpx.Error, the change
	// may or may not have been made.
	Write(ctx context.Context, c Change) (version string, err error)
}
