package report

import "testing"

// TestText: a sentence reads as it was written, and does nothing.
func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"it has the hashtag #igonly", "it has the hashtag \\#\u200bigonly"},
		{"by @someone", "by @\u200bsomeone"},
		{"GH-12 and gh-12", "GH-\u200b12 and gh-\u200b12"},
		{"see https://evil.example", "see https:\u200b//evil.example"},
		{"_www.evil.example", "\\_www\u200b.evil.example"},
		{"1. one\n2. two", "\u200b1. one 2. two"},
		{"  - item", "\u200b- item"},
		{"<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
		{"a|b\\|c", "a\\|b\\\\\\|c"},
		{"$x$ and $5", "\\$x\\$ and \\$5"},
		{"台所の猫", "台所の猫"},
	} {
		if got := Text(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestPermalink: an address of Instagram is a link, anything else is the media's id.
func TestPermalink(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"https://www.instagram.com/p/C9x_Ab-1/", "[p/C9x\\_Ab-1](https://www.instagram.com/p/C9x_Ab-1/)"},
		{"https://www.instagram.com/kamo.mugs/reel/C9x", "[kamo.mugs/reel/C9x](https://www.instagram.com/kamo.mugs/reel/C9x/)"},
		{"https://www.instagram.com/", "media 17"},
		{"https://www.instagram.com.evil.example/p/1/", "media 17"},
		{"https://www.instagram.com/p/1/?x=)", "media 17"},
		{"javascript:alert(1)", "media 17"},
		{"", "media 17"},
	} {
		if got := permalink("17", tt.address); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.address, got, tt.want)
		}
	}
}

// TestPostURLs: X's ids and names go into addresses only if they are that.
func TestPostURLs(t *testing.T) {
	for _, tt := range []struct{ username, id, want string }{
		{"kamo_mugs", "19", "https://x.com/kamo_mugs/status/19"},
		{"", "19", "https://x.com/i/status/19"},
		{"a/../b", "19", "https://x.com/i/status/19"},
		{"kamo_mugs", "19)", ""},
		{"kamo_mugs", "", ""},
	} {
		got := ""
		for _, u := range postURLs(tt.username, []string{tt.id}) {
			got += u
		}
		if got != tt.want {
			t.Errorf("%q %q: got %q, want %q", tt.username, tt.id, got, tt.want)
		}
	}
}

// TestQuote: what a terminal or the runner would act on is gone, the rest is as it was.
func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a\nb\r\x1b[31mc\x7f\u0085d\u2028e", "a b  [31mc  d e"},
		{"\u202eabc\u2066", "abc"},
		{"x ##[add-mask]y", "x ##\u200b[add-mask]y"},
		{"## [x] #[y]", "## [x] #[y]"},
		{"שלום\u200f مرحبا 👩‍👩‍👧", "שלום\u200f مرحبا 👩‍👩‍👧"},
		{"\xff", "\uFFFD"},
	} {
		if got := Quote(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestCapitalize(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "x": "X", "the login": "The login", "X is down": "X is down",
		"état": "État", "現在、X は応答しません": "現在、X は応答しません", "\xe3": "\xe3",
	} {
		if got := Capitalize(in); got != want {
			t.Errorf("Capitalize(%q) = %q, want %q", in, got, want)
		}
	}
}
