// Package state is the document that postferry keeps between runs: one YAML file a route,
// state/<route>.yaml on the state branch. It holds what was mirrored (cursor, ledger), the
// tokens' digests and the open incidents.
//
// An action that must not happen twice is written here before it is done: a post to X as an
// [Intent] in its ledger record, a spent refresh token as a [TokenIntent]. A [Session] is one
// run's hold on the document. Every commit is a compare-and-swap; a commit that lost the race is
// made again from the document that won.
//
// The package holds no token, no media URL and no caption in the clear. It refuses a document
// that it does not understand: one of a newer version stops the run and is never overwritten. The
// wire form is described for people in state/README.md and for programs in
// state/state.schema.json.
package state
