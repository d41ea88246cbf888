// Package alert is the life of an issue. A failure becomes an incident, an incident has one issue
// in the repository, and the issue closes itself when a later run succeeds:
//
//	find      the component's issue: by its number, or by its label and marker
//	decide    open, reopen or edit it, and whether a comment is due
//	diagnose  ask the services for the cause, once for each cause
//	write     the occurrence to the state, then the issue, then its number to the state
//	close     with a comment, after the first run in which the component works
//
// A transient failure is only counted until it has come in several runs in a row. The package also
// keeps the issue of what will expire soon, reports runs that died, and notifies Slack.
//
// Four parts of the state document are written here and nowhere else: incidents, breakers, the
// counters of transient runs and the reset times. The package posts nothing, spends no token, and
// renders nothing: package report makes the texts.
package alert
