package github

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/postferry/postferry/internal/state"
)

// What Branch and Dir promise alike.
var backendTests = []struct {
	name string
	test func(*testing.T, state.Backend)
}{
	{"nothing there", func(t *testing.T, b state.Backend) {
		_, version, err := b.Read(t.Context(), "state/main.yaml")
		if !errors.Is(err, fs.ErrNotExist) || version != "" {
			t.Errorf("got version %q and error %v, want none and fs.ErrNotExist", version, err)
		}
	}},
	{"first write", func(t *testing.T, b state.Backend) {
		made := write(t, b, "state/main.yaml", "one\n", "")
		body, version := read(t, b, "state/main.yaml")
		if body != "one\n" || version != made || version == "" {
			t.Errorf("got %q at %q, want %q at %q", body, version, "one\n", made)
		}
	}},
	{"second write", func(t *testing.T, b state.Backend) {
		first := write(t, b, "state/main.yaml", "one\n", "")
		second := write(t, b, "state/main.yaml", "two\n", first)
		if body, version := read(t, b, "state/main.yaml"); body != "two\n" || version != second ||
			second == first {
			t.Errorf("got %q at %q, want %q at %q", body, version, "two\n", second)
		}
	}},
	{"version of the same bytes", func(t *testing.T, b state.Backend) {
		first := write(t, b, "state/main.yaml", "one\n", "")
		// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: printf 'one\n' | git
		// hash-object --stdin
		if want := "5626abf0f72e58d7a153368ba57db4c673c0e171"; first != want {
			t.Errorf("got version %s, want the git blob SHA %s", first, want)
		}
	}},
	{"stale write", func(t *testing.T, b state.Backend) {
		first := write(t, b, "state/main.yaml", "one\n", "")
		write(t, b, "state/main.yaml", "two\n", first)
		for _, also := range []map[string][]byte{nil, {"README.md": []byte("lost")}} {
			_, err := b.Write(
				t.Context(),
				state.Change{
					Path:    "state/main.yaml",
					Body:    []byte("lost\n"),
					Version: first,
					Message: "m",
					Also:    also,
				},
			)
			if !errors.Is(err, state.ErrConflict) {
				t.Errorf("got error %v, want ErrConflict", err)
			}
		}
		if body, _ := read(t, b, "state/main.yaml"); body != "two\n" {
			t.Errorf("got %q, want what was there", body)
		}
	}},
	{"create what is there", func(t *testing.T, b state.Backend) {
		write(t, b, "state/main.yaml", "one\n", "")
		_, err := b.Write(
			t.Context(),
			state.Change{Path: "state/main.yaml", Body: []byte("two\n"), Message: "m"},
		)
		if !errors.Is(err, state.ErrConflict) {
			t.Errorf("got error %v, want ErrConflict", err)
		}
	}},
	{"change what is gone", func(t *testing.T, b state.Backend) {
		_, err := b.Write(
			t.Context(),
			state.Change{
				Path:    "state/main.yaml",
				Body:    []byte("two\n"),
				Version: blobSHA([]byte("one\n")),
				Message: "m",
			},
		)
		if !errors.Is(err, state.ErrConflict) {
			t.Errorf("got error %v, want ErrConflict", err)
		}
		if _, _, err := b.Read(t.Context(), "state/main.yaml"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got error %v, want still nothing there", err)
		}
	}},
	{"with pages", func(t *testing.T, b state.Backend) {
		also := map[string][]byte{
			"README.md":  []byte("# how it stands\n"),
			"status.svg": []byte("<svg/>"),
		}
		first, err := b.Write(
			t.Context(),
			state.Change{Path: "state/main.yaml", Body: []byte("one\n"), Message: "m", Also: also},
		)
		if err != nil {
			t.Fatal(err)
		}
		also["README.md"] = []byte("# better\n")
		second, err := b.Write(
			t.Context(),
			state.Change{
				Path:    "state/main.yaml",
				Body:    []byte("two\n"),
				Version: first,
				Message: "m",
				Also:    also,
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{
			"state/main.yaml": "two\n", "README.md": "# better\n", "status.svg": "<svg/>",
		} {
			if got, _ := read(t, b, path); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
		if _, version := read(t, b, "state/main.yaml"); version != second {
			t.Errorf("got version %q, want the one that Write gave, %q", version, second)
		}
	}},
	{"bad paths", func(t *testing.T, b state.Backend) {
		for _, path := range []string{
			"", ".", "/etc/passwd", "../up", "state/../../up", "state//main",
		} {
			if _, err := b.Write(t.Context(),
				state.Change{Path: path, Body: []byte("x"), Message: "m"}); err == nil {
				t.Errorf("Write took the path %q", path)
			}
			if _, _, err := b.Read(t.Context(), path); err == nil ||
				errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Read(%q): got error %v, want a refusal", path, err)
			}
		}
	}},
	{"odd paths", func(t *testing.T, b state.Backend) {
		// The first write makes the branch, which is another call than those that follow.
		for _, path := range []string{"state/first.yaml", "state/a b#c?d%20.yaml", "state/ü.yaml"} {
			write(t, b, path, path, "")
			if got, _ := read(t, b, path); got != path {
				t.Errorf("%q: got %q", path, got)
			}
		}
	}},
	{"64 files at once", func(t *testing.T, b state.Backend) {
		all(64, func(i int) {
			c := state.Change{
				Path:    fmt.Sprintf("state/%d.yaml", i),
				Body:    fmt.Appendf(nil, "%d\n", i),
				Message: "m",
			}
			if i%2 == 0 {
				c.Also = map[string][]byte{fmt.Sprintf("page/%d.md", i): []byte("page")}
			}
			if _, err := b.Write(t.Context(), c); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
		for i := range 64 {
			if got, _ := read(t, b,
				fmt.Sprintf("state/%d.yaml", i)); got != fmt.Sprintf("%d\n", i) {
				t.Errorf("file %d: got %q", i, got)
			}
		}
	}},
	{"16 writers of one file", func(t *testing.T, b state.Backend) {
		all(16, func(i int) { appendLine(t, b, fmt.Sprintf("line %d", i)) })
		body, _ := read(t, b, "state/main.yaml")
		for i := range 16 {
			if n := strings.Count(body, fmt.Sprintf("line %d\n", i)); n != 1 {
				t.Errorf("line %d is there %d times", i, n)
			}
		}
	}},
}

func TestBackends(t *testing.T) {
	for _, tt := range backendTests {
		t.Run("branch/"+tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tt.test(t, newHub().branch()) })
		})
		t.Run("dir/"+tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "made by the first write")
			tt.test(t, &Dir{Path: path})
			leftovers(t, path)
		})
	}
}

// leftovers finds what is no file of anybody's.
func leftovers(t *testing.T, dir string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".") {
			t.Errorf("%s was left behind", path)
		}
		return nil
	})
}

// appendLine adds a line by reading, changing and writing until nobody was faster.
func appendLine(t *testing.T, b state.Backend, line string) {
	for {
		body, version, err := b.Read(t.Context(), "state/main.yaml")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
			return
		}
		_, err = b.Write(
			t.Context(),
			state.Change{
				Path:    "state/main.yaml",
				Body:    append(body, line+"\n"...),
				Version: version,
				Message: line,
			},
		)
		if errors.Is(err, state.ErrConflict) {
			continue
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
}

func all(n int, f func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func write(t *testing.T, b state.Backend, path, body, version string) string {
	t.Helper()
	made, err := b.Write(
		context.Background(),
		state.Change{Path: path, Body: []byte(body), Version: version, Message: "test"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func read(t *testing.T, b state.Backend, path string) (body, version string) {
	t.Helper()
	got, version, err := b.Read(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return string(got), version
}
