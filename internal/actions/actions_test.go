package actions

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	const api, server = "https://api.github.com", "https://github.com"
	step := map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "2",
		"GITHUB_EVENT_NAME": "schedule", "GITHUB_REPOSITORY_ID": "654321",
		"GITHUB_API_URL": "https://ghe.example/api", "GITHUB_SERVER_URL": "https://ghe.example",
		"GITHUB_REPOSITORY": "kamo/mirror", "GITHUB_STEP_SUMMARY": "s", "GITHUB_OUTPUT": "o",
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		want Runner
	}{
		{"a terminal", nil, Runner{APIURL: api, ServerURL: server}},
		{"a step", step, Runner{
			InWorkflow: true, RunID: "7", RunAttempt: "2", Event: "schedule", Summary: "s",
			Output: "o",
			APIURL: "https://ghe.example/api", ServerURL: "https://ghe.example",
			Owner: "kamo", Repo: "mirror", RepoID: "654321",
		}},
		{"a run's number is enough", map[string]string{"GITHUB_RUN_ID": "7"},
			Runner{InWorkflow: true, APIURL: api, ServerURL: server, RunID: "7"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(func(name string) string { return tt.env[name] })
			if diff := cmp.Diff(*got, tt.want); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestReadRefusesAName(t *testing.T) {
	for _, name := range []string{"mirror", "a/b/c", "/b", "a/"} {
		_, err := Read(func(v string) string {
			return map[string]string{"GITHUB_REPOSITORY": name}[v]
		})
		want := fmt.Sprintf("GITHUB_REPOSITORY must be owner/name, it is %q", name)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	r := Runner{ServerURL: "https://github.com", Owner: "kamo", Repo: "mirror", RunID: "7"}
	const repo = "https://github.com/kamo/mirror"
	if got, want := r.RepoURL()+" "+r.RunURL(), repo+" "+repo+"/actions/runs/7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.RunID = ""
	if got := r.RunURL(); got != "" {
		t.Errorf("a run without an id: %s", got)
	}
	r = Runner{ServerURL: "https://github.com", RunID: "7"}
	if got := r.RepoURL() + r.RunURL(); got != "" {
		t.Errorf("no repository: %s", got)
	}
}

func TestByHand(t *testing.T) {
	for event, want := range map[string]bool{
		"workflow_dispatch": true, "schedule": false, "": false,
	} {
		if got := (&Runner{Event: event}).ByHand(); got != want {
			t.Errorf("%q: got %v, want %v", event, got, want)
		}
	}
}

// TestAnnotationsStayOnTheirLine gives the runner texts with line breaks and commands of their own.
func TestAnnotationsStayOnTheirLine(t *testing.T) {
	const hostile = "no\n::add-mask::a\r::error::b %0A"
	var log bytes.Buffer
	r := Runner{Log: &log}
	r.Error(hostile)
	r.Warning(hostile)
	r.Notice(hostile)
	r.Mask("secret")
	const escaped = "no%0A::add-mask::a%0D::error::b %250A"
	want := fmt.Sprintf("::error::%s\n::warning::%[1]s\n::notice::%[1]s\n::add-mask::secret\n",
		escaped)
	if log.String() != want {
		t.Errorf("got %q, want %q", log.String(), want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestBrokenLog: a log that can't be written does not end the run.
func TestBrokenLog(t *testing.T) {
	r := Runner{Log: broken{}}
	r.Error("a")
	r.Mask("b")
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	r := Runner{
		Summary: filepath.Join(dir, "summary"),
		Output:  filepath.Join(dir, "output"),
		Redact:  func(s string) string { return strings.ReplaceAll(s, "secret", "***") },
	}
	for _, text := range []string{"# One\n", "a secret\n"} {
		if err := r.AppendSummary(text); err != nil {
			t.Fatal(err)
		}
	}
	values := []Value{{"posted", "2"}, {"names", "secret"}, {"incident", ""}}
	if err := r.SetOutputs(values); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		r.Summary: "# One\na ***\n",
		r.Output:  "posted=2\nnames=***\nincident=\n",
	} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", path, got, err, want)
		}
	}
}

// TestOutputOfSeveralLines: no text can guess where its value ends.
func TestOutputOfSeveralLines(t *testing.T) {
	form := regexp.MustCompile(`^text<<([A-Z2-7]{26})\na\nposted=9\n([A-Z2-7]{26})\n$`)
	seen := map[string]bool{}
	for range 2 {
		m := form.FindStringSubmatch(Value{"text", "a\nposted=9"}.line())
		if m == nil || m[1] != m[2] {
			t.Fatalf("%q", m)
		}
		seen[m[1]] = true
	}
	if len(seen) != 2 {
		t.Error("the delimiter is the same each time")
	}
}

func TestNoFiles(t *testing.T) {
	var r Runner
	if err := r.AppendSummary("a"); err != nil {
		t.Error(err)
	}
	r.Output = filepath.Join(t.TempDir(), "no", "such", "folder")
	if err := r.SetOutputs([]Value{{"a", "b"}}); err == nil {
		t.Error("a file that can't be written is an error")
	}
}
