// Package diagnosis decides what a failure means and what is to be done about it: error → class →
// [Diagnosis] (cause, fix) → fingerprint → open, edit, comment or close.
//
// It makes no calls: what the probes found arrives as values. It keeps the services' own words,
// codes and trace ids as evidence, and refuses to guess where there is none: a cause without
// evidence is ranked last and says so.
package diagnosis
