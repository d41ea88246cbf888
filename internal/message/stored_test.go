package message

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		template, sentence string
		want               string // "no", or the arguments
	}{
		{"nothing new", "nothing new", ""},
		{"nothing new", "nothing newer", "no"},
		{"nothing new", "nothing", "no"},
		{"part {{.Part}} of {{.Parts}}", "part 1 of 3", "Part=1 Parts=3"},
		{"part {{.Part}} of {{.Parts}}", "part 1 of ", "no"},
		{"part {{.Part}} of {{.Parts}}", "part of 3", "no"},
		{"X says: {{.Words}}", "X says: no: never: {{.Words}}", "Words=no: never: {{.Words}}"},
		{"{{.Name}} left it out", "who left it out", "Name=who"},
		{"{{.Name}} left it out", "who left it out!", "no"},
		{"it ({{.Why}}) is held", "it (a ) is held", "Why=a "},
	} {
		args, ok := match(tt.template, tt.sentence)
		var parts []string
		for i := 0; i < len(args); i += 2 {
			parts = append(parts, args[i].(string)+"="+args[i+1].(string))
		}
		got := strings.Join(parts, " ")
		if !ok {
			got = "no"
		}
		if got != tt.want {
			t.Errorf("%q of %q: got %s, want %s", tt.sentence, tt.template, got, tt.want)
		}
	}
}

// TestStored makes each stored sentence in English, with values that contain blanks, and looks
// whether it is found again as itself.
func TestStored(t *testing.T) {
	ja := Words{Language: Japanese, Zone: tokyo}
	stored := 0
	for _, table := range tables {
		for _, e := range table.entries {
			if !strings.Contains(e.key, storedPart) {
				continue
			}
			stored++
			for _, n := range []int{1, 3} {
				args := []any{"Count", n}
				for _, name := range names(e.en.other) {
					if name != "Count" {
						args = append(args, name, "some "+name+" here")
					}
				}
				got, want := ja.Stored(Words{}.Text(e.key, args...)), ja.Text(e.key, args...)
				if got != want {
					t.Errorf("%s: got %q, want %q", e.key, got, want)
				}
			}
		}
	}
	if stored < 50 {
		t.Errorf("only %d stored sentences were found", stored)
	}
}

// TestMade looks at the number of a sentence: it is one, and it may stand in a word.
func TestMade(t *testing.T) {
	e := entry{en: forms{"it waits for a single day", "it waits for {{.Count}} days"}}
	for _, tt := range []struct {
		sentence string
		count    int
	}{
		{"it waits for 3 days", 3},
		{"it waits for a single day", 1},
		{"it waits for many days", -1},
	} {
		own, args := e.made(tt.sentence)
		if got := count(args); got != tt.count || (own > 0) != (tt.count > 0) {
			t.Errorf("%s: got %d, %d bytes", tt.sentence, got, own)
		}
	}
}

// TestStoredWithARemark: the words of a service follow a stored sentence, and stay as they are.
func TestStoredWithARemark(t *testing.T) {
	ja := Words{Language: Japanese}
	proof := Words{}.Text("verdict.stored.post", "Kind", "reply", "Count", 3)
	said := ja.Text("verdict.stored.post", "Kind", "返信", "Count", 3)
	skip := Words{}.Text("mirror.stored.skip", "Why", proof)
	for _, tt := range []struct{ sentence, want string }{
		{proof, said},
		{proof + ": x POST /2/tweets: no (at all)", said + ": x POST /2/tweets: no (at all)"},
		{proof + " (x POST /2/tweets: no)", said + "（x POST /2/tweets: no）"},
		{proof + " (x POST", proof + " (x POST"},
		{skip + ": no", ja.Text("mirror.stored.skip", "Why", said+": no")},
		{Words{}.Text("mirror.stored.skip-part", "Why", skip, "Posted", 1, "Parts", 2),
			ja.Text("mirror.stored.skip-part", "Posted", 1, "Parts", 2,
				"Why", ja.Text("mirror.stored.skip", "Why", said))},
		{"X refused the video: its cover image is posted",
			ja.Text("plan.stored.video-refused") + ": " + ja.Text("plan.stored.cover")},
		{"400: no: never", "400: no: never"},
	} {
		if got := ja.Stored(tt.sentence); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.sentence, got, tt.want)
		}
	}
}

func TestStoredLeavesOtherWords(t *testing.T) {
	ja := Words{Language: Japanese}
	for _, s := range []string{"", "a service's own words", "{{.Name}}"} {
		if got := ja.Stored(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestRestored(t *testing.T) {
	ja := reader{Words{Language: Japanese, Zone: tokyo}, 1}
	if got, want := ja.restored("2026-11-02 20:04 UTC"), "2026/11/03 05:04 JST"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ja.restored("2026"), "2026"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// names lists the placeholders of a template.
func names(template string) (out []string) {
	for {
		_, rest, found := strings.Cut(template, opening)
		if !found {
			return out
		}
		var name string
		name, template, _ = strings.Cut(rest, closing)
		out = append(out, name)
	}
}
