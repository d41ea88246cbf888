// Package twittertext counts and links text as X does. It is a port of the parts of X's own library
// that postferry needs: the weight of a text, its URLs and its hashtags. It also splits text into
// the grapheme clusters that a reader takes for one character.
//
// The functions that take code points expect text in NFC and return indices of code points.
// Everything is computed from the arguments; the big tables are read on first use, so that a
// program that only imports the package starts at once.
//
// The tables and the conformance cases are generated from that library:
// https://github.com/twitter/twitter-text (3.1.0, Apache License 2.0) and
// https://github.com/twitter/twemoji-parser (11.0.2, MIT License).
package twittertext

//go:generate npm --prefix testdata/generate install --no-package-lock
//go:generate npm --prefix testdata/generate run generate
