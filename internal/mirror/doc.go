// Package mirror brings a route's new media to X. [Run] is one run of one route, and
// [Outcome] says what it did.
//
// A post can't be taken back, and X has no idempotency key. So each post is written down before it
// is made: the intent is committed to the state branch by compare-and-swap, the call is sent once,
// and its answer is committed. A run that finds an intent without an answer does not guess: it
// looks at the account's own timeline. All files of a media are uploaded before its first post, so
// that a broken file does not leave a thread half done.
//
// A run goes through these steps, in files that are named after them:
//
//   - config and state arrive in [Run]; [Run.Do] has the order of what follows (run.go)
//   - a first run sets the baseline before anything can fail (baseline.go)
//   - list: the media are read as far back as there may be something to do (list.go)
//   - reconcile: intents that earlier runs left open are looked for on X (reconcile.go,
//     timeline.go)
//   - plan: package plan decides what is posted, and what ends without a post is recorded
//     (ledger.go)
//   - round: each planned media is asked, in order, within the limits (round.go)
//   - upload: its files go from the media host to X (upload.go, file.go, processing.go)
//   - intent, post, settle: one commit before each call and one after it (post.go, thread.go)
//   - help: what cures a refusal without loss is done at once (help.go), and a text that X has
//     already is looked for (lookback.go)
//   - judge: a refusal that nothing helps decides how the run goes on (judge.go, hostfile.go)
//   - conclude: at the end of the run it is known what X took and refused (answers.go,
//     refusal.go), and package verdict says what that proves (conclude.go)
//   - report: the [Outcome] has what was posted, held and ended, and each [Fault] (outcome.go)
//
// A refusal ends nothing by itself. A media without a proof is held, and named in the Outcome.
//
// The package decides nothing about texts and media (package plan does), about proofs (package
// verdict does) or about tokens (package token does).
package mirror
