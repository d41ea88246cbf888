// Package action runs the steps of a composite action as a runner of GitHub Actions does, so that
// action.yml can be tried and timed without GitHub. It knows what our action is made of and refuses
// the rest: steps in bash, conditions on outputs, inputs and failure, actions/cache (a folder here)
// and actions/setup-go (the Go that is installed).
package action

import (
	"bytes"
	"cmp"
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

// Step is one step of an action.
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

// Run is one step of a job: it uses the action.
type Run struct {
	Path       string            // the folder of action.yml
	Repository string            // "owner/name" of a remote action, "" for `uses: ./`
	Workspace  string            // the job's working directory
	Temp       string            // the job's RUNNER_TEMP; "" makes one for this run
	Cache      string            // an existing folder that stands for GitHub's cache
	Inputs     map[string]string // those that are not the defaults
	Env        []string          // of the job, "NAME=value"

	temp    string
	outputs map[string]string // "step.name" → value
}

// Result is how a step went.
type Result struct {
	Name     string
	Duration time.Duration
	Output   string // all that it printed
}

// Do runs the steps in order. After a failure only the steps run that ask for one. The error names
// the first step that failed.
func (r *Run) Do() ([]Result, error) {
	body, err := os.ReadFile(filepath.Join(r.Path, "action.yml"))
	if err != nil {
		return nil, err
	}
	var a Action
	if err := yaml.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("action.yml: %w", err)
	}
	if r.temp = r.Temp; r.temp == "" {
		if r.temp, err = os.MkdirTemp("", "action-"); err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(r.temp) }() // a folder of this run's own
	}
	r.outputs = map[string]string{}
	var all []Result
	var failure error
	var save []func() error // what a cache does when the job is over
	for _, s := range a.Runs.Steps {
		due, err := r.due(a, s.If, failure != nil)
		if err != nil {
			return all, fmt.Errorf("%s: %w", s.Name, err)
		}
		if !due {
			continue
		}
		begun := time.Now()
		out, after, err := r.step(a, s)
		all = append(all, Result{s.Name, time.Since(begun), out})
		if err != nil {
			failure = cmp.Or(failure, fmt.Errorf("%s: %w\n%s", s.Name, err, out))
		}
		save = append(save, after...)
	}
	for _, f := range save {
		failure = cmp.Or(failure, f())
	}
	return all, failure
}

// The forms of conditions that action.yml has.
var (
	outputCondition = regexp.MustCompile(`^steps\.(\w+)\.outputs\.([\w-]+) != 'true'$`)
	inputCondition  = regexp.MustCompile(`^inputs\.([\w-]+) == '([\w-]+)'$`)
)

// due reports whether a step runs. A condition that does not ask about the status of the steps
// before it holds only if none of them failed.
func (r *Run) due(a Action, conditions string, failed bool) (bool, error) {
	wantFailure := false
	for _, one := range strings.Split(conditions, " && ") {
		output, input := outputCondition.FindStringSubmatch(one), inputCondition.FindStringSubmatch(one)
		switch {
		case one == "":
		case one == "failure()":
			wantFailure = true
		case output != nil:
			if r.outputs[output[1]+"."+output[2]] == "true" {
				return false, nil
			}
		case input != nil:
			if r.input(a, input[1]) != input[2] {
				return false, nil
			}
		default:
			return false, fmt.Errorf("a condition of an unknown form: %s", one)
		}
	}
	return failed == wantFailure, nil
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
// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
func (r *Run) bash(a Action, s Step) (string, error) {
	script, output := filepath.Join(r.temp, "script.sh"), filepath.Join(r.temp, "output")
	_ = os.Remove(output) // of the step before
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = r.Workspace
	cmd.Env = append(os.Environ(), "GITHUB_OUTPUT="+output, "GITHUB_WORKSPACE="+r.Workspace,
		"RUNNER_TEMP="+r.temp)
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

// read takes the outputs of a step. None of ours has several lines.
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
	save := func() error { return os.CopyFS(from, os.DirFS(to)) }
	return "miss " + key, []func() error{save}, nil
}

var expression = regexp.MustCompile(`\$\{\{ ([^}]*) \}\}`)

// expand replaces expressions by their values. The tokens of a job are empty here.
func (r *Run) expand(a Action, text string) (string, error) {
	var unknown error
	out := expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		input, isInput := strings.CutPrefix(name, "inputs.")
		step, isStep := strings.CutPrefix(name, "steps.")
		switch {
		case isInput:
			return r.input(a, input)
		case isStep:
			return r.outputs[strings.Replace(step, ".outputs.", ".", 1)]
		case name == "github.action_path":
			return r.Path
		case name == "github.action_repository":
			return r.Repository
		}
		unknown = fmt.Errorf("an unknown expression: %s", e)
		return ""
	})
	return out, unknown
}

func (r *Run) input(a Action, name string) string {
	if value, given := r.Inputs[name]; given {
		return value
	}
	return strings.ReplaceAll(a.Inputs[name].Default, "${{ github.token }}", "")
}
