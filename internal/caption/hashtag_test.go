package caption

import (
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
