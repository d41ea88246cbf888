package twittertext

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

func FuzzWeight(f *testing.F) {
	for _, s := range []string{"Hello, world! 👋", "https://example.com/x.", "例え.みんな", "👨‍👩‍👧‍👦❤︎",
		"e\u0301", "a.co:80/b(c)?d", "t.co/x", "xn--a.xn--b"} {
		f.Add(s, "日本語.jp")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		w := Weight(a)
		if w < leastWeight(norm.NFC.String(strings.ToValidUTF8(a, "\uFFFD"))) ||
			w > max(2, 23)*utf8.RuneCountInString(norm.NFC.String(a)) {
			t.Errorf("Weight(%q) = %d", a, w)
		}
		if again := Weight(norm.NFC.String(a)); again != w {
			t.Errorf("Weight(%q) = %d, in NFC %d", a, w, again)
		}
		if sum := Weight(a + "\n \n" + b); sum != w+3+Weight(b) {
			t.Errorf("Weight(%q) = %d, Weight(%q) = %d, but together %d", a, w, b, Weight(b), sum)
		}
	})
}

// leastWeight counts in another way than Weight, and never more: whatever may be part of an emoji
// as half of one, and a word that may be a URL as no more than 23.
func leastWeight(s string) int {
	total := 0
	for chunk := range strings.FieldsFuncSeq(s, unicode.IsSpace) {
		n := leastChunk(chunk)
		if strings.Contains(chunk, ".") {
			n = min(n, 23)
		}
		total += n
	}
	return total + len(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }))
}

func leastChunk(s string) int {
	total := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		rs := g.Runes()
		if slices.ContainsFunc(rs, maybeEmoji) {
			total++
			continue
		}
		for _, r := range rs {
			total++
			if r >= 0x1100 && !(r >= 0x2000 && r < 0x2010 && r != 0x200E && r != 0x200F) &&
				(r < 0x2010 || r > 0x201F) && (r < 0x2032 || r > 0x2037) {
				total++
			}
		}
	}
	return total
}

func maybeEmoji(r rune) bool {
	return r == 0xA9 || r == 0xAE || r == 0x200D || r == 0xFE0F || r == 0x20E3 ||
		r >= 0x203C && r <= 0x3299 && !unicode.In(r, unicode.Hiragana, unicode.Katakana) ||
		r >= 0xE000 && r < 0xF900 || r >= 0x1F000 && r < 0x20000 || r >= 0xE0000
}
