// Package guard asks, before something is done that can't be taken back, whether this run may do it
// at all: whether the state is the newest and this repository's ([State]), and whether the accounts
// are those of the chain ([Accounts]). Package verdict has the rules of proof.
//
// A route without both proofs is held: nothing is posted and nothing is spent. The owner is asked
// in an issue and answers by closing it, as completed or as not planned. A question is written down
// nowhere else: the document that could hold its number may be the very thing that was lost.
package guard
