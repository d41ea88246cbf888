package environment

import (
	"errors"
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/config"
)

// Mistakes are what a person has to mend before something can run: the whole program, or one route.
type Mistakes struct {
	problems   []error
	withSecret bool // reports whether one of them is with a secret
}

// Add adds a mistake, once: two routes may share a variable.
func (m *Mistakes) Add(err error) {
	for _, known := range m.problems {
		if known.Error() == err.Error() {
			return
		}
	}
	m.problems = append(m.problems, err)
}

// Join adds what others have found.
func (m *Mistakes) Join(other *Mistakes) {
	for _, err := range other.problems {
		m.Add(err)
	}
	m.withSecret = m.withSecret || other.withSecret
}

// None reports whether there is no mistake.
func (m *Mistakes) None() bool { return len(m.problems) == 0 }

func (m *Mistakes) problem(format string, args ...any) { m.Add(fmt.Errorf(format, args...)) }

func (m *Mistakes) missing(name, what string) { m.problem("%s is not set: %s", name, what) }

// missingSecret reports a secret that is not set.
func (m *Mistakes) missingSecret(name, what string) {
	m.missing(name, what)
	m.withSecret = true
}

// Malformed splits the mistakes into those of secrets, by name, and all others.
func (m *Mistakes) Malformed() (bySecret map[string]string, rest []error) {
	bySecret = map[string]string{}
	for _, err := range m.problems {
		name, what, _ := strings.Cut(err.Error(), " ")
		if strings.HasPrefix(name, "GITHUB_") || strings.HasSuffix(name, ":") {
			rest = append(rest, err)
			continue
		}
		bySecret[name] = what
	}
	return bySecret, rest
}

// Error is everything that a person has to mend in the configuration or in the variables.
type Error struct {
	Err error
	Fix string // what to do about it
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Manual is the fix of a variable that is no secret.
const Manual = "docs/setup.md#secrets-and-variables says what each variable holds"

// InFile is the error of a configuration that can't be used.
func InFile(err error) *Error {
	return &Error{err, "mend the file; docs/setup.md#configuration has every key, and " +
		"`postferry config` shows what is in force"}
}

// Err returns mistakes as one *Error, nil if there are none. The fix says where secrets come from,
// if a mistake is with one of them.
func (e *Environment) Err(m *Mistakes) error {
	if m.None() {
		return nil
	}
	out := &Error{Err: errors.Join(m.problems...)}
	var fixes []string
	if file := (config.Problems)(nil); errors.As(out.Err, &file) {
		fixes = append(fixes, InFile(nil).Fix)
	}
	if m.withSecret {
		fixes = append(fixes, "`postferry setup` writes the secrets; to enter one by hand, go to "+
			e.secretsPage())
	}
	if len(fixes) == 0 {
		fixes = append(fixes, Manual)
	}
	out.Fix = strings.Join(fixes, "; ")
	return out
}

// secretsPage says where a person enters secrets: the page of this repository, if it is known.
func (e *Environment) secretsPage() string {
	if page := e.Runner.RepoURL(); page != "" {
		return page + "/settings/secrets/actions"
	}
	return "the repository's Settings > Secrets and variables > Actions"
}
