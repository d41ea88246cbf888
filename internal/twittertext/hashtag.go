package twittertext

import (
	"strings"
	"unicode"
)

// Hashtags returns the hashtags of rs, each with its sign. A hashtag ends where X ends it. A # in
// a URL or after an ASCII letter starts none.
//
// The list holds all hashtags of X and some that only Instagram links: those that follow Japanese
// text without a space or another hashtag, and those of digits alone. A filter that used X's rules
// would miss the hashtag that keeps a media back.
func Hashtags(rs []rune) (tags []Span) {
	links := URLs(rs)
	for i := 0; i < len(rs); i++ {
		// The fragment of a URL is no hashtag, so the loop goes on after the URL.
		if len(links) > 0 && links[0].Start <= i {
			i = max(i, links[0].End) - 1
			links = links[1:]
			continue
		}
		if !isHash(rs[i]) {
			continue
		}
		// Instagram links both of #one#two, X only the first.
		follows := len(tags) > 0 && tags[len(tags)-1].End == i
		if !follows && continuesWord(at(rs, i-1)) {
			continue
		}
		if end := tagEnd(rs, i+1); end > i+1 {
			tags = append(tags, Span{i, end})
			i = end - 1
		}
	}
	return tags
}

// continuesWord reports whether a # after r belongs to the word before it.
func continuesWord(r rune) bool { return isASCIIAlnum(r) || r == '_' || r == '&' }

// tagEnd returns the end of the name at rs[i] that follows a #, i if there is none.
func tagEnd(rs []rune, i int) int {
	if next := at(rs, i); next == variation16 || next == keycap {
		return i // the sign is an emoji
	}
	for i < len(rs) && isTagRune(rs[i]) {
		i++
	}
	return i
}

func isHash(r rune) bool { return r == '#' || r == '＃' }

// isTagRune reports whether r may be part of a hashtag: letters, marks and digits of any script,
// and the signs that twitter-text 3.1.0 lists (hashtagSpecialChars), among them the joiners and the
// middle dots.
func isTagRune(r rune) bool {
	if r < 0x80 {
		return isASCIIAlnum(r) || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd) ||
		strings.ContainsRune("\u200c\u200d\ua67e\u05be\u05f3\u05f4～〜゛゜゠・〃\u0f0b\u0f0c·", r)
}
