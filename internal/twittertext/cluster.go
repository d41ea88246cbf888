package twittertext

import (
	"iter"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxCluster is the number of code points after which a cluster may be cut. The longest emoji have
// 10 code points. Without a limit nothing would keep one letter with 300 combining marks within the
// length of a post.
const MaxCluster = 32

// Clusters yields the grapheme clusters of text in order. It splits a cluster that is longer than
// MaxCluster.
func Clusters(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		state := -1
		for text != "" {
			var cluster string
			cluster, text, state = firstCluster(text, state)
			if !yield(cluster) {
				return
			}
		}
	}
}

// firstCluster returns the first cluster of text, the rest, and the state for the next call.
func firstCluster(text string, state int) (cluster, rest string, _ int) {
	if r, n := utf8.DecodeRuneInString(text); standsAlone(r) {
		if next, _ := utf8.DecodeRuneInString(text[n:]); n == len(text) || standsAlone(next) {
			return text[:n], text[n:], -1
		}
	}
	cluster, rest, _, next := uniseg.FirstGraphemeClusterInString(text, state)
	if len(cluster) <= MaxCluster {
		return cluster, rest, next
	}
	n := 0
	for i := range cluster {
		if n == MaxCluster {
			return cluster[:i], text[i:], -1
		}
		n++
	}
	return cluster, rest, next
}

// standsAlone reports whether r is always a cluster of its own beside another such code point. Most
// Latin, Chinese, Japanese and Korean text is made of these, so it needs no look into the tables.
func standsAlone(r rune) bool {
	switch {
	case ' ' <= r && r <= '~', r == '\n', 0x3001 <= r && r <= 0x3002, 0x3041 <= r && r <= 0x3096,
		0x30A1 <= r && r <= 0x30FC, 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3:
		return true
	}
	return false
}

// ClusterWeight returns the weight of one cluster outside a URL. In rare texts the whole weighs
// less than the sum of its clusters: two flags that share a letter. A caller that cuts text must
// weigh the result again.
func ClusterWeight(rs []rune) int {
	if len(rs) == 1 {
		if r := rs[0]; r < 0x2000 || 0x3041 <= r && r <= 0x3096 || 0x4E00 <= r && r <= 0x9FFF {
			return runeWeight(r)
		}
	}
	total := 0
	for i := 0; i < len(rs); {
		if n := emojiLen(rs, i); n > 0 {
			total, i = total+emojiWeight, i+n
			continue
		}
		total, i = total+runeWeight(rs[i]), i+1
	}
	return total
}
