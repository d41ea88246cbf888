// Package plan decides what to post. It turns the listed media, the ledger and the configuration
// of a route into threads, oldest first, each with its texts, files, alt texts and price.
//
// It has no network, clock or disk: the time is an argument. It drops nothing silently; a media
// that is not mirrored is in the result with the reason.
package plan
