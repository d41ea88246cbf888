package twittertext

import (
	"slices"
	"strings"
	"unicode"
)

// This file holds the character classes of twitter-text's expressions. That library runs them with
// the flag i and without the flag u.

// at returns rs[i], 0 outside of rs.
func at(rs []rune, i int) rune {
	if i < 0 || i >= len(rs) {
		return 0
	}
	return rs[i]
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isASCIIAlnum(r rune) bool { return isDigit(r) || isASCIILetter(r) }

// IsBidiMark reports whether r is a directional mark, embedding, override or isolate.
func IsBidiMark(r rune) bool {
	switch {
	case 0x202A <= r && r <= 0x202E, 0x2066 <= r && r <= 0x2069:
		return true
	case r == 0x061C, r == 0x200E, r == 0x200F:
		return true
	}
	return false
}

// IsInvalid reports whether X refuses a post with r in its text.
func IsInvalid(r rune) bool { return r == 0xFFFE || r == 0xFEFF || r == 0xFFFF }

// IsSpace reports whether r is white space by the library's own list, which still has U+180E.
func IsSpace(r rune) bool {
	switch {
	case 0x09 <= r && r <= 0x0D, r == ' ', 0x2000 <= r && r <= 0x200A, r == 0x2028, r == 0x2029:
		return true
	case r == 0x85, r == 0xA0, r == 0x1680, r == 0x180E, r == 0x202F, r == 0x205F, r == 0x3000:
		return true
	}
	return false
}

func mayPrecedeURL(r rune) bool {
	switch r {
	case '@', '＠', '$', '#', '＃':
		return false
	}
	return !isASCIIAlnum(r) && !IsInvalid(r)
}

// isHostRune reports whether r may stand in a host name: in any script everything but punctuation,
// white space and direction marks.
func isHostRune(r rune) bool {
	if r >= 0x80 {
		return !IsSpace(r) && !IsInvalid(r) && !IsBidiMark(r)
	}
	const punctuation = `!'#%&'()*+,\-./:;<=>?@[]^_{|}~$`
	return isASCIIAlnum(r) || !IsSpace(r) && !strings.ContainsRune(punctuation, r)
}

func isDash(r rune) bool { return r == '-' || r == '_' }

// IsLabelRune reports whether r may stand in a label of a host name: www and example in
// www.example.com.
func IsLabelRune(r rune) bool { return isHostRune(r) || isDash(r) }

// isLatinLabelRune reports whether r may stand in a label that X links without a scheme.
func isLatinLabelRune(r rune) bool { return r == '-' || isASCIIAlnum(r) || isAccented(r) }

// isAccented reports whether r is one of latinAccentChars. The flag i adds the capital letters
// outside those ranges. It also adds the Greek iota, because the combining iota is one of them.
func isAccented(r rune) bool {
	switch {
	case r < 0xC0, r == 0xD7, r == 0xF7:
		return false
	case r <= 0x24F, 0x300 <= r && r <= 0x36F, 0x1E00 <= r && r <= 0x1EFF:
		return true
	}
	return slices.Contains(accented, r)
}

var accented = []rune{
	0x253, 0x254, 0x256, 0x257, 0x259, 0x25B, 0x260, 0x263, 0x268, 0x269, 0x26F, 0x272, 0x275,
	0x280, 0x283, 0x288, 0x289, 0x28A, 0x28B, 0x28C, 0x292, 0x2BB, 0x399, 0x3B9, 0x1FBE, 0x2C65,
	0x2C66, 0x2C7E, 0x2C7F,
}

func isCyrillic(r rune) bool { return 0x400 <= r && r <= 0x4FF || 0x1C80 <= r && r <= 0x1C87 }

func isPathRune(r rune) bool {
	return isASCIIAlnum(r) || isCyrillic(r) || isAccented(r) || r == '\u2013' ||
		r < 0x80 && strings.ContainsRune("!*';:=+,.$/%#[]-_~@|&", r)
}

func endsPath(r rune) bool {
	return isASCIIAlnum(r) || isCyrillic(r) || isAccented(r) ||
		r < 0x80 && strings.ContainsRune("+-=_#/", r)
}

func isQueryRune(r rune) bool {
	return isASCIIAlnum(r) || r < 0x80 && strings.ContainsRune("!?*'@();:&=+$/%#[]-_.,~|", r)
}

func endsQuery(r rune) bool {
	return isASCIIAlnum(r) || r < 0x80 && strings.ContainsRune("-_&=#/", r)
}

// SchemeLen returns the length of http:// or https:// at rs[i], 0 if there is neither.
func SchemeLen(rs []rune, i int) int {
	if r := at(rs, i); r != 'h' && r != 'H' {
		return 0
	}
	for _, scheme := range []string{"http://", "https://"} {
		if i+len(scheme) <= len(rs) && equalFold(rs[i:i+len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

// equalFold reports whether rs is lower, which is ASCII, in any case of ASCII letters.
func equalFold(rs []rune, lower string) bool {
	for i := range len(lower) {
		r := rs[i]
		if 'A' <= r && r <= 'Z' {
			r = unicode.ToLower(r)
		}
		if r != rune(lower[i]) {
			return false
		}
	}
	return true
}
