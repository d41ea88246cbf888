package diagnosis

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/message"
)

var (
	tokyo = time.FixedZone("JST", 9*60*60)
	ja    = message.Words{Language: message.Japanese, Zone: tokyo}
)

// TestTextsInBothLanguages: each diagnosis of the tables has its texts in both languages. Both name
// the same things of the route and the same settings, and have as many steps where a step is
// something to do.
func TestTextsInBothLanguages(t *testing.T) {
	named := regexp.MustCompile("\\{[A-Za-z_]+\\}|`[^`]+`|https://[^ ]+")
	things := func(d Diagnosis) []string {
		all := named.FindAllString(d.Title+"\n"+d.Cause+"\n"+d.Fix, -1)
		slices.Sort(all)
		return slices.Compact(all)
	}
	seen := 0
	for _, d := range known() {
		d.version = "v25.0"
		en, japanese := d.In(message.Words{}), d.In(ja)
		for _, spoken := range []Diagnosis{en, japanese} {
			for _, text := range []string{spoken.Title, spoken.Cause, spoken.Fix} {
				if text == "" || strings.HasPrefix(text, "diagnosis.") ||
					strings.Contains(text, "{{") {
					t.Errorf("%s has no text: %q", d.Key, text)
				}
			}
		}
		if en.Title == japanese.Title || en.Cause == japanese.Cause || en.Fix == japanese.Fix {
			t.Errorf("%s says the same in both languages", d.Key)
		}
		if got, want := things(japanese), things(en); !slices.Equal(got, want) {
			t.Errorf("%s: the Japanese text names %q, the English one %q", d.Key, got, want)
		}
		if got, want := len(japanese.Steps()), len(en.Steps()); got != want {
			t.Errorf("%s has %d steps in Japanese and %d in English", d.Key, got, want)
		}
		seen++
	}
	if seen < 80 {
		t.Errorf("only %d diagnoses were compared", seen)
	}
}

// TestEvidenceInJapanese: what the probes found is said in the person's language and zone, and the
// words of Meta stay as they were.
func TestEvidenceInJapanese(t *testing.T) {
	e := denied10()
	e.Words = ja
	x := Rank(e)
	if len(x.Causes) < 2 || len(x.Ruled) == 0 {
		t.Fatalf("the evidence comes to %+v", x)
	}
	for _, c := range x.Causes {
		for _, text := range append([]string{c.Diagnosis.Title}, c.For...) {
			if !regexp.MustCompile(`\p{Hiragana}`).MatchString(text) {
				t.Errorf("%s is said in English: %s", c.Diagnosis.Key, text)
			}
		}
	}
	const words = "(#10) Application does not have permission for this action"
	if got := strings.Join(x.Causes[0].For, "; "); !strings.Contains(got, words) {
		t.Errorf("Meta is not quoted: %s", got)
	}

	e.DataAccess = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC) // the 23rd in Japan
	_, why := dataAccess(e)
	if want := "data_access_expires_at が 2026/11/23 です"; len(why) != 1 || why[0] != want {
		t.Errorf("got %q, want %q", why, want)
	}
}
