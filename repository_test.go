package postferry_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/build"
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
	"X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN_SECRET",
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

// TestAction: every input has one variable, every variable has one input, and no input is put into
// the text of a script, where it would be a command.
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

var (
	usesLine = regexp.MustCompile(`uses: (.*)`)
	pinned   = regexp.MustCompile(`^([\w.-]+/[\w./-]+)@([0-9a-f]{40}) # v\d+`)
	// What runs a workflow of the template is known only when the template is filled in.
	unfilled = "{{ACTION}}@{{SHA}} # {{VERSION}}"
)

// workflows visits action.yml and every workflow: the project's, the template's and the examples'.
func workflows(t *testing.T, visit func(file string, body []byte)) {
	t.Helper()
	visited := 0
	walk(t, ".yml", func(file string, body []byte) {
		if strings.Contains(file, ".github/workflows/") || file == "action.yml" ||
			strings.HasPrefix(file, "examples/many-accounts/") {
			visited++
			visit(file, body)
		}
	})
	if visited < 13 {
		t.Errorf("only %d workflows were found", visited)
	}
}

// TestPins: every action is pinned by a commit with its version beside it, and by the same commit
// everywhere, so that an update can't forget a place.
func TestPins(t *testing.T) {
	pins := map[string]string{}
	workflows(t, func(file string, body []byte) {
		for _, m := range usesLine.FindAllStringSubmatch(string(body), -1) {
			if strings.HasPrefix(m[1], "./") || m[1] == unfilled {
				continue
			}
			pin := pinned.FindStringSubmatch(m[1])
			if pin == nil {
				t.Errorf("%s: %q is not pinned by commit with its version", file, m[1])
				continue
			}
			if before, known := pins[pin[1]]; known && before != m[1] {
				t.Errorf("%s: %q, elsewhere it is %q", file, m[1], before)
			}
			pins[pin[1]] = m[1]
		}
	})
}

// TestGoOfTheAction: the action and the checks build with the newest patch release of the Go that
// go.mod asks for. go.mod names the oldest one, and as a pin it would lack later security fixes.
func TestGoOfTheAction(t *testing.T) {
	minor := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if minor == nil {
		t.Fatal("go.mod has no line go")
	}
	for _, file := range []string{"action.yml", ".github/workflows/ci.yml"} {
		text := read(t, file)
		if strings.Contains(text, "go-version-file:") {
			t.Errorf("%s pins Go to go.mod's minimum", file)
		}
		if want := "go-version: " + minor[1] + ".x\n"; !strings.Contains(text, want) {
			t.Errorf("%s has no line %q", file, want)
		}
	}
}

// TestWorkflows: least permissions, no expression in a script, no credentials left in a checkout,
// and nothing that runs in a copy before it is switched on.
func TestWorkflows(t *testing.T) {
	workflows(t, func(file string, body []byte) {
		text := string(body)
		checkouts := strings.Count(text, "actions/checkout@")
		if checkouts != strings.Count(text, "persist-credentials: false") {
			t.Errorf("%s: a checkout keeps its credentials", file)
		}
		if file == "action.yml" {
			return
		}
		if !strings.Contains(text, "\npermissions: {}\n") {
			t.Errorf("%s does not begin with no permissions", file)
		}
		for _, m := range unexplained.FindAllString(text, -1) {
			if m = strings.TrimSpace(m); m != "contents: read" { // what a checkout needs
				t.Errorf("%s does not say what %q is for", file, m)
			}
		}
		if !named.MatchString(text) {
			t.Errorf("%s has no name", file)
		}
		// Set-up posts nothing, and its newer run wins.
		settingUp := strings.HasSuffix(file, "/setup.yml")
		if strings.Contains(text, "cancel-in-progress: true") && !settingUp {
			t.Errorf("%s cancels runs, which may be between a post and its record", file)
		}
		inert(t, file, text)
		noExpressions(t, file, body)
	})
}

var (
	// unexplained matches a permission without a comment.
	unexplained = regexp.MustCompile(`(?m)^ {6}[a-z-]+: (?:read|write)$`)
	named       = regexp.MustCompile(`(?m)^name: \S`)
)

// inert checks that a workflow with a trigger of its own does nothing in a fresh copy.
func inert(t *testing.T, file, text string) {
	t.Helper()
	switch {
	case strings.Contains(file, "ci.yml"), strings.Contains(file, "release.yml"):
		if !strings.Contains(text, "if: vars.PROJECT == github.repository") {
			t.Errorf("%s runs in other repositories than the project's", file)
		}
	case strings.Contains(text, "schedule:"):
		if !strings.Contains(text, "if: vars.POSTFERRY == 'on'") {
			t.Errorf("%s is scheduled and not silent in a fresh copy", file)
		}
	case strings.Contains(text, "  push:"):
		first := "github.run_number == 1 && !github.event.repository.is_template && " +
			"vars.PROJECT != github.repository"
		if !strings.Contains(strings.Join(strings.Fields(text), " "), first) {
			t.Errorf("%s runs at a push that is not the first of a copy", file)
		}
	}
}

// TestOwnSetup: a copy of the project is set up as a copy of the template is. The issue of a login
// that has ended names this workflow, so that it must be there.
func TestOwnSetup(t *testing.T) {
	const name = ".github/workflows/setup.yml"
	want := strings.ReplaceAll(read(t, "template/"+name), unfilled, "./")
	if read(t, name) != want {
		t.Errorf("%s is not template/%[1]s with the action ./", name)
	}
}

func noExpressions(t *testing.T, file string, body []byte) {
	t.Helper()
	var w struct {
		Jobs map[string]struct {
			Uses    string
			Timeout int `yaml:"timeout-minutes"`
			Steps   []struct{ Run string }
		}
	}
	text := strings.ReplaceAll(string(body), unfilled, "./")
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for name, job := range w.Jobs {
		if job.Timeout == 0 && job.Uses == "" {
			t.Errorf("%s: job %s has no time limit", file, name)
		}
		for _, s := range job.Steps {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: job %s has an expression in a script", file, name)
			}
		}
	}
}

// TestTimeLimits: each report step is told the time limit of its own job.
func TestTimeLimits(t *testing.T) {
	workflows(t, func(file string, body []byte) {
		var w struct {
			Jobs map[string]struct {
				Timeout int `yaml:"timeout-minutes"`
				Steps   []struct{ With map[string]string }
			}
		}
		text := strings.ReplaceAll(string(body), unfilled, "./")
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, job := range w.Jobs {
			for _, s := range job.Steps {
				limit := strconv.Itoa(job.Timeout)
				if s.With["command"] == "report" && s.With["time-limit"] != limit {
					t.Errorf("%s: job %s reports with the limit %q, want %s",
						file, name, s.With["time-limit"], limit)
				}
			}
		}
	})
}

// TestHome: the project's own address stands in internal/build and nowhere else in the program, its
// action and its template, so that a fork is one line. Tests and documents may name it.
func TestHome(t *testing.T) {
	// An import, and the linker's name of the variable. An address begins with https:// and is
	// none.
	path := regexp.MustCompile(`"github\.com/postferry/postferry[\w/]*"| github\.com/postferry/` +
		`postferry/internal/build\.Home=`)
	walk(t, "", func(file string, body []byte) {
		switch {
		case strings.HasSuffix(file, "_test.go"), strings.Contains(file, "testdata/"):
			return
		case !strings.HasSuffix(file, ".go") && !strings.HasPrefix(file, "template/") &&
			file != "action.yml":
			return
		}
		text := path.ReplaceAllString(string(body), "")
		text = strings.ReplaceAll(text, ".postferry/", "") // where the action puts the program
		if n := strings.Count(text, "postferry/postferry"); n > 0 && file != homeFile {
			t.Errorf("%s names the project's repository %d times", file, n)
		}
	})
}

const homeFile = "internal/build/build.go"

// TestTemplateLink: README's link makes a repository of the template that release.yml publishes.
func TestTemplateLink(t *testing.T) {
	owner, name, _ := strings.Cut(build.Home, "/")
	want := "template_owner=" + owner + "&template_name=" + name + "-template&owner=%40me&"
	if !strings.Contains(read(t, "README.md"), want) {
		t.Errorf("README.md has no link with %s", want)
	}
}

// TestReadme: the two commands that a developer begins with.
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
			if strings.HasPrefix(m[1], "../../actions/") || m[1] == "../../issues" {
				continue // a page of GitHub's, as it is found from a repository's front page
			}
			if _, err := os.Stat(dir + m[1]); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
			}
		}
	})
}
