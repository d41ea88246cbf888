package twittertext

import "testing"

// TestEmojiWeigh: X counts an emoji as two, whatever it is made of, and what only looks like one
// as its parts.
func TestEmojiWeigh(t *testing.T) {
	for in, want := range map[string]int{
		"👩\u200d⚕\ufe0f": 2, "👩🏽\u200d⚖\ufe0f": 2, // professions with a sign
		"👩\u200d🎨": 2, "👨🏿\u200d🚀": 2, "👩🏽\u200d🍳": 2,
		// Younger than the library that X counts with, which takes it apart.
		"🧑🏿\u200d🚀":      5,
		"🏃\u200d♀\ufe0f": 2, "🏃🏽\u200d♂\ufe0f": 2, "🧜\u200d♂\ufe0f": 2, // gendered
		"🕵\ufe0f\u200d♀\ufe0f": 2, "🏋🏻\u200d♂\ufe0f": 2, "⛹\ufe0f\u200d♀\ufe0f": 2,
		"1\ufe0f\u20e3": 2, "#\ufe0f\u20e3": 2, "🇯🇵": 2,
		"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2, "🏳\ufe0f\u200d🌈": 2,
		"👩👩": 4,
	} {
		if got := Weight(in); got != want {
			t.Errorf("%q weighs %d, want %d", in, got, want)
		}
	}
}
