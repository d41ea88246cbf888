// Package environment reads the variables of contract §3: each one's value, and every mistake that
// it can hold, so that a person can mend them all at once.
//
// It gets the process's environment as a function and asks nobody else. Every secret that it reads
// goes to the redactor before anything is done with it, and no error repeats a value that may be a
// secret.
package environment
