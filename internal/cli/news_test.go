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
	return released(t, w, "v1.0.0", "doctor")
}

// released runs a command as a released build does, against a world, and returns its stdout.
func released(t *testing.T, w *sim.World, version, command string) string {
	t.Helper()
	build.Release = version
	t.Cleanup(func() { build.Release = "" })
	var stdout bytes.Buffer
	env := w.Env()
	Main(t.Context(), &Process{
		Args: []string{command}, Getenv: func(name string) string { return env[name] },
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
	const want = "A newer postferry, v1.1.0 of 2026-11-21, is out; this is v1.0.0 of 2026-10-24, " +
		"30 days old."
	if out := doctorOf(t, w); !strings.Contains(out, want) {
		t.Errorf("%q is not in\n%s", want, out)
	}
}

// TestRotateTellsOfANewerRelease: the attention issue names a newer release, and rotate asks for it
// once a day, even if GitHub refuses. The issue stays between two questions, closes after the update,
// and closed by a person it stays closed until another version is out.
func TestRotateTellsOfANewerRelease(t *testing.T) {
	w := sim.New(sim.Options{Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	asked := func() (n int) {
		for _, c := range w.Log() {
			if strings.HasSuffix(c.Path, "/releases") {
				n++
			}
		}
		return n
	}
	rotate := func(version string) { released(t, w, version, "rotate") }
	want := func(issues, questions int, open bool) {
		t.Helper()
		got := w.GitHub().Issues()
		if len(got) != issues || asked() != questions ||
			issues > 0 && (got[issues-1].State == "open") != open {
			t.Fatalf("%d questions, want %d; issues %+v, want %d, the last open %v", asked(),
				questions,
				got, issues, open)
		}
	}
	released(t, w, "v1.0.0", "mirror")
	rotate("v1.0.0")
	w.Advance(6 * time.Hour)
	rotate("v1.0.0")
	want(0, 1, false)

	w.GitHub().Release(build.Home, "v1.0.0", w.Now().AddDate(0, 0, -30))
	w.GitHub().Release(build.Home, "v1.1.0", w.Now().AddDate(0, 0, -2))
	w.Advance(19 * time.Hour)
	rotate("v1.0.0")
	want(1, 2, true)
	issue := w.GitHub().Issues()[0]
	for _, text := range []string{
		"A newer postferry, v1.1.0 of 2026-11-21, is out; this is v1.0.0 of 2026-10-24, 30" +
			" days old.",
		"Merge Dependabot's pull request to update.",
	} {
		if !strings.Contains(issue.Body, text) {
			t.Errorf("%q is not in\n%s", text, issue.Body)
		}
	}
	if issue.Title != "postferry: something needs your attention" {
		t.Errorf("title %q", issue.Title)
	}
	w.Advance(6 * time.Hour)
	rotate("v1.0.0")
	want(1, 2, true)
	w.Advance(25 * time.Hour)
	w.Fail(sim.Fault{
		Service: "github", Call: "GET /repos/*/*/releases", Status: 404, Body: "{}",
	})
	rotate("v1.0.0")
	want(1, 3, true)

	w.GitHub().CloseIssue(1)
	w.Advance(25 * time.Hour)
	rotate("v1.0.0")
	want(1, 4, false)
	w.GitHub().Release(build.Home, "v1.2.0", w.Now())
	w.Advance(25 * time.Hour)
	rotate("v1.0.0")
	want(2, 5, true)
	rotate("v1.2.0")
	want(2, 5, false)

	// A time that a wrong clock wrote is not waited for.
	const path = "state/main.yaml"
	doc, _ := w.GitHub().File("postferry-state", path)
	w.GitHub().SetFile("postferry-state", path,
		strings.Replace(doc, "asked: 2026", "asked: 2036", 1))
	rotate("v1.2.0")
	want(2, 6, false)
}
