package state

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/lazyregexp"
)

var links = lazyregexp.New(`https?://\S+`)

// TextDigest names a text by its SHA-256, 16 hex digits, and an empty one by "": no caption is
// stored in the clear. Links are left out, because X replaces them, and spaces are folded, because
// X trims them.
func TextDigest(text string) string {
	text = links.ReplaceAllString(norm.NFC.String(text), " ")
	return digest(strings.Join(strings.Fields(text), " "))
}

// LinkDigest names the links that a text carries, "" if it carries none.
func LinkDigest(text string) string { return LinksDigest(links.FindAllString(text, -1)) }

// AnyLink stands for the links of an intent of version 1, which did not tell.
const AnyLink = "any"

// LinksDigest names links in their order, "" for none. A slash or full stop at the end of a link
// makes no difference.
func LinksDigest(all []string) string {
	var out []string
	for _, link := range all {
		out = append(out, strings.TrimRight(strings.ToLower(link), "/.,)"))
	}
	return digest(strings.Join(out, " "))
}

func digest(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
