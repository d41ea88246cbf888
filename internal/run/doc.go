// Package run is one run of one command over the routes of a configuration: it makes the clients,
// gives each route its turn, reports what can't run, and ends with an exit status ([Status]).
//
// A [Job] holds what all routes share: the environment, the clients, the state's backend and the
// incidents (alert.Run). A route makes the flows that work on it, with its own credentials and its
// own document. A turn is what one route does in a run: its document is opened, the first run is
// told from a lost branch, the flow works, and the incidents are brought up to date. One route's
// failure never stops another's turn.
//
// The package wires and orders. What a failure means, what is posted and what an issue says is
// decided by the packages that it calls. It reads neither the process's environment nor its
// arguments.
package run
