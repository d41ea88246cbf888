package twittertext

import "golang.org/x/text/unicode/norm"

// URLWeight is the weight of any URL: t.co shortens each to this length.
const URLWeight = 23

const emojiWeight = 2 // of a whole sequence

// Weight returns the length of s as X counts it against the limit of a post, after NFC. A URL
// weighs 23 and an emoji sequence 2. A code point weighs 1 in most scripts and 2 in Chinese,
// Japanese, Korean and everything else outside the ranges of v3.json.
// Source: twitter-text 3.1.0, config/v3.json and parseTweet;
// https://docs.x.com/fundamentals/counting-characters.
func Weight(s string) int { return RunesWeight([]rune(norm.NFC.String(s))) }

// RunesWeight is Weight for code points in NFC. X looks for URLs and emoji independently of each
// other; where two overlap, the first one counts, and the rest of the other counts by code point.
func RunesWeight(rs []rune) int {
	links := URLs(rs)
	total, emojiEnd := 0, 0
	for i := 0; i < len(rs); {
		n := 0
		if i >= emojiEnd {
			n = emojiLen(rs, i)
			emojiEnd = i + n
		}
		for len(links) > 0 && links[0].Start < i {
			links = links[1:]
		}
		switch {
		case len(links) > 0 && links[0].Start == i:
			// X matches the emoji from left to right through the URL too.
			emojiEnd = emojiEndFrom(rs, i, links[0].End, emojiEnd)
			total, i = total+URLWeight, links[0].End
		case n > 0:
			total, i = total+emojiWeight, i+n
		default:
			total, i = total+runeWeight(rs[i]), i+1
		}
	}
	return total
}

// emojiEndFrom returns the end of the last emoji that starts between i and end. The emoji may go on
// past end.
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
