package caption

import (
	"strings"

	"github.com/postferry/postferry/internal/twittertext"
)

const (
	// dotLeader replaces the full stop of a URL: U+2024 ONE DOT LEADER. It looks the same, and X is
	// known not to link it:
	// https://shkspr.mobi/blog/2015/01/how-to-stop-twitter-auto-linking-urls/,
	// https://text.superbrothers.dev/190622-how-to-stop-twitter-auto-linking-urls.
	// An invisible U+2060 or U+200B beside the dot would copy into a browser better. But a service
	// that strips such characters would turn the text into a link again, which costs 13 times as
	// much; nobody strips a visible character. NFC leaves it alone, and a search that folds
	// compatibility characters finds the URL.
	dotLeader = '\u2024'

	// apart separates @ or $ from the name: U+200B ZERO WIDTH SPACE. No visible replacement for @
	// reads the same; the full-width one still mentions. X said that it lets this character
	// through: https://github.com/twitter-archive/twitter-text-js/pull/68. If X ever takes it for a
	// space, the name is still no mention. It weighs 1, and U+2060 weighs 2.
	apart = '\u200B'

	// permalinkMark stands for the permalink of the link policy or the template until the text is
	// done. It is a noncharacter, which no caption can hold; see clean.
	permalinkMark = '\uFFFF'
)

// plain rewrites the URLs, mentions and cashtags that r wants plain, so that X takes them for
// text. It repeats until nothing changes, and it ends because each round removes at least one of
// the signs that it looks for.
func (r Rules) plain(s string) string {
	for {
		was := s
		if r.URLs != Keep {
			s = plainURLs(s)
		}
		if r.Mentions != Keep {
			s = plainMentions(s)
		}
		if s = plainCashtags(s); s == was {
			return s
		}
	}
}

// plainURLs removes http:// and https://, and replaces the dots of host names with dotLeader. It
// goes further than X's published rules, because the list of top-level domains that X uses is
// newer and not public: two ASCII letters or more are a domain, and so is anything after www. or
// a scheme, in any script.
func plainURLs(s string) string {
	if !strings.ContainsAny(s, ".:") {
		return s
	}
	rs, hosts := withoutSchemes([]rune(s))
	for _, host := range hosts {
		plainHost(rs, host)
	}
	next := len(rs) // the dot that was replaced last
	for i := len(rs) - 1; i >= 0; i-- {
		if isInnerDot(rs, i) && (endsName(rs, i) || afterWWW(rs, i) || sameName(rs[i+1:next])) {
			rs[i], next = dotLeader, i
		}
	}
	for _, u := range twittertext.URLs(rs) { // what X's published rules still find
		plainDots(rs[u.Start:u.End])
	}
	return string(rs)
}

func plainDots(rs []rune) {
	for i, r := range rs {
		if r == '.' {
			rs[i] = dotLeader
		}
	}
}

// plainHost replaces the dots of the host name at rs[i].
func plainHost(rs []rune, i int) {
	for ; i < len(rs) && !isHostEnd(rs[i]); i++ {
		if isInnerDot(rs, i) {
			rs[i] = dotLeader
		}
	}
}

// withoutSchemes removes the schemes, and also returns the places that followed one. A scheme
// before a space or at the end of the text stays, because it is only a word.
func withoutSchemes(rs []rune) (out []rune, hosts []int) {
	out = make([]rune, 0, len(rs))
	for i := 0; i < len(rs); {
		n := twittertext.SchemeLen(rs, i)
		if n > 0 && i+n < len(rs) && rs[i+n] != ' ' && rs[i+n] != '\n' {
			i += n
			hosts = append(hosts, len(out))
			continue
		}
		out = append(out, rs[i])
		i++
	}
	return out, hosts
}

func isHostEnd(r rune) bool { return twittertext.IsSpace(r) || strings.ContainsRune("/?#\"<>", r) }

// isInnerDot reports whether rs[i] is a full stop within a name, and not at the end of a sentence.
func isInnerDot(rs []rune, i int) bool {
	return rs[i] == '.' && i > 0 && twittertext.IsLabelRune(rs[i-1]) &&
		i+1 < len(rs) && twittertext.IsLabelRune(rs[i+1])
}

// endsName reports whether a top-level domain may follow the dot at i.
func endsName(rs []rune, i int) bool {
	n := 0
	for isASCIILetter(at(rs, i+1+n)) {
		n++
	}
	return n >= 2 && !isDigit(at(rs, i+1+n)) || twittertext.TLDLen(rs, i+1) > 0
}

func afterWWW(rs []rune, i int) bool {
	return i >= 3 && strings.EqualFold(string(rs[i-3:i]), "www") && !isASCIIAlnum(at(rs, i-4))
}

// sameName reports whether one ASCII label is all that lies between two dots.
func sameName(between []rune) bool {
	for _, r := range between {
		if !isWordRune(r) && r != '-' {
			return false
		}
	}
	return len(between) > 0
}

// plainMentions separates @ from the name after it. An Instagram name may have dots. Without the
// sign before them they would make it a URL, so they are replaced whatever the rule for URLs is.
// The @ of an e-mail address mentions nobody and stays.
func plainMentions(s string) string {
	if !strings.ContainsAny(s, "@＠") {
		return s
	}
	rs := []rune(s)
	links := twittertext.URLs(rs)
	out := make([]rune, 0, len(rs)+16)
	for i := 0; i < len(rs); i++ {
		out = append(out, rs[i])
		if !isMention(rs, i) || inside(links, i) {
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

// isMention reports whether rs[i] is an at sign that mentions the name after it. The one in an
// e-mail address does not, but "RT" before it makes it a mention again.
func isMention(rs []rune, i int) bool {
	if rs[i] != '@' && rs[i] != '＠' || !isWordRune(at(rs, i+1)) {
		return false
	}
	return !isWordRune(at(rs, i-1)) || i >= 2 && strings.EqualFold(string(rs[i-2:i]), "rt")
}

// isNameRune reports whether rs[i] is a letter of an Instagram name or a dot within it.
func isNameRune(rs []rune, i int) bool {
	return isWordRune(rs[i]) || rs[i] == '.' && isWordRune(at(rs, i+1))
}

// plainCashtags leaves the first $NAME and separates the sign from the name in the others: X
// answers 403 "maximum of one cashtag" to a self-service app that posts more.
func plainCashtags(s string) string {
	if strings.Count(s, "$") < 2 {
		return s
	}
	rs := []rune(s)
	links := twittertext.URLs(rs)
	var out []rune
	found := false
	for i, r := range rs {
		out = append(out, r)
		isCashtag := r == '$' && isASCIILetter(at(rs, i+1)) && !isWordRune(at(rs, i-1))
		if !isCashtag || inside(links, i) {
			continue
		}
		if found {
			out = append(out, apart)
		}
		found = true
	}
	return string(out)
}

func inside(spans []twittertext.Span, i int) bool {
	for _, s := range spans {
		if s.Start <= i && i < s.End {
			return true
		}
	}
	return false
}
