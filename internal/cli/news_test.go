package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/sim"
)

// doctorOf runs doctor as a released build does, against a world, and returns its stdout.
func doctorOf(t *testing.T, w *sim.World) string {
	t.Helper()
	build.Release = "v1.0.0"
	t.Cleanup(func() { build.Release = "" })
	var stdout bytes.Buffer
	env := w.Env()
	Main(t.Context(), &Process{
		Args: []string{"doctor"}, Getenv: func(name string) string { return env[name] },
		Stdout: &stdout, Stderr: io.Discard, Now: w.Now, Transport: w.Transport(),
	})
	return stdout.String()
}

// TestDoctorTellsOfANewerRelease: doctor says that a newer release exists, how old this one is, and
// whether the program is attested. GitHub's refusal to list the releases is silent.
func TestDoctorTellsOfANewerRelease(t *testing.T) {
	dir := t.TempDir()
	gh := "#!/bin/sh\necho no attestations found >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, "gh"), []byte(gh), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	w := sim.New(sim.Options{Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	out := doctorOf(t, w)
	for _, want := range []string{
		"postferry v1.0.0 of " + build.Home,
		"could not be verified: gh attestation verify: exit status 1: no attestations found",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "is out") {
		t.Errorf("a list that can't be had is news:\n%s", out)
	}
	w.GitHub().Release(build.Home, "v1.0.0", w.Now().AddDate(0, 0, -30))
	w.GitHub().Release(build.Home, "v1.1.0", w.Now().AddDate(0, 0, -2))
	const want = "postferry v1.1.0 of 2026-11-21 is out; this is v1.0.0 of 2026-10-24, 30 days old."
	if out := doctorOf(t, w); !strings.Contains(out, want) {
		t.Errorf("%q is not in\n%s", want, out)
	}
}
