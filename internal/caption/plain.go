package caption

import "strings"

const (
	// dotLeader stands for the full stop of an address: U+2024 ONE DOT LEADER. It looks the same and is known to keep X
	// from linking (https://shkspr.mobi/blog/2015/01/how-to-stop-twitter-auto-linking-urls/,
	// https://text.superbrothers.dev/190622-how-to-stop-twitter-auto-linking-urls). An invisible U+2060 or U+200B beside the
	// dot would copy into a browser better, but a service that strips such characters turns it back into a link, and a link
	// costs 13 times as much; a visible character nobody strips. NFC leaves it alone, and a search that folds
	// compatibility characters finds the address.
	dotLeader = '\u2024'

	// apart stands between @ or $ and the name: U+200B ZERO WIDTH SPACE. No visible stand-in for @ reads the same (the
	// full-width one still mentions), and of the invisible ones this is the one that X said it lets through
	// (https://github.com/twitter-archive/twitter-text-js/pull/68). Should it ever be taken for a space, the name is still
	// no mention. It weighs 1, U+2060 weighs 2.
	apart = '\u200B'

	// permalink stands for the permalink that our policy or the template put in, until the text is done: a
	// noncharacter, which no caption can hold (see clean).
	permalink = '\uFFFF'
)

// plain makes what r wants plain into text that X takes for text. It ends when there is nothing left to change: each
// round takes away at least one of the signs it looks for.
func (r Rules) plain(s string) string {
	for {
		was := s
		if r.URLs != Keep {
			s = plainAddresses(s)
		}
		if r.Mentions != Keep {
			s = plainMentions(s)
		}
		if s = plainCashtags(s); s == was {
			return s
		}
	}
}

// plainAddresses drops http:// and https://, and puts dotLeader for the dots of host names. It goes further than X's
// published rules, since X's own list of endings is newer and not public: two ASCII letters or more are an ending, as is
// anything after www. or a scheme, and a name in any script is a name.
func plainAddresses(s string) string {
	if !strings.ContainsAny(s, ".:") {
		return s
	}
	rs, hosts := withoutSchemes([]rune(s))
	for _, host := range hosts {
		for i := host; i < len(rs) && !isHostEnd(rs[i]); i++ {
			if isInnerDot(rs, i) {
				rs[i] = dotLeader
			}
		}
	}
	next := len(rs) // the dot of the same name that was replaced last
	for i := len(rs) - 1; i >= 0; i-- {
		if isInnerDot(rs, i) && (endsName(rs, i) || afterWWW(rs, i) || sameName(rs[i+1:next])) {
			rs[i], next = dotLeader, i
		}
	}
	for _, u := range urls(rs) { // what X's published rules still find, if anything
		for i := u.start; i < u.end; i++ {
			if rs[i] == '.' {
				rs[i] = dotLeader
			}
		}
	}
	return string(rs)
}

// withoutSchemes also says where what followed a scheme begins. A scheme before a space or at the end stays: it is a word.
func withoutSchemes(rs []rune) (out []rune, hosts []int) {
	out = make([]rune, 0, len(rs))
	for i := 0; i < len(rs); {
		if n := schemeLen(rs, i); n > 0 && i+n < len(rs) && rs[i+n] != ' ' && rs[i+n] != '\n' {
			i += n
			hosts = append(hosts, len(out))
			continue
		}
		out = append(out, rs[i])
		i++
	}
	return out, hosts
}

func isHostEnd(r rune) bool { return isSpace(r) || strings.ContainsRune("/?#\"<>", r) }

// isInnerDot: a full stop within a name, not one that ends a sentence before a space.
func isInnerDot(rs []rune, i int) bool {
	return rs[i] == '.' && i > 0 && isLabelRune(rs[i-1]) && i+1 < len(rs) && isLabelRune(rs[i+1])
}

// endsName: what follows the dot at i may be a top-level domain.
func endsName(rs []rune, i int) bool {
	n := 0
	for isASCIILetter(at(rs, i+1+n)) {
		n++
	}
	return n >= 2 && !isDigit(at(rs, i+1+n)) || tldAt(rs, i+1) > 0
}

func afterWWW(rs []rune, i int) bool {
	return i >= 3 && equalFold(rs[i-3:i], "www") && !isASCIIAlnum(at(rs, i-4))
}

// sameName: only one ASCII label lies between two dots.
func sameName(between []rune) bool {
	for _, r := range between {
		if !isASCIIAlnum(r) && !isDash(r) {
			return false
		}
	}
	return len(between) > 0
}

// plainMentions takes apart @ and the name after it. An Instagram name may have dots; behind the sign they would make it
// an address, so they go the way of an address's, whatever the rule for URLs. The @ of an e-mail address mentions nobody.
func plainMentions(s string) string {
	if !strings.ContainsAny(s, "@＠") {
		return s
	}
	rs := []rune(s)
	links := urls(rs)
	out := make([]rune, 0, len(rs)+16)
	for i := 0; i < len(rs); i++ {
		out = append(out, rs[i])
		if !mentions(rs, i) || inside(links, i) {
			continue
		}
		out = append(out, apart)
		for i+1 < len(rs) && isNameRune(rs, i+1) {
			if i++; rs[i] == '.' {
				out = append(out, dotLeader)
				continue
			}
			out = append(out, rs[i])
		}
	}
	return string(out)
}

// mentions: an at sign with a name behind it, and no e-mail address before it. "RT" before it makes it a mention again.
func mentions(rs []rune, i int) bool {
	if rs[i] != '@' && rs[i] != '＠' || !isWordRune(at(rs, i+1)) {
		return false
	}
	return !isWordRune(at(rs, i-1)) || i >= 2 && equalFold(rs[i-2:i], "rt")
}

func isWordRune(r rune) bool { return isASCIIAlnum(r) || r == '_' }

// isNameRune: a letter of an Instagram name, or a dot within it.
func isNameRune(rs []rune, i int) bool {
	return isWordRune(rs[i]) || rs[i] == '.' && isWordRune(at(rs, i+1))
}

// plainCashtags leaves the first $NAME and takes the others apart: X answers 403 "maximum of one cashtag" to a
// self-service app that posts more.
func plainCashtags(s string) string {
	if strings.Count(s, "$") < 2 {
		return s
	}
	rs := []rune(s)
	links := urls(rs)
	var out []rune
	seen := false
	for i, r := range rs {
		out = append(out, r)
		if r != '$' || !isASCIILetter(at(rs, i+1)) || isWordRune(at(rs, i-1)) || inside(links, i) {
			continue
		}
		if seen {
			out = append(out, apart)
		}
		seen = true
	}
	return string(out)
}

func inside(spans []span, i int) bool {
	for _, s := range spans {
		if s.start <= i && i < s.end {
			return true
		}
	}
	return false
}

// HasURL says whether X would bill a post of s as one with a URL. X does not say how it decides; where that is open, the
// answer is the dearer one: what twitter-text extracts, anything with a scheme, and a host name in any script with an
// ending that X knows.
func HasURL(s string) bool {
	rs := []rune(s)
	if len(urls(rs)) > 0 {
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

// endsHost: what follows the dot at i is an ending that X knows, and the name ends with it.
func endsHost(rs []rune, i int) bool {
	n := tldAt(rs, i+1)
	return n > 0 && (i+1+n == len(rs) || !isLabelRune(rs[i+1+n]))
}

// hasAt: the name before the dot at i belongs to an e-mail address or a mention.
func hasAt(rs []rune, i int) bool {
	for i--; i >= 0 && (isLabelRune(rs[i]) || rs[i] == '.'); i-- {
		if rs[i] == '＠' {
			return true
		}
	}
	return at(rs, i) == '@'
}
