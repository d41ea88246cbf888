// Package lazyregexp compiles a regular expression at its first use. An idle run uses a handful of
// the program's expressions; to compile all of them took a tenth of its time. The package knows
// nothing of the product. Its inputs are constants, and a test of the repository compiles each.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is an expression that its first method call compiles. Its methods are those of
// [regexp.Regexp].
type Regexp struct{ compiled func() *regexp.Regexp }

// New returns the expression expr. If expr is malformed, the first use panics.
func New(expr string) Regexp {
	return Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// MatchString is that of [regexp.Regexp].
func (r Regexp) MatchString(s string) bool { return r.compiled().MatchString(s) }

// FindString is that of [regexp.Regexp].
func (r Regexp) FindString(s string) string { return r.compiled().FindString(s) }

// FindStringIndex is that of [regexp.Regexp].
func (r Regexp) FindStringIndex(s string) []int { return r.compiled().FindStringIndex(s) }

// FindStringSubmatch is that of [regexp.Regexp].
func (r Regexp) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }

// FindAllString is that of [regexp.Regexp].
func (r Regexp) FindAllString(s string, n int) []string { return r.compiled().FindAllString(s, n) }

// FindAllStringSubmatch is that of [regexp.Regexp].
func (r Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is that of [regexp.Regexp].
func (r Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return r.compiled().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString is that of [regexp.Regexp].
func (r Regexp) ReplaceAllString(s, repl string) string {
	return r.compiled().ReplaceAllString(s, repl)
}

// ReplaceAllLiteralString is that of [regexp.Regexp].
func (r Regexp) ReplaceAllLiteralString(s, repl string) string {
	return r.compiled().ReplaceAllLiteralString(s, repl)
}

// ReplaceAllStringFunc is that of [regexp.Regexp].
func (r Regexp) ReplaceAllStringFunc(s string, repl func(string) string) string {
	return r.compiled().ReplaceAllStringFunc(s, repl)
}

// String returns the source of the expression.
func (r Regexp) String() string { return r.compiled().String() }
