package postferry_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func filesystem(dir string) fs.FS { return os.DirFS(dir) }

func read(t *testing.T, file string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// variables are those that a workflow gives by an input. The services' addresses and POSTFERRY_NOW
// are environment only, and GITHUB_* come from the runner.
var variables = []string{
	"INSTAGRAM_TOKEN", "INSTAGRAM_USER_ID", "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET",
	"X_CLIENT_ID", "X_CLIENT_SECRET", "X_REFRESH_TOKEN", "X_ACCESS_TOKEN",
	"GITHUB_TOKEN", "SECRETS_TOKEN", "VAULT_KEY", "SLACK_WEBHOOK_URL", "HEARTBEAT_URL",
}

type action struct {
	Inputs  map[string]struct{ Description, Default string }
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Steps []struct {
			Name, Run, Uses string
			Env             map[string]string
		}
	}
}

// TestAction compares the inputs of action.yml with the variables. No input may be part of a script's
// text, where it would be a command.
func TestAction(t *testing.T) {
	var a action
	if err := yaml.Unmarshal([]byte(read(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q has an expression in its script", s.Name)
		}
		if s.Name == "Run" {
			env = s.Env
		}
	}
	var given []string
	for name, value := range env {
		input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
		if _, ok := a.Inputs[input]; !ok {
			t.Errorf("%s is %s, which is no input", name, value)
		}
		want := strings.TrimPrefix(name, "POSTFERRY_")
		if got := strings.ToUpper(strings.ReplaceAll(input, "-", "_")); got != want {
			t.Errorf("%s comes from the input %s", name, input)
		}
		given = append(given, name)
		delete(a.Inputs, input)
	}
	for _, name := range variables {
		if !slices.Contains(given, name) {
			t.Errorf("no input for %s", name)
		}
	}
	for name := range a.Inputs {
		t.Errorf("the input %s goes nowhere", name)
	}
	for _, name := range []string{
		"posted", "skipped", "pending", "incident", "route-status", "names",
	} {
		if got, want := a.Outputs[name].Value, "${{ steps.run.outputs."+name+" }}"; got != want {
			t.Errorf("output %s is %q, want %q", name, got, want)
		}
	}
}

var pinned = regexp.MustCompile(`^(\./|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+)`)

// TestWorkflows checks that workflows have least permissions, pin their actions by commit, put no
// expression into a script, leave no credentials in a checkout, and run on a schedule only when
// they are switched on.
func TestWorkflows(t *testing.T) {
	walk(t, ".yml", func(file string, body []byte) {
		text := string(body)
		if !strings.HasPrefix(file, ".github/workflows/") && file != "action.yml" {
			return
		}
		for _, m := range regexp.MustCompile(`uses: (.*)`).FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %q is not pinned by commit with its version", file, m[1])
			}
		}
		safe := strings.Count(text, "persist-credentials: false")
		if strings.Count(text, "actions/checkout@") != safe {
			t.Errorf("%s: a checkout keeps its credentials", file)
		}
		if file == "action.yml" {
			return
		}
		if !strings.Contains(text, "\npermissions: {}\n") {
			t.Errorf("%s does not begin with no permissions", file)
		}
		silent := strings.Contains(text, "if: vars.POSTFERRY == 'on'")
		if strings.Contains(text, "schedule:") && file != ".github/workflows/ci.yml" && !silent {
			t.Errorf("%s is scheduled and not silent in a fresh copy", file)
		}
		if strings.Contains(text, "cancel-in-progress: true") {
			t.Errorf("%s cancels runs, which may be between a post and its record", file)
		}
		noExpressions(t, file, body)
	})
}

func noExpressions(t *testing.T, file string, body []byte) {
	t.Helper()
	var w struct {
		Jobs map[string]struct {
			Timeout int `yaml:"timeout-minutes"`
			Steps   []struct{ Run string }
		}
	}
	if err := yaml.Unmarshal(body, &w); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for name, job := range w.Jobs {
		if job.Timeout == 0 {
			t.Errorf("%s: job %s has no time limit", file, name)
		}
		for _, s := range job.Steps {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: job %s has an expression in a script", file, name)
			}
		}
	}
}

// TestReadme finds the two commands that a reader tries first.
func TestReadme(t *testing.T) {
	lines := strings.Split(read(t, "README.md"), "\n")
	for _, command := range []string{"go run ./cmd/postferry demo", "go test ./..."} {
		if !slices.Contains(lines, command) {
			t.Errorf("README.md has no line %q", command)
		}
	}
}

var (
	// credential matches tokens of Meta, GitHub and Slack. The stand-ins' tokens match standIn too.
	credential = regexp.MustCompile(`\b(EAA[A-Za-z0-9]{30,}|IGAA[A-Za-z0-9]{30,}` +
		`|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|xox[abp]-[\w-]{20,})`)
	standIn = regexp.MustCompile(`(?i)sim|example|fake|test|0{5}|x{5}|abc|secret`)
	link    = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
)

// TestNoCredentials searches every file for credentials.
func TestNoCredentials(t *testing.T) {
	walk(t, "", func(file string, body []byte) {
		for _, m := range credential.FindAllString(string(body), -1) {
			if !standIn.MatchString(m) {
				t.Errorf("%s holds what looks like a credential: %.8s…", file, m)
			}
		}
	})
}

// TestLinks checks that each link of a document leads to a file.
func TestLinks(t *testing.T) {
	walk(t, ".md", func(file string, body []byte) {
		if strings.Contains(file, "testdata") {
			return
		}
		dir := file[:strings.LastIndexByte(file, '/')+1]
		for _, m := range link.FindAllStringSubmatch(string(body), -1) {
			if _, err := os.Stat(dir + m[1]); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
			}
		}
	})
}
