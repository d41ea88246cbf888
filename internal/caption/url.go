package caption

import (
	"slices"
	"unicode/utf16"
)

// span is a stretch of code points, end excluded.
type span struct{ start, end int }

const (
	longestURL   = 4096 // UTF-16 units, scheme counted twice
	longestLabel = 63   // of a host name in its ASCII form
	longestSlug  = 40   // of a t.co address
)

// urls finds what twitter-text's extractUrlsWithIndices finds: addresses with a scheme, and without one those whose
// labels are of ASCII or accented Latin letters. X weighs and links these.
//
// It is that library's regular expression written out by hand: its look-aheads are beyond package regexp, and its 1574
// endings would take long to compile in a program that starts for a few milliseconds of work.
// Source: https://github.com/twitter/twitter-text, 3.1.0 (extractUrl and the expressions it is made of).
func urls(rs []rune) []span {
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
	found         []span
	run, runEnds  int // the label run looked at last: rs[run:runEnds]
	chain, noTLDs int // no name that starts in rs[chain:noTLDs] has a known ending
}

// next tries the places where a URL may start when the expression is applied at rs[i], and returns where to go on.
func (x *urlFinder) next(i int) int {
	r := x.rs[i]
	if r > 0xFFFF {
		// Both halves of a surrogate pair count: the first may come before the URL, the second begin its name.
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

// match reads a URL at rs[start], which follows rs[before] (-1 for the start of the text). ok says that the expression
// matches, which is not to say that it is a URL.
func (x *urlFinder) match(before, start int, half bool) (end int, ok bool) {
	host := start + schemeLen(x.rs, start)
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
	if before >= 0 && slices.Contains([]rune("-_./"), x.rs[before]) {
		return end, true
	}
	names := asciiNames(x.rs, start, hostEnd)
	if len(names) > 0 && hasPath {
		last := &names[len(names)-1]
		last.end = x.stretch(last.end, utf16Len(x.rs[hostEnd:end]))
	}
	x.found = append(x.found, names...)
	return end, true
}

// stretch is i moved on by so many UTF-16 units: the library makes a name longer by port, path and query even if the
// host name goes on in between (example.comあ.jp/path).
func (x *urlFinder) stretch(i, units int) int {
	for units > 0 {
		if units -= utf16Len(x.rs[i : i+1]); units >= 0 {
			i++
		}
	}
	return i
}

// addWithScheme adds a URL. What follows the slug of a t.co address does not belong to it, and a slug too long makes it
// none.
func (x *urlFinder) addWithScheme(start, end int) {
	rs := x.rs[start:end]
	i := schemeLen(rs, 0)
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
	x.found = append(x.found, span{start, end})
}

// hostEnd is the end of the host name at rs[i], 0 if there is none: labels with dots, of which the last that has a known
// ending behind it decides.
func (x *urlFinder) hostEnd(i int) int {
	if i >= x.chain && i < x.noTLDs {
		return 0
	}
	var dots []int
	for at := i; ; {
		dot := x.labelEnd(at)
		if dot == 0 {
			break
		}
		dots = append(dots, dot)
		at = dot + 1
	}
	known := false
	for k, dot := range slices.Backward(dots) {
		n := tldAt(x.rs, dot+1)
		if n == 0 {
			continue
		}
		known = true
		label := i
		if k > 0 {
			label = dots[k-1] + 1
		}
		if !slices.Contains(x.rs[label:dot], '_') {
			return dot + 1 + n
		}
	}
	if !known && len(dots) > 0 {
		x.chain, x.noTLDs = i, dots[len(dots)-1]
	}
	return 0
}

// labelEnd is the place of the dot after the label at rs[i], 0 if there is no label or no dot.
func (x *urlFinder) labelEnd(i int) int {
	if i < x.run || i >= x.runEnds {
		x.run, x.runEnds = i, i
		for x.runEnds < len(x.rs) && isLabelRune(x.rs[x.runEnds]) {
			x.runEnds++
		}
	}
	end := x.runEnds
	if i >= end || end == len(x.rs) || x.rs[end] != '.' || isDash(x.rs[i]) || isDash(x.rs[end-1]) {
		return 0
	}
	return end
}

// portEnd is the end of the port at rs[i], i if there is none.
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

// pathEnd is the end of the path at rs[i], i if there is none. It ends with a letter, digit or one of a few signs, or
// with balanced brackets: the full stop after an address is not part of it.
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

// bracketsLen is the length of a balanced (…) or (…(…)…) at rs[i], 0 if there is none.
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

// queryEnd is the end of the query at rs[i], i if there is none.
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

// valid checks the lengths, and that a name in ASCII form is ASCII.
func (x *urlFinder) valid(start, host, hostEnd, end int, half bool) bool {
	name := slices.Clone(x.rs[host:hostEnd])
	if half {
		_, name[0] = utf16.EncodeRune(name[0])
	}
	if len(name) >= 4 && string(name[:4]) == "xn--" && len(asciiNames(x.rs, host, hostEnd)) == 0 {
		return false
	}
	for _, label := range splitDots(name) {
		if n := asciiLabelLen(label); n < 1 || n > longestLabel {
			return false
		}
	}
	scheme := host - start
	if scheme == 0 {
		scheme = len("https://")
	}
	return scheme+utf16Len(x.rs[start:end]) <= longestURL
}

// asciiNames finds the names of ASCII and accented Latin letters within the host name rs[start:end]: without a scheme
// only these are links.
func asciiNames(rs []rune, start, end int) (found []span) {
	rs = rs[:end]
	for i, from := start, start; i < end; {
		n := asciiNameEnd(rs, i)
		if n == 0 {
			i++
			continue
		}
		// The library asks where the name stands, and finds it within a longer one before it: example.comx、example.com.
		for !slices.Equal(rs[from:from+n-i], rs[i:n]) {
			from++
		}
		found = append(found, span{from, from + n - i})
		i, from = n, from+n-i
	}
	return found
}

func asciiNameEnd(rs []rune, i int) int {
	best := 0
	for {
		dot := i
		for dot < len(rs) && isLatinLabelRune(rs[dot]) {
			dot++
		}
		if dot == i || at(rs, dot) != '.' {
			return best
		}
		i = dot + 1
		if n := tldAt(rs, i); n > 0 {
			best = i + n
		}
	}
}
