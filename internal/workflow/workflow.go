// Package workflow renders the workflows of a person's repository from the template: which action
// they use, and which secrets they pass to it.
//
// A route of the configuration names variables, and the name of a variable is the name of the
// repository's secret. GitHub gives a workflow only the secrets that its text names, so the text
// depends on the configuration. Nothing here reads or writes a file.
package workflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/config"
)

// Names are the workflows of a person's repository, in the order in which they are shown.
func Names() []string { return []string{"mirror", "rotate", "doctor"} }

// Path returns the path of a workflow in a repository.
func Path(name string) string { return ".github/workflows/" + name + ".yml" }

// Options say what a workflow is rendered for.
type Options struct {
	Uses    string   // the action: "./", or "owner/name@<commit> # v1.2.3"
	Secrets []string // what the routes name besides the usual variables; see Secrets
	Matrix  bool     // a job for each route, instead of one job for all of them
	// Environment holds the secrets: the configuration's secrets_environment. "" is the repository.
	Environment string
}

// placeholder is how the template names the action.
const placeholder = "{{ACTION}}@{{SHA}} # {{VERSION}}"

// Render fills in one workflow of the template.
func Render(template string, o Options) (string, error) {
	if !strings.Contains(template, placeholder) {
		return "", fmt.Errorf("the template does not say %s", placeholder)
	}
	text := template
	if len(o.Secrets) > 0 {
		if !strings.Contains(text, command) {
			return "", fmt.Errorf("the template has no step with a command")
		}
		text = strings.Replace(text, command, environment(o.Secrets)+command, 1)
	}
	if o.Environment != "" {
		if !strings.Contains(text, runner) {
			return "", fmt.Errorf("the template has no line %q", runner)
		}
		text = strings.Replace(text, runner, runner+deploy(o.Environment), 1)
	}
	if o.Matrix {
		var err error
		if text, err = matrix(text); err != nil {
			return "", err
		}
	}
	return strings.ReplaceAll(text, placeholder, o.Uses), nil
}

// Secrets lists the variables that the routes of a configuration name and that the template does
// not pass, in the order of the file. They may be written into a workflow: the configuration
// allows letters, digits and underscores in a name, and nothing else.
func Secrets(c *config.Config) []string {
	var usual, out []string
	for _, auth := range []string{config.OAuth2, config.Keys} {
		r := config.Default().Routes[0]
		r.X.Auth = auth
		for _, v := range r.Variables() {
			usual = append(usual, v.Name)
		}
	}
	for _, r := range c.Routes {
		for _, v := range r.Variables() {
			if !slices.Contains(usual, v.Name) && !slices.Contains(out, v.Name) {
				out = append(out, v.Name)
			}
		}
	}
	return out
}

// runner is the line of a job that names its machine.
const runner = "    runs-on: ubuntu-latest\n"

// deploy lets a job read the secrets of an environment. Without `deployment: false` GitHub would
// record a deployment for each run.
// Source: https://github.blog/changelog, 2026-03-19.
func deploy(environment string) string {
	return fmt.Sprintf("    environment:\n      name: %q\n      deployment: false\n", environment)
}

// command is where a step of the action says what to do. The first such step of a template runs
// the command; the second one reports.
const command = "        with:\n          command: "

// environment passes secrets to a step by its environment: the action has inputs only for the
// usual names. The step that reports needs none of them.
func environment(secrets []string) string {
	var b strings.Builder
	b.WriteString("        # Each route names secrets of its own in .github/postferry.yml.\n")
	b.WriteString("        env:\n")
	for _, name := range secrets {
		fmt.Fprintf(&b, "          %s: ${{ secrets.%[1]s }}\n", name)
	}
	return b.String()
}
