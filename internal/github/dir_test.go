package github

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/state"
)

// Two processes on one folder: each adds its lines and none is lost.
func TestDirBetweenProcesses(t *testing.T) {
	const variable, lines = "POSTFERRY_TEST_DIR", 20
	if dir := os.Getenv(variable); dir != "" {
		for i := range lines {
			appendLine(t, &Dir{Path: dir}, os.Getenv("POSTFERRY_TEST_NAME")+" "+strconv.Itoa(i))
		}
		return
	}
	dir := filepath.Join(t.TempDir(), "state")
	all(3, func(i int) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDirBetweenProcesses$")
		cmd.Env = append(os.Environ(), variable+"="+dir,
			"POSTFERRY_TEST_NAME=process "+strconv.Itoa(i))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	body, err := os.ReadFile(filepath.Join(dir, "state", "main.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := countLines(body); got != 3*lines {
		t.Errorf("got %d lines, want %d", got, 3*lines)
	}
	leftovers(t, dir)
}

func countLines(b []byte) (n int) {
	for _, c := range b {
		if c == '\n' {
			n++
		}
	}
	return n
}

// The lock for systems without flock keeps writers apart too.
func TestLockFile(t *testing.T) {
	dir := t.TempDir()
	var inside, turns atomic.Int32
	all(16, func(int) {
		for range 200 { // often enough to open the file just before its holder removes it
			unlock, err := lockFile(t.Context(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d hold the lock", n)
			}
			turns.Add(1)
			runtime.Gosched() // gives the others every chance to come in
			inside.Add(-1)
			unlock()
		}
	})
	if n := turns.Load(); n != 16*200 {
		t.Errorf("got %d turns, want %d", n, 16*200)
	}
	leftovers(t, dir)
}

// A folder in which nobody may make a file is an error, not a lock that is waited for.
func TestLockFileNotPermitted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a folder that not even root can write to")
	}
	if _, err := lockFile(t.Context(), "/sys"); err == nil {
		t.Error("got a lock in /sys")
	}
}

// The lock file of a process that was killed holds up nobody, one that is held is waited for.
func TestLockFileOfTheDead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, lockName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	unlock, err := lockFile(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := lockFile(ctx, dir); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited for a lock that is held, and got %v", err)
	}
	unlock()
	leftovers(t, dir)
}

func TestDirLockIsWaitedForNoLongerThanTheContext(t *testing.T) {
	d := &Dir{Path: t.TempDir()}
	unlock, err := lock(t.Context(), d.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := d.Write(ctx, state.Change{Path: main, Body: []byte("x")}); !errors.Is(
		err,
		context.DeadlineExceeded,
	) {
		t.Errorf("got error %v, want the context's", err)
	}
}

// A process that was killed between writing a file and putting it in its place leaves nothing for
// long.
func TestDirClearsAway(t *testing.T) {
	d := &Dir{Path: t.TempDir()}
	one := write(t, d, main, "one\n", "")
	left := filepath.Join(d.Path, "state", stagedName+"123")
	if err := os.WriteFile(left, []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, d, main, "two\n", one)
	leftovers(t, d.Path)
}

// When a page can't be written nothing is, and nothing is left beside it.
func TestDirAllOrNothing(t *testing.T) {
	d := &Dir{Path: t.TempDir()}
	one := write(t, d, main, "one\n", "")
	also := map[string][]byte{
		"state/main.yaml/page.md": []byte("a file is where its folder would be"),
	}
	_, err := d.Write(
		t.Context(),
		state.Change{Path: main, Body: []byte("two\n"), Version: one, Also: also},
	)
	if err == nil || errors.Is(err, state.ErrConflict) {
		t.Errorf("got error %v, want a failure", err)
	}
	if body, _ := read(t, d, main); body != "one\n" {
		t.Errorf("got %q, want it untouched", body)
	}
	leftovers(t, d.Path)
}

func TestDirIsMadeByWritesOnly(t *testing.T) {
	d := &Dir{Path: filepath.Join(t.TempDir(), "not yet")}
	if _, _, err := d.Read(t.Context(), main); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want fs.ErrNotExist", err)
	}
	_, _ = d.Write(t.Context(), state.Change{Path: main, Body: []byte("x"), Version: "stale"})
	if _, err := os.Stat(d.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want no folder yet", err)
	}
}
