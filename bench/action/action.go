// Package action runs the steps of a composite action as a runner of GitHub Actions does, so that action.yml can be tried and
// timed where there is no GitHub. It knows what ours is made of and refuses the rest: steps in bash, conditions on outputs,
// actions/cache (a folder here) and actions/setup-go (the Go that is installed).
package action

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Action is an action.yml.
type Action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []Step `yaml:"steps"`
	} `yaml:"runs"`
}

// Step is one step of it.
type Step struct {
	Name  string            `yaml:"name"`
	ID    string            `yaml:"id"`
	If    string            `yaml:"if"`
	Uses  string            `yaml:"uses"`
	Shell string            `yaml:"shell"`
	Run   string            `yaml:"run"`
	With  map[string]string `yaml:"with"`
	Env   map[string]string `yaml:"env"`
}

// Run is one job that uses the action, and nothing else.
type Run struct {
	Path      string            // the folder of action.yml
	Workspace string            // where the job is
	Cache     string            // the folder that stands for GitHub's cache; it must be there
	Inputs    map[string]string // those that are not the defaults
	Env       []string          // of the job, "NAME=value"

	outputs map[string]string // "step.name" → value
}

// Took is how a step went.
type Took struct {
	Name string
	For  time.Duration
	Out  string // all that it printed
}

// Do runs the steps in order. The error names the step that failed.
func (r *Run) Do() ([]Took, error) {
	body, err := os.ReadFile(filepath.Join(r.Path, "action.yml"))
	if err != nil {
		return nil, err
	}
	var a Action
	if err := yaml.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("action.yml: %w", err)
	}
	var all []Took
	var save []func() error // what a cache does when the job is over
	r.outputs = map[string]string{}
	for _, s := range a.Runs.Steps {
		if ok, err := r.due(s.If); err != nil || !ok {
			if err != nil {
				return all, fmt.Errorf("%s: %w", s.Name, err)
			}
			continue
		}
		begun := time.Now()
		out, after, err := r.step(a, s)
		all = append(all, Took{s.Name, time.Since(begun), out})
		if err != nil {
			return all, fmt.Errorf("%s: %w\n%s", s.Name, err, out)
		}
		save = append(save, after...)
	}
	for _, f := range save {
		if err := f(); err != nil {
			return all, err
		}
	}
	return all, nil
}

// condition is the one form of condition that action.yml has.
var condition = regexp.MustCompile(`^steps\.(\w+)\.outputs\.([\w-]+) != 'true'$`)

func (r *Run) due(conditions string) (bool, error) {
	if conditions == "" {
		return true, nil
	}
	for _, one := range strings.Split(conditions, " && ") {
		m := condition.FindStringSubmatch(one)
		if m == nil {
			return false, fmt.Errorf("a condition of an unknown form: %s", one)
		}
		if r.outputs[m[1]+"."+m[2]] == "true" {
			return false, nil
		}
	}
	return true, nil
}

func (r *Run) step(a Action, s Step) (out string, after []func() error, err error) {
	name, _, _ := strings.Cut(s.Uses, "@")
	switch {
	case s.Uses == "" && s.Shell == "bash":
		out, err = r.bash(a, s)
		return out, nil, err
	case name == "actions/cache":
		return r.cache(a, s)
	case name == "actions/setup-go":
		return "", nil, nil
	}
	return "", nil, fmt.Errorf("a step of an unknown kind: uses %q, shell %q", s.Uses, s.Shell)
}

// bash runs a script with the flags that a runner gives it.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
func (r *Run) bash(a Action, s Step) (string, error) {
	temp, err := os.MkdirTemp("", "action-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temp) }() // a file of this run's own
	script, output := filepath.Join(temp, "script.sh"), filepath.Join(temp, "output")
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = r.Workspace
	cmd.Env = append(os.Environ(), "GITHUB_OUTPUT="+output, "GITHUB_WORKSPACE="+r.Workspace)
	cmd.Env = append(cmd.Env, r.Env...)
	for name, value := range s.Env {
		value, err := r.expand(a, value)
		if err != nil {
			return "", err
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return string(out), r.read(s.ID, output)
}

// read takes a step's outputs, of which none has several lines.
func (r *Run) read(step, file string) error {
	body, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	for _, line := range bytes.Split(bytes.TrimSpace(body), []byte("\n")) {
		if name, value, ok := strings.Cut(string(line), "="); ok {
			r.outputs[step+"."+name] = value
		}
	}
	return err
}

// cache restores the folder, or saves it after the job.
func (r *Run) cache(a Action, s Step) (string, []func() error, error) {
	key, err := r.expand(a, s.With["key"])
	if err != nil {
		return "", nil, err
	}
	from, to := filepath.Join(r.Cache, key), filepath.Join(r.Workspace, s.With["path"])
	if _, err := os.Stat(from); err == nil {
		r.outputs[s.ID+".cache-hit"] = "true"
		return "hit " + key, nil, os.CopyFS(to, os.DirFS(from))
	}
	return "miss " + key, []func() error{func() error { return os.CopyFS(from, os.DirFS(to)) }}, nil
}

var expression = regexp.MustCompile(`\$\{\{ ([^}]*) \}\}`)

// expand puts values for expressions. The tokens of a job are empty here.
func (r *Run) expand(a Action, text string) (string, error) {
	var unknown error
	out := expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		if input, ok := strings.CutPrefix(name, "inputs."); ok {
			if value, given := r.Inputs[input]; given {
				return value
			}
			return strings.ReplaceAll(a.Inputs[input].Default, "${{ github.token }}", "")
		}
		if name == "github.action_path" {
			return r.Path
		}
		if step, ok := strings.CutPrefix(name, "steps."); ok {
			return r.outputs[strings.Replace(step, ".outputs.", ".", 1)]
		}
		unknown = fmt.Errorf("an unknown expression: %s", e)
		return ""
	})
	return out, unknown
}
