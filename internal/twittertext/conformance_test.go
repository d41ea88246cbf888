package twittertext

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/unicode/norm"
)

// conformance is what X's own library answered; testdata/generate/cases.mjs writes the file.
type conformance struct {
	CodePoints []struct {
		First, Last rune
		Weights     string // a digit for each of suffixes
	}
	Flags []string // the weights of each regional indicator before all of them
	Texts []struct {
		Text           string
		Weight         int
		URLs, Hashtags [][2]int
	}
}

func readConformance(t *testing.T) (c conformance) {
	t.Helper()
	data, err := os.ReadFile("testdata/conformance.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConformance compares weights, URLs and hashtags with X's library. Hashtags finds each of its
// hashtags, and more. It leaves out those in a URL; the library does not where an earlier hashtag
// overlaps the URL.
func TestConformance(t *testing.T) {
	texts := readConformance(t).Texts
	urls, hashtags := 0, 0
	for _, c := range texts {
		rs := []rune(norm.NFC.String(c.Text))
		if got := Weight(c.Text); got != c.Weight {
			t.Errorf("Weight(%q) = %d, want %d", c.Text, got, c.Weight)
		}
		if least := leastWeight(norm.NFC.String(c.Text)); least > c.Weight {
			t.Errorf("%q weighs %d, which is less than %d", c.Text, c.Weight, least)
		}
		if diff := cmp.Diff(pairs(URLs(rs)), c.URLs, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("URLs of %q (-got +want):\n%s", c.Text, diff)
		}
		got := pairs(Hashtags(rs))
		for _, want := range c.Hashtags {
			if !slices.Contains(got, want) && !inside(c.URLs, want) {
				t.Errorf("Hashtags(%q) = %v, want %v among them", c.Text, got, want)
			}
		}
		urls, hashtags = urls+len(c.URLs), hashtags+len(c.Hashtags)
	}
	if len(texts) < 2000 || urls < 1000 || hashtags < 200 {
		t.Errorf("only %d texts with %d URLs and %d hashtags", len(texts), urls, hashtags)
	}
}

func inside(ranges [][2]int, r [2]int) bool {
	return slices.ContainsFunc(ranges, func(u [2]int) bool { return u[0] <= r[0] && r[1] <= u[1] })
}

func pairs(spans []Span) (out [][2]int) {
	for _, s := range spans {
		out = append(out, [2]int{s.Start, s.End})
	}
	return out
}

// suffixes may follow an emoji. testdata/generate/cases.mjs has the same list.
var suffixes = []string{"", "\ufe0f", "\ufe0e", "\U0001f3fd", "\u20e3", "\u200d\u2640\ufe0f",
	"\ufe0f\u200d\u2642\ufe0f", "\U0001f3fb\u200d\U0001f680"}

// TestEmojiConformance compares the weight of every code point that may be an emoji, alone and
// before what may belong to it.
func TestEmojiConformance(t *testing.T) {
	c := readConformance(t)
	n := 0
	for _, ranges := range c.CodePoints {
		for r := ranges.First; r <= ranges.Last; r++ {
			n++
			if got := weights(string(r), suffixes); got != ranges.Weights {
				t.Errorf("%U weighs %s before the suffixes, want %s", r, got, ranges.Weights)
			}
		}
	}
	if n < 120_000 {
		t.Errorf("only %d code points", n)
	}
	var letters []string
	for r := rune(0x1F1E6); r <= 0x1F1FF; r++ {
		letters = append(letters, string(r))
	}
	for i, want := range c.Flags {
		if got := weights(letters[i], letters); got != want {
			t.Errorf("%s weighs %s before the letters, want %s", letters[i], got, want)
		}
	}
}

// weights returns the weight of s before each suffix, one digit of base 36 each.
func weights(s string, suffixes []string) string {
	var out strings.Builder
	for _, suffix := range suffixes {
		out.WriteString(strconv.FormatInt(int64(Weight(s+suffix)), 36))
	}
	return out.String()
}
