// Package actions is GitHub Actions as a runtime: what the runner tells a step in GITHUB_*
// variables, and what a step tells the runner by masks, annotations, the job summary and step
// outputs.
//
// The package keeps the sharp edges of go-githubactions to itself: the library panics when a write
// fails, prints some texts without escaping them, and ends every multi-line output with the same
// delimiter. Nothing here panics, and no text from outside becomes a workflow command or an output
// of its own.
//
// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
package actions
