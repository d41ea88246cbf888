// Package plan decides what to post. It turns the listed media, the ledger and the configuration
// of a route into threads, oldest first, each with its texts, files, alt texts and price.
//
// [Make] sorts the media and keeps to the limits (plan.go). [Compose] makes the thread of one media
// (compose.go): which files share a post (files.go), what stands in for a file that can't be
// posted, and where the permalink goes. The posts of a [Thread] can be changed once X refused one
// (post.go).
//
// It has no network, clock or disk: the time is an argument. It drops nothing silently; a media
// that is not mirrored is in the result with the reason.
package plan
