package workflow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/lazyregexp"
)

var (
	usesLine        = lazyregexp.New(`(?m)^      - uses: (.*)$`)
	secretLine      = lazyregexp.New(`(?m)^          ([A-Za-z_][A-Za-z0-9_]*): \$\{\{ secrets\.`)
	environmentLine = lazyregexp.New(`(?m)^    environment:\n      name: (".*")$`)
	cronLine        = lazyregexp.New(`(?m)^    - cron: .*$`)
	checkoutLine    = lazyregexp.New(`(?m)^      - uses: actions/checkout@.*$`)
)

// Update gives a workflow the secrets and the environment of a changed configuration. It keeps the
// action that the workflow uses and its matrix. It reports whether it may: the
// text must be what Render made, but for the action that it uses, the schedule and the pinned
// checkout, which a person or Dependabot changes. A workflow that somebody has rewritten is
// returned as it is.
func Update(text, template string, want Options) (string, bool) {
	uses := ""
	for _, m := range usesLine.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "actions/checkout@") {
			uses = m[1]
		}
	}
	if uses == "" {
		return text, false
	}
	template = adopt(template, text, cronLine)
	template = adopt(template, text, checkoutLine)
	o := Options{Uses: uses, Secrets: passed(text), Matrix: strings.Contains(text, "needs: routes")}
	if m := environmentLine.FindStringSubmatch(text); m != nil {
		o.Environment, _ = strconv.Unquote(m[1])
	}
	if was, err := Render(template, o); err != nil || was != text {
		return text, false
	}
	o.Secrets, o.Environment = want.Secrets, want.Environment
	now, err := Render(template, o)
	return now, err == nil
}

// passed lists the secrets that a workflow passes by the environment of its step. A line of `with:`
// names an input, in lower case with dashes, and is none of them.
func passed(text string) (names []string) {
	for _, m := range secretLine.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// adopt replaces a line of the template by the first such line of the text.
func adopt(template, text string, line lazyregexp.Regexp) string {
	if own := line.FindString(text); own != "" {
		return line.ReplaceAllLiteralString(template, own)
	}
	return template
}

// Missing returns the lines that a rewritten workflow lacks to pass all secrets, as a person would
// add them below `env:` of the step that uses the action.
func Missing(text string, secrets []string) string {
	var lacking []string
	for _, name := range secrets {
		if !strings.Contains(text, "secrets."+name+" ") {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) == 0 {
		return ""
	}
	return environment(lacking)
}
