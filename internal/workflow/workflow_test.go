package workflow

import (
	"flag"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/postferry/postferry/internal/config"
)

var update = flag.Bool("update", false, "write the workflows of examples/many-accounts")

func template(t *testing.T, name string) string {
	t.Helper()
	return read(t, "../../template/"+Path(name))
}

func read(t *testing.T, file string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// manyAccounts is the configuration of the examples.
func manyAccounts(t *testing.T) *config.Config {
	t.Helper()
	c, err := config.Load("../../examples/many-accounts-config.yml", true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func render(t *testing.T, name string, o Options) string {
	t.Helper()
	text, err := Render(template(t, name), o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestOwnWorkflows: the project runs what it publishes.
func TestOwnWorkflows(t *testing.T) {
	for _, name := range Names() {
		if read(t, "../../"+Path(name)) != render(t, name, Options{Uses: "./"}) {
			t.Errorf("%s is not what template/%[1]s renders to with the action ./", Path(name))
		}
	}
}

// TestExamples: the workflows for many accounts come from the template and the configuration beside
// them. `go test ./internal/workflow -update` writes them.
func TestExamples(t *testing.T) {
	secrets := Secrets(manyAccounts(t))
	for _, name := range Names() {
		text := render(t, name, Options{Uses: "./", Secrets: secrets, Matrix: true})
		file := "../../examples/many-accounts/" + name + ".yml"
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if read(t, file) != text {
			t.Errorf("%s differs from the template: run go test ./internal/workflow -update", file)
		}
	}
}

// job is what the tests look at.
type job struct {
	If, Needs   string
	Permissions map[string]string
	Concurrency struct{ Group string }
	Environment struct{ Name string }
	Strategy    struct {
		FailFast bool `yaml:"fail-fast"`
		Matrix   struct{ Route string }
	}
	Steps []struct {
		If, Uses string
		Env      map[string]string
		With     map[string]string
	}
}

func jobs(t *testing.T, text string) map[string]job {
	t.Helper()
	var w struct{ Jobs map[string]job }
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return w.Jobs
}

// TestSteps: each workflow checks out, runs its command, and reports a job that died. Nothing else
// is in it: what a person's repository holds is never updated, the action is.
func TestSteps(t *testing.T) {
	const uses = "someone/ferry@0123456789abcdef0123456789abcdef01234567 # v1.2.3"
	action, _, _ := strings.Cut(uses, " ")
	for _, name := range Names() {
		for _, matrix := range []bool{false, true} {
			text := render(t, name, Options{Uses: uses, Matrix: matrix})
			if strings.Contains(text, "{{") && strings.Contains(text, "ACTION") {
				t.Errorf("%s: a placeholder is left", name)
			}
			j := jobs(t, text)[name]
			if len(j.Steps) != 3 || !strings.HasPrefix(j.Steps[0].Uses, "actions/checkout@") {
				t.Fatalf("%s: got %d steps, want checkout, %s, report", name, len(j.Steps), name)
			}
			run, report := j.Steps[1], j.Steps[2]
			if run.Uses != action || run.With["command"] != name || run.If != "" {
				t.Errorf("%s: the second step is %+v", name, run)
			}
			if report.Uses != action || report.With["command"] != "report" ||
				report.If != "failure() || cancelled()" {
				t.Errorf("%s: the third step is %+v", name, report)
			}
			if j.Permissions["issues"] != "write" {
				t.Errorf("%s: a job that died could not be reported", name)
			}
		}
	}
}

func TestMatrix(t *testing.T) {
	text := render(t, "mirror", Options{Uses: "./", Matrix: true})
	routes, mirror := jobs(t, text)["routes"], jobs(t, text)["mirror"]
	if routes.If == "" || mirror.If != "" || mirror.Needs != "routes" {
		t.Errorf("the conditions are %q and %q, needs: %q", routes.If, mirror.If, mirror.Needs)
	}
	if len(routes.Steps) != 3 || routes.Steps[2].With["command"] != "report" {
		t.Errorf("the job routes does not report: %+v", routes.Steps)
	}
	from := mirror.Strategy.Matrix.Route
	if mirror.Strategy.FailFast || from != "${{ fromJSON(needs.routes.outputs.names) }}" {
		t.Errorf("the strategy is %+v", mirror.Strategy)
	}
	if got, want := mirror.Concurrency.Group, "postferry-mirror-${{ matrix.route }}"; got != want {
		t.Errorf("the group is %q, want %q", got, want)
	}
	for _, step := range mirror.Steps[1:] {
		if step.With["route"] != "${{ matrix.route }}" {
			t.Errorf("a step has the route %q", step.With["route"])
		}
	}
}

// TestSecrets: a route's own variables go to the step that runs the command, and to no other.
func TestSecrets(t *testing.T) {
	secrets := Secrets(manyAccounts(t))
	for _, name := range []string{"INSTAGRAM_TOKEN", "X_CLIENT_ID", "X_REFRESH_TOKEN"} {
		for _, s := range secrets {
			if s == name {
				t.Errorf("%s is passed by an input already", name)
			}
		}
	}
	for _, workflow := range Names() {
		for _, matrix := range []bool{false, true} {
			o := Options{Uses: "./", Secrets: secrets, Matrix: matrix}
			for name, j := range jobs(t, render(t, workflow, o)) {
				for _, step := range j.Steps {
					want := 0
					if step.With["command"] == workflow {
						want = len(secrets)
					}
					if len(step.Env) != want {
						t.Errorf("%s, job %s: a step has %d secrets, want %d",
							workflow, name, len(step.Env), want)
					}
					for s, value := range step.Env {
						if value != "${{ secrets."+s+" }}" {
							t.Errorf("%s is %s", s, value)
						}
					}
				}
			}
		}
	}
}

// TestUsualNames: the template passes every variable of a route that keeps the usual names, whatever
// its login to X, so that such a route needs no line of its own.
func TestUsualNames(t *testing.T) {
	for _, auth := range []string{config.OAuth2, config.Keys} {
		c := config.Default()
		c.Routes[0].X.Auth = auth
		if more := Secrets(c); len(more) > 0 {
			t.Errorf("%s: %q are passed besides the usual ones", auth, more)
		}
		for _, v := range c.Routes[0].Variables() {
			for _, name := range Names() {
				if !strings.Contains(template(t, name), "${{ secrets."+v.Name+" }}") {
					t.Errorf("%s does not pass %s", name, v.Name)
				}
			}
		}
	}
}

func TestUpdate(t *testing.T) {
	const uses = "a/b@0123456789abcdef0123456789abcdef01234567 # v2.0.0"
	tmpl := template(t, "mirror")
	for _, matrix := range []bool{false, true} {
		o := Options{Uses: uses, Secrets: []string{"A_TOKEN"}, Matrix: matrix}
		old := render(t, "mirror", o)
		old = cronLine.ReplaceAllString(old, `    - cron: "3 * * * *"`)
		old = strings.Replace(old, "checkout@", "checkout@9", -1)
		got, ok := Update(old, tmpl, Options{Secrets: []string{"A_TOKEN", "B_TOKEN"}, Environment: "my secrets"})
		if !ok {
			t.Fatalf("matrix %v: it is not taken for ours", matrix)
		}
		for _, kept := range []string{
			uses, `cron: "3 * * * *"`, "checkout@9", "secrets.B_TOKEN }}", `name: "my secrets"`,
		} {
			if !strings.Contains(got, kept) {
				t.Errorf("matrix %v: %s is not in\n%s", matrix, kept, got)
			}
		}
		if j := jobs(t, got)["mirror"]; j.Environment.Name != "my secrets" {
			t.Errorf("matrix %v: the job has the environment %q", matrix, j.Environment.Name)
		}
		if j, ok := jobs(t, got)["routes"]; ok && j.Environment.Name != "" {
			t.Errorf("the job that lists the routes reads secrets: %q", j.Environment.Name)
		}
		if back, ok := Update(got, tmpl, Options{Secrets: o.Secrets}); !ok || back != old {
			t.Errorf("matrix %v: the way back gives\n%s", matrix, back)
		}
		mine := strings.Replace(old, "ubuntu-latest", "my-runner", 1)
		if got, ok := Update(mine, tmpl, Options{Secrets: []string{"B_TOKEN"}}); ok || got != mine {
			t.Errorf("matrix %v: a workflow that a person changed is overwritten", matrix)
		}
	}
	if _, ok := Update("on: push\n", tmpl, Options{}); ok {
		t.Error("a foreign workflow is taken for ours")
	}
}

func TestMissing(t *testing.T) {
	text := render(t, "rotate", Options{Uses: "./", Secrets: []string{"X_REFRESH_TOKEN_A"}})
	if got := Missing(text, []string{"X_REFRESH_TOKEN_A"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
	got := Missing(text, []string{"X_REFRESH_TOKEN_A", "X_REFRESH_TOKEN"})
	if got != "" {
		t.Errorf("the usual name is passed by an input: %q", got)
	}
	got = Missing(text, []string{"X_REFRESH_TOKEN_A", "X_REFRESH_TOKEN_B"})
	if !strings.Contains(got, "X_REFRESH_TOKEN_B: ${{ secrets.X_REFRESH_TOKEN_B }}") ||
		strings.Contains(got, "TOKEN_A") {
		t.Errorf("got %q", got)
	}
}

// TestRenderRefuses: a template that changed its form is an error, not a workflow without secrets.
func TestRenderRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no action":  "jobs:\n",
		"no command": "      - uses: " + placeholder + "\n",
	} {
		o := Options{Uses: "./", Secrets: []string{"A"}, Matrix: true}
		if got, err := Render(text, o); err == nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if _, err := Render("      - uses: "+placeholder+"\n", Options{Matrix: true}); err == nil {
		t.Error("a matrix of a template without a job")
	}
}
