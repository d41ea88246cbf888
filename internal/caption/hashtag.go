package caption

import (
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/postferry/postferry/internal/twittertext"
)

// Hashtags returns the hashtags of s in order, without the sign, in a form to compare: lower case
// and NFC, with full-width letters and half-width kana in their usual width. It finds those that
// Instagram links, which are more than X links.
func Hashtags(s string) []string {
	rs := []rune(norm.NFC.String(s))
	var names []string
	for _, tag := range twittertext.Hashtags(rs) {
		name := norm.NFC.String(width.Fold.String(string(rs[tag.Start+1 : tag.End])))
		names = append(names, strings.ToLower(name))
	}
	return names
}
