// Package mirror is flow 1: it brings a route's new media to X.
// list → reconcile → plan → upload → intent → post → settle.
//
// A post can't be taken back, and X has no idempotency key. So each post is written down before it
// is made: the intent is committed to the state branch by compare-and-swap, the call is sent once,
// and its answer is committed. A run that finds an intent without an answer does not guess: it looks
// at the account's own timeline ([Run.Do], reconcile.go). All files of a media are uploaded before
// its first post, so that a broken file does not leave a thread half done.
//
// A refusal ends nothing by itself. A run notes what X took and what it refused (round.go), and asks
// package verdict at its end what that proves (conclude.go). What is not proven is held, and said.
//
// The package decides nothing about texts and media (plan does), about proofs (verdict does) or
// about tokens (token does).
package mirror
