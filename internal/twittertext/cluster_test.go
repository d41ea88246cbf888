package twittertext

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClusters(t *testing.T) {
	for _, tt := range []struct {
		in      string
		want    []string
		weights []int
	}{
		{"", nil, nil},
		{"abc", []string{"a", "b", "c"}, []int{1, 1, 1}},
		{"日本、か", []string{"日", "本", "、", "か"}, []int{2, 2, 2, 2}},
		{"xe\u0301", []string{"x", "e\u0301"}, []int{1, 2}},
		{"か\u3099a", []string{"か\u3099", "a"}, []int{4, 1}},
		{"👩🏽\u200d🎨!", []string{"👩🏽\u200d🎨", "!"}, []int{2, 1}},
		{"🇯🇵🇫🇷", []string{"🇯🇵", "🇫🇷"}, []int{2, 2}},
		{"1\ufe0f\u20e3\n", []string{"1\ufe0f\u20e3", "\n"}, []int{2, 1}},
		{"🧑🏿\u200d🚀", []string{"🧑🏿\u200d🚀"}, []int{5}}, // younger than X's library
	} {
		got := slices.Collect(Clusters(tt.in))
		if diff := cmp.Diff(got, tt.want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", tt.in, diff)
		}
		var weights []int
		for _, cluster := range got {
			weights = append(weights, ClusterWeight([]rune(cluster)))
		}
		if diff := cmp.Diff(weights, tt.weights); diff != "" {
			t.Errorf("weights of %q (-got +want):\n%s", tt.in, diff)
		}
	}
}

// TestLongCluster checks that a pile of marks is split, and that nothing of it is lost.
func TestLongCluster(t *testing.T) {
	pile := "a" + strings.Repeat("\u0334", 100) + "b"
	got := slices.Collect(Clusters(pile))
	if strings.Join(got, "") != pile {
		t.Errorf("%q became %q", pile, got)
	}
	for _, cluster := range got {
		if n := utf8.RuneCountInString(cluster); n > MaxCluster {
			t.Errorf("a cluster of %d code points", n)
		}
	}
	for first := range Clusters("日本") {
		if first != "日" {
			t.Errorf("got %q first", first)
		}
		break
	}
}
