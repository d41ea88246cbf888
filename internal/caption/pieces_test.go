package caption

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/twittertext"
)

// pieces are what captions are made of, and what has gone wrong between two of them.
var pieces = strings.Fields(`
	今日は いい天気 でした。 「青い鳥」 カフェ、 ー っ ょ ！？ … ＃京都 #kyoto #写真 # ＃ @someone ＠brand.jp @a@b RT@x
	me@example.com $AAPL $GOOG $b $ https://example.com/x http:// https://
	hthttp://tp:// www. www.example t.co/abc 日本語.jp 例え.みんな .com .jp example. com co.jp
	x.y.z.co 1.5 v1.2.3 e.g. U.S.A ASP.NET xn--a.xn--b com/x :80 /path?q=1 (a) a_(b)
	안녕하세요 สวัสดีครับ เที่ยว مرحبا، नमस्ते । שלום Привет, пример.рф münchen.de Wonderful
	word. averyveryverylongwordthatgoesonandon 👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈 1️⃣ #️⃣ 🇯🇵 🇯 🧑‍🚀 ❤︎ ❤️ ☀
	葛󠄀 e` +
	"\u0301 \u0301 \u200d \u200b \u2060 \u2024 \ufe0f \ufeff \uffff" +
	" \u202e \u2800 \u0600 { } {caption} {permalink} () (1/3)")

func randomCaption(rng *rand.Rand) string {
	var out strings.Builder
	for range rng.IntN(160) {
		out.WriteString(pieces[rng.IntN(len(pieces))])
		out.WriteString([]string{"", "", "", " ", " ", "\n", "\n\n", "　", "、"}[rng.IntN(9)])
	}
	return out.String()
}

// TestComposePieces asks of captions made of pieces what FuzzCompose asks of those that mutation
// finds.
func TestComposePieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 280))
	templates := []string{"{caption}", "{caption}", "{caption}\n{permalink}",
		"www.{caption}.com {username}", "@{caption}{caption}", "$A {date} https://{caption}"}
	for range 6000 {
		text := randomCaption(rng)
		r := fuzzRules(templates[rng.IntN(len(templates))], uint8(rng.UintN(64)),
			uint16(rng.UintN(3)*100))
		got := Compose(r, Fields{Caption: text, Permalink: fuzzPermalink, Username: "some.one",
			Date: time.Unix(1.8e9, 0).UTC()})
		for _, part := range got.Posts {
			checkPart(t, r, part)
		}
		checkSeams(t, r, text, got)
		if t.Failed() {
			t.Fatalf("caption %q, rules %+v", text, r)
		}
	}
}

// TestSmallLimits: no letter is lost where a part has hardly room for an address.
func TestSmallLimits(t *testing.T) {
	for limit := 40; limit <= 60; limit++ {
		for _, caption := range []string{"example.com", "see example.com today",
			"一二三 example.com 四五六",
			"a b c d e f g h i j k l m n o p q r s t u v w x y z example.com/path"} {
			r := Rules{Long: Thread, Number: true, Link: Always, URLs: Keep, Mentions: Keep,
				Max: limit}
			got := Compose(r, Fields{Caption: caption, Permalink: "https://www.instagram.com/p/C/"})
			all := strings.Join(got.Posts, " ")
			for _, word := range strings.Fields(caption) {
				if !strings.Contains(all, word) {
					t.Errorf("limit %d: %q is not in %q", limit, word, got.Posts)
				}
			}
		}
	}
}

// TestNoRoom: a template that leaves no room for the caption, or none for anything, still gives
// what X takes.
func TestNoRoom(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, r := range []Rules{
		{Template: strings.Repeat("x", 300) + "{caption}", Max: 280},
		{Template: "{caption}" + strings.Repeat(" y", 200), Max: 280, Link: Always},
		{Template: long + "{permalink}", Max: 30}, {Max: 1}, {Max: 2, Link: Always},
		{Max: 3, Long: Thread}, {Max: 24, Link: Always, Long: Thread},
	} {
		got := Compose(r, Fields{Caption: long, Permalink: fuzzPermalink})
		for _, part := range got.Posts {
			if w := twittertext.Weight(part); w > r.Max {
				t.Errorf("%+v: %q weighs %d", r, part, w)
			}
		}
	}
}
