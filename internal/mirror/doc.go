// Package mirror is the flow that brings a route's new media to X: list → reconcile → plan →
// upload → intent → post → settle.
//
// A post can't be taken back and X has no idempotency key. So every post is recorded before it is
// made: the intent is committed to the state branch by compare-and-swap, the call is sent once, and
// its answer is committed. A run that finds an intent without an answer does not guess: it looks at
// the account's own timeline. All files of a media are uploaded before its first post, so that a
// broken file does not leave a thread half posted.
//
// The package decides nothing about texts and media (plan does) and nothing about tokens (token
// does). It stops at the first failure that the next media would meet too, and continues after a
// failure that concerns one media alone.
package mirror
