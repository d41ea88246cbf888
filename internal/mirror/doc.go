// Package mirror is flow 1: it brings a route's new media to X. list → reconcile → plan → upload → intent → post → settle.
//
// A post can't be taken back and X has no idempotency key. So each is written down before it is made: the intent is
// committed to the state branch by compare-and-swap, the call is sent once, its answer is committed. A run that finds an
// intent without an answer does not guess: it looks at the account's own timeline. All files of a media are uploaded
// before its first post, so that a thread is not left half done by a file that turns out to be broken.
//
// The package decides nothing about texts and media (plan does) and nothing about tokens (rotate does). It stops at the
// first failure that would meet the next media too, and goes on past one that is a single media's own.
package mirror
