// Package httpx is what every remote call shares: one way to send it, one type for a refusal, one table of what a
// caller may do about it, and the redaction of whatever is printed.
//
// It knows no service. A client hands it a [Request] and a way to read that service's errors; it gets an answer or an
// [*Error]. Calls that can be repeated are, within a small budget; calls that must not happen twice (a public post, a
// spent refresh token) are marked Once and are sent exactly once, whatever happens.
package httpx
