// Package environment reads the variables that docs/setup.md lists: the value of each, and every
// mistake in them, so that a person can mend all mistakes at once.
//
// It gets the process's environment as a function and asks nobody else. Every secret that it reads
// goes to the redactor before anything is done with it, and no error repeats a value that may be a
// secret.
package environment
