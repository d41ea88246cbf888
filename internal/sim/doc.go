// Package sim is the stand-in for everything outside: Instagram (both logins), its media host, X
// and GitHub, as http.Handlers over one [World] with a clock of its own, a request log and a
// scripted list of faults.
//
// It is as strict as the services are: refresh tokens are single use, access tokens live 7200 s,
// segments must be complete, duplicate text is refused, a commit on a stale head is refused, a
// sealed box is opened with the repository's private key, and a signed address expires. It imports
// none of the program's packages, or both would share one mistake.
//
// The same World serves tests (by Transport, without a socket), `postferry demo`, and
// `postferry demo --serve`.
//
// What a person does, and what a test may ask, is grouped by service: [World.X], [World.GitHub] and
// [World.Instagram] are http.Handlers with these methods.
package sim
