package github

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/state"
)

// Dir keeps files in a local folder: it is a [state.Backend], with the versions and the comparison
// of [Branch], between processes of one machine too. The first write makes the folder. Each file
// is replaced as a unit: after a crash it is the old one or the new one, and the next write
// removes what a killed process left behind.
type Dir struct{ Path string }

// Read returns a file and its git blob SHA.
func (d *Dir) Read(_ context.Context, path string) ([]byte, string, error) {
	if err := checkFile(path, nil); err != nil {
		return nil, "", err
	}
	body, err := os.ReadFile(d.file(path))
	if err != nil {
		return nil, "", err
	}
	return body, blobSHA(body), nil
}

// Write makes c under the folder's lock.
func (d *Dir) Write(ctx context.Context, c state.Change) (string, error) {
	if err := check(c); err != nil {
		return "", err
	}
	// A change of a file that is not there must not make the folder.
	if _, err := os.Stat(d.Path); c.Version != "" && errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", c.Path, state.ErrConflict)
	}
	if err := os.MkdirAll(d.Path, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, d.Path)
	if err != nil {
		return "", fmt.Errorf("lock %s: %w", d.Path, err)
	}
	defer unlock()
	_, version, err := d.Read(ctx, c.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if version != c.Version {
		return "", fmt.Errorf("%s: %w", c.Path, state.ErrConflict)
	}
	return blobSHA(c.Body), d.replace(c)
}

// replace writes everything beside its place first, so that a full disk is met before anything has
// changed.
func (d *Dir) replace(c state.Change) error {
	files := []staged{{path: d.file(c.Path), body: c.Body}}
	for _, path := range slices.Sorted(maps.Keys(c.Also)) {
		files = append(files, staged{path: d.file(path), body: c.Also[path]})
	}
	defer func() {
		for _, f := range files {
			f.discard()
		}
	}()
	for _, f := range files {
		sweep(filepath.Dir(f.path))
	}
	for i := range files {
		if err := files[i].write(); err != nil {
			return err
		}
	}
	for i := range files {
		if err := files[i].move(); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dir) file(path string) string { return filepath.Join(d.Path, filepath.FromSlash(path)) }

const stagedName = ".postferry-staged-"

// sweep removes what a killed process has left in dir: under the lock nobody else is writing
// there.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir) // Not there yet: nothing to take away.
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagedName) {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// staged is a file on its way to its place.
type staged struct {
	path string
	body []byte
	temp string // where it is now; "" before and after
}

// write puts the body into a new file in the same folder, from where one step moves it to its
// place.
func (f *staged) write() error {
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, stagedName+"*")
	if err != nil {
		return err
	}
	f.temp = t.Name()
	_, err = bytes.NewReader(f.body).WriteTo(t)
	return errors.Join(err, t.Chmod(0o644), t.Sync(), t.Close())
}

// move puts the file in its place. The rename is on the disk when move returns, where the system
// can do that.
func (f *staged) move() error {
	if err := os.Rename(f.temp, f.path); err != nil {
		return err
	}
	f.temp = ""
	if dir, err := os.Open(filepath.Dir(f.path)); err == nil {
		_ = dir.Sync() // Windows can't.
		_ = dir.Close()
	}
	return nil
}

func (f *staged) discard() {
	if f.temp != "" {
		_ = os.Remove(f.temp)
	}
}

// blobSHA is the SHA-1 by which git, and so GitHub, names a file's content.
func blobSHA(body []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(body))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
