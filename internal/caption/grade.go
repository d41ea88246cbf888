package caption

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// grade says how good a place between two grapheme clusters is to cut at.
type grade uint8

const (
	ungraded grade = iota
	inAtom         // within a hashtag, a mention or a URL
	bad            // before a closing bracket, after an opening one
	hard           // within a word
	soft           // within a run of characters that are written without spaces
	phrase         // between words, or where Japanese begins a new one
	clause         // after a comma or a bracket
	sentence       // after a sentence or a line
)

// class groups characters that behave alike where text is cut.
type class uint8

const (
	word class = iota // letters of scripts that put spaces between words, and what sticks to them
	digit
	space  // line breaks included
	opener // brackets, currency signs, # and @
	closer // brackets and punctuation
	han
	hiragana
	katakana
	complexScript // Thai, Lao, Khmer, Myanmar: only a dictionary would find the words
	symbol        // emoji too
)

func isCJK(c class) bool { return c == han || c == hiragana || c == katakana }

// Characters that may not start or end a line in Japanese, brackets aside.
// Source: JIS X 4051 and https://www.w3.org/TR/jlreq/#cl-03 to cl-11 (kinsoku).
const (
	noStartKana   = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯｰーﾞﾟ゛゜ゝゞヽヾ々〻"
	noStartSigns  = "、。，．・：；！？…‥｡､･%％‰℃〜～゠–—!?.,:;․"
	noEndSigns    = "#＃@＠$＄¥￥£€․"
	endsSentences = "。！？｡!?…‥♪"
	endsClauses   = "、，､；：,;:"
)

// leadsThai reports whether r is a Thai or Lao vowel that is written before its consonant.
func leadsThai(r rune) bool { return 0x0E40 <= r && r <= 0x0E44 || 0x0EC0 <= r && r <= 0x0EC4 }

// trailsThai reports whether r is a Thai or Lao sign that belongs to the letter before it.
func trailsThai(r rune) bool {
	switch {
	case 0x0E2F <= r && r <= 0x0E33, 0x0E45 <= r && r <= 0x0E46:
		return true
	case 0x0EAF <= r && r <= 0x0EB3, r == 0x0EC6:
		return true
	}
	return false
}

// isLetter reports whether r is one of the letters that most text is made of. It saves the look
// into the tables below.
func isLetter(r rune) bool {
	return isASCIIAlnum(r) || 0x4E00 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3
}

func mayNotStart(r rune) bool {
	return !isLetter(r) && (unicode.In(r, unicode.Pe, unicode.Pf) || trailsThai(r) ||
		strings.ContainsRune(noStartKana+noStartSigns, r))
}

func mayNotEnd(r rune) bool {
	return !isLetter(r) && (unicode.In(r, unicode.Ps, unicode.Pi) || leadsThai(r) ||
		strings.ContainsRune(noEndSigns, r))
}

func classOf(r rune) class {
	if isBlank(r) || r == apart {
		return space
	}
	if c, ok := scriptOf(r); ok {
		return c
	}
	switch {
	case mayNotStart(r):
		return closer
	case mayNotEnd(r):
		return opener
	case r < 0x80 || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cf):
		return word
	}
	return symbol
}

// scriptOf returns the class of a digit, and of a letter whose script decides where text is cut.
// The ranges that most text is made of come first, because they need no look into a table.
func scriptOf(r rune) (class, bool) {
	switch {
	case isDigit(r):
		return digit, true
	case isASCIILetter(r), 0xAC00 <= r && r <= 0xD7A3:
		return word, true
	case isLetter(r), unicode.Is(unicode.Han, r):
		return han, true
	case 0x3041 <= r && r <= 0x3096, unicode.Is(unicode.Hiragana, r):
		return hiragana, true
	case unicode.Is(unicode.Katakana, r), r == 'ー', r == 'ｰ':
		return katakana, true
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return complexScript, true
	}
	return word, false
}

// between grades the place between the characters a and b without looking at any others.
func between(a, b rune) grade {
	if mayNotStart(b) || mayNotEnd(a) {
		return bad
	}
	ca, cb := classOf(a), classOf(b)
	switch {
	case cb == symbol:
		return soft // an emoji belongs to the words before it
	case ca == symbol:
		return phrase
	case cb == opener:
		return openerAfter(ca)
	case ca == complexScript && cb == complexScript:
		return soft
	case ca == complexScript || cb == complexScript:
		return phrase
	}
	return betweenLetters(ca, cb)
}

func openerAfter(c class) grade {
	if c == word || c == digit {
		return hard
	}
	return phrase
}

// betweenLetters grades a place within a word, and in Japanese or Chinese text. Japanese has no
// spaces, but a particle or an ending in hiragana is mostly the end of a phrase, a run of katakana
// is one word, and a number belongs to its counter.
func betweenLetters(a, b class) grade {
	switch {
	case !isCJK(a) && !isCJK(b):
		return hard
	case a == hiragana && b != hiragana:
		return phrase
	case a == katakana && b == katakana, a == digit:
		return hard
	}
	return soft
}

// grade grades the place before cluster i and remembers the result: most places are never asked
// for.
func (l *layout) grade(i int) grade {
	if l.graded[i] == ungraded {
		l.graded[i] = l.gradeAt(i)
	}
	return l.graded[i]
}

func (l *layout) gradeAt(i int) grade {
	if l.atoms[i] == within {
		return inAtom
	}
	// The letter or the emoji counts, not the marks after it.
	last, _ := utf8.DecodeRuneInString(l.clusters[i-1])
	next, _ := utf8.DecodeRuneInString(l.clusters[i])
	spaced := classOf(last) == space || classOf(next) == space
	g := between(last, next)
	switch {
	case last == '\n' || next == '\n':
		return sentence
	case classOf(last) == space && mayNotStart(next):
		return soft
	case spaced:
		g = phrase
	case g == bad:
		return bad
	case l.atoms[i] == before:
		g = max(g, phrase)
	}
	return max(g, l.endAt(i, spaced))
}

// endAt returns sentence or clause if one ends before cluster i, and inAtom, the least grade, if
// none does.
func (l *layout) endAt(i int, spaced bool) grade {
	after, _ := utf8.DecodeRuneInString(l.clusters[i])
	i = l.trimEnd(1, i, "") - 1
	g := inAtom
	if r, _ := utf8.DecodeRuneInString(l.clusters[i]); isLetter(r) {
		return g // most places: no look at the signs is needed
	}
	for ; i > 0 && isClosingBracket(l.clusters[i]); i-- {
		g = clause
	}
	r, n := utf8.DecodeLastRuneInString(l.clusters[i])
	if n != len(l.clusters[i]) {
		return g
	}
	if r < 0x80 && !spaced && !isCJK(classOf(after)) {
		return g // as in 1,000 and example.com
	}
	return max(g, endOf(r, spaced))
}

// endOf returns sentence or clause if the sign r ends one, else inAtom. A full stop ends a sentence
// only before a space.
func endOf(r rune, spaced bool) grade {
	switch {
	case strings.ContainsRune(endsSentences, r), r == '.' && spaced:
		return sentence
	case strings.ContainsRune(endsClauses, r):
		return clause
	}
	return inAtom
}

func isClosingBracket(cluster string) bool {
	return strings.Contains("）］｝〕〉》」』】〙〗｣’”)]}\"'", cluster)
}
