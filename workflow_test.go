package postferry_test

import (
	"os/exec"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/sim"
)

// TestTellWithoutTheProgram runs the few lines of shell that tell of a run whose program could not be had, against the
// stand-in of GitHub: one issue with our marker, and nothing where the run was told of already.
func TestTellWithoutTheProgram(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here; GitHub's runners have it", tool)
		}
	}
	script := step(t, ".github/workflows/mirror.yml", "Tell without the program")
	if other := step(t, ".github/workflows/rotate.yml", "Tell without the program"); other != script {
		t.Error("the two workflows tell it differently")
	}
	w := sim.New(sim.Options{})
	server, err := w.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	run := func(id string) {
		t.Helper()
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
		cmd.Env = append(cmd.Environ(), "GITHUB_API_URL="+server.URL("github"), "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=someone/mirror",
			"GITHUB_RUN_ID="+id, "TOKEN="+w.Env()["GITHUB_TOKEN"], "STATUS=failure")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	run("1001")
	run("1002") // an open one is enough
	issues := w.GitHub().Issues()
	if len(issues) != 1 {
		t.Fatalf("%d issues, want 1", len(issues))
	}
	route, area, _, ok := report.ReadMarker(issues[0].Body)
	if !ok || route != "main" || area != diagnosis.Job || !strings.Contains(issues[0].Body, "/actions/runs/1001") {
		t.Errorf("the program would not find this issue again:\n%s", issues[0].Body)
	}
	w.GitHub().CloseIssue(issues[0].Number)
	run("1001") // told of before
	if n := len(w.GitHub().Issues()); n != 1 {
		t.Errorf("%d issues, want 1", n)
	}
	run("1003")
	if n := len(w.GitHub().Issues()); n != 2 {
		t.Errorf("%d issues, want 2: it has died again", n)
	}
}

// step is a step's script.
func step(t *testing.T, file, name string) string {
	t.Helper()
	var w struct {
		Jobs map[string]struct{ Steps []struct{ Name, Run string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, file)), &w); err != nil {
		t.Fatal(err)
	}
	for _, job := range w.Jobs {
		for _, s := range job.Steps {
			if s.Name == name {
				return s.Run
			}
		}
	}
	t.Fatalf("%s has no step %q", file, name)
	return ""
}
