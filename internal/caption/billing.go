package caption

import "github.com/postferry/postferry/internal/twittertext"

// HasURL reports whether X would bill a post of s as one with a URL. X does not publish how it
// decides. In doubt HasURL assumes the higher price: for what twitter-text extracts, for anything
// with a scheme, and for a host name in any script with a top-level domain that X knows.
func HasURL(s string) bool {
	rs := []rune(s)
	if len(twittertext.URLs(rs)) > 0 {
		return true
	}
	if _, hosts := withoutSchemes(rs); len(hosts) > 0 {
		return true
	}
	for i := range rs {
		if isInnerDot(rs, i) && endsHost(rs, i) && !hasAt(rs, i) {
			return true
		}
	}
	return false
}

// endsHost reports whether a top-level domain that X knows follows the dot at i and ends the name.
func endsHost(rs []rune, i int) bool {
	n := twittertext.TLDLen(rs, i+1)
	return n > 0 && (i+1+n == len(rs) || !twittertext.IsLabelRune(rs[i+1+n]))
}

// hasAt reports whether the name before the dot at i belongs to an e-mail address or a mention.
func hasAt(rs []rune, i int) bool {
	for i--; i >= 0 && (twittertext.IsLabelRune(rs[i]) || rs[i] == '.'); i-- {
		if rs[i] == '＠' {
			return true
		}
	}
	return at(rs, i) == '@'
}
