// Command mutate changes a package in one place at a time, runs its tests, and lists the changes
// that no test notices. A guard that can be taken out without a failing test is not tested,
// whatever the coverage says.
//
//	scripts/mutate.sh ./internal/verdict
//
// It drops and negates conditions, moves bounds by one, and removes statements, cases and rows of
// tables. go-gremlins/gremlins does only part of that: it never drops an operand, a case or a row,
// and never negates a plain boolean.
//
// A change that can't make a difference is listed with its reason in equivalent.txt. A line there
// that no longer names a change is an error, so that the list does not grow stale. The exit status
// is 1 if a change survives or a line is stale.
package main
