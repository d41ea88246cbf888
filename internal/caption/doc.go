// Package caption turns what Instagram holds into what X receives: a caption into the text of one post, or of several
// that reply to each other. It weighs text as X does, cuts it where a reader would, and makes addresses and names in it
// into text that X neither links, bills nor notifies.
//
// Everything is decided from the arguments: no network, clock or disk, and the same input gives the same output. The
// big tables are read on first use, so that a program that only imports the package starts at once.
//
// Inside the package two noncharacters, which are removed from everything that comes in, have a meaning: see permalink.
package caption
