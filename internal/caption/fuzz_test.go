package caption

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"github.com/postferry/postferry/internal/twittertext"
)

const fuzzPermalink = "https://www.instagram.com/reel/C9xAbCdEfGh/"

func FuzzCompose(f *testing.F) {
	for _, caption := range []string{
		"", "今日は、いい天気。＃京都 #kyoto", "https://example.com/x @someone $AAPL $GOOG",
		"a.b.com@c.jp/d?e=f.co", "👨‍👩‍👧‍👦🏳️‍🌈1️⃣🇯🇵🇯",
		strings.Repeat("字", 150) + "っ、」", strings.Repeat("word ", 80) + "\n\n#a #b #c",
		strings.Repeat("a", 400), "RT@a ＠b.jp http://http://x", "e\u0301\u200d\ufe0f",
	} {
		for flags := range uint8(64) {
			if flags%7 == 0 {
				f.Add(caption, "{caption}", flags, uint16(0))
				f.Add(caption, "[{date}] {caption} — {username} {permalink}", flags, uint16(120))
			}
		}
	}
	f.Fuzz(func(t *testing.T, caption, template string, flags uint8, room uint16) {
		r := fuzzRules(template, flags, room)
		fields := Fields{Caption: caption, Permalink: fuzzPermalink, Username: "some.one",
			Date: time.Unix(1.8e9, 0).UTC()}
		text := Compose(r, fields)
		if diff := cmp.Diff(Compose(r, fields), text); diff != "" {
			t.Fatalf("not deterministic: %s", diff)
		}
		if len(text.Posts) == 0 || text.Cut && len(text.Posts) > 1 {
			t.Fatalf("%d parts, cut %v", len(text.Posts), text.Cut)
		}
		for _, part := range text.Posts {
			checkPart(t, r, part)
		}
		checkSeams(t, r, caption, text)
	})
}

func fuzzRules(template string, flags uint8, room uint16) Rules {
	choose := func(bit uint8, no, yes string) string {
		if flags&bit != 0 {
			return yes
		}
		return no
	}
	r := Rules{Template: template, Long: choose(1, Cut, Thread), Number: flags&2 != 0,
		URLs: choose(4, Plain, Keep), Mentions: choose(8, Plain, Keep)}
	r.Link = []string{Never, IfCut, Always, Never}[flags>>4&3]
	if r.Max = DefaultMax; room > 0 {
		r.Max = 100 + int(room)%1000
	}
	return r
}

// X's expression for a mention, without its look-ahead, so it finds no fewer.
var mention = regexp.MustCompile(`(?:^|[^a-zA-Z0-9_!#$%&*@＠]|` +
	`(?:^|[^a-zA-Z0-9_+~.-])(?i:rt):?)[@＠][a-zA-Z0-9_]`)

var (
	cashtag = regexp.MustCompile(`(?:^|[\s\p{Z}])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?` +
		`(?:$|[\s!-/:-@\[-^{-~])`)
	link = regexp.MustCompile(`(?i)https?://\S|\bwww\.\w|` +
		`[a-z0-9\p{L}]\.(?:com|net|org|jp|co|io|みんな|рф)(?:$|[^a-z0-9@+-])`)
)

func checkPart(t *testing.T, r Rules, part string) {
	t.Helper()
	if !utf8.ValidString(part) || !norm.NFC.IsNormalString(part) {
		t.Errorf("not valid UTF-8 in NFC: %q", part)
	}
	if i := strings.IndexFunc(part, func(c rune) bool {
		return unicode.IsControl(c) && c != '\n' ||
			strings.ContainsRune("\ufeff\ufffe\uffff\u202a\u202e", c)
	}); i >= 0 {
		t.Errorf("a character that X refuses at %d: %q", i, part)
	}
	if w := twittertext.Weight(part); w > r.Max {
		t.Errorf("weight %d of %d: %q", w, r.Max, part)
	}
	if len(twittertext.URLs([]rune(part))) > 0 && !HasURL(part) {
		t.Errorf("HasURL(%q) = false", part)
	}
	if r.URLs == Plain && r.Link == Never && (HasURL(part) || link.MatchString(part)) {
		t.Errorf("a URL: %q", part)
	}
	if r.URLs == Plain && strings.Count(part, "://") > strings.Count(part, fuzzPermalink) &&
		link.MatchString(strings.ReplaceAll(part, fuzzPermalink, " ")) {
		t.Errorf("a URL besides the permalink: %q", part)
	}
	if r.Mentions == Plain && r.URLs == Plain && mention.MatchString(part) {
		t.Errorf("a mention: %q", part)
	}
	if tags := cashtag.FindAllString(part, -1); r.URLs == Plain && len(tags) > 1 {
		t.Errorf("cashtags %q: %q", tags, part)
	}
}

// checkSeams: where text is left alone, a thread loses nothing but white space, a cut text is a
// beginning of the caption, perhaps with its end, and no cluster is cut.
func checkSeams(t *testing.T, r Rules, caption string, text Text) {
	source := clean(caption)
	if r.Template != "{caption}" || r.URLs != Keep || r.Mentions != Keep || r.Link == Always ||
		strings.Count(source, "$") > 1 || len(text.Posts) == 1 && !text.Cut {
		return
	}
	places, ok := clusterPlaces(source)
	if !ok || strings.Contains(source, fuzzPermalink) {
		return
	}
	whole := unspaced(source)
	if text.Cut {
		checkCut(t, whole, places, text.Posts[0])
		return
	}
	at := 0
	for i, part := range text.Posts {
		if r.Number {
			part = part[:strings.LastIndex(part, " (")]
		}
		bare := unspaced(part)
		if !strings.HasPrefix(whole[at:], bare) {
			t.Fatalf("part %d is %q, want what follows: %q", i+1, part, whole[at:])
		}
		if at += len(bare); !places[at] {
			t.Fatalf("part %d cuts a cluster: %q", i+1, part)
		}
	}
	if at != len(whole) {
		t.Errorf("lost: %q", whole[at:])
	}
}

func checkCut(t *testing.T, whole string, places map[int]bool, part string) {
	part = unspaced(strings.TrimSuffix(part, fuzzPermalink))
	if part == "" {
		return
	}
	for i := range part {
		head, tail, ok := strings.Cut(part[i:], "…")
		if head = part[:i] + head; ok && places[len(head)] && strings.HasPrefix(whole, head) &&
			strings.HasSuffix(whole, tail) {
			return
		}
	}
	t.Errorf("%q is no beginning of %q at the end of a cluster", part, whole)
}

// clusterPlaces are the byte offsets between clusters, what is not seen not counted; ok is false
// if one is too long to keep.
func clusterPlaces(s string) (places map[int]bool, ok bool) {
	places = map[int]bool{0: true}
	at := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if len(g.Runes()) > twittertext.MaxCluster {
			return nil, false
		}
		at += len(unspaced(g.Str()))
		places[at] = true
	}
	return places, true
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
}
