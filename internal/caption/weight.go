package caption

import (
	"golang.org/x/text/unicode/norm"
)

const (
	urlWeight   = 23 // t.co shortens every URL to this
	emojiWeight = 2  // of a whole sequence
)

// Weight is the length of s as X counts it against its limit: most scripts 1 per code point, Chinese, Japanese, Korean
// and whatever else lies outside the ranges below 2, an emoji sequence 2, a URL 23; after NFC.
// Source: twitter-text 3.1.0, config/v3.json and parseTweet; https://docs.x.com/fundamentals/counting-characters.
func Weight(s string) int { return weigh([]rune(norm.NFC.String(s))) }

// weigh is Weight for text in NFC. URLs and emoji are looked for independently of each other; where they overlap, the
// one that starts first counts, and what sticks out of it counts by code point.
func weigh(rs []rune) int {
	links := urls(rs)
	total, emojiEnd := 0, 0
	for i := 0; i < len(rs); {
		n := 0
		if i >= emojiEnd {
			n = emojiLen(rs, i)
			emojiEnd = i + n
		}
		for len(links) > 0 && links[0].start < i {
			links = links[1:]
		}
		switch {
		case len(links) > 0 && links[0].start == i:
			// The emoji are matched from left to right through the URL too.
			emojiEnd = emojiEndFrom(rs, i, links[0].end, emojiEnd)
			total, i = total+urlWeight, links[0].end
		case n > 0:
			total, i = total+emojiWeight, i+n
		default:
			total, i = total+runeWeight(rs[i]), i+1
		}
	}
	return total
}

// emojiEndFrom walks the emoji between i and end and gives the end of the last one, which may lie past end.
func emojiEndFrom(rs []rune, i, end, last int) int {
	for i = max(i, last); i < end; {
		if n := emojiLen(rs, i); n > 0 {
			i += n
			last = i
			continue
		}
		i++
	}
	return last
}

// runeWeight is 1 in the ranges of v3.json and 2 elsewhere.
func runeWeight(r rune) int {
	switch {
	case r <= 4351, 8192 <= r && r <= 8205, 8208 <= r && r <= 8223, 8242 <= r && r <= 8247:
		return 1
	}
	return 2
}
