// Package cli is the program: a file for each command, and what they share. It is the only package that reads the environment
// and the only one that prints.
//
// # A tour
//
// [Main] picks a command. Most make a job (job.go) of the configuration, the environment (environment.go) and the clients. One
// run of `mirror` reads top to bottom in mirror.go:
//
//	config     internal/config    all mistakes at once, before anything is done
//	state      internal/state     the route's document, while the connection to Instagram is opened (dial.go)
//	breaker    internal/diagnosis  an open one ends the run here, with two reads of GitHub
//	list       internal/instagram newest first, back to where everything is known
//	reconcile  internal/mirror    an intent without an answer is looked up on X
//	plan       internal/plan      what to post, in what order, at what price; captions by internal/caption
//	upload     internal/xapi      from internal/mediahost, which reads the media host
//	intent     internal/mirror    committed before the post
//	post       internal/xapi      sent once
//	settle     internal/mirror    its answer, committed, with the page for people
//	report     internal/report    terminal, summary, outputs; incidents.go opens, edits and closes the issue
//
// `rotate` is internal/token, which needs neither Instagram nor a post: which token is due, preflight, intent, refresh, mask,
// store, settle. `doctor` is internal/doctor, whose probes an incident asks too. `setup` is internal/setup. `demo` runs all of
// it against internal/sim, which imports none of the others.
//
// A remote refusal is one type, httpx.Error, from the wire to the issue. Two things are written down before they are done,
// because they can't be taken back: a post, and a spent refresh token.
package cli
