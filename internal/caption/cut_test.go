package caption

import (
	"math"
	"testing"

	"github.com/postferry/postferry/internal/twittertext"
)

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		in     string
		weight int
		want   string
	}{
		{"hello", 5, "hello"},
		{"hello", 4, "he…"},
		{"hello wonderful world", 12, "hello…"},
		{"hello, wonderful", 9, "hello…"},
		{"こんにちは", 8, "こんに…"},
		{"hello", 2, ""},
		{"hello", 0, ""},
		{"hello", -1, ""},
		{"", 0, ""},
		{"see @someone at example.com today, please", 34, "see @someone at…"},
	} {
		got := Shorten(tt.in, tt.weight)
		if got != tt.want {
			t.Errorf("%q to %d: got %q, want %q", tt.in, tt.weight, got, tt.want)
		}
		if tt.weight >= 0 && twittertext.Weight(got) > tt.weight {
			t.Errorf("%q to %d: %q is too long", tt.in, tt.weight, got)
		}
	}
}

func TestMakePlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                                     "",
		"hello. World":                         "hello. World",
		"https://example.com/a":                "example\u2024com/a",
		"www.example.com":                      "www\u2024example\u2024com",
		"hi @some.one":                         "hi @\u200Bsome\u2024one",
		"me@example.com":                       "me@example\u2024com",
		"$A":                                   "$A",
		"$A $B $C":                             "$A $\u200BB $\u200BC",
		"v1.2.3 is 1.5 times as fast":          "v1.2.3 is 1.5 times as fast",
		"hi\n\nhttps://www.instagram.com/p/C/": "hi\n\nwww\u2024instagram\u2024com/p/C/",
	} {
		got := MakePlain(in)
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if HasURL(got) || MakePlain(got) != got {
			t.Errorf("%q: %q is not plain", in, got)
		}
	}
}

func TestHasURL(t *testing.T) {
	for in, want := range map[string]bool{
		"":                       false,
		"hello. World":           false,
		"https://example.com":    true,
		"example.com":            true,
		"https://localhost/path": true,
		"https:// is a scheme":   false,
		"me@example.com":         false,
		"me@mail.example.com":    false,
		"v1.5":                   false,
		"日本語.jp":                 true,
		"пример.рф":              true,
		"-a_b.みんな":               true,
	} {
		if got := HasURL(in); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func TestTrailsThai(t *testing.T) {
	for r, want := range map[rune]bool{'ะ': true, 'ๆ': true, 'ະ': true, 'ໆ': true,
		'ก': false, 'ກ': false, 'a': false} {
		if trailsThai(r) != want || mayNotStart(r) != want {
			t.Errorf("%c: want %v", r, want)
		}
	}
}

func TestIndexOf(t *testing.T) {
	l := newLayout("aé日", math.MaxInt)
	for offset, want := range map[int]int{0: 0, 1: 1, 3: 2, 6: 3, 99: 3} {
		if got := l.indexOf(offset); got != want {
			t.Errorf("byte %d: got %d, want %d", offset, got, want)
		}
	}
}

// TestTailIsThere: the permalink is not put where the caption has it already.
func TestTailIsThere(t *testing.T) {
	const link = "https://www.instagram.com/p/C/"
	for text, want := range map[string]string{
		"hi":         "hi\n\n" + link,
		"hi " + link: "hi " + link,
	} {
		got := Compose(Rules{Link: Always, URLs: Keep}, Fields{Caption: text, Permalink: link})
		if len(got.Posts) != 1 || got.Posts[0] != want || got.Cut {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

// TestDefaultMax: the caption alone is posted, up to the weight that X takes.
func TestDefaultMax(t *testing.T) {
	if c := newComposer(Rules{}, Fields{}); c.Max != DefaultMax || c.Template != "{caption}" {
		t.Errorf("got %+v", c.Rules)
	}
}
