package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// shown returns s as a problem may repeat it: quoted and at most 40 characters long. A text that
// may be a secret in the wrong place is replaced by its length.
func (d *speech) shown(s string) string {
	n := utf8.RuneCountInString(s)
	switch {
	case looksSecret(s):
		return d.words.Text("config.long-text", "Length", n)
	case n > 40:
		return strconv.Quote(string([]rune(s)[:40]) + "…")
	}
	return strconv.Quote(s)
}

// tokenRunes are the characters of tokens, without / and =, so that a URL is several words.
const tokenRunes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+~."

// tokenPrefixes begin Meta's, GitHub's and Slack's tokens.
var tokenPrefixes = []string{
	"EAA", "IGAA", "IGQ", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "xox",
}

// looksSecret reports whether s may contain a secret. It errs on the side of hiding too much. It
// looks at each word, because a token may have been pasted with something around it.
func looksSecret(s string) bool {
	outside := func(r rune) bool { return !strings.ContainsRune(tokenRunes, r) }
	for _, word := range strings.FieldsFunc(s, outside) {
		if len(word) > 60 {
			return true
		}
		for _, prefix := range tokenPrefixes {
			if strings.HasPrefix(word, prefix) {
				return true
			}
		}
		if len(word) >= 20 && scrambled(word) {
			return true
		}
	}
	return false
}

// scrambled reports whether a word mixes capitals, small letters and digits, as names do not, or
// is a long hexadecimal number.
func scrambled(word string) bool {
	upper := strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	lower := strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz")
	digit := strings.ContainsAny(word, "0123456789")
	hexadecimal := strings.Trim(word, "0123456789abcdef") == ""
	return upper && lower && digit || digit && len(word) >= 32 && hexadecimal
}
