package state

import "testing"

func TestTextDigest(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		same       bool
	}{
		{"spaces", " a  b\n", "a b", true},
		{"links are replaced by X", "a https://example.org/1", "a https://t.co/2", true},
		{"a link and none", "a http://example.org b", "a b", true},
		{"two ways to write é", "caf\u00e9", "cafe\u0301", true},
		{"other words", "a b", "a c", false},
		{"case", "a", "A", false},
	} {
		if got := TextDigest(tt.a) == TextDigest(tt.b); got != tt.same {
			t.Errorf("%s: the digests are equal: %v, want %v", tt.name, got, tt.same)
		}
	}
	for _, empty := range []string{"", " \n", "https://example.org"} {
		if got := TextDigest(empty); got != "" {
			t.Errorf("the digest of %q is %q, want none", empty, got)
		}
	}
	if got, want := TextDigest("abc"), "ba7816bf8f01cfea"; got != want {
		t.Errorf("got %s, want the beginning of the SHA-256, %s", got, want)
	}
}

func TestLinkDigest(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		same       bool
	}{
		{"a slash at the end", "https://example.org/", "https://example.org", true},
		{"a full stop", "see https://example.org.", "https://example.org see", true},
		{"case", "https://Example.org/A", "https://example.org/a", true},
		{"other links", "https://example.org/1", "https://example.org/2", false},
		{"order", "https://a.org https://b.org", "https://b.org https://a.org", false},
		{"one and none", "https://a.org", "a", false},
	} {
		if got := LinkDigest(tt.a) == LinkDigest(tt.b); got != tt.same {
			t.Errorf("%s: the digests are equal: %v, want %v", tt.name, got, tt.same)
		}
	}
	if got := LinkDigest("no link"); got != "" {
		t.Errorf("the digest of no link is %q", got)
	}
	if LinksDigest([]string{"https://a.org"}) != LinkDigest("see https://a.org/") {
		t.Error("a link that is given and one that is found differ")
	}
}
