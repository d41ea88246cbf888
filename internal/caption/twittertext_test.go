//go:build twittertext

package caption

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/unicode/norm"
)

// TestTwitterText compares with what the npm package twitter-text measured: testdata/twitter-text/check.mjs writes the
// cases and runs this test, with the build tag.
func TestTwitterText(t *testing.T) {
	file := os.Getenv("TWITTER_TEXT_CASES")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Captions int
		Cases    []struct {
			Text   string
			Weight int
			URLs   []int // where each starts, in code points
		}
	}
	if err := json.Unmarshal(data, &in); err != nil {
		t.Fatal(err)
	}
	agree, links := 0, 0
	for i, c := range in.Cases {
		rs := []rune(norm.NFC.String(c.Text))
		var found []int
		for _, u := range urls(rs) {
			found = append(found, u.start)
		}
		diff := cmp.Diff(found, c.URLs, cmpopts.EquateEmpty())
		if got := Weight(c.Text); got != c.Weight || diff != "" {
			t.Errorf("%d: Weight(%q) = %d, want %d; URLs: %s", i, c.Text, got, c.Weight, diff)
			continue
		}
		links += len(found)
		if i < in.Captions {
			agree++
		}
	}
	t.Logf("%d of %d captions agree in weight and URLs (%d URLs); %d cases in all", agree, in.Captions, links, len(in.Cases))
}
