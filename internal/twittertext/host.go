package twittertext

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	longestLabel = 63 // of a host name in its ASCII form

	// afterSurrogates stands for the second half of a surrogate pair, which no string can hold: the
	// nearest code point has the same ASCII length, or one letter more or less.
	afterSurrogates = 0xE000
)

// hostEnd returns the end of the host name at rs[i], 0 if there is none. A host name is a run of
// labels and dots that ends with the last top-level domain in it.
func (x *urlFinder) hostEnd(i int) int {
	if i >= x.chain && i < x.noTLDs {
		return 0
	}
	dots := x.dotsOf(i)
	known := false
	for k, dot := range slices.Backward(dots) {
		n := TLDLen(x.rs, dot+1)
		if n == 0 {
			continue
		}
		known = true
		// The library takes no name whose last label before the domain has an underscore. An
		// earlier domain in the same run may still end a name.
		label := i
		if k > 0 {
			label = dots[k-1] + 1
		}
		if !slices.Contains(x.rs[label:dot], '_') {
			return dot + 1 + n
		}
	}
	if !known && len(dots) > 0 {
		// The names that start later in this run end with the same labels. To look at them again
		// would take quadratic time for a caption of nothing but dots and letters.
		x.chain, x.noTLDs = i, dots[len(dots)-1]
	}
	return 0
}

// dotsOf returns the places of the dots that each end a label of the run that starts at rs[i].
func (x *urlFinder) dotsOf(i int) (dots []int) {
	for dot := x.labelEnd(i); dot > 0; dot = x.labelEnd(dot + 1) {
		dots = append(dots, dot)
	}
	return dots
}

// labelEnd returns the place of the dot after the label at rs[i], 0 if there is no label or no dot.
func (x *urlFinder) labelEnd(i int) int {
	// One run is looked at from each of its places, so its end is remembered.
	if i < x.run || i >= x.runEnds {
		x.run, x.runEnds = i, i
		for x.runEnds < len(x.rs) && IsLabelRune(x.rs[x.runEnds]) {
			x.runEnds++
		}
	}
	end := x.runEnds
	if i >= end || end == len(x.rs) || x.rs[end] != '.' || isDash(x.rs[i]) || isDash(x.rs[end-1]) {
		return 0
	}
	return end
}

// valid reports whether the lengths are within limits, and a name in ASCII form is ASCII. half
// says that the host name starts with the second half of a surrogate pair.
func (x *urlFinder) valid(start, host, hostEnd, end int, half bool) bool {
	name := slices.Clone(x.rs[host:hostEnd])
	if half {
		name[0] = afterSurrogates
	}
	if len(name) >= 4 && string(name[:4]) == "xn--" && len(asciiNames(x.rs, host, hostEnd)) == 0 {
		return false
	}
	for label := range splitFunc(name, isDot) {
		if n := asciiLabelLen(label); n < 1 || n > longestLabel {
			return false
		}
	}
	// The library adds the length of the scheme to that of the URL, which holds it already, and
	// takes https:// where there is none.
	scheme := host - start
	if scheme == 0 {
		scheme = len("https://")
	}
	return scheme+utf16Len(x.rs[start:end]) <= longestURL
}

// asciiNames returns the names of ASCII and accented Latin letters within the host name
// rs[start:end]. Without a scheme only these are links.
func asciiNames(rs []rune, start, end int) (found []Span) {
	rs = rs[:end]
	for i, from := start, start; i < end; {
		n := asciiNameEnd(rs, i)
		if n == 0 {
			i++
			continue
		}
		// The library searches for the text of the name, and may find it within a longer name
		// before it: example.comx、example.com.
		for !slices.Equal(rs[from:from+n-i], rs[i:n]) {
			from++
		}
		found = append(found, Span{from, from + n - i})
		i, from = n, from+n-i
	}
	return found
}

// asciiNameEnd returns the end of the ASCII name at rs[i], 0 if there is none.
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
		if n := TLDLen(rs, i); n > 0 {
			best = i + n
		}
	}
}

// asciiLabelLen returns the length of a host label in its ASCII form: itself, or "xn--" and its
// punycode. For a label that is too long in any case it returns a length that no label may have.
//
// twitter-text asks punycode.js for the ASCII form, and that library takes three more signs for
// dots.
func asciiLabelLen(label []rune) int {
	if len(label) > longestLabel {
		return len(label)
	}
	total := -1
	for part := range splitFunc(label, isWideDot) {
		total += len(".") + punycodeLen(part)
	}
	return total
}

func isWideDot(r rune) bool { return r == '。' || r == '．' || r == '｡' }

func isDot(r rune) bool { return r == '.' }

// splitFunc yields the pieces of rs between the code points for which isSeparator is true.
func splitFunc(rs []rune, isSeparator func(rune) bool) iter.Seq[[]rune] {
	return func(yield func([]rune) bool) {
		for {
			i := slices.IndexFunc(rs, isSeparator)
			if i < 0 {
				yield(rs)
				return
			}
			if !yield(rs[:i]) {
				return
			}
			rs = rs[i+1:]
		}
	}
}

// punycodeLen returns the length of label in its ASCII form, dots aside.
func punycodeLen(label []rune) int {
	if !slices.ContainsFunc(label, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return len(label)
	}
	// idna would decode a label that starts with xn--, and punycode.js does not. The length does
	// not depend on which ASCII letters there are.
	s := strings.Replace(string(label), "xn--", "xx--", 1)
	ascii, err := idna.Punycode.ToASCII(s)
	if err != nil {
		return longestLabel + 1 // Unreachable: so few code points overflow nothing.
	}
	return len(ascii)
}

// utf16Len returns the length of rs in the units that twitter-text counts in.
func utf16Len(rs []rune) int {
	n := len(rs)
	for _, r := range rs {
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
