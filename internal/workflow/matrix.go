package workflow

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/lazyregexp"
)

// first is the job that lists the routes. It reports like every other job: if it dies, no account
// is served.
const first = `  routes:
{{IF}}    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
      issues: write # the incident
    outputs:
      names: ${{ steps.routes.outputs.names }}
    steps:
{{CHECKOUT}}      - uses: {{ACTION}}@{{SHA}} # {{VERSION}}
        id: routes
        with:
          command: routes
      - uses: {{ACTION}}@{{SHA}} # {{VERSION}}
        if: failure() || cancelled()
        with:
          command: report
          job-status: ${{ job.status }}
          time-limit: 5 # timeout-minutes of this job
{{SLACK}}
`

// strategy makes a job for each route.
const strategy = `    strategy:
      fail-fast: false # a broken account stops no other
      max-parallel: 10
      matrix:
        route: ${{ fromJSON(needs.routes.outputs.names) }}
`

var (
	jobLine      = lazyregexp.New(`(?m)^jobs:\n  [a-z]+:\n`)
	ifLine       = lazyregexp.New(`(?m)^    if: .*\n`)
	stepLine     = lazyregexp.New(`(?m)^    steps:\n`)
	checkoutStep = lazyregexp.New(`(?m)^      - uses: actions/checkout@.*\n        with:\n.*\n`)
	slackLine    = lazyregexp.New(`(?m)^          slack-webhook-url: .*\n`)
	groupLine    = lazyregexp.New(`(?m)^(      group: [a-z-]+)\n`)
	commandLine  = lazyregexp.New(`(?m)^(          command: [a-z]+)\n`)
	concurrency  = lazyregexp.New(`(?m)^(    #.*\n)*    concurrency:\n`)
)

// matrix turns a workflow with one job for all routes into one with a job for each. The names come
// from a job before it, so a new account needs no change of the workflow but its secrets.
func matrix(text string) (string, error) {
	parts := []lazyregexp.Regexp{jobLine, stepLine, checkoutStep, groupLine, commandLine, concurrency}
	for _, part := range parts {
		if !part.MatchString(text) {
			return "", fmt.Errorf("the template has no line that matches %s", part)
		}
	}
	routes := strings.NewReplacer(
		"{{IF}}", ifLine.FindString(text),
		"{{CHECKOUT}}", checkoutStep.FindString(text),
		"{{SLACK}}", slackLine.FindString(text),
	).Replace(first)
	text = groupLine.ReplaceAllString(text, "$1-$${{ matrix.route }}\n")
	text = commandLine.ReplaceAllString(text, "$1\n          route: $${{ matrix.route }}\n")
	at := concurrency.FindStringIndex(text)[0]
	text = text[:at] + strategy + text[at:]
	// The condition of the first job holds for both: without the names there is no second job.
	if loc := ifLine.FindStringIndex(text); loc != nil {
		text = text[:loc[0]] + text[loc[1]:]
	}
	job := jobLine.FindString(text)
	name := strings.TrimPrefix(job, "jobs:\n")
	return strings.Replace(text, job, "jobs:\n"+routes+name+"    needs: routes\n", 1), nil
}
