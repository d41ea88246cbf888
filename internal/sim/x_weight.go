package sim

import (
	"regexp"
	"slices"
	"sync"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// cashtag is a stock's symbol: a post has one at most.
var cashtag = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|\s)\$[a-z]{1,6}(?:[._][a-z]{1,2})?\b`)
})

// address is a rough idea of what X links: enough to bill by.
var address = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)https?://\S+|\b[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*` +
		`\.(com|net|org|jp|co|io|dev|app|shop|info|me|tv|de|fr|uk)\b`)
})

// Weight is X's weighted length, counted here by itself and not by the program's own code.
// https://github.com/twitter/twitter-text (config v3)
func Weight(s string) int {
	s = norm.NFC.String(s)
	total := 0
	for _, loc := range address().FindAllStringIndex(s, -1) {
		total += 23 - count(s[loc[0]:loc[1]])
	}
	return total + count(s)
}

func count(s string) int {
	n := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		runes := g.Runes()
		if emoji(runes) {
			n += 2
			continue
		}
		for _, r := range runes {
			if r <= 4351 || r >= 8192 && r <= 8205 || r >= 8208 && r <= 8223 || r >= 8242 && r <= 8247 {
				n++
			} else {
				n += 2
			}
		}
	}
	return n
}

func emoji(r []rune) bool {
	first := r[0]
	keycap := r[len(r)-1] == 0x20e3
	return first >= 0x1f000 && first <= 0x1faff || first >= 0x2600 && first <= 0x27bf || keycap ||
		len(r) > 1 && slices.Contains(r, 0xfe0f)
}
