package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shown is s as a problem may repeat it: quoted, not too long, and not at all if it could be a secret that somebody
// put into the wrong place.
func shown(s string) string {
	n := utf8.RuneCountInString(s)
	switch {
	case looksSecret(s):
		return fmt.Sprintf("a text of %d characters", n)
	case n > 40:
		return strconv.Quote(string([]rune(s)[:40]) + "…")
	}
	return strconv.Quote(s)
}

// tokenRunes are what tokens consist of, less / and =: a URL is not one word.
const tokenRunes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+~."

// looksSecret is a guess that rather hides too much. It goes word by word: a token may have been pasted with something
// around it. The prefixes are those of Meta's tokens, and of GitHub's and Slack's.
func looksSecret(s string) bool {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !strings.ContainsRune(tokenRunes, r) }) {
		if len(word) > 60 {
			return true
		}
		for _, prefix := range []string{"EAA", "IGAA", "IGQ", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "xox"} {
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

// scrambled says whether a word mixes what names do not: capitals, small letters and digits; or is hexadecimal digits.
func scrambled(word string) bool {
	upper := strings.ContainsAny(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	lower := strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz")
	digit := strings.ContainsAny(word, "0123456789")
	return upper && lower && digit || digit && len(word) >= 32 && strings.Trim(word, "0123456789abcdef") == ""
}
