// Package diagnosis decides what a failure means: from the refusal of a service, or from an error
// of our own, and from the evidence of probes, to ranked causes that each say how to fix them.
//
//	Explain      error → Diagnosis, what the error allows by itself
//	ComponentOf  error → the part of a route that it stops
//	Rank         Evidence → Examination, the likely causes with their evidence
//
// The knowledge is in tables: refusals.go for the services' refusals, own.go for our own errors,
// and rules.go for what the probes of an Instagram account find. Each diagnosis has a key, which is
// a heading of docs/operating.md.
//
// The package makes no calls: what the probes found arrives as values. It keeps the services' own
// words, codes and trace ids as evidence. It does not guess: a cause without evidence is ranked
// last and says so.
package diagnosis
