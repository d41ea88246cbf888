// Package caption holds the writing rules: it turns the caption of an Instagram media into the text
// of one post on X, or into several texts that reply to each other. It shortens a caption where a
// reader would pause, and rewrites URLs, mentions and cashtags so that X neither links, bills nor
// notifies them. Package twittertext knows how X counts and links; this package decides what to
// write.
//
// Everything is computed from the arguments: no network, clock or disk. The same input gives the
// same output.
//
// Inside the package the noncharacter U+FFFF stands for the permalink. It is removed from all text
// that comes in; see permalinkMark.
package caption
