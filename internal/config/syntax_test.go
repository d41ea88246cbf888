package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestBrokenYAMLIsExplainedWhereItBreaks(t *testing.T) {
	const unquoted = `it should be closed with ]; a # begins a comment, so put a hashtag in quotes`
	for _, tt := range []struct{ name, in, want string }{
		{"a colon in a text", "version: 1\nstate_branch: a: b\n",
			`2:1: a colon or an indentation is not in its place; it should be indented as the lines around it, and a text with ": " in it in quotes`},
		{"an indentation too many", "version: 1\n  routes: {}\n",
			`2:3: a colon or an indentation is not in its place; it should be indented as the lines around it, and a text with ": " in it in quotes`},
		{"an indentation between two others", "routes:\n  main:\n    start: now\n   only: [image]\n",
			`4:4: this line does not fit to the ones before it; it should be indented as they are, as key: value`},
		{"a list that goes on as a mapping", "a:\n  - b\n  c: d\n", `3:3: this line does not fit to the list before it; it should be indented as it is, beginning with - `},
		{"a word without a colon", "version: 1\nroutes\nincidents: {}\n", `2:1: a key is without its colon; it should be key: value`},
		{"an @ without quotes", "incidents:\n  assignees:\n    - @octocat\n", `3:5: a value begins with a character that YAML keeps for itself; it should be in quotes`},
		{"a % without quotes", "a: %x\n", `1:1: a value begins with a character that YAML keeps for itself; it should be in quotes`},
		{"a hashtag without quotes", "routes:\n  main:\n    exclude_hashtags: [#igonly]\n    start: now\n", `4:5: a list that was opened with [ is not closed; ` + unquoted},
		{"a list that is not closed", "a: [b\n", `1:1: a list that was opened with [ is not closed; ` + unquoted},
		{"a mapping that is not closed", "a: {b: c]\n", `1:1: a mapping that was opened with { is not closed; it should be closed with }; put a template in quotes`},
		{"a comma too many", "a: [,]\n", `1:1: a list or mapping in brackets is broken; it should be closed; a # begins a comment, so put a hashtag in quotes`},
		{"a quote that is not closed", "version: 1\nstate_branch: \"b\n" + strings.Repeat("routes: {}\n", 30), `2:1: a quote is not closed; it should be closed`},
		{"an alias of nothing", "version: 1\na: *b\n", `2:1: an alias (*name) stands for nothing; it should be in quotes if it is a text`},
		{"a control character", "version: 1\na: \x01\n", `2:1: a control character is in the file; it should be without it`},
		{"an unknown escape", "version: 1\na: \"\\q\"\n", `2:1: an unknown escape (\) is in double quotes; it should be in single quotes, or with \\`},
		{"a tab", "routes:\n \tmain: {}\n", `2:2: a tab is in the indentation; it should be spaces`},
		{"two anchors", "&a\n&b c\n", `2:1: this is not YAML; it should be key: value`},
		{"two documents", "version: 1\n---\nversion: 1\n", `2:1: a second document begins here; it should be one document, without another ---`},
		{"a second document that is broken", "version: 1\n---\na: [b\n", `3:1: a list that was opened with [ is not closed; ` + unquoted},
		{"two documents with old Mac line ends", "version: 1\r---\rversion: 1\r", `1:1: a second document begins here; it should be one document, without another ---`},
		{"Latin-1", "version: 1\nstate_branch: caf\xe9\n", `2:18: the file is not UTF-8; it should be saved as UTF-8`},
		{"UTF-16", "\xff\xfev\x00", `1:1: the file is not UTF-8; it should be saved as UTF-8`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := problemsOf(tt.in), "f.yml:"+tt.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Columns count characters, as editors do.
func TestColumnsCountCharacters(t *testing.T) {
	got := problemsOf("routes: {main: {require_hashtags: ['#京都', 'a b']}}\n")
	if want := `f.yml:1:43: routes.main.require_hashtags[1]: "a b" is not valid; `; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
}

// Windows line ends and a final line without one are no mistakes.
func TestLineEnds(t *testing.T) {
	for _, in := range []string{"version: 1\r\nstate_branch: b\r\n", "version: 1\nstate_branch: b", "version: 1\rstate_branch: b\r"} {
		if got := mustParse(t, in).StateBranch; got != "b" {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

// A small file can stand for a very large one: reading it must end soon, and with a word about it.
func TestAliasesThatMultiplyAreStopped(t *testing.T) {
	var lists strings.Builder
	lists.WriteString("routes:\n  a: &a0 {start: now}\n")
	for i := range 7 {
		fmt.Fprintf(&lists, "  b%d: &a%d\n    <<: [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 40), ", "))
	}
	got := problemsOf(lists.String())
	if !strings.Contains(got, "there are too many values, once aliases are followed; it should be less than 262144") {
		t.Errorf("got %.300s", got)
	}
}

// A library that stops in the midst of a file must not stop a run.
func TestDeepNestingIsAProblem(t *testing.T) {
	for _, in := range []string{strings.Repeat("[", 20000), strings.Repeat("{a: ", 20000), strings.Repeat("- ", 20000)} {
		_, err := Parse("f.yml", []byte(in))
		if ps := (Problems)(nil); !errors.As(err, &ps) || len(ps) != 1 {
			t.Errorf("%.10s: got %.200v", in, err)
		}
	}
}
