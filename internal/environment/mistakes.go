package environment

import (
	"errors"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/message"
)

// english makes the texts of mistakes. They are stored messages: who prints one says it in the
// person's language.
var english message.Words

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

// problem adds the mistake that a stored message says.
func (m *Mistakes) problem(key string, args ...any) { m.Add(message.New(key, args...)) }

func (m *Mistakes) missing(name, what string) {
	m.problem("environment.stored.missing", "Name", name, "What", what)
}

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
	Fix string // what to do about it, in the person's language
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Manual is the fix of a variable that is no secret.
func Manual(w message.Words) string { return w.Text("environment.fix.manual") }

// InFile is the error of a configuration that can't be used.
func InFile(w message.Words, err error) *Error {
	return &Error{err, w.Text("environment.fix.file")}
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
		fixes = append(fixes, InFile(e.Words, nil).Fix)
	}
	if m.withSecret {
		fixes = append(fixes, e.Words.Text("environment.fix.secrets", "Page", e.secretsPage()))
	}
	if len(fixes) == 0 {
		fixes = append(fixes, Manual(e.Words))
	}
	out.Fix = fixes[0]
	if len(fixes) > 1 {
		out.Fix = e.Words.Text("environment.fix.join", "First", fixes[0], "Second", fixes[1])
	}
	return out
}

// secretsPage says where a person enters secrets: the page of this repository, if it is known.
func (e *Environment) secretsPage() string {
	if page := e.Runner.RepoURL(); page != "" {
		return page + "/settings/secrets/actions"
	}
	return e.Words.Text("environment.secrets-page")
}
