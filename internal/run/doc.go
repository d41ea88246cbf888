// Package run is one run of one command over the routes of a configuration: it makes the clients,
// gives each route its turn, reports what can't run, and ends with an exit status ([Status]).
//
// # A tour
//
// [New] makes a [Job], which holds what all routes share: the environment, the clients, the state's
// backend, the incidents (alert.Run) and the person's words. A command is a method of the job. What
// happens to a route is spread over these files:
//
//	job.go       the job: what is checked before anything is done, and the clients
//	broken.go    a route that can't run as it is configured, and its incident
//	stopped.go   no route can run: the mistakes, and the issue about them in a workflow
//	route.go     a route: its configuration, its document, and the flows that work on it
//	logins.go    what the route logs in with: what it was given, and what its document holds since
//	guard.go     whether the state is the newest, and the accounts are the chain's
//	turn.go      a route's turn: open the document, tell a first run from a lost branch, work, settle
//	             the incidents; and the end of the run
//
// The work of a turn, and the commands that give none:
//
//	mirror.go    the work of mirror
//	rotate.go    the work of rotate, and the reminders of what will end
//	dryrun.go    mirror with --dry-run: the plan of each route, and nothing is written
//	doctor.go    an examination of each route, and what it prints
//	retry.go     what was given up is put back
//	deadrun.go   the last step of a workflow: a run that died before it could report
//	setup.go     the clients and routes that set-up works with, before there is a configuration
//	rehearse.go  the route that set-up looks at, and its first write
//	news.go      a newer release, and tables of this build that have aged
//	clients.go   a client of each service, over one transport (dial.go) and one time (clock.go)
//
// One route's failure never stops another's turn. The package wires and orders. What a failure
// means, what is posted and what an issue says is decided by the packages that it calls. It reads
// neither the process's environment nor its arguments. What a person reads is in the catalogue
// (internal/message). A result is English, and whoever prints it says it in the person's language.
package run
