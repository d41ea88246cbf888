package provenance

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeGH puts a gh on PATH that notes how it was called, says something and ends with a status.
func fakeGH(t *testing.T, says, status string) (called string) {
	t.Helper()
	dir := t.TempDir()
	called = filepath.Join(dir, "called")
	script := "#!/bin/sh\nprintf '%s\\n' \"$*\" \"$GH_TOKEN\" \"$X_REFRESH_TOKEN\" >" + called +
		"\nprintf '" + says + "' >&2\nexit " + status + "\n"
	if err := os.WriteFile(filepath.Join(dir, "gh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return called
}

var check = Check{"/bin/postferry", "someone/ferry", "v1.2.3", "ghs_secret"}

func TestVerify(t *testing.T) {
	t.Setenv("X_REFRESH_TOKEN", "not for gh")
	called := fakeGH(t, "", "0")
	if err := check.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	const want = "attestation verify /bin/postferry --repo someone/ferry --signer-workflow " +
		"someone/ferry/.github/workflows/build.yml --source-ref refs/tags/v1.2.3\nghs_secret\n\n"
	if got, err := os.ReadFile(called); err != nil || string(got) != want {
		t.Errorf("gh was called with %q, want %q", got, want)
	}
}

func TestVerifyRefused(t *testing.T) {
	fakeGH(t, "\\nno attestations found\\nmore", "1")
	err := check.Verify(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), ": no attestations found") {
		t.Errorf("got %v", err)
	}
	fakeGH(t, "", "4")
	if err := check.Verify(t.Context()); err == nil || errors.Is(err, ErrNoTool) {
		t.Errorf("got %v", err)
	}
}

func TestNoTool(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := check.Verify(t.Context()); !errors.Is(err, ErrNoTool) {
		t.Errorf("got %v, want ErrNoTool", err)
	}
}
