package caption

import (
	"strings"
	"testing"
)

// longCaption is about as long as Instagram allows, 2,200 characters, with tags, an address,
// names and emoji.
var longCaption = strings.Repeat("京都・嵐山の竹林を朝いちばんに歩いてきました。"+
	"聞こえるのは風の音と鳥の声だけ😀 See example.com or ask @someone! ", 30) +
	"\n\n＃京都 ＃嵐山 #kyoto"

func BenchmarkCompose(b *testing.B) {
	for name, r := range map[string]Rules{
		"cut":     {Max: 280},
		"thread":  {Max: 280, Long: Thread, Number: true},
		"premium": {Max: 25000},
		"keep":    {Max: 280, URLs: Keep, Mentions: Keep},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Compose(r, Fields{Caption: longCaption, Permalink: fuzzPermalink})
			}
		})
	}
}
