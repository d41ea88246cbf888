package caption

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAltText(t *testing.T) {
	const family = "👩\u200d👩\u200d👧\u200d👦" // 7 characters, one cluster
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "a ferry", "a ferry"},
		{"empty", "", ""},
		{"blanks", " \t\u2800\n\u00a0 ", ""},
		{"control characters", "a\x00 ferry\x1b[31m\x7f", "a ferry[31m"},
		{"line separators", "one\u2028two\u2029three\r\nfour", "one\ntwo\nthree\nfour"},
		{"reversing marks", "a \u202eferry", "a ferry"},
		{"a thousand", strings.Repeat("x", 1000), strings.Repeat("x", 1000)},
		{"one more", strings.Repeat("x", 1001), strings.Repeat("x", 999) + "…"},
		{"between clusters", strings.Repeat("x", 995) + family + "end",
			strings.Repeat("x", 995) + "…"},
	} {
		got := AltText(tt.in)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if n := utf8.RuneCountInString(got); n > 1000 {
			t.Errorf("%s: %d characters", tt.name, n)
		}
	}
}
