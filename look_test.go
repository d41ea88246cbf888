package postferry_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestLookReportsNothing: what a doctor or a dry run found has been said where it was found. The
// step `report` of the same job does not take the job for one that died. A run that posts is
// reported, and so is a dry run that was killed.
func TestLookReportsNothing(t *testing.T) {
	for _, tt := range []struct {
		name, command, dryRun string
		status                int
		want                  bool // report is called
	}{
		{"a doctor that finds something", "doctor", "false", 1, false},
		{"a dry run that finds something", "mirror", "true", 1, false},
		{"a run that posts", "mirror", "false", 1, true},
		{"a dry run that is killed", "mirror", "true", 137, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newRunStep(t, tt.status)
			if got := s.run("POSTFERRY_COMMAND="+tt.command, "POSTFERRY_DRY_RUN="+tt.dryRun); got !=
				tt.status {
				t.Errorf("the step ended with %d, the program with %d", got, tt.status)
			}
			s.run("POSTFERRY_COMMAND=report", "POSTFERRY_JOB_STATUS=failure")
			if got := strings.Contains(s.calls(), "report --job-status failure"); got != tt.want {
				t.Errorf("report was called: %v\n%s", got, s.calls())
			}
		})
	}
}

// runStep is the script of action.yml that runs the program, here one that only notes its calls.
type runStep struct {
	t      *testing.T
	script string
	folder string
}

// newRunStep makes a job whose program ends with a status.
func newRunStep(t *testing.T, status int) *runStep {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here; GitHub's runners have it")
	}
	s := &runStep{t: t, script: step(t, "action.yml", "Run"), folder: t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.folder, ".postferry"), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(s.folder, ".postferry", "postferry")
	write(t, program, "#!"+bash+"\necho \"$*\" >>calls\nexit "+strconv.Itoa(status)+"\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.folder, "postferry-began"), "1")
	return s
}

// run runs the step, and returns its exit status.
func (s *runStep) run(env ...string) int {
	s.t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.script)
	cmd.Dir = s.folder
	cmd.Env = append(cmd.Environ(), "RUNNER_TEMP="+s.folder, "POSTFERRY_TIME_LIMIT=15")
	cmd.Env = append(cmd.Env, env...)
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		s.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// calls returns the arguments of the program's calls, a line for each.
func (s *runStep) calls() string {
	s.t.Helper()
	return read(s.t, filepath.Join(s.folder, "calls"))
}
