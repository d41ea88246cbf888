package caption

import (
	"strings"
	"unicode"
)

// grade says how good a place between two grapheme clusters is to cut at.
type grade uint8

const (
	ungraded grade = iota
	inAtom         //  within a hashtag, a mention or an address
	bad            // before a closing bracket, after an opening one
	hard           // within a word
	soft           // within a run of characters that are written without spaces
	phrase         // between words, or where Japanese begins a new one
	clause         // after a comma or a bracket
	sentence       // after a sentence or a line
)

// class is what a character is to the place beside it.
type class uint8

const (
	word   class = iota // letters of scripts that put spaces between words, and what sticks to them
	digit               //
	space               // line breaks included
	opener              // brackets, currency signs, # and @
	closer              // brackets and punctuation
	han
	hiragana
	katakana
	complexScript // Thai, Lao, Khmer, Myanmar: no spaces between words, and no dictionary here
	symbol        // emoji too
)

func isCJK(c class) bool { return c == han || c == hiragana || c == katakana }

// Characters that Japanese does not put at the start or the end of a line, beyond brackets.
// Source: JIS X 4051 and https://www.w3.org/TR/jlreq/#cl-03 to cl-11 (kinsoku).
const (
	noStartKana   = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯｰーﾞﾟ゛゜ゝゞヽヾ々〻"
	noStartSigns  = "、。，．・：；！？…‥｡､･%％‰℃〜～゠–—!?.,:;․"
	noEndSigns    = "#＃@＠$＄¥￥£€․"
	endsSentences = "。！？｡!?…‥♪"
	endsClauses   = "、，､；：,;:"
)

// Thai and Lao vowels that are written before their consonant, and signs that belong to what is before them.
func leadsThai(r rune) bool { return 0x0E40 <= r && r <= 0x0E44 || 0x0EC0 <= r && r <= 0x0EC4 }

func trailsThai(r rune) bool {
	switch {
	case 0x0E2F <= r && r <= 0x0E33, 0x0E45 <= r && r <= 0x0E46, 0x0EAF <= r && r <= 0x0EB3, r == 0x0EC6:
		return true
	}
	return false
}

// isLetter is a quick answer for what most text is made of: neither a sign nor a small kana.
func isLetter(r rune) bool {
	return isASCIIAlnum(r) || 0x4E00 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3
}

func mayNotStart(r rune) bool {
	return !isLetter(r) && (unicode.In(r, unicode.Pe, unicode.Pf) || trailsThai(r) || strings.ContainsRune(noStartKana+noStartSigns, r))
}

func mayNotEnd(r rune) bool {
	return !isLetter(r) && (unicode.In(r, unicode.Ps, unicode.Pi) || leadsThai(r) || strings.ContainsRune(noEndSigns, r))
}

func classOf(r rune) class {
	switch {
	case isBlank(r), r == apart:
		return space
	case isDigit(r):
		return digit
	case isASCIILetter(r), 0xAC00 <= r && r <= 0xD7A3:
		return word
	case isLetter(r), unicode.Is(unicode.Han, r):
		return han
	case 0x3041 <= r && r <= 0x3096, unicode.Is(unicode.Hiragana, r):
		return hiragana
	case unicode.Is(unicode.Katakana, r), r == 'ー', r == 'ｰ':
		return katakana
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return complexScript
	case mayNotStart(r):
		return closer
	case mayNotEnd(r):
		return opener
	case r < 0x80 || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cf):
		return word
	}
	return symbol
}

// between grades the place between the characters a and b, from these two alone.
func between(a, b rune) grade {
	ca, cb := classOf(a), classOf(b)
	switch {
	case mayNotStart(b) || mayNotEnd(a):
		return bad
	case ca == symbol && cb == symbol:
		return soft
	case ca == symbol:
		return phrase
	case cb == symbol:
		return soft
	case cb == opener:
		return openerAfter(ca)
	case ca == complexScript && cb == complexScript:
		return soft
	case ca == complexScript || cb == complexScript:
		return phrase
	case isCJK(ca) || isCJK(cb):
		return betweenCJK(ca, cb)
	}
	return hard
}

func openerAfter(c class) grade {
	if c == word || c == digit {
		return hard
	}
	return phrase
}

// betweenCJK: Japanese has no spaces, but a particle or an ending in hiragana is mostly the end of a phrase, a katakana
// run is one word, and a number belongs to its counter.
func betweenCJK(a, b class) grade {
	switch {
	case a == hiragana && b != hiragana:
		return phrase
	case a == katakana && b == katakana, a == digit:
		return hard
	}
	return soft
}
