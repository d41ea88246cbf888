package twittertext

import (
	"strings"
	"testing"
)

// longCaption is about as long as Instagram allows, 2,200 characters, with tags, an address,
// names and emoji.
var longCaption = strings.Repeat("京都・嵐山の竹林を朝いちばんに歩いてきました。"+
	"聞こえるのは風の音と鳥の声だけ😀 See example.com or ask @someone! ", 30) +
	"\n\n＃京都 ＃嵐山 #kyoto"

func BenchmarkWeight(b *testing.B) {
	for b.Loop() {
		Weight(longCaption)
	}
}

// BenchmarkTables is what the first use costs: what the tables do when they are read.
func BenchmarkTables(b *testing.B) {
	for b.Loop() {
		readTLDs()
		readSequences()
	}
}
