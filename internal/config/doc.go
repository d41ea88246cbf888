// Package config reads the configuration file. Parse turns YAML into a checked [Config], or
// reports every problem of the file at once.
//
// The tables in keys.go define the format: each row has a key, its kind, its default, the values
// that it allows and a sentence that describes it. Decoding, defaults, the nearest valid name,
// `postferry config` and docs/postferry.schema.json all follow from these tables.
//
// A problem in the block of one route is that route's: the other routes can run, and
// [Config.Broken] tells which can't. Any other problem stops all routes. [Config.Warnings] lists
// values that are valid and likely a mistake.
//
// The file names variables and never holds their values. A value that looks like a token is
// refused, and no error repeats it. The package reads one file. It does not read the environment,
// so it does not know whether a variable is set.
package config
