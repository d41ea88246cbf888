// Package token keeps a route's tokens alive: flow 2.
//
// X's refresh token is single use, and X keeps no second chance: a successor that is not stored
// is a dead account link. So the order is: read the state → is it due → preflight (prove that the
// successor can be stored) → intent → refresh, sent once → mask → seal and store → settle → use.
// Kill it after any line and the next run either holds the successor or can find out that it does
// not.
//
// Which token is the newest is decided by digests, never by clocks: the state remembers the
// current one and the spent ones. A secret that is neither was put there by a person who logged
// in again, and is adopted. A secret that is a spent one is a snapshot from before a rotation: it
// is neither spent nor written back.
//
// The package needs X and GitHub. It knows nothing of Instagram's posts.
package token
