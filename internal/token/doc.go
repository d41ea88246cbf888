// Package token is the flow that keeps a route's tokens alive.
//
// X's refresh token can be spent once, and X gives no second chance: if its successor is not
// stored, the login is lost. So the order is: read the state → is a rotation due → guard →
// preflight (prove that the successor can be stored) → intent → refresh, sent once → mask →
// seal and store → settle → use. If the process dies after any of these steps, the next run
// either holds the successor or can find out that it does not.
//
// A cancelled run stops at once, with two exceptions: the call that spends the token may still be
// answered, and what its answer means must be written. Between the intent and the call the intent
// is taken back.
//
// Digests decide which token is the newest, never clocks: the state remembers the current token
// and the spent ones. A secret that is neither was set by a person who logged in again, and is
// adopted. A secret that is a spent token is a snapshot from before a rotation: it is neither
// spent nor written back.
//
// A refusal is no proof that a token is dead. It is counted in the state, the token is tried again
// by whoever asks, and only what package verdict calls proven is a [DeadError].
//
// The package needs X and GitHub. It knows nothing of Instagram's posts.
package token
