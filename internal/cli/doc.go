// Package cli is the program: a file for each command, and what the commands share. It alone reads
// the process's arguments, environment and clock; other packages get values, functions and writers.
//
// # A tour
//
// [Main] picks a command from the table in help.go. Most commands make a job (job.go): the
// configuration, the environment (environment.go) and the clients made from both. A route of the
// job makes the flows (route.go). A run of `mirror` reads top to bottom in mirror.go:
//
//	config     internal/config     every mistake at once, before anything is done
//	state      internal/state      the route's document; meanwhile dial.go connects to Instagram
//	breaker    internal/alert      an open one ends the run here, after two reads of GitHub
//	list       internal/instagram  newest first, back to where everything is known
//	reconcile  internal/mirror     looks up on X what an intent without an answer has become
//	plan       internal/plan       what to post, in what order, at what price
//	caption    internal/caption    the text of a post
//	upload     internal/xapi       from the media host, which internal/mediahost reads
//	intent     internal/mirror     is committed before the post
//	post       internal/xapi       is sent once
//	settle     internal/mirror     commits the answer, with the page for people
//	alert      internal/alert      opens, edits and closes the issue of an incident
//	report     internal/report     renders terminal, job summary, outputs, issue and page
//	publish    internal/actions    hands them to the runner (talk.go)
//
// The other commands, each with its flow:
//
//	rotate  internal/token   due, preflight, intent, refresh, mask, store, settle
//	doctor  internal/doctor  probes of the three services; an incident asks the same ones
//	report  internal/alert   a run that died before it could report
//	setup   internal/setup   the dialogue from two accounts to a schedule that runs
//	demo    internal/demo    runs Main against internal/sim, which imports none of the others
//
// A remote refusal is one type, httpx.Error, from the wire to the issue. A flow hands its result to
// the others as a result.Route. Two things are written down before they are done, because they
// can't be taken back: a post, and a spent refresh token.
package cli
