package message

import (
	"testing"
	"time"
)

var tokyo = time.FixedZone("JST", 9*60*60)

func TestText(t *testing.T) {
	for _, tt := range []struct {
		name  string
		words Words
		key   string
		args  []any
		want  string
	}{
		{"the zero value speaks English", Words{}, "message.days", []any{"Count", 2}, "2 days"},
		{"one thing", Words{}, "message.days", []any{"Count", 1}, "1 day"},
		{"none", Words{}, "message.days", []any{"Count", 0}, "0 days"},
		{"Japanese has one form", Words{Language: Japanese}, "message.days",
			[]any{"Count", 1}, "1 日"},
		{"an unknown language is English", Words{Language: "fr"}, "message.days",
			[]any{"Count", 3}, "3 days"},
		{"values", Words{}, "message.and", []any{"Last", "c", "List", "a, b"}, "a, b and c"},
		{"a value is no template", Words{}, "message.and",
			[]any{"List", "{{.Last}}", "Last", "{{.List}}"}, "{{.Last}} and {{.List}}"},
		{"a missing value is seen", Words{}, "message.and", []any{"List", "a"}, "a and {{.Last}}"},
		{"an unknown key is seen", Words{}, "message.none", nil, "message.none"},
		{"an unknown package is seen", Words{}, "nothing", nil, "nothing"},
		{"a moment is the person's", Words{Zone: tokyo}, "message.and",
			[]any{"List", time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC), "Last", true},
			"2026-11-24 05:00 JST and true"},
	} {
		if got := tt.words.Text(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestForLocale(t *testing.T) {
	for locale, want := range map[string]Language{
		"ja_JP.UTF-8": Japanese, "ja": Japanese, "JA_jp": Japanese, "ja.UTF-8": Japanese,
		"en_US.UTF-8": English, "C": English, "": English, "jam_JM": English, "de_JA": English,
	} {
		if got := ForLocale(locale); got != want {
			t.Errorf("%s: got %s, want %s", locale, got, want)
		}
	}
}

func TestWhen(t *testing.T) {
	at := time.Date(2026, 11, 2, 20, 4, 0, 0, time.UTC)
	unnamed := time.FixedZone("+03", 3*60*60)
	for _, tt := range []struct{ got, want string }{
		{Words{}.Time(at), "2026-11-02 20:04 UTC"},
		{Words{Zone: tokyo}.Time(at), "2026-11-03 05:04 JST"},
		{Words{Japanese, tokyo}.Time(at), "2026/11/03 05:04 JST"},
		{Words{Zone: unnamed}.Time(at), "2026-11-02 23:04 UTC+03"},
		{Words{}.Date(at), "2026-11-02"},
		{Words{Zone: tokyo}.Date(at), "2026-11-03"},
		{Words{Japanese, tokyo}.Date(at), "2026/11/03"},
		{Words{}.Column(at), "2\u00a0Nov\u00a02026\u00a020:04"},
		{Words{Japanese, tokyo}.Column(at), "2026/11/03\u00a005:04"},
		{Words{}.Month(at), "Nov 2026"},
		{Words{Language: Japanese}.Month(at), "2026年11月"},
		{Words{}.DayOfMonth(at), "2 Nov"},
		{Words{Language: Japanese}.DayOfMonth(at), "11月2日"},
		{Words{}.ZoneName(at), "UTC"},
		{Words{Zone: unnamed}.ZoneName(at), "UTC+03"},
		{Words{}.Span(40 * time.Second), "40 seconds"},
		{Words{}.Span(time.Second), "1 second"},
		{Words{}.Span(90 * time.Minute), "90 minutes"},
		{Words{}.Span(5*time.Hour + 20*time.Minute), "5 hours"},
		{Words{Language: Japanese}.Span(72 * time.Hour), "3 日"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	ja := Words{Language: Japanese}
	for _, tt := range []struct{ got, want string }{
		{Words{}.And(), ""},
		{Words{}.And("a"), "a"},
		{Words{}.And("a", "b"), "a and b"},
		{Words{}.Or("a", "b", "c"), "a, b or c"},
		{ja.And("a", "b", "c"), "a、b、c"},
		{ja.Or("a", "b"), "a または b"},
		{Words{}.Join("a", "b", "c"), "a, b, c"},
		{ja.Join("a", "b"), "a、b"},
		{Words{}.Sentences("A.", "", "B."), "A. B."},
		{Words{}.Sentences("", "B."), "B."},
		{ja.Sentences("はい。", "いいえ。"), "はい。いいえ。"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
