package column

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	const address = "https://x.com/i/oauth2/authorize?client_id=abc&scope=tweet.read"
	for _, tt := range []struct {
		name, text string
		columns    int
		want       string
	}{
		{"short", "  a b", 20, "  a b"},
		{"unknown terminal", "a long line that stays", 0, "a long line that stays"},
		{"narrower than the indent", "a long line that stays", 4, "a long line that stays"},
		{"words", "   one two three four", 12, "   one two\n  three four"},
		{"exact", "one two three four", 13, "one two three\n  four"},
		{"own lines", "one two three\nfour five six", 8, "one two\n  three\nfour\n  five\n  six"},
		{"Japanese", "設定を読み取れません", 12, "設定を読み取\n  れません"},
		{"no full stop at the begin", "これは長い文です。", 16, "これは長い文で\n  す。"},
		{"no bracket at the end", "押します「はい」と", 10, "押します\n  「はい」\n  と"},
		{"an address", "次の URL を開く: " + address + " です", 20,
			"次の URL を開く:\n  " + address + "\n  です"},
		{"a path", "open a/b-c/d!e now", 10, "open\n  a/b-c/d!e\n  now"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Wrap(tt.text, tt.columns, "  "); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestWrapFits: no line is too wide but for a word that can't be broken, and nothing is lost.
func TestWrapFits(t *testing.T) {
	const text = "   X の開発者ポータルで「App permissions」を Read and write に変更してから、" +
		"もう一度ログインしてください。A scope is fixed at the login (offline.access)."
	for columns := 24; columns < 200; columns++ {
		got := Wrap(text, columns, "   ")
		for _, line := range strings.Split(got, "\n") {
			if Count(line) > columns {
				t.Fatalf("%d columns: %q takes %d", columns, line, Count(line))
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(got) != squeeze(text) {
			t.Fatalf("%d columns: %q", columns, got)
		}
	}
}

func TestPad(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"held", "held    "}, {"保留", "保留    "}, {"given up now", "given up now"},
	} {
		if got := Pad(tt.in, 8); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
