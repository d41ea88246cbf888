package twittertext

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// tlds holds the top-level domains that make a dotted name a URL for X, in upper case.
var tlds = sync.OnceValue(readTLDs)

func readTLDs() map[string]bool {
	set := make(map[string]bool, 1600)
	for _, list := range []string{countryTLDs, genericTLDs} {
		for _, tld := range strings.Fields(list) {
			set[strings.Map(foldCase, tld)] = true
		}
	}
	return set
}

// foldCase folds case as an ECMAScript regular expression with the flag i does: to one upper-case
// letter, and never from outside ASCII into it.
func foldCase(r rune) rune {
	up := unicode.ToUpper(r)
	if r >= 0x80 && up < 0x80 {
		return r
	}
	return up
}

// TLDLen returns the length of the top-level domain at rs[i], 0 if there is none. A name goes on
// after an ASCII letter, a digit, @, + or -, so the letters before one of these are no domain.
func TLDLen(rs []rune, i int) int {
	var space [4 * longestTLD]byte
	key := space[:0]
	best := 0
	for n := 1; n <= longestTLD && i+n <= len(rs); n++ {
		if r := rs[i+n-1]; r < 0x80 && !isASCIILetter(r) {
			break
		}
		key = utf8.AppendRune(key, foldCase(rs[i+n-1]))
		if n >= 2 && (i+n == len(rs) || !continuesName(rs[i+n])) && tlds()[string(key)] {
			best = n
		}
	}
	if best > 0 {
		return best
	}
	return asciiFormLen(rs, i)
}

// asciiFormLen returns the length of a top-level domain in its ASCII form, such as xn--wgv71a.
func asciiFormLen(rs []rune, i int) int {
	const prefix = "xn--"
	if i+len(prefix) >= len(rs) || !strings.EqualFold(string(rs[i:i+len(prefix)]), prefix) {
		return 0
	}
	n := len(prefix)
	for i+n < len(rs) && (isASCIIAlnum(rs[i+n]) || rs[i+n] == '-') {
		n++
	}
	if n == len(prefix) {
		return 0
	}
	return n
}

func continuesName(r rune) bool { return isASCIIAlnum(r) || r == '@' || r == '+' || r == '-' }
