// Package plan decides what to post: from the listed media, the ledger and the route's configuration to the posts to
// make, oldest first, with everything each of them needs said beforehand: texts, files, alt texts, price.
//
// It asks nobody. Time arrives as an argument. What it leaves out it names, with the reason: nothing is dropped
// silently.
package plan
