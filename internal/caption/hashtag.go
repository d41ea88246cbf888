package caption

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Hashtags lists the hashtags of s in order, without their sign, to compare with: lower case, NFC, full-width letters and
// half-width kana in their usual width. A tag ends where X ends it, and # inside an address or after an ASCII letter starts
// none; but as Instagram does and X does not, one may follow Japanese text without a space, another tag, or be a number,
// for a filter must not miss the tag that keeps a post back.
func Hashtags(s string) []string {
	rs := []rune(norm.NFC.String(s))
	var names []string
	for _, tag := range hashtags(rs) {
		name := norm.NFC.String(width.Fold.String(string(rs[tag.start+1 : tag.end])))
		names = append(names, strings.ToLower(name))
	}
	return names
}

// hashtags finds them in text in NFC, the sign included.
func hashtags(rs []rune) (tags []span) {
	links := urls(rs)
	for i := 0; i < len(rs); i++ {
		for len(links) > 0 && links[0].end <= i {
			links = links[1:]
		}
		if !isHash(rs[i]) || len(links) > 0 && links[0].start <= i {
			continue
		}
		follows := len(tags) > 0 && tags[len(tags)-1].end == i
		if before := at(rs, i-1); !follows && (isASCIIAlnum(before) || before == '_' || before == '&') {
			continue
		}
		end := i + 1
		for end < len(rs) && isTagRune(rs[end]) {
			end++
		}
		if next := at(rs, i+1); end > i+1 && next != variation16 && next != keycap {
			tags = append(tags, span{i, end})
			i = end - 1
		}
	}
	return tags
}

func isHash(r rune) bool { return r == '#' || r == '＃' }

// isTagRune: letters, marks and digits of any script, and the signs that twitter-text 3.1.0 lists
// (hashtagSpecialChars), among them the joiners and the middle dots.
func isTagRune(r rune) bool {
	if r < 0x80 {
		return isASCIIAlnum(r) || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd) && r != keycap ||
		strings.ContainsRune("\u200c\u200d\ua67e\u05be\u05f3\u05f4～〜゛゜゠・〃\u0f0b\u0f0c·", r)
}
