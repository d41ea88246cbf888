// Package state is the document postferry keeps between runs: one YAML file a route,
// state/<route>.yaml on the state branch. It says what a route has seen (cursor, ledger), how its
// tokens stand, and what is wrong with it.
//
// What must not happen twice is written here before it is done: a post to X as an [Intent] in its
// ledger record, a spent refresh token as a [TokenIntent]. A [Session] is one run's hold on the
// document: every commit is a compare-and-swap, and a commit that lost the race is made again
// from the document that won.
//
// The package holds no token, no media URL and no caption in the clear, and refuses to read what
// it does not understand: a document of a newer version stops the run and is never overwritten.
// The wire form is described for people in state/README.md and for programs in
// state/state.schema.json.
package state
