package action

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The program of these tests is a script, and the sources are three files: what is looked at is what action.yml does.
const program = "#!/bin/sh\necho \"the released program: $*\"\n"

// TestReleasedProgram runs action.yml as a release has it: the program that the commit vouches for runs, and no other does.
func TestReleasedProgram(t *testing.T) {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(program)))
	for _, tt := range []struct {
		name   string
		served string // "" is a release that is not there
		sum    string
		want   []string // the steps
		says   string
	}{
		{"as released", program, sum, []string{"Fetch the released program", "Run"}, "the released program: version"},
		{"another byte", program + "#", sum, built, "it is built instead"},
		{"a checksum that is missing", program, "", built, "it is built instead"},
		{"not there", "", sum, built, "it is built instead"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if tt.served == "" || r.URL.Path != "/v1.2.3/"+platform() {
					http.NotFound(rw, r)
					return
				}
				fmt.Fprint(rw, tt.served)
			}))
			defer server.Close()
			r := newRun(t)
			r.Env = append(r.Env, "POSTFERRY_RELEASES="+server.URL)
			release := "version v1.2.3\ngo go1.26.8\n"
			if tt.sum != "" {
				release += tt.sum + "  " + platform() + "\n"
			}
			write(t, r.Path, "release.txt", release)
			wantSteps(t, r, tt.want, tt.says)
		})
	}
}

var built = []string{"Fetch the released program", "Name the build", "Fetch the built program", "Set up Go", "Build", "Run"}

// TestBuiltProgram runs it as a copy of the repository has it: built once, and again only when a source changed.
func TestBuiltProgram(t *testing.T) {
	r := newRun(t)
	wantSteps(t, r, built, "built: version")
	r.Workspace = t.TempDir()
	wantSteps(t, r, []string{"Fetch the released program", "Name the build", "Fetch the built program", "Run"}, "built: version")
	write(t, r.Path, "internal/other/other_test.go", "package other // no part of the program")
	r.Workspace = t.TempDir()
	wantSteps(t, r, []string{"Fetch the released program", "Name the build", "Fetch the built program", "Run"}, "built: version")
	write(t, r.Path, "cmd/postferry/main.go", strings.Replace(source, "built:", "built again:", 1))
	r.Workspace = t.TempDir()
	wantSteps(t, r, built, "built again: version")
	write(t, r.Path, ".github/workflows/mirror.yml", "on: push\n") // it is embedded in the program
	r.Workspace = t.TempDir()
	wantSteps(t, r, built, "built again: version")
}

const source = "package main\n\nimport \"os\"\n\nfunc main() { println(\"built:\", os.Args[1]) }\n"

// newRun is a job that uses our action.yml in a folder with a small program.
func newRun(t *testing.T) *Run {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "xargs"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here; GitHub's runners have it", tool)
		}
	}
	r := &Run{Path: t.TempDir(), Workspace: t.TempDir(), Cache: t.TempDir(), Inputs: map[string]string{"command": "version"}}
	r.Env = []string{"RUNNER_OS=" + map[string]string{"linux": "Linux", "darwin": "macOS", "windows": "Windows"}[runtime.GOOS], "RUNNER_ARCH=" + map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH]}
	body, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, r.Path, "action.yml", string(body))
	write(t, r.Path, "go.mod", "module example.com/small\n\ngo 1.26\n")
	write(t, r.Path, "go.sum", "")
	write(t, r.Path, "cmd/postferry/main.go", source)
	write(t, r.Path, "internal/other/other.go", "package other\n")
	write(t, r.Path, "workflows.go", "package small\n")
	write(t, r.Path, ".github/workflows/mirror.yml", "on: schedule\n")
	return r
}

func platform() string { return "postferry-" + runtime.GOOS + "-" + runtime.GOARCH }

func write(t *testing.T, dir, name, body string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

func wantSteps(t *testing.T, r *Run, want []string, says string) {
	t.Helper()
	took, err := r.Do()
	if err != nil {
		t.Fatal(err)
	}
	var got, out []string
	for _, s := range took {
		got, out = append(got, s.Name), append(out, s.Out)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("steps %q, want %q", got, want)
	}
	if all := strings.Join(out, ""); !strings.Contains(all, says) {
		t.Errorf("nothing says %q:\n%s", says, all)
	}
}

// TestUnknown: what the package does not know is refused, or a change of action.yml would be tried by half.
func TestUnknown(t *testing.T) {
	for name, steps := range map[string]string{
		"a condition":   "- {name: x, if: always(), shell: bash, run: 'true'}",
		"an action":     "- {name: x, uses: actions/checkout@v1}",
		"a shell":       "- {name: x, shell: pwsh, run: 'true'}",
		"an expression": "- {name: x, shell: bash, run: 'true', env: {A: '${{ secrets.A }}'}}",
	} {
		t.Run(name, func(t *testing.T) {
			r := &Run{Path: t.TempDir(), Workspace: t.TempDir(), Cache: t.TempDir()}
			write(t, r.Path, "action.yml", "runs:\n  using: composite\n  steps:\n    "+steps+"\n")
			if _, err := r.Do(); err == nil || !strings.Contains(err.Error(), "unknown") {
				t.Errorf("got %v, want a word that it is unknown", err)
			}
		})
	}
}
