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
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The program of these tests is a script, and its sources are three files: the tests are about what
// action.yml does. The script prints its arguments, and fails for the route "broken".
const program = `#!/bin/sh
echo "the released program: $*"
case "$*" in *broken*) exit 1 ;; esac
`

// The steps that run, by the way to the program.
var (
	fetched = []string{"Fetch the released program", "Run"}
	rebuilt = []string{"Fetch the released program", "Set up Go", "Build", "Run"}
	built   = []string{"Fetch the released program", "Name the build", "Fetch the built program",
		"Set up Go", "Build", "Run"}
	cached = []string{"Fetch the released program", "Name the build", "Fetch the built program",
		"Run"}
)

// TestReleasedProgram runs action.yml as a caller of a release does. The program comes from the
// repository that `uses:` names, and runs only if the commit has its checksum. Otherwise the sources
// are built, and nothing is cached.
func TestReleasedProgram(t *testing.T) {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(program)))
	for _, tt := range []struct {
		name       string
		repository string
		served     string // "" is a release that is not there
		sum        string
		want       []string // the steps
		says       string
	}{
		{"as released", "someone/ferry", program, sum, fetched, "the released program: version"},
		{"no repository is known", "", program, sum, fetched, "the released program: version"},
		{"another byte", "someone/ferry", program + "#", sum, rebuilt, "its sources are built"},
		{"no checksum", "someone/ferry", program, "", rebuilt, "its sources are built"},
		{"not there", "someone/ferry", "", sum, rebuilt, "its sources are built"},
		{"another's release", "else/ferry", program, sum, rebuilt, "its sources are built"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := "/someone/ferry/releases/download/v1.2.3/" + platform()
			handler := func(rw http.ResponseWriter, r *http.Request) {
				if tt.served == "" || r.URL.Path != want {
					http.NotFound(rw, r)
					return
				}
				fmt.Fprint(rw, tt.served)
			}
			server := httptest.NewServer(http.HandlerFunc(handler))
			defer server.Close()
			r := newRun(t)
			r.Repository = tt.repository
			r.Env = append(r.Env, "GITHUB_SERVER_URL="+server.URL)
			release(t, r, tt.sum)
			wantSteps(t, r, tt.want, tt.says)
			if files, _ := os.ReadDir(r.Cache); len(files) > 0 {
				t.Errorf("a caller of a release keeps a cache: %v", files)
			}
		})
	}
}

// TestFetchedOnce: the second step of a job takes the program that the first one fetched, but only
// if it is still the right one.
func TestFetchedOnce(t *testing.T) {
	r, requests := served(t)
	for range 2 {
		wantSteps(t, r, fetched, "the released program: version")
	}
	if *requests != 1 {
		t.Errorf("%d downloads, want 1", *requests)
	}
	write(t, r.Workspace, ".postferry/postferry", "#!/bin/sh\necho another\n")
	wantSteps(t, r, fetched, "the released program: version")
	if *requests != 2 {
		t.Errorf("%d downloads, want 2: the program was replaced", *requests)
	}
}

// TestBuiltProgram runs action.yml as a copy of the repository does: the sources are built once, and
// again only when one of them has changed. A release is not asked for.
func TestBuiltProgram(t *testing.T) {
	r := newRun(t)
	r.Path = r.Workspace
	sources(t, r.Path)
	release(t, r, "0000")
	again := func() {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(r.Workspace, ".postferry")); err != nil {
			t.Fatal(err)
		}
	}
	wantSteps(t, r, built, "built: version")
	again()
	wantSteps(t, r, cached, "built: version")
	again()
	write(t, r.Path, "internal/other/other_test.go", "package other // no part of the program")
	wantSteps(t, r, cached, "built: version")
	again()
	write(t, r.Path, "cmd/postferry/main.go", strings.Replace(source, "built:", "built again:", 1))
	wantSteps(t, r, built, "built again: version")
	again()
	write(t, r.Path, "template/.github/workflows/mirror.yml", "on: push\n") // it is embedded
	wantSteps(t, r, built, "built again: version")
}

// TestRun: each input becomes one flag of the program.
func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		inputs map[string]string
		want   []string // the program's arguments, call by call
	}{
		{"mirror", map[string]string{"command": "mirror"}, []string{"mirror"}},
		{"every flag", map[string]string{
			"command": "mirror", "route": "cafe", "dry-run": "true", "json": "true",
			"force": "true", "config": "c.yml", "state-dir": "s",
		}, []string{"mirror --config c.yml --state-dir s --route cafe --dry-run --json --force"}},
		{"retry", map[string]string{"command": "mirror", "route": "cafe", "retry": "all"},
			[]string{"retry --route cafe -- all", "mirror --route cafe"}},
		{"a retry that looks like a flag", map[string]string{"command": "mirror", "retry": "--x; y"},
			[]string{"retry -- --x; y", "mirror"}},
		{"a rehearsal puts nothing back",
			map[string]string{"command": "mirror", "retry": "all", "dry-run": "true"},
			[]string{"mirror --dry-run"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := served(t)
			r.Inputs = tt.inputs
			got := calls(t, r, nil)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestReportKnowsTheBeginning: the step that reports is told when the first step of the job began.
func TestReportKnowsTheBeginning(t *testing.T) {
	r, _ := served(t)
	r.Temp = t.TempDir()
	began := strconv.FormatInt(time.Now().Add(-14*time.Minute).Unix(), 10)
	write(t, r.Temp, "postferry-began", began+"\n")
	r.Inputs = map[string]string{
		"command": "report", "job-status": "cancelled", "time-limit": "15",
	}
	want := "report --job-status cancelled --began " + began + " --time-limit 15"
	if got := calls(t, r, nil); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Temp = t.TempDir()
	r.Inputs = map[string]string{"command": "version"}
	calls(t, r, nil)
	first, err := os.ReadFile(filepath.Join(r.Temp, "postferry-began"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := strconv.ParseInt(strings.TrimSpace(string(first)), 10, 64)
	if since := time.Since(time.Unix(at, 0)); err != nil || since < 0 || since > time.Minute {
		t.Errorf("the first step noted %q", first)
	}
}

// TestDoctorReportsItself: a doctor that ends with status 1 has said what is wrong. Its job's report
// step adds nothing, while a doctor that was killed is reported.
func TestDoctorReportsItself(t *testing.T) {
	r, _ := served(t)
	r.Temp = t.TempDir()
	r.Inputs = map[string]string{"command": "doctor", "route": "broken"}
	if _, err := r.Do(); err == nil {
		t.Fatal("the doctor's status is lost")
	}
	r.Inputs = map[string]string{"command": "report", "job-status": "failure"}
	if got := calls(t, r, nil); len(got) != 0 {
		t.Errorf("the report step runs %q", got)
	}
	r.Temp = t.TempDir() // another job
	if got := calls(t, r, nil); len(got) != 1 {
		t.Errorf("the report step runs %q, want the program", got)
	}
}

// calls runs the action and returns the arguments of each call of the program.
func calls(t *testing.T, r *Run, want error) (out []string) {
	t.Helper()
	results, err := r.Do()
	if err != want {
		t.Fatal(err)
	}
	for _, s := range results {
		for _, line := range strings.Split(s.Output, "\n") {
			if args, ok := strings.CutPrefix(line, "the released program: "); ok {
				out = append(out, args)
			}
		}
	}
	return out
}

const source = `package main

import "os"

func main() { println("built:", os.Args[1]) }
`

// served is a job whose action is a release that can be fetched. It counts the downloads.
func served(t *testing.T) (*Run, *int) {
	t.Helper()
	requests := new(int)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		*requests++
		fmt.Fprint(rw, program)
	}))
	t.Cleanup(server.Close)
	r := newRun(t)
	r.Repository = "someone/ferry"
	r.Env = append(r.Env, "GITHUB_SERVER_URL="+server.URL)
	release(t, r, fmt.Sprintf("%x", sha256.Sum256([]byte(program))))
	return r, requests
}

// release makes the action's commit one of a release.
func release(t *testing.T, r *Run, sum string) {
	t.Helper()
	text := "version v1.2.3\nhome someone/ferry\ngo go1.26.8\n"
	if sum != "" {
		text += sum + "  " + platform() + "\n"
	}
	write(t, r.Path, "release.txt", text)
}

// newRun is a job that uses our action.yml in a folder with the sources of a small program.
func newRun(t *testing.T) *Run {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "xargs"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here; GitHub's runners have it", tool)
		}
	}
	r := &Run{
		Path: t.TempDir(), Workspace: t.TempDir(), Cache: t.TempDir(),
		Inputs: map[string]string{"command": "version"},
	}
	goos := map[string]string{"linux": "Linux", "darwin": "macOS", "windows": "Windows"}
	arch := map[string]string{"amd64": "X64", "arm64": "ARM64"}
	r.Env = []string{"RUNNER_OS=" + goos[runtime.GOOS], "RUNNER_ARCH=" + arch[runtime.GOARCH]}
	sources(t, r.Path)
	return r
}

func sources(t *testing.T, dir string) {
	t.Helper()
	body, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "action.yml", string(body))
	write(t, dir, "go.mod", "module example.com/small\n\ngo 1.26\n")
	write(t, dir, "go.sum", "")
	write(t, dir, "cmd/postferry/main.go", source)
	write(t, dir, "internal/other/other.go", "package other\n")
	write(t, dir, "template.go", "package small\n")
	write(t, dir, "template/.github/workflows/mirror.yml", "on: schedule\n")
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
	results, err := r.Do()
	if err != nil {
		t.Fatal(err)
	}
	var got, out []string
	for _, s := range results {
		got, out = append(got, s.Name), append(out, s.Output)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("steps %q, want %q", got, want)
	}
	if all := strings.Join(out, ""); !strings.Contains(all, says) {
		t.Errorf("nothing says %q:\n%s", says, all)
	}
}

// TestFailure: after a failed step only those run that ask for a failure, and the failure stays.
func TestFailure(t *testing.T) {
	r := &Run{Path: t.TempDir(), Workspace: t.TempDir(), Cache: t.TempDir()}
	write(t, r.Path, "action.yml", `runs:
  using: composite
  steps:
    - {name: never, if: failure(), shell: bash, run: "true"}
    - {name: breaks, shell: bash, run: "false"}
    - {name: skipped, shell: bash, run: "true"}
    - {name: last, if: failure(), shell: bash, run: "echo here"}
`)
	results, err := r.Do()
	if err == nil || !strings.Contains(err.Error(), "breaks") {
		t.Errorf("got %v, want the failure", err)
	}
	if len(results) != 2 || results[1].Name != "last" {
		t.Errorf("got %v", results)
	}
}

// TestUnknown: the package refuses what it does not know. Otherwise a change of action.yml would be
// tried by half.
func TestUnknown(t *testing.T) {
	for name, steps := range map[string]string{
		"a condition":   "- {name: x, if: always(), shell: bash, run: 'true'}",
		"an action":     "- {name: x, uses: actions/checkout@v1}",
		"a shell":       "- {name: x, shell: pwsh, run: 'true'}",
		"an expression": "- {name: x, shell: bash, run: 'true', env: {A: '${{ secrets.A }}'}}",
	} {
		t.Run(name, func(t *testing.T) {
			r := &Run{Path: t.TempDir(), Workspace: t.TempDir(), Cache: t.TempDir()}
			text := "runs:\n  using: composite\n  steps:\n    " + steps + "\n"
			write(t, r.Path, "action.yml", text)
			if _, err := r.Do(); err == nil || !strings.Contains(err.Error(), "unknown") {
				t.Errorf("got %v, want a word that it is unknown", err)
			}
		})
	}
}
