package run

import (
	"slices"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/message"
)

// TestItems: the news are whole sentences with the days in the person's zone, in both languages.
func TestItems(t *testing.T) {
	defer func(home string) { build.Home = home }(build.Home)
	build.Home = "someone/ferry"
	day := func(month time.Month, day int) time.Time {
		return time.Date(2026, month, day, 20, 0, 0, 0, time.UTC)
	}
	now := day(11, 25)
	own := build.Published{Version: "v1.9.0", At: day(11, 24)}
	newest := build.Published{Version: "v1.10.0", At: day(11, 24)}
	aged := []build.Fact{{Name: "run.news.x-prices", Read: day(5, 1)}}
	japanese := message.Words{
		Language: message.Japanese, Zone: time.FixedZone("JST", 9*60*60),
	}
	for _, tt := range []struct {
		name  string
		words message.Words
		news  build.News
		want  []string // text and fix by turns
	}{
		{"nothing", message.Words{}, build.News{Own: own}, nil},
		{"a newer one", message.Words{}, build.News{Own: own, Newest: newest}, []string{
			"A newer postferry, v1.10.0 of 2026-11-24, is out; " +
				"this is v1.9.0 of 2026-11-24, 1 day old.",
			"https://github.com/someone/ferry/releases says what is new. " +
				"Merge Dependabot's pull request to update.",
		}},
		{"a withdrawn one", message.Words{},
			build.News{Own: build.Published{Version: "v1.9.1"}, Newest: newest}, []string{
				"A newer postferry, v1.10.0 of 2026-11-24, is out; this is v1.9.1.",
				"https://github.com/someone/ferry/releases says what is new. " +
					"Merge Dependabot's pull request to update.",
			}},
		{"an old table", message.Words{}, build.News{Own: own, Aged: aged}, []string{
			"X's price list in this version was last checked on 2026-05-01, 208 days ago.",
			"No newer version is known; https://github.com/someone/ferry/releases lists them.",
		}},
		{"both, in Japanese", japanese, build.News{Own: own, Newest: newest, Aged: aged}, []string{
			"新しい postferry v1.10.0（2026/11/25 公開）があります。" +
				"使用中のバージョン: v1.9.0（2026/11/25 公開、1 日前）。",
			"変更点は https://github.com/someone/ferry/releases にあります。" +
				"Dependabot の pull request をマージすると更新されます。",
			"このバージョンに含まれる X の料金表は、2026/05/02（208 日前）に確認したものです。",
			"新しいバージョンでは更新されている可能性があります。",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, i := range items(tt.words, tt.news, now) {
				got = append(got, i.text, i.fix)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
