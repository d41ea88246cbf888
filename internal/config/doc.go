// Package config is the configuration file: YAML in, a checked Config out, or every problem in it at once.
//
// What a file may hold is told in one place, the tables in keys.go: key, kind, default, what is allowed, one sentence.
// Decoding, defaults, the nearest valid name, `postferry config` and postferry.schema.json all come from there.
//
// A file names variables and never holds their values. What looks like a token is refused and not repeated. The package
// reads one file; the environment, and whether a variable is set, are not its business.
package config
