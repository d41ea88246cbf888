// Package cli is the program: a file for each command, with its flags. It alone touches the
// process's arguments, environment and clock; other packages get values, functions and writers.
//
// # A tour
//
// [Main] picks a command from the table in help.go. Most commands make a run.Job (options.go): the
// configuration, the environment and the clients made from both. The job gives each route a turn,
// which opens its document and calls a flow. A turn of `mirror` is in internal/run/mirror.go, and
// its steps are:
//
//	config     internal/config       every mistake at once, before anything is done
//	secrets    internal/environment  the variables, likewise
//	state      internal/state        the route's document; meanwhile run connects to Instagram
//	breaker    internal/alert        an open one ends the turn here, after two reads of GitHub
//	guard      internal/guard        whether the state is the newest and the accounts are the chain's
//	list       internal/instagram    newest first, back to where everything is known
//	reconcile  internal/mirror       looks up on X what an intent without an answer has become
//	plan       internal/plan         what to post, in what order, at what price
//	caption    internal/caption      the text of a post
//	upload     internal/xapi         from the media host, which internal/mediahost reads
//	intent     internal/mirror       is committed before the post
//	post       internal/xapi         is sent once
//	settle     internal/mirror       commits the answer, with the page for people
//	alert      internal/alert        opens, edits and closes the issue of an incident
//	report     internal/report       renders terminal, job summary, outputs, issue and page
//	publish    internal/console      prints them, and hands them to the runner (internal/actions)
//
// The other commands, each with its flow:
//
//	rotate  internal/token   due, preflight, intent, refresh, mask, store, settle
//	doctor  internal/doctor  probes of the three services; an incident asks the same ones
//	retry   internal/retry   puts back what was given up
//	report  internal/alert   a run that died before it could report
//	setup   internal/setup   the dialogue from two accounts to a schedule that runs
//	demo    internal/demo    runs Main against internal/sim, which imports none of the others
//
// A remote refusal is one type, httpx.Error, from the wire to the issue. A flow hands its result to
// the others as a result.Route. Two things are written down before they are done, because they
// can't be taken back: a post, and a spent refresh token.
package cli
