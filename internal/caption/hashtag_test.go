package caption

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHashtags(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"none", "no tag here", nil},
		{"several", "#one two #three", []string{"one", "three"}},
		{"without a space", "#one#two", []string{"one", "two"}},
		{"after Japanese text", "今日の器#新作", []string{"新作"}},
		{"full-width sign and letters", "＃ＩＧｏｎｌｙ", []string{"igonly"}},
		{"half-width kana", "#ｶﾌｪ", []string{"カフェ"}},
		{"decomposed", "#cafe\u0301", []string{"café"}},
		{"a number", "#2026", []string{"2026"}},
		{"ends at punctuation", "#tag, #other。", []string{"tag", "other"}},
		{"after a letter", "a#no", nil},
		{"in an address", "https://example.com/#no and #yes", []string{"yes"}},
		{"the sign alone", "# ＃", nil},
		{"an emoji ends it", "#tag🎉", []string{"tag"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Hashtags(tt.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestEmojiWeigh: X counts an emoji as two, whatever it is made of, and what only looks like one as its parts.
func TestEmojiWeigh(t *testing.T) {
	for in, want := range map[string]int{
		"👩\u200d⚕\ufe0f": 2, "👩🏽\u200d⚖\ufe0f": 2, // professions with a sign
		"👩\u200d🎨": 2, "👨🏿\u200d🚀": 2, "👩🏽\u200d🍳": 2,
		"🧑🏿\u200d🚀":      5,                                            // younger than the library that X counts with, which takes it apart
		"🏃\u200d♀\ufe0f": 2, "🏃🏽\u200d♂\ufe0f": 2, "🧜\u200d♂\ufe0f": 2, // gendered
		"🕵\ufe0f\u200d♀\ufe0f": 2, "🏋🏻\u200d♂\ufe0f": 2, "⛹\ufe0f\u200d♀\ufe0f": 2,
		"1\ufe0f\u20e3": 2, "#\ufe0f\u20e3": 2, "🇯🇵": 2, "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2, "🏳\ufe0f\u200d🌈": 2,
		"👩👩": 4,
	} {
		if got := Weight(in); got != want {
			t.Errorf("%q weighs %d, want %d", in, got, want)
		}
	}
}

// TestNoRoom: a template that leaves no room for the caption, or none for anything, still gives what X takes.
func TestNoRoom(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, r := range []Rules{
		{Template: strings.Repeat("x", 300) + "{caption}", Max: 280}, {Template: "{caption}" + strings.Repeat(" y", 200), Max: 280, Link: Always},
		{Template: long + "{permalink}", Max: 30}, {Max: 1}, {Max: 2, Link: Always}, {Max: 3, Long: Thread}, {Max: 24, Link: Always, Long: Thread},
	} {
		got := Compose(r, Fields{Caption: long, Permalink: "https://www.instagram.com/p/C9xAbCdEfGh/"})
		for _, part := range got.Parts {
			if w := Weight(part); w > r.Max {
				t.Errorf("%+v: %q weighs %d", r, part, w)
			}
		}
	}
}
