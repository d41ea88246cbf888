package twittertext

import (
	"slices"
	"sort"
	"sync"
)

// emojiLen returns the number of code points of the emoji that starts at rs[i], 0 if none does. X
// takes for one emoji what twemoji-parser 11.0.2 matches. That version is older than today's
// Unicode, so a sequence that it does not know counts as its pieces. The order of the steps is that
// of the alternatives of its expression: the same one wins.
func emojiLen(rs []rune, i int) int {
	r := rs[i]
	switch {
	case isNeverEmoji(r):
		return 0
	case r == variation16:
		return 1
	case r < 0x80:
		return keycapLen(rs, i)
	}
	kind := emojiKindOf(r)
	for _, step := range []func([]rune, int, emojiKind) int{genderedLen, sequenceLen, singleLen} {
		if n := step(rs, i, kind); n > 0 {
			return n
		}
	}
	return 0
}

// isNeverEmoji reports whether r is in a block without emoji, as most text is.
func isNeverEmoji(r rune) bool {
	return r < '#' || '9' < r && r < '©' || '®' < r && r < 0x2000 || 0x3400 <= r && r < 0xE000
}

const (
	joiner      = 0x200D
	keycap      = 0x20E3
	variation15 = 0xFE0E // asks for the text form
	variation16 = 0xFE0F // asks for the emoji form
)

// emojiKind says what may follow an emoji and still belong to it.
type emojiKind uint8

const (
	lone                 emojiKind = 1 << iota // an emoji by itself
	variant                                    // takes U+FE0F; it is no emoji before U+FE0E
	onlyVariant                                // is an emoji before U+FE0F only
	tinted                                     // takes a skin tone
	takesGender                                // takes a gender sign
	takesGenderAfterSkin                       // takes one after a skin tone or U+FE0F only
	takesJob                                   // takes a profession
)

type emojiRange struct {
	first, last rune
	kind        emojiKind
}

func emojiKindOf(r rune) emojiKind {
	i := sort.Search(len(emojiRanges), func(i int) bool { return emojiRanges[i].last >= r })
	if i == len(emojiRanges) || emojiRanges[i].first > r {
		return 0
	}
	return emojiRanges[i].kind
}

func isSkin(r rune) bool { return 0x1F3FB <= r && r <= 0x1F3FF }

// keycapLen matches #, * or a digit, perhaps U+FE0F, and the enclosing keycap.
func keycapLen(rs []rune, i int) int {
	if r := rs[i]; r != '#' && r != '*' && (r < '0' || r > '9') {
		return 0
	}
	n := 1
	if at(rs, i+n) == variation16 {
		n++
	}
	if at(rs, i+n) == keycap {
		return n + 1
	}
	return 0
}

// genderedLen matches a person with a profession, or somebody with a gender sign. A skin tone may
// stand between the two.
func genderedLen(rs []rune, i int, kind emojiKind) int {
	if kind&(takesJob|takesGender|takesGenderAfterSkin) == 0 {
		return 0
	}
	n := 1
	switch {
	case isSkin(at(rs, i+n)), kind&takesGenderAfterSkin != 0 && at(rs, i+n) == variation16:
		n++
	case kind&takesGenderAfterSkin != 0:
		return 0
	}
	if at(rs, i+n) != joiner {
		return 0
	}
	signs := genders
	if kind&takesJob != 0 {
		signs = emojiProfessions[:]
	}
	for _, sign := range signs {
		if m := prefixLen(rs[i+n+1:], sign); m > 0 {
			return n + 1 + m
		}
	}
	return 0
}

var genders = []string{"\u2640\uFE0F", "\u2642\uFE0F"}

// prefixLen returns the number of code points of prefix, 0 if rs does not start with it.
func prefixLen(rs []rune, prefix string) int {
	n := 0
	for _, r := range prefix {
		if n == len(rs) || rs[n] != r {
			return 0
		}
		n++
	}
	return n
}

// sequenceLen matches one of the sequences that are listed one by one.
func sequenceLen(rs []rune, i int, _ emojiKind) int {
	for _, seq := range sequences()[rs[i]] {
		if n := prefixLen(rs[i:], seq); n > 0 {
			return n
		}
	}
	return 0
}

// sequences holds the listed sequences by their first code point, the longest first.
var sequences = sync.OnceValue(readSequences)

func readSequences() map[rune][]string {
	by := make(map[rune][]string, 64)
	for _, seq := range emojiSequences {
		for _, first := range seq {
			by[first] = append(by[first], seq)
			break
		}
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
	return by
}

// singleLen matches one code point with the variation and the skin tone that belong to it.
func singleLen(rs []rune, i int, kind emojiKind) int {
	n, next := 1, at(rs, i+1)
	switch {
	case kind == 0, kind&onlyVariant != 0 && next != variation16:
		return 0
	case kind&variant != 0 && next == variation15:
		return 0
	case kind&(variant|onlyVariant) != 0 && next == variation16:
		n++
	}
	if kind&tinted != 0 && isSkin(at(rs, i+n)) {
		n++
	}
	return n
}
