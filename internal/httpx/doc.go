// Package httpx is what every remote call shares: one way to send it, one type for a refusal, one
// list of what a caller may do about it, one waiting loop, and the redaction of whatever is
// printed.
//
// It knows no service. A client hands it a [Request] and a way to read that service's errors, and
// it returns an answer or an [*Error]. A call that may be repeated is repeated within a small
// budget. A call that must not happen twice (a public post, a spent refresh token) is marked Once,
// and is sent once, whatever happens.
//
// It refuses plain http to anything but this machine, answers above 8 MiB, and to let a text out
// that still holds a secret: texts are redacted first and cut after that.
package httpx
