// Package guard asks, before something is done that can't be taken back, whether this run may do it
// at all: whether the state is the newest and this repository's ([State]), and whether the accounts
// are those of the chain ([Accounts]). Contract §9 has the proofs, package verdict decides.
//
// What is not proven holds the route: nothing is posted and nothing is spent. The owner is asked in
// an issue, and how that issue is closed is the answer. A question is written down nowhere else:
// the document that could hold its number may be the very thing that was lost.
package guard
