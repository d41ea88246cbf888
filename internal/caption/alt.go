package caption

import (
	"strings"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/twittertext"
)

// maxAltText is how many characters X takes.
// https://docs.x.com/x-api/media/create-media-metadata
const maxAltText = 1000

// AltText makes an alt text fit to send: cleaned as a caption is, and cut to 1,000 characters
// between two grapheme clusters. It returns "" for a text of nothing but blanks.
func AltText(s string) string {
	s = clean(s)
	if utf8.RuneCountInString(s) <= maxAltText {
		return s
	}
	var out strings.Builder
	left := maxAltText - utf8.RuneCountInString(ellipsis)
	for cluster := range twittertext.Clusters(s) {
		n := utf8.RuneCountInString(cluster)
		if n > left {
			break
		}
		left -= n
		out.WriteString(cluster)
	}
	return strings.TrimRightFunc(out.String(), isBlank) + ellipsis
}
