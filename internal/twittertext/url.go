package twittertext

import (
	"slices"
)

// Span is the range of code points from Start up to, but not including, End.
type Span struct{ Start, End int }

const (
	longestURL  = 4096 // UTF-16 units, scheme counted twice
	longestSlug = 40   // of a t.co address
)

// URLs returns what twitter-text's extractUrlsWithIndices finds in rs: URLs with a scheme, and
// without one those whose labels are of ASCII or accented Latin letters. X weighs and links these.
//
// It is that library's regular expression written out by hand. Package regexp has no look-ahead,
// and an expression with 1574 top-level domains would take long to compile in a program that starts
// for a few milliseconds of work.
// Source: https://github.com/twitter/twitter-text, 3.1.0 (extractUrl and its parts).
func URLs(rs []rune) []Span {
	if !slices.Contains(rs, '.') {
		return nil
	}
	x := urlFinder{rs: rs}
	for i := 0; i < len(rs); {
		i = x.next(i)
	}
	return x.found
}

type urlFinder struct {
	rs            []rune
	found         []Span
	run, runEnds  int // the run of label runes looked at last: rs[run:runEnds]
	chain, noTLDs int // no name that starts in rs[chain:noTLDs] has a top-level domain
}

// next tries the places where a URL may start when the expression is applied at rs[i]. It returns
// the place to go on from.
func (x *urlFinder) next(i int) int {
	r := x.rs[i]
	if r > 0xFFFF {
		// The library sees both halves of a surrogate pair: the first may stand before the URL and
		// the second begin its host name.
		if end, ok := x.match(i, i, true); ok {
			return end
		}
	}
	if mayPrecedeURL(r) {
		if end, ok := x.match(i, i+1, false); ok {
			return end
		}
	}
	if i == 0 {
		if end, ok := x.match(-1, 0, false); ok {
			return end
		}
	}
	return i + 1
}

// match reads a URL at rs[start], which follows rs[before] (-1 for the start of the text). ok
// reports whether the expression matches; the library may still refuse the match as a URL.
func (x *urlFinder) match(before, start int, half bool) (end int, ok bool) {
	host := start + SchemeLen(x.rs, start)
	hostEnd := x.hostEnd(host)
	if hostEnd == 0 {
		return 0, false
	}
	end = x.portEnd(hostEnd)
	pathEnd := x.pathEnd(end)
	hasPath := pathEnd > end
	end = x.queryEnd(pathEnd)
	if !x.valid(start, host, hostEnd, end, half) {
		return end, true
	}
	if host > start {
		x.addWithScheme(start, end)
		return end, true
	}
	// Such a name is no URL where it goes on something: the end of a path, say.
	if before >= 0 && slices.Contains([]rune("-_./"), x.rs[before]) {
		return end, true
	}
	// Without a scheme each name of ASCII letters in the host is a URL of its own, and the path
	// belongs to the last of them.
	names := asciiNames(x.rs, start, hostEnd)
	if len(names) > 0 && hasPath {
		last := &names[len(names)-1]
		last.End = x.stretch(last.End, utf16Len(x.rs[hostEnd:end]))
	}
	x.found = append(x.found, names...)
	return end, true
}

// stretch returns i moved on by units of UTF-16. The library makes a name longer by the port,
// path and query even if the host name goes on in between (example.comあ.jp/path).
func (x *urlFinder) stretch(i, units int) int {
	for units > 0 {
		if units -= utf16Len(x.rs[i : i+1]); units >= 0 {
			i++
		}
	}
	return i
}

// addWithScheme adds a URL. A t.co address ends with its slug and query, and one with too long a
// slug is no URL.
func (x *urlFinder) addWithScheme(start, end int) {
	rs := x.rs[start:end]
	i := SchemeLen(rs, 0)
	if i+5 < len(rs) && equalFold(rs[i:i+5], "t.co/") {
		slug := i + 5
		i = slug
		for i < len(rs) && isASCIIAlnum(rs[i]) {
			i++
		}
		if i-slug > longestSlug {
			return
		}
		if i > slug {
			end = start + (&urlFinder{rs: rs}).queryEnd(i)
		}
	}
	x.found = append(x.found, Span{start, end})
}

// portEnd returns the end of the port at rs[i], i if there is none.
func (x *urlFinder) portEnd(i int) int {
	end := i + 1
	for end < len(x.rs) && isDigit(x.rs[end]) {
		end++
	}
	if at(x.rs, i) != ':' || end == i+1 {
		return i
	}
	return end
}

// pathEnd returns the end of the path at rs[i], i if there is none. A path ends with a letter, a
// digit, one of a few signs or balanced brackets, so the full stop after a URL is not part of it.
func (x *urlFinder) pathEnd(i int) int {
	if at(x.rs, i) != '/' {
		return i
	}
	end := i + 1
	for j := i + 1; j < len(x.rs); {
		if n := x.bracketsLen(j); n > 0 {
			j += n
			end = j
			continue
		}
		if !isPathRune(x.rs[j]) {
			break
		}
		j++
		if endsPath(x.rs[j-1]) {
			end = j
		}
	}
	return end
}

// bracketsLen returns the length of a balanced (…) or (…(…)…) at rs[i], 0 if there is none.
func (x *urlFinder) bracketsLen(i int) int {
	if at(x.rs, i) != '(' {
		return 0
	}
	inner := func(j int) int {
		for j < len(x.rs) && isPathRune(x.rs[j]) {
			j++
		}
		return j
	}
	j := inner(i + 1)
	if at(x.rs, j) == ')' && j > i+1 {
		return j + 1 - i
	}
	if at(x.rs, j) != '(' {
		return 0
	}
	k := inner(j + 1)
	if at(x.rs, k) != ')' || k == j+1 {
		return 0
	}
	if k = inner(k + 1); at(x.rs, k) == ')' {
		return k + 1 - i
	}
	return 0
}

// queryEnd returns the end of the query at rs[i], i if there is none.
func (x *urlFinder) queryEnd(i int) int {
	end := i
	if at(x.rs, i) != '?' {
		return end
	}
	for j := i + 1; j < len(x.rs) && isQueryRune(x.rs[j]); j++ {
		if endsQuery(x.rs[j]) {
			end = j + 1
		}
	}
	return end
}
