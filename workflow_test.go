package postferry_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/sim"
)

// lastResort is the script of action.yml that reports a dead run without the program.
type lastResort struct {
	t      *testing.T
	script string
	temp   string
	env    []string
}

// run runs the script as a job with an id does, and fails the test if the script fails.
func (l *lastResort) run(id, status string, extra ...string) {
	l.t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", l.script)
	cmd.Dir = l.temp
	cmd.Env = append(cmd.Environ(), l.env...)
	cmd.Env = append(cmd.Env, "GITHUB_RUN_ID="+id, "STATUS="+status, "TIME_LIMIT=15",
		"ROUTE=", "CONFIG=", "RUNNER_TEMP="+l.temp)
	cmd.Env = append(cmd.Env, extra...)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("%v\n%s", err, out)
	}
}

// began notes when the job's first step began.
func (l *lastResort) began(ago time.Duration) {
	l.t.Helper()
	text := strconv.FormatInt(time.Now().Add(-ago).Unix(), 10)
	write(l.t, filepath.Join(l.temp, "postferry-began"), text)
}

func write(t *testing.T, file, body string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newLastResort reads the script from action.yml and points it at GitHub's stand-in.
func newLastResort(t *testing.T) (*lastResort, *sim.World) {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "jq", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here; GitHub's runners have it", tool)
		}
	}
	w := sim.New(sim.Options{})
	server, err := w.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	l := &lastResort{t: t, script: step(t, "action.yml", "Report without the program")}
	l.temp = t.TempDir()
	l.env = []string{
		"GITHUB_API_URL=" + server.URL("github"), "GITHUB_SERVER_URL=https://github.com",
		"GITHUB_REPOSITORY=someone/mirror", "TOKEN=" + w.Env()["GITHUB_TOKEN"],
	}
	l.began(time.Minute)
	return l, w
}

// TestLastResort: a run whose program can't be had opens one issue with our marker. A run that was
// reported already adds nothing, and neither does a known incident.
func TestLastResort(t *testing.T) {
	l, w := newLastResort(t)
	l.run("1001", "failure")
	l.run("1002", "failure") // the incident is open
	wantIssues(t, w, 1)
	issue := w.GitHub().Issues()[0]
	route, c, _, ok := report.Body(issue.Body).Marker()
	if !ok || route != "main" || c != diagnosis.Job {
		t.Errorf("the program would not find this issue again:\n%s", issue.Body)
	}
	if !strings.Contains(issue.Body, "/actions/runs/1001") {
		t.Errorf("the issue does not name the run:\n%s", issue.Body)
	}
	w.GitHub().CloseIssue(issue.Number)
	l.run("1001", "failure")
	wantIssues(t, w, 1) // the run was reported before
	l.run("1003", "failure")
	wantIssues(t, w, 2) // a run has died again
	w.GitHub().CloseIssue(w.GitHub().Issues()[1].Number)
	l.run("1003", "failure", "GITHUB_RUN_ATTEMPT=2")
	l.run("1003", "failure", "GITHUB_RUN_ATTEMPT=2")
	wantIssues(t, w, 3) // the second attempt died too
	if body := w.GitHub().Issues()[2].Body; !strings.Contains(body, "/runs/1003/attempts/2") {
		t.Errorf("the issue does not name the attempt:\n%s", body)
	}
}

// TestLastResortOfAMatrix: the jobs of a matrix share the id of their run, and each that died has
// an incident of its own.
func TestLastResortOfAMatrix(t *testing.T) {
	l, w := newLastResort(t)
	for range 2 {
		l.run("1001", "failure", "ROUTE=cafe")
		l.run("1001", "failure", "ROUTE=cafe-2")
	}
	wantIssues(t, w, 2)
}

// TestLastResortReported: a job that reported before its program was lost adds nothing. Its issue
// names this attempt of this run, and this job's route or none.
func TestLastResortReported(t *testing.T) {
	const runs = "https://github.com/someone/mirror/actions/runs/"
	link := func(page string) string { return "[now](" + runs + page + ")" }
	mark := func(route string) string { return report.Marker(route, diagnosis.X, "f") }
	for _, tt := range []struct {
		name, body, route, attempt string
		want                       int
	}{
		{"its own, by a link", link("1001") + "\n" + mark("cafe"), "cafe", "1", 1},
		{"its own, by the hidden comment", report.RunMarker("1001", "1") + "\n" + mark("cafe"),
			"cafe", "1", 1},
		{"one that is about no route", link("1001") + "\n" + mark("-"), "cafe", "1", 1},
		{"another route's", link("1001") + "\n" + mark("bakery"), "cafe", "1", 2},
		{"any route's, where the job has all", link("1001") + "\n" + mark("bakery"), "", "1", 1},
		{"a longer id", link("10012") + "\n" + mark("cafe"), "cafe", "1", 2},
		{"another attempt's link", link("1001/attempts/2") + "\n" + mark("cafe"), "cafe", "1", 2},
		{"another attempt's comment", report.RunMarker("1001", "12") + "\n" + mark("cafe"),
			"cafe", "1", 2},
		{"the second attempt", link("1001/attempts/2") + "\n" + mark("cafe"), "cafe", "2", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, w := newLastResort(t)
			w.GitHub().OpenIssue("github-actions[bot]", "x", tt.body, "postferry")
			l.run("1001", "failure", "ROUTE="+tt.route, "GITHUB_RUN_ATTEMPT="+tt.attempt)
			wantIssues(t, w, tt.want)
		})
	}
}

// TestLastResortOfARoute: the marker names the route that the program would look for.
func TestLastResortOfARoute(t *testing.T) {
	const file = "version: 1\nroutes:\n  # the first\n  cafe-1: {}\n  bar: {}\n"
	for _, tt := range []struct{ name, route, config, want string }{
		{"a route of the matrix", "bar", file, "bar"},
		{"the first of the file", "", file, "cafe-1"},
		{"no file", "", "", "main"},
		{"one line", "", "version: 1\nroutes: {shop: {}}\n", "shop"},
		{"not a name", "x -->", file, "main"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, w := newLastResort(t)
			if tt.config != "" {
				write(t, filepath.Join(l.temp, "c.yml"), tt.config)
			}
			l.run("1001", "failure", "ROUTE="+tt.route, "CONFIG=c.yml")
			wantIssues(t, w, 1)
			if got, _, _, _ := report.Body(w.GitHub().Issues()[0].Body).Marker(); got != tt.want {
				t.Errorf("got the route %q, want %q", got, tt.want)
			}
		})
	}
}

// TestLastResortAfterACancellation: a cancelled job is nobody's fault, unless it ran out of time.
func TestLastResortAfterACancellation(t *testing.T) {
	l, w := newLastResort(t)
	l.began(13 * time.Minute)
	l.run("1001", "cancelled")
	wantIssues(t, w, 0)
	l.began(14*time.Minute + time.Second)
	l.run("1001", "cancelled")
	wantIssues(t, w, 1)
}

// TestLastResortWithoutAList: an issue is opened also when GitHub's list of issues can't be read.
func TestLastResortWithoutAList(t *testing.T) {
	l, w := newLastResort(t)
	w.Fail(sim.Fault{Service: "github", Call: "GET /repos/someone/mirror/issues", Status: 503})
	l.run("1001", "failure")
	wantIssues(t, w, 1)
}

func wantIssues(t *testing.T, w *sim.World, want int) {
	t.Helper()
	if n := len(w.GitHub().Issues()); n != want {
		t.Fatalf("%d issues, want %d", n, want)
	}
}

// step returns the script of a step of an action.
func step(t *testing.T, file, name string) string {
	t.Helper()
	var a struct {
		Runs struct{ Steps []struct{ Name, Run string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, file)), &a); err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Runs.Steps {
		if s.Name == name {
			return s.Run
		}
	}
	t.Fatalf("%s has no step %q", file, name)
	return ""
}
